package dependency

import (
	"cmp"
	"slices"

	"github.com/analytix-flow/analytix/internal/statistic"
)

// copies finds, in a column that otherwise names rows (hardly a value stands twice), values that were written over
// others: many values that stand in several rows each, far from one another. By row it says so; the first row of each
// value is taken for the one it belongs to. It is nil where the column does not have that signature: a default value
// (one that makes most of the repetition), entities that recur (few values stand once), twins side by side and
// categories (whose values go with those of another column) do not.
func copies(t *Table, column int) map[int]bool {
	c := &t.Columns[column]
	rows := map[int32][]int{}
	for i, v := range c.Codes {
		if v >= 0 && c.Count[v] > 1 && c.Dict[v] != "" {
			rows[v] = append(rows[v], i)
		}
	}
	var heavy, heavyRows, most, twice, beside, distinct int
	for v, n := range c.Count {
		if n == 0 || c.Dict[v] == "" {
			continue
		}
		distinct++
		switch {
		case n >= 4 && scattered(rows[int32(v)]):
			heavy++
			heavyRows += int(n)
			most = max(most, int(n))
		case n >= 2 && scattered(rows[int32(v)]):
			twice++
		case n >= 2:
			beside++
		}
	}
	single := distinct - heavy - twice - beside
	if heavy < 8 || twice*2 > heavy*3 || (single+beside)*100 < distinct*80 || single < 40 || most*3 > heavyRows || heavyRows < 6*heavy {
		return nil
	}
	if attached(t, column, rows) {
		return nil
	}
	out := map[int]bool{}
	for _, at := range rows {
		if len(at) == 2 && twice > 2*heavy {
			continue // two by two is how this column repeats anyway
		}
		for _, i := range at[1:] {
			if !slices.Contains(at, i-1) && i-at[0] > 2 {
				out[i] = true
			}
		}
	}
	return out
}

// attached says whether the repeated values of a column go with those of another column, as categories do. A value that
// was written over others stands in rows that have nothing in common.
func attached(t *Table, column int, rows map[int32][]int) bool {
	const most = 12 // values that are looked at
	values := make([]int32, 0, len(rows))
	for v := range rows {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b int32) int { return cmp.Or(cmp.Compare(len(rows[b]), len(rows[a])), cmp.Compare(a, b)) })
	values = values[:min(len(values), most)]
	for d := range t.Columns {
		if d == column {
			continue
		}
		class := t.classes(d)
		table := make([][]float64, len(values))
		for k, v := range values {
			table[k] = make([]float64, mostClasses+2)
			for _, i := range rows[v][1:] { // the first is held for the owner
				table[k][class[i]]++
			}
		}
		x, err := statistic.ChiSquared(table)
		if err == nil && x.V > 0.3 && x.P*float64(len(t.Columns)) < 1e-4 {
			return true
		}
	}
	return false
}

// scattered says whether most rows of a value stand apart from one another.
func scattered(rows []int) bool {
	apart := 0
	for i := 1; i < len(rows); i++ {
		if rows[i]-rows[i-1] > 2 {
			apart++
		}
	}
	return apart*3 >= (len(rows)-1)*2
}

// constant is the value that a column of numbers has nearly everywhere, while the rest is scattered numbers; -1 where
// there is none. Zero is no such value: much is zero except where it is not.
func constant(c *Column, belief []int32) int32 {
	n := make([]int, len(c.Dict))
	rows := 0
	for _, v := range belief {
		if v >= 0 {
			n[v]++
			rows++
		}
	}
	best, others, distinct := 0, 0, 0
	for v := range n {
		if n[v] > n[best] {
			best = v
		}
	}
	if !c.Numeric || len(n) == 0 || n[best]*10 < rows*7 || n[best] == rows {
		return -1
	}
	for v := range n {
		if v != best && n[v] > 0 {
			others += n[v]
			distinct++
		}
	}
	if others < 3 || distinct*2 < others || trivial(c.Dict[best]) {
		return -1
	}
	return int32(best)
}

func trivial(s string) bool {
	switch s {
	case "", "0", "0.0", "0.00", "1", "1.0", "-1", "-1.0":
		return true
	}
	return false
}
