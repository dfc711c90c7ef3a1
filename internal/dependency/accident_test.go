package dependency_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/analytix-flow/analytix/internal/dependency"
)

// columns builds a table from functions that give the text of a row.
func columns(rows int, of ...func(row int) string) *dependency.Table {
	t := &dependency.Table{Rows: rows}
	for c, text := range of {
		b := dependency.NewBuilder(fmt.Sprint("c", c))
		for i := range rows {
			b.Add(text(i), true)
		}
		t.Columns = append(t.Columns, b.Column())
	}
	return t
}

func TestAccidentalGapsAreToldFromThoseWithAReason(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	const rows = 600
	lost := make([]bool, rows)
	for i := range lost {
		lost[i] = r.IntN(25) == 0
	}
	group := func(i int) string { return string(rune('A' + i%5)) }
	filled := func(i int) string { return fmt.Sprint(i * 7919 % 97) }
	cases := []struct {
		name string
		gap  func(row int) bool
		want bool
	}{
		{"scattered", func(i int) bool { return lost[i] }, true},
		{"in one group only", func(i int) bool { return i%5 == 2 && i%3 > 0 }, false},
		{"at the end of the file", func(i int) bool { return i > rows-40 }, false},
		{"in a third of the rows", func(i int) bool { return i*7919%3 == 0 }, false},
		{"none", func(int) bool { return false }, false},
	}
	for _, c := range cases {
		table := columns(rows, group, filled, func(i int) string {
			if c.gap(i) {
				return ""
			}
			return filled(i + 3)
		})
		if a := dependency.Accidental(table, 2); a.Scattered != c.want {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}

func TestGapsOfHollowRowsAreNoAccident(t *testing.T) {
	t.Parallel()
	total := func(i int) string {
		if i == 99 {
			return ""
		}
		return fmt.Sprint(i % 10)
	}
	table := columns(100, func(i int) string { return fmt.Sprint("n", i) }, total, total, total)
	if a := dependency.Accidental(table, 1); a.Gaps != 0 || a.Scattered {
		t.Errorf("the gaps of a line of totals: %+v", a)
	}
}
