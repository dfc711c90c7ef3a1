package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/stage"
)

// made is a table in SQL of so many rows and columns. A cell is what SQL makes of the numbers r and c of its row and column.
func made(rows, columns int, cell string) string {
	var b strings.Builder
	b.WriteString("SELECT r AS __row")
	for c := range columns {
		fmt.Fprintf(&b, ", %s AS c%d", strings.ReplaceAll(cell, "{c}", fmt.Sprint(c)), c)
	}
	return fmt.Sprintf("%s FROM range(1, %d) t(r)", b.String(), rows+1)
}

// walk goes through all pages of what differs.
func walk(t *testing.T, b *bench, files map[string]engine.File, q query.Between) (pages [][]query.Changed) {
	t.Helper()
	for {
		d, err := ask[query.Difference](t, b, query.HandlerDiff, files, q)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, d.Rows)
		if d.Next == 0 {
			return pages
		}
		if len(d.Rows) == 0 || d.Next <= q.After || d.Next != d.Rows[len(d.Rows)-1].Row {
			t.Fatalf("after row %d the next page is after row %d", q.After, d.Next)
		}
		q.After = d.Next
	}
}

// The columns are compared in parts and the pages end where they will: together they are what differs, each row once and whole.
func TestPagesOfDifferencesOfManyColumns(t *testing.T) {
	t.Parallel()
	const rows, columns = 30, 300
	differs := func(r, c int) bool { return r%7 != 0 && (r*31+c*17)%53 == 0 || r == 22 && c >= 250 }
	b := open(t)
	const cell = "'v' || (r * 31 + {c} * 17)"
	files := map[string]engine.File{
		query.FileBefore: b.version(t, "before", "FROM ("+made(rows, columns, cell)+") WHERE __row <> 9"),
		stage.FileData: b.version(t, "after", "FROM ("+made(rows, columns,
			"CASE WHEN r % 7 <> 0 AND (r * 31 + {c} * 17) % 53 = 0 OR r = 22 AND {c} >= 250 THEN NULL ELSE "+cell+" END")+") WHERE __row <> 13"),
	}
	for _, limit := range []int{8, 1000} {
		var got []query.Changed
		for _, page := range walk(t, b, files, query.Between{Limit: limit}) {
			if len(page) > limit {
				t.Errorf("a page has %d rows, not %d", len(page), limit)
			}
			got = append(got, page...)
		}
		for r := 1; r <= rows; r++ {
			i := slices.IndexFunc(got, func(c query.Changed) bool { return c.Row == int64(r) })
			var want []string
			for c := range columns {
				if r == 9 && !differs(r, c) || r == 13 || r != 9 && differs(r, c) {
					want = append(want, fmt.Sprintf("c%d", c))
				}
			}
			if i < 0 {
				if len(want) > 0 {
					t.Errorf("row %d is not there", r)
				}
				continue
			}
			var names []string
			for _, c := range got[i].Cells {
				names = append(names, c.Column)
			}
			if !slices.Equal(names, want) || got[i].Added != (r == 9) || got[i].Removed != (r == 13) {
				t.Errorf("of row %d there differ %v, not %v (added %v, removed %v)", r, names, want, got[i].Added, got[i].Removed)
			}
			got = slices.Delete(got, i, i+1)
		}
		if len(got) > 0 {
			t.Errorf("rows too many: %v", got)
		}
	}
}

// A page does not grow with what the cells hold.
func TestAPageOfDifferencesIsOfLimitedSize(t *testing.T) {
	t.Parallel()
	b := open(t)
	files := map[string]engine.File{
		query.FileBefore: b.version(t, "before", made(10, 300, "repeat('x', if(r = 4, 20000, 2000))")),
		stage.FileData:   b.version(t, "after", made(10, 300, "repeat('y', if(r = 4, 20000, 2000))")),
	}
	var rows []int
	pages := walk(t, b, files, query.Between{Limit: 1000})
	for _, page := range pages {
		rows = append(rows, len(page))
		for _, r := range page {
			if len(r.Cells) != 300 {
				t.Errorf("of row %d there differ %d cells", r.Row, len(r.Cells))
			}
		}
	}
	if fmt.Sprint(rows) != "[3 1 3 3]" { // a row takes 1.2 MB, the fourth 12 MB
		t.Errorf("the pages have %v rows", rows)
	}
}
