package sample_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/analytix-flow/analytix/internal/sample"
)

func TestSameSeedGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	a, m, err := sample.Orders(1, 3000)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := sample.Orders(1, 3000)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
	if c, _, _ := sample.Orders(2, 3000); bytes.Equal(a, c) {
		t.Error("another seed gives the same table")
	}
	if len(m.Problems) < 25 || len(m.Patterns) != 8 {
		t.Errorf("%d problems and %d patterns were planted", len(m.Problems), len(m.Patterns))
	}
	for _, p := range m.Problems {
		if p.Check != "constant" && len(p.Rows) == 0 {
			t.Errorf("%s in %v was not planted", p.Check, p.Columns)
		}
		if !slices.IsSorted(p.Rows) || len(p.Rows) > 0 && (p.Rows[0] < 1 || p.Rows[len(p.Rows)-1] > m.Rows) {
			t.Errorf("%s: rows %v", p.Check, p.Rows)
		}
	}
}
