package insight

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Columns are compared with one another, and some of that within each of the largest groups. So of a table of very many only so
// many are searched: those that the goal speaks of first, then the first of the file.
const (
	mostMeasures = 32
	mostGroups   = 32
	mostTimes    = 12
	mostTexts    = 12
)

// bound leaves out of a plan what is too much, and says so in sentences.
func (p *plan) bound(facts *flow.Facts, r *relevance) []string {
	var limits []string
	told := func(before, after int, what string) {
		if after < before {
			limits = append(limits, fmt.Sprintf("of %d %s %d were searched for insights: those that the goal speaks of, then the first of the file", before, what, after))
		}
	}
	n := len(p.measures)
	p.measures = foremost(p.measures, mostMeasures, func(m Measure) float64 { return r.measure(&m) })
	told(n, len(p.measures), "measures")
	n = len(p.groups)
	p.groups = foremost(p.groups, mostGroups, func(d Dimension) float64 { return r.column(d.Column) })
	told(n, len(p.groups), "columns to group by")
	n = len(p.times)
	p.times = foremost(p.times, mostTimes, func(c *flow.Column) float64 {
		if c.Name == facts.Context.TimeColumn {
			return 2
		}
		return r.column(c.Name)
	})
	told(n, len(p.times), "columns of dates")
	n = len(p.texts)
	p.texts = foremost(p.texts, mostTexts, r.column)
	told(n, len(p.texts), "columns of texts")
	return limits
}

// foremost keeps the things of most worth, the first among equals, in their order.
func foremost[T any](list []T, most int, worth func(T) float64) []T {
	if len(list) <= most {
		return list
	}
	order := make([]int, len(list))
	of := make([]float64, len(list))
	for i := range list {
		order[i], of[i] = i, worth(list[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(of[b], of[a]) })
	order = order[:most]
	slices.Sort(order)
	out := make([]T, most)
	for i, at := range order {
		out[i] = list[at]
	}
	return out
}
