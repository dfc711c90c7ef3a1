package insight

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// outstanding finds a group that has far more rows, or makes far more of a sum, than the next. The test is whether the
// leader is really ahead of the second: the binomial test of the two counts, or its counterpart for sums, corrected
// for having chosen the two out of all (Bonferroni).
type outstanding struct{}

var _ = register(outstanding{})

func (outstanding) ID() string      { return "outstanding" }
func (outstanding) Handler() string { return handlerGroups }

func (outstanding) Applies(*flow.Facts, flow.Goal) (bool, string) { return true, "" }

// leastLead is how many times the next a leader has at the least.
const leastLead = 1.25

func (o outstanding) Run(_ context.Context, f *Frame) (Found, error) {
	var found Found
	for g := range f.Groups {
		group := &f.Groups[g]
		if group.Calendar || len(group.Values) > 200 {
			continue
		}
		o.count(f, group, &found)
		for m := range f.Measures {
			if f.Measures[m].Additive {
				o.sum(f, group, &f.Measures[m], &found)
			}
		}
	}
	return found, nil
}

func (o outstanding) count(f *Frame, group *Grouping, found *Found) {
	first, second := leaders(group.Counts)
	n1, n2 := group.Counts[first], group.Counts[second]
	k := float64(len(group.Values))
	if n1 < minRows {
		return
	}
	p := math.Min(1, k*(k-1)*statistic.BinomialTail(int64(n1), int64(n1+n2), 0.5))
	if !found.test("outstanding", p) || n1 < leastLead*n2 {
		return
	}
	c := o.candidate(f, group, countOf(), first)
	c.P = p
	c.Effect = ratioEffect(n1/n2, math.Sqrt(1/n1+1/n2))
	c.Strength = lead(n1/total(group.Counts), k)
	c.Impact = f.share(n1)
	found.Candidates = append(found.Candidates, c)
}

func (o outstanding) sum(f *Frame, group *Grouping, m *Series, found *Found) {
	sums, squares := totals(m.Values, group)
	first, second := leaders(sums)
	k := float64(len(sums))
	for _, s := range sums {
		if s < 0 {
			return // shares of a sum with negative parts mislead
		}
	}
	if group.Counts[first] < minRows || sums[second] <= 0 {
		return
	}
	if top, _ := leaders(group.Counts); top == first && math.Abs(sums[first]/total(sums)-group.Counts[first]/total(group.Counts)) < 0.1 {
		return // it has the most because it has the most rows
	}
	spread := math.Sqrt(squares[first] + squares[second])
	p := math.Min(1, k*(k-1)/2*statistic.NormalTail((sums[first]-sums[second])/spread))
	if !found.test("outstanding", p) || sums[first] < leastLead*sums[second] {
		return
	}
	measure := m.Measure
	measure.Agg = aggSum
	c := o.candidate(f, group, measure, first)
	c.P = p
	c.Effect = ratioEffect(sums[first]/sums[second], math.Sqrt(squares[first]/(sums[first]*sums[first])+squares[second]/(sums[second]*sums[second])))
	c.Strength = 0.9 * lead(sums[first]/total(sums), k) // a sum mostly follows the count
	c.Impact = sums[first] / total(sums)
	found.Candidates = append(found.Candidates, c)
}

func (outstanding) candidate(f *Frame, group *Grouping, m Measure, first int) Candidate {
	c := Candidate{
		Kind: "outstanding", Family: "outstanding", Measure: m, Dimension: &group.Dimension, Focus: group.Values[first], Noun: f.Noun,
		SQL: fmt.Sprintf("SELECT %s AS \"group\", count(*) AS n, %s AS value FROM data%s GROUP BY 1 ORDER BY value DESC, 1",
			group.Expr, m.SQL(), where(nil, group.Expr+" IS NOT NULL")),
	}
	if group.Part {
		c.Words = []string{group.Name}
	}
	return c
}

func (outstanding) Tell(c *Candidate, rows []Row) (Story, error) {
	if len(rows) < 2 {
		return Story{Drop: true}, nil
	}
	groups, values, sum := column(rows)
	first, second := values[0], values[1]
	if groups[0] != c.Focus || second <= 0 || first < leastLead*second {
		return Story{Drop: true}, nil
	}
	var title string
	if c.Measure.Agg == aggCount {
		title = fmt.Sprintf("%s has %s of %s %s (%s)", subject(c), figure(first), figure(sum), c.Noun, percent(first/sum))
	} else {
		title = fmt.Sprintf("%s makes %s of %s of the total %s (%s)", subject(c), figure(first), figure(sum), c.Measure.Name, percent(first/sum))
	}
	title += fmt.Sprintf(": %s times the next %s, %s with %s", figure(first/second), c.Dimension.prose(), shorten(groups[1]), figure(second))
	return Story{
		Title:   title,
		Numbers: map[string]float64{"value": first, "total": sum, "share": first / sum, "next": second, "times_the_next": first / second, "groups": float64(len(rows))},
		Chart:   barChart(title, c.Dimension.Name, c.Measure.Label(), c.Focus, groups, values),
	}, nil
}

// subject names the focus; a value that says nothing on its own, such as true or 3, with its dimension.
func subject(c *Candidate) string {
	if len(c.Focus) <= 3 || c.Focus == "true" || c.Focus == "false" || strings.Trim(c.Focus, "0123456789.-") == "" {
		return c.Dimension.Name + " " + shorten(c.Focus)
	}
	return shorten(c.Focus)
}

// column takes groups and values out of the rows of a query, with their sum.
func column(rows []Row) (groups []string, values []float64, sum float64) {
	for _, r := range rows {
		groups = append(groups, r.Text("group"))
		values = append(values, r.Number("value"))
		sum += r.Number("value")
	}
	return groups, values, sum
}

// leaders are the places of the largest and the second largest value.
func leaders(values []float64) (first, second int) {
	second = -1
	for i, v := range values {
		if v > values[first] {
			first = i
		}
	}
	for i, v := range values {
		if i != first && (second < 0 || v > values[second]) {
			second = i
		}
	}
	return first, second
}

// lead is how strong a leader with the share is among k: 0 for an equal share, 1 for everything.
func lead(share, k float64) float64 { return math.Sqrt(math.Max(0, (share-1/k)/(1-1/k))) }

// ratioEffect is a ratio with the interval that the error of its logarithm gives.
func ratioEffect(ratio, se float64) flow.Effect {
	return flow.Effect{
		Name: "ratio", Value: ratio, Low: pointer(ratio * math.Exp(-1.96*se)), High: pointer(ratio * math.Exp(1.96*se)), Unit: "times",
	}
}

func total(values []float64) float64 {
	var s float64
	for _, v := range values {
		s += v
	}
	return s
}

// times says how many times one number is another, or by how much it is less.
func times(a, b float64) string {
	switch r := a / b; {
	case b == 0 || a <= 0 || b < 0:
		return ""
	case r >= 1.5:
		return ", " + figure(r) + " times as much"
	case r > 1:
		return ", " + percent(r-1) + " more"
	case r < 1:
		return ", " + percent(1-r) + " less"
	}
	return ""
}

// aside is a note in brackets about the rows that a finding speaks of.
func aside(c *Candidate) string {
	if len(c.Subspace) == 0 {
		return ""
	}
	return "Among " + within(c.Subspace, c.Noun) + ": "
}
