package dependency_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/dependency"
)

var cities = []string{"Birmingham", "Montgomery", "Huntsville", "Dothan", "Gadsden", "Florence"}

// shops is a table in which the code determines the city and the city the region; change spoils cells of it.
func shops(rows int, change func(column, row int, text string) string) *dependency.Table {
	b := []*dependency.Builder{dependency.NewBuilder("code"), dependency.NewBuilder("city"), dependency.NewBuilder("region")}
	for i := range rows {
		k := i * 7 % len(cities)
		for c, text := range []string{fmt.Sprintf("K%d", k), cities[k], []string{"North", "South"}[k%2]} {
			b[c].Add(change(c, i, text), true)
		}
	}
	t := &dependency.Table{Rows: rows}
	for _, x := range b {
		t.Columns = append(t.Columns, x.Column())
	}
	return t
}

// The slips are scattered over the cities; one and the same slip in a tenth of its group passes for a value.
func TestSlipsAreFoundAndPutRight(t *testing.T) {
	t.Parallel()
	r := dependency.Infer(shops(300, func(c, row int, text string) string {
		if c == 1 && row%61 == 5 {
			return text[:2] + "x" + text[3:]
		}
		return text
	}))
	if len(r.Cells) != 5 {
		t.Fatalf("found %d cells: %v", len(r.Cells), r.Cells)
	}
	for _, x := range r.Cells {
		if x.Column != 1 || !x.Slip || x.New != cities[x.Row*7%len(cities)] {
			t.Errorf("row %d: %q -> %q, slip %v", x.Row, x.Old, x.New, x.Slip)
		}
	}
}

func TestCleanTableIsLeftAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 200).Draw(t, "rows")
		r := dependency.Infer(shops(rows, func(_, _ int, text string) string { return text }))
		if len(r.Cells) > 0 {
			t.Fatalf("%d rows without a fault: %v", rows, r.Cells)
		}
	})
}

func TestHostileTextDoesNotPanic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := dependency.NewBuilder("x")
		d := dependency.NewBuilder("y")
		n := rapid.IntRange(0, 40).Draw(t, "rows")
		for range n {
			b.Add(rapid.SampledFrom([]string{"", "***", "a_b", "_", "-", "\x00", "1e999", "NaN", "é"}).Draw(t, "x"), true)
			d.Add(rapid.String().Draw(t, "y"), rapid.Bool().Draw(t, "present"))
		}
		table := &dependency.Table{Rows: n, Columns: []dependency.Column{b.Column(), d.Column()}}
		table.Columns[0].Numeric = true
		for _, x := range dependency.Infer(table).Cells {
			if x.Row < 0 || x.Row >= n || x.Old == x.New {
				t.Fatalf("cell %+v", x)
			}
		}
	})
}
