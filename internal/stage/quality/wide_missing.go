package quality

import (
	"context"
	"math"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/flow"
)

// mostDetermining is how many columns of a wide table may be asked what determines the gaps of one: those next to it in the file.
const mostDetermining = 64

// determining are the columns by which the gaps of a column may be filled: groups must repeat, and be of more than a few kinds.
func (t *Table) determining(c *flow.Column) []int {
	var all []int
	at := 0
	for i := range t.Facts.Columns {
		d := &t.Facts.Columns[i]
		if d.Name == c.Name {
			at = len(all)
			continue
		}
		if d.Distinct < 5 || t.Facts.Rows-d.Missing < 3*d.Distinct || d.Role == flow.RoleMeasure || d.Missing > c.Missing {
			continue
		}
		all = append(all, i)
	}
	if !t.wide() || len(all) <= mostDetermining {
		return all
	}
	t.partly("missing", "in a table of so many columns the gaps of each were compared with %d columns before and behind it in the file", mostDetermining)
	from := min(max(0, at-mostDetermining/2), len(all)-mostDetermining)
	return all[from : from+mostDetermining]
}

// grouping is how well the groups of one column agree on the values of another.
type grouping struct {
	agree, base *float64 // share of the rows that have the value of their group, and that have the most frequent one
	rows, can   int64    // rows of groups that tell, and gaps that can be filled
}

// groupsInMemory is groupsAgree on a wide table, all of whose rows are held; ok is false where they are not.
func (t *Table) groupsInMemory(ctx context.Context, d, c int) (g grouping, ok bool, err error) {
	n, ok, err := t.held(ctx)
	if !ok {
		return g, false, err
	}
	by, of := &n.table.Columns[d], &n.table.Columns[c]
	type pair struct{ k, v int32 }
	type sums struct{ top, filled, gap int64 }
	counts, groups, values := map[pair]int64{}, map[int32]*sums{}, map[int32]int64{}
	var all, most int64
	for row, k := range by.Codes {
		if by.Dict[k] == "" {
			continue
		}
		s := groups[k]
		if s == nil {
			s = &sums{}
			groups[k] = s
		}
		v := of.Codes[row]
		if of.Dict[v] == "" {
			s.gap++
			continue
		}
		counts[pair{k, v}]++
		values[v]++
		s.filled++
		s.top = max(s.top, counts[pair{k, v}])
		all++
		most = max(most, values[v])
	}
	var top int64
	for _, s := range groups {
		if s.filled > 2 {
			top += s.top
			g.rows += s.filled
		}
		if s.top > 1 && 2*s.top > s.filled && s.filled > s.gap {
			g.can += s.gap
		}
	}
	if g.rows > 0 {
		x := float64(top) / float64(g.rows)
		g.agree = &x
	}
	if all > 0 {
		x := float64(most) / float64(all)
		g.base = &x
	}
	return g, true, nil
}

// sharedGaps is in how many rows two columns are both empty; ok is false where the rows are not held.
func (t *Table) sharedGaps(ctx context.Context, c, d int) (both int64, ok bool, err error) {
	n, ok, err := t.held(ctx)
	if !ok {
		return 0, false, err
	}
	a, b := &n.table.Columns[c], &n.table.Columns[d]
	for row := range a.Codes {
		if gapIn(a, row) && gapIn(b, row) {
			both++
		}
	}
	return both, true, nil
}

// gapsBy is Cramér's V between the gaps of a column and a category; ok is false where the rows are not held.
func (t *Table) gapsBy(ctx context.Context, c, d int) (v float64, ok bool, err error) {
	n, ok, err := t.held(ctx)
	if !ok {
		return 0, false, err
	}
	of, by := &n.table.Columns[c], &n.table.Columns[d]
	rows, gaps := make([]float64, len(by.Dict)), make([]float64, len(by.Dict))
	var all, missing float64
	for row, k := range by.Codes {
		if by.Dict[k] == "" {
			continue
		}
		rows[k]++
		all++
		if gapIn(of, row) {
			gaps[k]++
			missing++
		}
	}
	p := missing / all
	if !(p > 0 && p < 1) {
		return 0, true, nil
	}
	chi := 0.0
	for k, m := range rows {
		if m > 0 {
			chi += (gaps[k] - m*p) * (gaps[k] - m*p) / (m * p * (1 - p))
		}
	}
	return math.Sqrt(chi / all), true, nil
}

// held are the rows of a wide table where all of them are in memory.
func (t *Table) held(ctx context.Context) (*inferred, bool, error) {
	if !t.wide() {
		return nil, false, nil
	}
	n, err := t.rows(ctx)
	if err != nil || n.part > 1 {
		return nil, false, err
	}
	return n, true, nil
}

func gapIn(c *dependency.Column, row int) bool { return c.Dict[c.Codes[row]] == "" }
