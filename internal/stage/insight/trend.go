package insight

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// trend finds measures that rise or fall over time, in all rows and in single values. What a single value does must
// also differ from what the rest does, or it merely repeats the whole. It also finds what is shown to be stable, by
// a test of equivalence: that no trend was found is not enough to say so.
type trend struct{}

var _ = register(trend{})

func (trend) ID() string      { return "trend" }
func (trend) Handler() string { return handlerTime }

func (trend) Applies(facts *flow.Facts, _ flow.Goal) (bool, string) { return hasTime(facts) }

func hasTime(facts *flow.Facts) (bool, string) {
	for i := range facts.Columns {
		if facts.Columns[i].Type.Temporal() {
			return true, "the table has a time column"
		}
	}
	return false, "the table has no time column"
}

const (
	// stableMargin is within what share of its level a measure must stay to be called stable.
	stableMargin = 0.5
	// stableChange is the largest estimated change that is still called stable.
	stableChange = 0.2
	// leastChange is the smallest change over the period that is worth a sentence.
	leastChange = 0.1
)

func (t trend) Run(ctx context.Context, f *Frame) (Found, error) {
	var found Found
	for a := range f.Axes {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		axis := &f.Axes[a]
		steps, starts := axis.Buckets()
		w := watch{f: f, axis: axis, steps: steps, n: len(starts), found: &found, first: a == 0}
		if a == 0 {
			w.series(countOf(), nil)
		}
		for m := range f.Measures {
			if s := &f.Measures[m]; s.To != axis.Column && f.mayTrend(s, axis) {
				w.series(s.Measure, s.Values)
			}
		}
		if a > 0 { // further time columns tell little more about counts and rates
			continue
		}
		for g := range f.Groups {
			group := &f.Groups[g]
			if group.Outcome && len(group.Values) <= 8 && !group.Calendar {
				for code, v := range group.Values {
					w.series(rateOf(&group.Dimension, v), flags(group, code))
				}
			}
		}
	}
	return found, nil
}

// mayTrend leaves out what follows from the axis itself: over another column than its beginning the rows are chosen
// by how long a duration took, and a duration whose end does not move with its beginning has a trend by arithmetic.
func (f *Frame) mayTrend(s *Series, axis *Axis) bool {
	return s.From == "" || s.From == axis.Column && f.follow(s)
}

// flags are 1 in the rows of a value, 0 in the others, not a number where there is none.
func flags(g *Grouping, code int) []float64 {
	values := make([]float64, len(g.Codes))
	for i, c := range g.Codes {
		switch {
		case c < 0:
			values[i] = math.NaN()
		case c == code:
			values[i] = 1
		}
	}
	return values
}

// watch looks at series on one axis.
type watch struct {
	f     *Frame
	axis  *Axis
	steps []int
	n     int
	found *Found
	first bool // whether it is the first axis, on which what is stable is told too
}

// series tests one measure, as a whole and in single values. values is nil for a count.
func (w *watch) series(m Measure, values []float64) {
	all, support := w.bucket(values, w.f.All())
	whole, err := statistic.MannKendall(all)
	if err != nil {
		return
	}
	if m.Agg == aggRate && support < 2*minEvents {
		return
	}
	change := relative(whole, m)
	if w.found.test("trend", whole.P) && math.Abs(change) >= leastChange {
		c := w.candidate(m, nil, whole, change, "trend", whole.P)
		c.Impact = 1
		if note, alike := w.alike(values, whole); note != "" {
			c.Notes = append(c.Notes, note)
			c.Words = append(c.Words, alike)
		}
		w.found.Candidates = append(w.found.Candidates, c)
	}
	if w.first {
		w.stable(m, nil, whole, change, 1)
	}
	if m.Agg == aggRate {
		return
	}
	for _, s := range w.f.Subsets(2 * minRows) {
		if !s.Grouping.Calendar {
			w.inside(m, values, all, s)
		}
	}
}

// inside tests the series of a single value against that of the rest.
func (w *watch) inside(m Measure, values, all []float64, s *Subset) {
	own, _ := w.bucket(values, s)
	t, err := statistic.MannKendall(own)
	if err != nil {
		return
	}
	against := make([]float64, len(own))
	if values == nil {
		for i := range own {
			against[i] = own[i] / all[i]
		}
	} else {
		outside := &Subset{in: make([]bool, w.f.Rows)}
		for i := range outside.in {
			outside.in[i] = !s.Has(i) && s.Grouping.Codes[i] >= 0
		}
		others, _ := w.bucket(values, outside)
		for i := range own {
			against[i] = own[i] - others[i]
		}
	}
	u, err := statistic.MannKendall(against)
	if err != nil {
		return
	}
	p := math.Max(t.P, u.P)
	change := relative(t, m)
	if sameSign := t.Slope*u.Slope > 0; w.found.test("trend inside a value", p) && sameSign && math.Abs(change) >= leastChange {
		c := w.candidate(m, s.Conditions, t, change, "trend inside a value", p)
		c.Impact = w.f.share(float64(s.N))
		w.found.Candidates = append(w.found.Candidates, c)
	}
	if w.first && !systemName(s.Grouping.Column) && u.P > 0.2 && w.f.share(float64(s.N)) >= 0.25 {
		w.stable(m, s.Conditions, t, change, w.f.share(float64(s.N)))
	}
}

// stable tests whether a series is shown to stay within the margin of its level (two one-sided tests).
func (w *watch) stable(m Measure, conditions []Condition, t statistic.Trend, change, impact float64) {
	level := (t.Start + t.End) / 2
	if m.Agg == aggRate || level <= 0 || t.P < 0.1 {
		return
	}
	perStep := float64(w.n-1) / level
	se := (t.Interval.High - t.Interval.Low) * perStep / (2 * 1.96)
	if !(se > 0) {
		return
	}
	p := math.Max(upper((stableMargin-change)/se), upper((stableMargin+change)/se))
	if !w.found.test("stable", p) || math.Abs(change) > stableChange {
		return
	}
	c := w.candidate(m, conditions, t, change, "stable", p)
	c.Impact, c.Strength = impact, 0.35
	c.Numbers["stable"] = 1
	c.Notes = append(c.Notes, fmt.Sprintf("the p-value is that of a change of %s or more either way", percent(stableMargin)))
	w.found.Candidates = append(w.found.Candidates, c)
}

func upper(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// relative is the fitted change over the period as a share of its beginning, of its middle where that is safer.
func relative(t statistic.Trend, m Measure) float64 {
	base := math.Abs(t.Start)
	if middle := math.Abs(t.Start+t.End) / 2; base < 0.2*middle {
		base = middle
	}
	if m.Agg == aggRate {
		return t.End - t.Start
	}
	if base == 0 {
		return 0
	}
	return (t.End - t.Start) / base
}

// bucket is the series of a measure: counts, or averages of steps with at least three values.
func (w *watch) bucket(values []float64, s *Subset) (series []float64, support float64) {
	series = make([]float64, w.n)
	counts := make([]float64, w.n)
	for i, k := range w.steps {
		if k < 0 || !s.Has(i) || values != nil && math.IsNaN(values[i]) {
			continue
		}
		counts[k]++
		if values != nil {
			series[k] += values[i]
			support += values[i]
		}
	}
	if values == nil {
		return counts, total(counts)
	}
	for k := range series {
		if counts[k] < 3 {
			series[k] = math.NaN()
			continue
		}
		series[k] /= counts[k]
	}
	return series, support
}

func (w *watch) candidate(m Measure, conditions []Condition, t statistic.Trend, change float64, family string, p float64) Candidate {
	steps := float64(w.n - 1)
	if m.Agg == aggCount { // a count of a sample stands for one of all rows
		t = scaled(t, float64(w.f.Total)/math.Max(1, float64(w.f.Rows)))
	}
	more := []string{w.axis.span()}
	if m.Expr != "" {
		more = append(more, strings.TrimSpace(present(m)))
	}
	clock := w.axis.Clock
	c := Candidate{
		Kind: "trend", Family: family, Measure: m, Time: &clock, Subspace: conditions, Noun: w.f.Noun, P: p,
		Strength: math.Min(1, math.Sqrt(math.Abs(t.Tau))*math.Min(1, 0.4+math.Abs(change))),
		Effect:   flow.Effect{Name: "change_over_period", Value: t.Slope * steps, Low: pointer(t.Interval.Low * steps), High: pointer(t.Interval.High * steps), Unit: m.Unit},
		Numbers: map[string]float64{
			"slope_per_" + w.axis.Grain: t.Slope, "start": t.Start, "end": t.End, "change": change, "tau": t.Tau, "steps": float64(w.n),
			"variance_inflation": t.Inflation,
		},
		SQL: fmt.Sprintf("SELECT strftime(%s, '%%Y-%%m-%%d') AS \"group\", count(*) AS n, %s AS value FROM data%s GROUP BY 1 ORDER BY 1",
			clock.period(), m.SQL(), where(conditions, more...)),
	}
	return c
}

func scaled(t statistic.Trend, by float64) statistic.Trend {
	t.Slope, t.Start, t.End = t.Slope*by, t.Start*by, t.End*by
	t.Interval = statistic.Interval{Low: t.Interval.Low * by, High: t.Interval.High * by}
	return t
}

// present keeps the rows that have a value of the measure.
func present(m Measure) string {
	if m.Agg == aggRate {
		return "(" + m.Expr + ") IS NOT NULL"
	}
	return m.Expr + " IS NOT NULL"
}

// alike says in which breakdowns a trend of the whole holds for every value alike: all point the same way, and none
// differs from the rest.
func (w *watch) alike(values []float64, whole statistic.Trend) (note, words string) {
	var names []string
	for g := range w.f.Groups {
		group := &w.f.Groups[g]
		if group.Calendar || group.Part || len(group.Values) > 12 {
			continue
		}
		if w.alikeIn(group, values, whole) {
			names = append(names, group.Name)
		}
	}
	if len(names) == 0 {
		return "", ""
	}
	return "the change goes the same way in every value of " + list(names), strings.Join(names, " ")
}

func (w *watch) alikeIn(group *Grouping, values []float64, whole statistic.Trend) bool {
	for code, n := range group.Counts {
		if n < minRows {
			continue
		}
		in := make([]bool, w.f.Rows)
		for i, c := range group.Codes {
			in[i] = c == code
		}
		own, _ := w.bucket(values, &Subset{in: in})
		t, err := statistic.MannKendall(own)
		if err != nil || t.Slope*whole.Slope <= 0 {
			return false
		}
	}
	return true
}

func (trend) Tell(c *Candidate, rows []Row) (Story, error) {
	if len(rows) < fewestSteps-2 {
		return Story{Drop: true}, nil
	}
	periods, values, _ := column(rows)
	change, start, end := c.Numbers["change"], c.Numbers["start"], c.Numbers["end"]
	about := c.Measure.phrase(within(c.Subspace, c.Noun))
	if len(c.Subspace) > 0 && c.Measure.Agg != aggCount {
		about += " of " + within(c.Subspace, c.Noun)
	}
	every := " a " + c.Time.Grain
	var title string
	if c.Numbers["stable"] == 1 {
		title = capital(fmt.Sprintf("%s is stable over time (%s): no rise or fall beyond chance, about %s%s throughout, change over %d %ss %s",
			about, c.Time.Column, c.Measure.number((start+end)/2), countedBy(c, every), len(rows), c.Time.Grain, signed(change)))
	} else {
		verb := "rises"
		if end < start {
			verb = "falls"
		}
		by := signed(change)
		if c.Measure.Agg == aggRate {
			by = fmt.Sprintf("%+.0f points", 100*change)
		}
		title = capital(fmt.Sprintf("%s %s over time: from about %s to %s%s between %s and %s (%s)", about, verb,
			c.Measure.number(start), c.Measure.number(end), countedBy(c, every), periods[0], periods[len(periods)-1], by))
	}
	for _, n := range c.Notes {
		if rest, ok := strings.CutPrefix(n, "the change goes the same way in every value of "); ok {
			title += ", alike in every " + rest
		}
	}
	fit := make([]float64, len(values))
	for i := range fit {
		fit[i] = start + (end-start)*float64(i)/math.Max(1, float64(len(values)-1))
	}
	return Story{
		Title: title, Numbers: map[string]float64{"periods": float64(len(rows)), "first": values[0], "last": values[len(values)-1]},
		Chart: lineChart(title, c.Time.Column, c.Measure.Label(), periods, values, fit),
	}, nil
}

func countedBy(c *Candidate, every string) string {
	if c.Measure.Agg == aggCount {
		return every
	}
	return ""
}
