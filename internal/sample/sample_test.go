package sample_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/analytix-flow/analytix/internal/sample"
)

func TestSameSeedGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make               func(seed uint64, rows int) ([]byte, sample.Manifest, error)
		problems, patterns int
	}{"orders": {sample.Orders, 25, 8}, "members": {sample.Members, 11, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, m, err := c.make(1, 3000)
			if err != nil {
				t.Fatal(err)
			}
			if b, _, err := c.make(1, 3000); err != nil || !bytes.Equal(a, b) {
				t.Errorf("two runs differ (%v)", err)
			}
			if b, _, err := c.make(2, 3000); err != nil || bytes.Equal(a, b) {
				t.Errorf("another seed gives the same table (%v)", err)
			}
			if _, _, err := c.make(1, 10); err == nil {
				t.Error("ten rows have room for all that is planted")
			}
			if len(m.Problems) < c.problems || len(m.Patterns) != c.patterns {
				t.Errorf("%d problems and %d patterns were planted", len(m.Problems), len(m.Patterns))
			}
			planted(t, m)
		})
	}
}

func TestWhatIsOfferedCanBeMade(t *testing.T) {
	t.Parallel()
	for _, s := range sample.All() {
		data, m, err := s.Make()
		if again, ok := sample.Named(s.Name); err != nil || !ok || again.File != m.File || len(data) == 0 {
			t.Errorf("%s: %d bytes of %s, %v", s.Name, len(data), m.File, err)
		}
	}
	if _, ok := sample.Named("none"); ok {
		t.Error("there is a sample that is none")
	}
}

// planted checks that each problem stands in rows that there are.
func planted(t *testing.T, m sample.Manifest) {
	t.Helper()
	for _, p := range m.Problems {
		if p.Check != "constant" && len(p.Rows) == 0 {
			t.Errorf("%s in %v was not planted", p.Check, p.Columns)
		}
		if !slices.IsSorted(p.Rows) || len(p.Rows) > 0 && (p.Rows[0] < 1 || p.Rows[len(p.Rows)-1] > m.Rows) {
			t.Errorf("%s: rows %v", p.Check, p.Rows)
		}
	}
}
