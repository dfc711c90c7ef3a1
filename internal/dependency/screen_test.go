package dependency_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/analytix-flow/analytix/internal/dependency"
)

// among is a table of many columns that have nothing to do with one another, with the given ones far from each other.
func among(columns, rows int, of ...func(row int) string) (*dependency.Table, []int) {
	r := rand.New(rand.NewPCG(3, 4))
	t := &dependency.Table{Rows: rows}
	var places []int
	for c := range columns {
		b := dependency.NewBuilder(fmt.Sprint("c", c))
		at := c * len(of) / columns
		mine := c == at*columns/len(of)+columns/(2*len(of))
		if mine {
			places = append(places, c)
		}
		numbers := !mine && c%2 == 0
		for i := range rows {
			switch {
			case mine:
				b.Add(of[at](i), true)
			case numbers:
				b.Add(fmt.Sprint(r.IntN(100_000)), true)
			default:
				b.Add(string(rune('a'+r.IntN(6))), true)
			}
		}
		col := b.Column()
		col.Numeric = numbers
		t.Columns = append(t.Columns, col)
	}
	return t, places
}

// A rule between columns that stand far apart is found among hundreds of others, though not all are compared in full.
func TestRulesAreFoundInATableOfManyColumns(t *testing.T) {
	t.Parallel()
	city := func(i int) string {
		if i%50 == 37 {
			return cities[(i*7+1)%len(cities)]
		}
		return cities[i*7%len(cities)]
	}
	tests := []struct {
		name string
		of   [2]func(i int) string
	}{
		{"a code determines a name", [2]func(int) string{
			func(i int) string { return fmt.Sprintf("K%d", i*7%len(cities)) },
			city,
		}},
		{"a column repeats another", [2]func(int) string{
			func(i int) string { return fmt.Sprintf("no %d of %d", i, i*i%89) },
			func(i int) string {
				if i%50 == 37 {
					return "no 5 of 25"
				}
				return fmt.Sprintf("no %d of %d", i, i*i%89)
			},
		}},
		{"a part of a code determines a name", [2]func(int) string{
			func(i int) string { return fmt.Sprintf("%s-%d", cities[i*7%len(cities)][:2], i) },
			city,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, at := among(400, 200, tt.of[0], tt.of[1])
			r := dependency.Infer(table)
			if len(r.Limits) != 1 {
				t.Errorf("what was not compared is told in %d sentences", len(r.Limits))
			}
			for _, w := range r.Witnesses[at[1]] {
				if len(w.Columns) == 1 && w.Columns[0] == at[0] {
					return
				}
			}
			t.Errorf("column %d does not follow from column %d but from %v", at[1], at[0], r.Witnesses[at[1]])
		})
	}
}

func TestNothingIsFoundInManyColumnsOfChance(t *testing.T) {
	t.Parallel()
	table, _ := among(400, 200, func(i int) string { return fmt.Sprint("row ", i) })
	if r := dependency.Infer(table); len(r.Cells) > 0 {
		t.Errorf("%d cells of a table of chance are held for wrong, such as %v", len(r.Cells), r.Cells[0])
	}
}

func TestAFewColumnsAreComparedInFull(t *testing.T) {
	t.Parallel()
	if r := dependency.Infer(shops(100, func(_, _ int, text string) string { return text })); r.Limits != nil {
		t.Errorf("it says that it did not compare all: %v", r.Limits)
	}
}
