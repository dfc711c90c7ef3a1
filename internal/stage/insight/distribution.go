package insight

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// distribution tells how the rows, or a sum, are spread over the values of a breakdown where none of them leads: uneven
// by a chi-squared test of equal shares, or shown to be even by a test of equivalence.
type distribution struct{}

var _ = register(distribution{})

func (distribution) ID() string      { return "distribution" }
func (distribution) Handler() string { return handlerGroups }

func (distribution) Applies(*flow.Facts, flow.Goal) (bool, string) { return true, "" }

const (
	// evenMargin is how far a share may lie from an equal one, relatively, to be called even.
	evenMargin = 0.5
	// evenRatio is the largest ratio of the greatest to the smallest share that is called even.
	evenRatio = 2.0
	// unevenRatio is the smallest one that is told as uneven.
	unevenRatio = 1.5
)

func (d distribution) Run(_ context.Context, f *Frame) (Found, error) {
	var found Found
	for g := range f.Groups {
		group := &f.Groups[g]
		if group.Part || group.Calendar || systemName(group.Column) || len(group.Values) > 60 {
			continue
		}
		d.counts(f, group, f.All(), &found)
		for _, s := range f.Subsets(4 * minRows) {
			// Inside single values only where the goal asks for the value: there are too many otherwise.
			if f.relevance.value(s.Conditions[0].Value) && !related(s.Grouping, group) {
				d.counts(f, group, s, &found)
			}
		}
		for m := range f.Measures {
			if f.Measures[m].Additive {
				d.sums(f, group, &f.Measures[m], &found)
			}
		}
	}
	return found, nil
}

func (d distribution) counts(f *Frame, group *Grouping, s *Subset, found *Found) {
	counts := make([]float64, len(group.Values))
	for i, c := range group.Codes {
		if c >= 0 && s.Has(i) {
			counts[c]++
		}
	}
	first, second := leaders(counts)
	_, p, w, err := statistic.GoodnessOfFit(counts)
	if err != nil {
		return
	}
	smallest, n := least(counts), total(counts)
	if uneven := found.test("uneven", p); uneven && s.Grouping == nil && counts[first] >= unevenRatio*smallest && counts[first] < leastLead*counts[second] {
		c := d.candidate(f, group, countOf(), s, first)
		c.P, c.Family = p, "uneven"
		c.Strength = math.Min(1, w)
		c.Effect = flow.Effect{Name: "cohens_w", Value: w}
		c.Impact = f.share(n)
		found.Candidates = append(found.Candidates, c)
		return
	}
	p, err = statistic.Even(counts, evenMargin)
	if err != nil || len(counts) > 25 || len(counts) < 3 {
		return
	}
	if found.test("even", p) && counts[first] <= evenRatio*smallest && counts[first] < leastLead*counts[second] {
		c := d.candidate(f, group, countOf(), s, first)
		c.P, c.Family = p, "even"
		c.Strength = 0.25 + 0.35*(1-(counts[first]/smallest-1)/(evenRatio-1))
		c.Effect = flow.Effect{Name: "cohens_w", Value: w}
		c.Impact = f.share(n)
		c.Numbers = map[string]float64{"even": 1}
		c.Notes = []string{"the p-value is that of a share that differs by " + percent(evenMargin) + " or more from an equal one"}
		found.Candidates = append(found.Candidates, c)
	}
}

// sums tests whether the totals of the groups differ: the squares of the values estimate the variance of a total over
// a random number of rows.
func (d distribution) sums(f *Frame, group *Grouping, m *Series, found *Found) {
	sums, squares := totals(m.Values, group)
	first, second := leaders(sums)
	k := float64(len(sums))
	if k > 30 || least(sums) <= 0 || least(group.Counts) < smallestGroup {
		return
	}
	apart := 0.0
	for i := range sums {
		apart += math.Abs(sums[i]/total(sums)-group.Counts[i]/total(group.Counts)) / 2
	}
	if apart < 0.05 {
		return // the sum is spread as the rows are
	}
	var weight, mean float64
	for i, s := range sums {
		weight += 1 / squares[i]
		mean += s / squares[i]
	}
	mean /= weight
	var chi2 float64
	for i, s := range sums {
		chi2 += (s - mean) * (s - mean) / squares[i]
	}
	p := statistic.ChiSquaredTail(chi2, k-1)
	ratio := sums[first] / least(sums)
	if !found.test("uneven", p) || ratio < unevenRatio || sums[first] >= leastLead*sums[second] {
		return
	}
	measure := m.Measure
	measure.Agg = aggSum
	c := d.candidate(f, group, measure, f.All(), first)
	c.P, c.Family, c.Impact = p, "uneven", 1
	c.Strength = math.Min(1, 0.5*math.Log(ratio))
	c.Effect = flow.Effect{Name: "ratio", Value: ratio, Unit: "times"}
	found.Candidates = append(found.Candidates, c)
}

func totals(values []float64, g *Grouping) (sums, squares []float64) {
	sums, squares = make([]float64, len(g.Values)), make([]float64, len(g.Values))
	for i, v := range values {
		if c := g.Codes[i]; c >= 0 && !math.IsNaN(v) {
			sums[c] += v
			squares[c] += v * v
		}
	}
	return sums, squares
}

func (distribution) candidate(f *Frame, group *Grouping, m Measure, s *Subset, first int) Candidate {
	return Candidate{
		Kind: "distribution", Measure: m, Dimension: &group.Dimension, Subspace: s.Conditions, Focus: group.Values[first], Noun: f.Noun,
		SQL: fmt.Sprintf("SELECT %s AS \"group\", count(*) AS n, %s AS value FROM data%s GROUP BY 1 ORDER BY value DESC, 1",
			group.Expr, m.SQL(), where(s.Conditions, group.Expr+" IS NOT NULL")),
	}
}

func (distribution) Tell(c *Candidate, rows []Row) (Story, error) {
	if len(rows) < 2 {
		return Story{Drop: true}, nil
	}
	groups, values, sum := column(rows)
	k := len(rows) - 1
	about := capital(within(c.Subspace, c.Noun))
	if c.Measure.Agg == aggSum {
		about = "The total " + c.Measure.Name
	}
	high := fmt.Sprintf("%s with %s (%s)", shorten(groups[0]), figure(values[0]), percent(values[0]/sum))
	low := fmt.Sprintf("%s with %s (%s)", shorten(groups[k]), figure(values[k]), percent(values[k]/sum))
	var title string
	if c.Numbers["even"] == 1 {
		title = fmt.Sprintf("%s are spread evenly over the %d values of %s: the most has %s, the least %s", about, len(rows), c.Dimension.prose(), high, low)
	} else {
		verb := "are"
		if c.Measure.Agg == aggSum {
			verb = "is"
		}
		title = fmt.Sprintf("%s %s spread unevenly over the %d values of %s: the most has %s, the least %s", about, verb, len(rows), c.Dimension.prose(), high, low)
	}
	return Story{
		Title:   title,
		Numbers: map[string]float64{"most": values[0], "least": values[k], "total": sum, "groups": float64(len(rows))},
		Chart:   barChart(title, c.Dimension.Name, c.Measure.Label(), c.Focus, groups, values),
	}, nil
}

func least(values []float64) float64 {
	m := math.Inf(1)
	for _, v := range values {
		m = math.Min(m, v)
	}
	return m
}
