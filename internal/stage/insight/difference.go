package insight

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// difference finds breakdowns whose groups differ in the average of a measure. Two tests must agree, Welch's for the
// averages and Kruskal and Wallis' for the ranks, so that neither a few extremes nor a mere difference of spread pass:
// the larger p-value counts. Inside a single value it must also differ from what holds outside.
type difference struct{}

var _ = register(difference{})

func (difference) ID() string      { return "difference" }
func (difference) Handler() string { return handlerGroups }

func (difference) Applies(*flow.Facts, flow.Goal) (bool, string) { return true, "" }

// smallestGroup is the least number of rows of a group in a comparison of groups.
const smallestGroup = 8

// leastEta is the smallest share of the variance between groups that is worth a sentence.
const leastEta = 0.01

func (d difference) Run(ctx context.Context, f *Frame) (Found, error) {
	var found Found
	all := f.All()
	subsets := f.Subsets(2 * minRows)
	for m := range f.Measures {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		before := len(found.Candidates)
		for g := range f.Groups {
			d.compare(f, &f.Measures[m], &f.Groups[g], all, &found)
			for _, s := range subsets {
				if !related(s.Grouping, &f.Groups[g]) {
					d.compare(f, &f.Measures[m], &f.Groups[g], s, &found)
				}
			}
		}
		for w := range f.Words {
			d.compare(f, &f.Measures[m], &f.Words[w], all, &found)
		}
		found.Candidates = append(found.Candidates[:before], explain(f, &f.Measures[m], found.Candidates[before:])...)
	}
	associate(f, &found)
	return found, nil
}

func (d difference) compare(f *Frame, m *Series, g *Grouping, s *Subset, found *Found) {
	if len(g.Values) > 100 {
		return
	}
	sums := summarize(m.Values, g, s)
	large, n := 0, 0.0
	for i := range sums {
		if sums[i].N < smallestGroup {
			sums[i] = statistic.Group{}
			continue
		}
		large++
		n += sums[i].N
	}
	if large < 2 || n < minRows {
		return
	}
	family := "difference"
	if s.Grouping != nil {
		family = "difference inside a value"
	}
	a, err := statistic.WelchANOVA(sums)
	if err != nil {
		return
	}
	focus, contrast := extreme(sums)
	p := a.P
	if p <= mostP {
		p = math.Max(p, ranked(m.Values, g, s, sums))
	}
	if p <= mostP && s.Grouping != nil {
		p = math.Max(p, unlikeOutside(m.Values, g, s, focus, contrast))
	}
	if !found.test(family, p) || a.EtaSquared < leastEta || large == 2 && f.decides(m, g) {
		return
	}
	c := Candidate{
		Kind: "difference", Family: family, Measure: m.Measure, Dimension: &g.Dimension, Subspace: s.Conditions, Focus: g.Values[focus], Noun: f.Noun,
		P: p, Strength: math.Min(1, 2*math.Sqrt(a.EtaSquared)), Impact: f.share(n),
		Effect: flow.Effect{Name: "eta_squared", Value: a.EtaSquared},
		Numbers: map[string]float64{
			"f": a.F, "difference_to_the_rest": contrast.Value, "difference_low": contrast.Interval.Low, "difference_high": contrast.Interval.High,
			"cohens_d": contrast.D,
		},
		SQL: fmt.Sprintf("SELECT CAST(%s AS VARCHAR) AS \"group\", count(%s) AS n, avg(%[2]s) AS value, median(%[2]s) AS median, stddev_samp(%[2]s) AS deviation"+
			" FROM data%s GROUP BY 1 HAVING count(%[2]s) >= %[4]d ORDER BY value DESC, 1", g.Expr, m.Expr, where(s.Conditions, g.Expr+" IS NOT NULL"), smallestGroup),
	}
	if g.Word != "" {
		c.Focus = "true"
		c.Words = []string{g.Word}
	}
	found.Candidates = append(found.Candidates, c)
}

func summarize(values []float64, g *Grouping, s *Subset) []statistic.Group {
	type sums struct{ n, mean, m2 float64 }
	acc := make([]sums, len(g.Values))
	for i, v := range values {
		c := g.Codes[i]
		if c < 0 || math.IsNaN(v) || !s.Has(i) {
			continue
		}
		a := &acc[c]
		a.n++
		d := v - a.mean
		a.mean += d / a.n
		a.m2 += d * (v - a.mean)
	}
	out := make([]statistic.Group, len(acc))
	for i, a := range acc {
		out[i] = statistic.Group{N: a.n, Mean: a.mean}
		if a.n > 1 {
			out[i].Variance = a.m2 / (a.n - 1)
		}
	}
	return out
}

// extreme is the group that differs the most from the rest, and the comparison with it.
func extreme(groups []statistic.Group) (focus int, best statistic.Difference) {
	for i, g := range groups {
		if g.N == 0 {
			continue
		}
		if d, err := statistic.WelchT(g, rest(groups, i)); err == nil && math.Abs(d.T) > math.Abs(best.T) {
			focus, best = i, d
		}
	}
	return focus, best
}

// rest pools all groups but one.
func rest(groups []statistic.Group, but int) statistic.Group {
	var n, sum, squares float64
	for i, g := range groups {
		if i == but || g.N == 0 {
			continue
		}
		n += g.N
		sum += g.N * g.Mean
		squares += (g.N-1)*g.Variance + g.N*g.Mean*g.Mean
	}
	if n < 2 {
		return statistic.Group{}
	}
	mean := sum / n
	return statistic.Group{N: n, Mean: mean, Variance: math.Max(0, (squares-n*mean*mean)/(n-1))}
}

// ranked is the p-value of the comparison by ranks, of the groups that take part.
func ranked(values []float64, g *Grouping, s *Subset, sums []statistic.Group) float64 {
	var v []float64
	var codes []int
	for i, x := range values {
		if c := g.Codes[i]; c >= 0 && sums[c].N > 0 && s.Has(i) {
			v, codes = append(v, x), append(codes, c)
		}
	}
	_, p, err := statistic.KruskalWallis(v, codes, len(g.Values))
	if err != nil {
		return 1
	}
	return p
}

// unlikeOutside is the p-value that the contrast of the focus differs inside the subset from outside of it.
func unlikeOutside(values []float64, g *Grouping, s *Subset, focus int, inside statistic.Difference) float64 {
	out := &Subset{in: make([]bool, len(values))}
	for i := range out.in {
		out.in[i] = !s.Has(i) && s.Grouping.Codes[i] >= 0
	}
	sums := summarize(values, g, out)
	outside, err := statistic.WelchT(sums[focus], rest(sums, focus))
	if err != nil {
		return 1
	}
	se := math.Hypot(inside.Value/inside.T, outside.Value/outside.T)
	if !(se > 0) {
		return 1
	}
	return statistic.NormalTail((inside.Value - outside.Value) / se)
}

func (difference) Tell(c *Candidate, rows []Row) (Story, error) {
	if c.Measure.Agg == aggRate {
		return tellRate(c, rows)
	}
	groups, values, _ := column(rows)
	at := -1
	var n, sum float64
	for i, r := range rows {
		if groups[i] == c.Focus {
			at = i
			continue
		}
		n += r.Number("n")
		sum += r.Number("n") * values[i]
	}
	if at < 0 || n == 0 {
		return Story{Drop: true}, nil
	}
	others, value := sum/n, values[at]
	subject, versus := c.Noun+" with "+c.Dimension.Name+" "+shorten(c.Focus), "the others"
	if c.Dimension.Word != "" {
		subject = c.Noun + " whose " + c.Dimension.Column + " mentions '" + c.Dimension.Word + "'"
	}
	title := aside(c) + capital(fmt.Sprintf("%s have an average %s of %s, against %s for %s%s", subject, c.Measure.Name,
		c.Measure.number(value), c.Measure.number(others), versus, times(value, others)))
	if len(rows) > 2 {
		switch {
		case at == 0:
			title += fmt.Sprintf("; the highest of %d, the lowest is %s with %s", len(rows), shorten(groups[len(groups)-1]), c.Measure.number(values[len(values)-1]))
		case at == len(rows)-1:
			title += fmt.Sprintf("; the lowest of %d, the highest is %s with %s", len(rows), shorten(groups[0]), c.Measure.number(values[0]))
		}
	}
	return Story{
		Title:   title,
		Numbers: map[string]float64{"average": value, "average_of_the_others": others, "highest": values[0], "lowest": values[len(values)-1], "groups": float64(len(rows)), "n": rows[at].Number("n")},
		Chart:   barChart(title, c.Dimension.Name, c.Measure.Label(), c.Focus, groups, values),
	}, nil
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
