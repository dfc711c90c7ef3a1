package insight

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// concentration finds breakdowns of many values of which few make most of the rows. The test is chi-squared against
// equal shares; the effect is Gini's coefficient beyond what equal shares give by chance.
type concentration struct{}

var _ = register(concentration{})

func (concentration) ID() string      { return "concentration" }
func (concentration) Handler() string { return handlerGroups }

func (concentration) Applies(*flow.Facts, flow.Goal) (bool, string) { return true, "" }

const (
	// manyValues is from how many values on it makes sense to speak of the few among them.
	manyValues = 12
	// leastGini is the smallest concentration beyond chance that is worth a sentence.
	leastGini = 0.2
	// topShare is which part of the values are the few.
	topShare = 0.2
)

func (concentration) Run(_ context.Context, f *Frame) (Found, error) {
	var found Found
	for g := range f.Groups {
		group := &f.Groups[g]
		if len(group.Values) < manyValues || group.Calendar {
			continue
		}
		_, p, _, err := statistic.GoodnessOfFit(group.Counts)
		if err != nil || !found.test("concentration", p) {
			continue
		}
		n, k := total(group.Counts), float64(len(group.Values))
		// Equal shares give Poisson counts, whose Gini coefficient is about 1 / sqrt(pi x mean).
		beyond := statistic.Gini(group.Counts) - 1/math.Sqrt(math.Pi*n/k)
		if beyond < leastGini {
			continue
		}
		sorted := slices.Sorted(slices.Values(group.Counts))
		top := int(math.Ceil(topShare * k))
		share := total(sorted[len(sorted)-top:]) / n
		found.Candidates = append(found.Candidates, Candidate{
			Kind: "concentration", Family: "concentration", Measure: countOf(), Dimension: &group.Dimension, Noun: f.Noun, P: p,
			Strength: math.Min(1, beyond*1.3), Impact: share, Effect: flow.Effect{Name: "gini", Value: statistic.Gini(group.Counts)},
			SQL: fmt.Sprintf("SELECT %s AS \"group\", count(*) AS n, count(*) AS value FROM data%s GROUP BY 1 ORDER BY value DESC, 1",
				group.Expr, where(nil, group.Expr+" IS NOT NULL")),
		})
	}
	return found, nil
}

func (concentration) Tell(c *Candidate, rows []Row) (Story, error) {
	groups, values, sum := column(rows)
	top := int(math.Ceil(topShare * float64(len(values))))
	if len(values) < manyValues || sum == 0 {
		return Story{Drop: true}, nil
	}
	share := total(values[:top]) / sum
	title := fmt.Sprintf("%d of the %d values of %s make %s of the %s; the first is %s with %s", top, len(values), c.Dimension.prose(), percent(share),
		c.Noun, shorten(groups[0]), figure(values[0]))
	return Story{
		Title:   title,
		Numbers: map[string]float64{"top": float64(top), "values": float64(len(values)), "share": share, "first": values[0], "total": sum},
		Chart:   barChart(title, c.Dimension.Name, "count", groups[0], groups, values),
	}, nil
}
