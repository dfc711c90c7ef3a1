package dependency

import (
	"slices"
	"strconv"

	"github.com/analytix-flow/analytix/internal/statistic"
)

// Accident is what the rows say about the gaps of a column.
type Accident struct {
	Gaps, Compared int // gaps, and columns that they were compared with
	// By is the column on which the gaps depend most, -1 where they depend on none; P is the chance of as much
	// dependence by accident, corrected for the number of columns.
	By int
	P  float64
	// Scattered says that nothing explains the gaps: they fall on the rows as accidents do.
	Scattered bool
}

// mostGaps is the share of the rows from which on a gap is a state of the column rather than an accident in it.
const mostGaps = 0.15

// dependsBelow is the chance, corrected for the number of comparisons, below which gaps are held to depend on a column.
const dependsBelow = 0.01

// Accidental says whether the gaps of a column that else is filled lie in it like accidents: independent of every other
// column, of the gaps there and of the place in the file (chi-squared, Bonferroni-corrected). Where values are missing
// for a reason (a question that was not asked, a state not yet reached) they depend on something.
func Accidental(t *Table, column int) Accident {
	c := &t.Columns[column]
	gap := make([]bool, t.Rows)
	out := Accident{By: -1, P: 1}
	for i := range gap {
		if c.gap(i) && !t.hollow(i) {
			gap[i] = true
			out.Gaps++
		}
	}
	if out.Gaps == 0 || float64(out.Gaps) > mostGaps*float64(t.Rows) {
		return out
	}
	test := func(class []uint8, by int) {
		p, ok := dependence(gap, class)
		if !ok {
			return
		}
		out.Compared++
		if p < out.P {
			out.P, out.By = p, by
		}
	}
	for d := range t.Columns {
		if d != column {
			test(t.classes(d), d)
		}
	}
	place := make([]uint8, t.Rows)
	for i := range place {
		place[i] = uint8(i * 10 / t.Rows)
	}
	test(place, column)
	out.P = min(1, out.P*float64(max(1, out.Compared)))
	out.Scattered = out.P > dependsBelow
	if out.Scattered {
		out.By = -1
	}
	return out
}

// gap says whether a cell is missing.
func (c *Column) gap(row int) bool {
	v := c.Codes[row]
	return v < 0 || c.Dict[v] == ""
}

// empty is the code of the empty text, -1 where no cell is empty.
func (c *Column) empty() int32 {
	for v, d := range c.Dict {
		if d == "" {
			return int32(v)
		}
	}
	return -1
}

// hollow says whether half of a row or more is empty: it is then the row that is another thing (a total, a heading).
func (t *Table) hollow(row int) bool {
	if t.gaps == nil {
		t.gaps = make([]int, t.Rows)
		for i := range t.Columns {
			for row := range t.gaps {
				if t.Columns[i].gap(row) {
					t.gaps[row]++
				}
			}
		}
	}
	return t.gaps[row]*2 >= len(t.Columns)
}

const mostClasses = 20

// classes puts the rows into a few classes by a column: its frequent values, or eighths of its numbers; gaps are one.
func (t *Table) classes(column int) []uint8 {
	if t.class == nil {
		t.class = make([][]uint8, len(t.Columns))
	}
	if t.class[column] == nil {
		t.class[column] = classes(&t.Columns[column])
	}
	return t.class[column]
}

func classes(c *Column) []uint8 {
	of := make([]int, len(c.Dict))
	if c.Numeric && len(c.Dict) > mostClasses {
		eighths(c, of)
	} else {
		frequent(c, of)
	}
	out := make([]uint8, len(c.Codes))
	for i, v := range c.Codes {
		if v >= 0 {
			out[i] = uint8(of[v])
		}
	}
	return out
}

// frequent makes a class of each frequent text, 0 of gaps and 1 of all the others.
func frequent(c *Column, of []int) {
	order := make([]int, len(c.Dict))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(c.Count[b]) - int(c.Count[a]) })
	for rank, v := range order {
		switch {
		case c.Dict[v] == "":
			of[v] = 0
		case rank < mostClasses:
			of[v] = rank + 2
		default:
			of[v] = 1
		}
	}
}

// eighths makes a class of each eighth of the numbers, 0 of gaps and 1 of what is no number.
func eighths(c *Column, of []int) {
	type number struct {
		code int
		at   float64
	}
	var list []number
	rows := 0
	for v, d := range c.Dict {
		x, err := strconv.ParseFloat(d, 64)
		switch {
		case d == "":
			of[v] = 0
		case err != nil:
			of[v] = 1
		default:
			list = append(list, number{v, x})
			rows += int(c.Count[v])
		}
	}
	slices.SortFunc(list, func(a, b number) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return a.code - b.code
	})
	seen := 0
	for _, x := range list {
		of[x.code] = 2 + seen*8/max(1, rows)
		seen += int(c.Count[x.code])
	}
}

// dependence is the chance that gaps fall on the classes as unevenly as they do if they are independent of them. Small
// classes are put together, so that the test holds.
func dependence(gap []bool, class []uint8) (float64, bool) {
	var n, m [mostClasses + 2]float64
	gaps := 0.0
	for i, k := range class {
		n[k]++
		if gap[i] {
			m[k]++
			gaps++
		}
	}
	rate := gaps / float64(len(class))
	var table [][]float64
	var restN, restM float64
	for k, rows := range n {
		if rows == 0 {
			continue
		}
		if rows*rate < 2 {
			restN += rows
			restM += m[k]
			continue
		}
		table = append(table, []float64{m[k], rows - m[k]})
	}
	if restN*rate >= 1 || restM >= 3 {
		table = append(table, []float64{restM, restN - restM})
	}
	if len(table) < 2 {
		return 1, false
	}
	x, err := statistic.ChiSquared(table)
	return x.P, err == nil
}
