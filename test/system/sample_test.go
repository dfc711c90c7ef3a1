package system_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/sample"
)

// What of the planted problems and patterns is found. A problem counts as found when at least nine in ten of its cells are
// flagged.
func TestSampleIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole sample takes some seconds")
	}
	d := newDesk(t)
	dir := t.TempDir()
	call(t, "sample", "--out", dir).want(t, 0)
	_, manifest, err := sample.Orders(1, 4000)
	if err != nil {
		t.Fatal(err)
	}
	d.run(t, filepath.Join(dir, "orders.csv"), "--goal", "reduce late deliveries", "--decide", "recommended").want(t, 0)
	flagged := map[string]bool{}
	for _, line := range records(t, text(t, d.out, "cells.csv"), ',')[1:] {
		flagged[line[0]+" "+line[1]] = true
	}
	reported := map[string]bool{} // what holds for a whole column flags no cell
	for _, i := range findings(t, d.out).Issues {
		for _, c := range i.Columns {
			reported[i.Check+" "+c] = true
		}
	}
	for _, p := range manifest.Problems {
		hits := 0
		for _, row := range p.Rows {
			if flagged[strconv.Itoa(row)+" "+p.Columns[0]] {
				hits++
			}
		}
		name := p.Check + " " + p.Columns[0]
		if (len(p.Rows) > 0 || !reported[name]) && hits*10 < max(1, len(p.Rows)*9) {
			t.Errorf("%s: %d of %d cells are flagged (%s)", name, hits, len(p.Rows), p.What)
		}
	}
	patternsAreFound(t, d)
}

// patternsAreFound looks for the planted patterns in the titles of the insights.
func patternsAreFound(t *testing.T, d desk) {
	t.Helper()
	found := 0
	insights := findings(t, d.out).Insights
	for _, words := range [][]string{
		{"difference", "Swiftline", "late"}, {"trend", "number of orders"}, {"seasonality", "Monday"}, {"correlation", "iscount_pct", "quantity"},
		{"correlation", "ating", "delivery_days"}, {"trend", "delivery_days"},
	} {
		for _, f := range insights {
			if f.Kind == words[0] && !slices.ContainsFunc(words[1:], func(w string) bool { return !strings.Contains(f.Title, w) }) {
				found++
				break
			}
		}
	}
	if found < 5 {
		t.Errorf("%d of the planted patterns are found", found)
	}
}
