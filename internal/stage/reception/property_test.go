package reception_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// TestCountsAreThoseOfANaiveCount compares the profile of tables of any cells with counts made in Go.
func TestCountsAreThoseOfANaiveCount(t *testing.T) {
	t.Parallel()
	s := receptiontest.Session(t)
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "N/A", "-", "1", "2", "1.5", "1,5", "x y", "2024-01-31", "31/01/2024", "yes", "no", "€ 5", "12 kg", "'", `"`, "{}", "nan", "é"}),
		rapid.StringMatching(`[a-z0-9 .,/-]{0,6}`))
	rapid.Check(t, func(r *rapid.T) {
		cells := rapid.SliceOfN(cell, 1, 40).Draw(r, "cells")
		var b strings.Builder
		w := csv.NewWriter(&b)
		for _, record := range append([][]string{{"c", "k"}}, pairs(cells)...) {
			if err := w.Write(record); err != nil {
				r.Fatal(err)
			}
		}
		w.Flush()
		facts := receptiontest.Facts(t, s, b.String())
		c := facts.Column("c")
		distinct, missing := map[string]bool{}, int64(0)
		for _, v := range cells {
			if v == "" {
				missing++
				continue
			}
			distinct[v] = true
		}
		if facts.Rows != int64(len(cells)) || c.Missing != missing || c.Distinct != int64(len(distinct)) {
			r.Fatalf("rows %d, missing %d of %d, distinct %d of %d", facts.Rows, c.Missing, missing, c.Distinct, len(distinct))
		}
		if c.TypeFit < 0 || c.TypeFit > 1 || c.Type != flow.Text && c.TypeFit < 0.8 {
			r.Fatalf("%s fits %v", c.Type, c.TypeFit)
		}
		if c.Type.Temporal() && len(c.Formats) == 0 || c.Role == "" {
			r.Fatalf("formats %v, role %q", c.Formats, c.Role)
		}
	})
}

func pairs(cells []string) [][]string {
	rows := make([][]string, len(cells))
	for i, c := range cells {
		rows[i] = []string{c, "k"}
	}
	return rows
}
