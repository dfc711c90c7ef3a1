package insight

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// correlation finds measures that move together: over the rows, inside single values where they do so more than
// outside, and the number of rows with a measure over time. Pearson's and Spearman's test must agree over rows.
type correlation struct{}

var _ = register(correlation{})

func (correlation) ID() string      { return "correlation" }
func (correlation) Handler() string { return handlerRelations }

func (correlation) Applies(facts *flow.Facts, _ flow.Goal) (bool, string) {
	numbers, times := 0, 0
	for i := range facts.Columns {
		if facts.Columns[i].Role == flow.RoleMeasure {
			numbers++
		}
		if facts.Columns[i].Type.Temporal() {
			times++
		}
	}
	if numbers+times < 2 {
		return false, "the table has fewer than two measures"
	}
	return true, "the table has measures to compare"
}

// leastRho is the weakest correlation that is worth a sentence.
const leastRho = 0.15

func (k correlation) Run(ctx context.Context, f *Frame) (Found, error) {
	var found Found
	subsets := f.Subsets(minRows)
	for i := range f.Measures {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		for j := i + 1; j < len(f.Measures); j++ {
			a, b := &f.Measures[i], &f.Measures[j]
			if a.From != "" && b.From != "" && (a.From == b.From || a.To == b.To || a.From == b.To || a.To == b.From) {
				continue // two durations that share an end are tied to one another
			}
			k.rows(f, a, b, subsets, &found)
		}
	}
	k.volume(f, &found)
	return found, nil
}

func (k correlation) rows(f *Frame, a, b *Series, subsets []*Subset, found *Found) {
	x, y := pairs(a.Values, b.Values, nil)
	whole, p := both(x, y)
	if p >= 0 && found.test("correlation", p) && math.Abs(whole.R) >= leastRho {
		found.Candidates = append(found.Candidates, k.candidate(f, a, b, nil, whole, p, "correlation"))
	}
	for _, s := range subsets {
		in := &Subset{in: make([]bool, f.Rows)}
		for i := range in.in {
			in.in[i] = !s.Has(i) && s.Grouping.Codes[i] >= 0
		}
		xi, yi := pairs(a.Values, b.Values, s)
		xo, yo := pairs(a.Values, b.Values, in)
		if len(xi) < minRows || len(xo) < minRows {
			continue
		}
		inside, p := both(xi, yi)
		outside, po := both(xo, yo)
		if p < 0 || po < 0 {
			continue
		}
		// Fisher's z of the difference of two correlations; both signs of the wider correlation are told by it.
		se := math.Sqrt((1+inside.R*inside.R/2)/(inside.N-3) + (1+outside.R*outside.R/2)/(outside.N-3))
		p = math.Max(p, statistic.NormalTail((math.Atanh(bound(inside.R))-math.Atanh(bound(outside.R)))/se))
		if found.test("correlation inside a value", p) && math.Abs(inside.R) >= math.Max(2*leastRho, math.Abs(outside.R)+0.1) {
			found.Candidates = append(found.Candidates, k.candidate(f, a, b, s, inside, p, "correlation inside a value"))
		}
	}
}

// both makes the two tests: the rank correlation with the larger p-value, which is negative where none can be made.
func both(x, y []float64) (statistic.Correlation, float64) {
	if len(x) < minRows {
		return statistic.Correlation{}, -1
	}
	s, err := statistic.Spearman(x, y)
	if err != nil {
		return s, -1
	}
	r, err := statistic.Pearson(x, y)
	if err != nil {
		return s, -1
	}
	if r.R*s.R < 0 {
		return s, 1
	}
	return s, math.Max(r.P, s.P)
}

func bound(r float64) float64 { return math.Max(-0.999, math.Min(0.999, r)) }

func (correlation) candidate(f *Frame, a, b *Series, s *Subset, r statistic.Correlation, p float64, family string) Candidate {
	c := Candidate{
		Kind: "correlation", Family: family, Measure: a.Measure, Second: &b.Measure, Noun: f.Noun, P: p,
		Strength: math.Abs(r.R), Impact: 1, Effect: rhoEffect(r),
		Numbers: map[string]float64{"pairs": r.N},
	}
	if s != nil {
		c.Subspace, c.Impact = s.Conditions, f.share(float64(s.N))
	}
	c.SQL = pairsSQL(a, b, c.Subspace, f.Total)
	return c
}

// mostRanked is up to how many rows the evidence ranks all values: beyond, sorting them twice costs more than it tells,
// and the linear correlation, which needs one pass, stands for it.
const mostRanked = 1_000_000

func pairsSQL(a, b *Series, subspace []Condition, rows int64) string {
	pairs := fmt.Sprintf("WITH pairs AS (SELECT %s AS x, %s AS y FROM data%s),\n", a.Expr, b.Expr, where(subspace))
	if rows > mostRanked {
		return pairs + `whole AS (SELECT corr(x, y) AS r, count(*) AS pairs, min(x) AS low, max(x) AS high FROM pairs WHERE x IS NOT NULL AND y IS NOT NULL)
SELECT least(19, floor((x - low) / (high - low) * 20)) AS bin, avg(x) AS x, avg(y) AS y, count(*) AS n, any_value(r) AS r, any_value(pairs) AS pairs FROM pairs, whole WHERE x IS NOT NULL AND y IS NOT NULL GROUP BY bin ORDER BY bin`
	}
	return pairs + `ranks AS (SELECT x, y, rank() OVER (ORDER BY x) + (count(*) OVER (PARTITION BY x) - 1) / 2.0 AS rx, rank() OVER (ORDER BY y) + (count(*) OVER (PARTITION BY y) - 1) / 2.0 AS ry, ntile(20) OVER (ORDER BY x) AS bin FROM pairs WHERE x IS NOT NULL AND y IS NOT NULL),
whole AS (SELECT corr(rx, ry) AS rho, corr(x, y) AS r, count(*) AS pairs FROM ranks)
SELECT bin, avg(x) AS x, avg(y) AS y, count(*) AS n, any_value(rho) AS rho, any_value(r) AS r, any_value(pairs) AS pairs FROM ranks, whole GROUP BY bin ORDER BY bin`
}

func rhoEffect(r statistic.Correlation) flow.Effect {
	return flow.Effect{Name: "spearman", Value: r.R, Low: pointer(r.Interval.Low), High: pointer(r.Interval.High)}
}

// volume compares the number of rows of each step of time with the average of a measure in it.
func (k correlation) volume(f *Frame, found *Found) {
	if len(f.Axes) == 0 {
		return
	}
	axis := &f.Axes[0]
	steps, starts := axis.Buckets()
	w := watch{f: f, axis: axis, steps: steps, n: len(starts)}
	counts, _ := w.bucket(nil, f.All())
	for m := range f.Measures {
		s := &f.Measures[m]
		if s.To == axis.Column {
			continue
		}
		means, _ := w.bucket(s.Values, f.All())
		x, y := pairs(counts, means, nil)
		if len(x) < fewestSteps {
			continue
		}
		r, err := statistic.SpearmanSeries(x, y)
		if err != nil || !found.test("correlation over time", r.P) || math.Abs(r.R) < 2*leastRho {
			continue
		}
		clock := axis.Clock
		count := countOf()
		c := Candidate{
			Kind: "correlation", Family: "correlation over time", Measure: count, Second: &s.Measure, Time: &clock, Noun: f.Noun, P: r.P,
			Strength: math.Abs(r.R), Impact: 1, Effect: rhoEffect(r), Numbers: map[string]float64{"effective_pairs": r.N},
			Notes: []string{"both may follow a third thing, such as a common trend"},
			SQL: fmt.Sprintf(`WITH steps AS (SELECT %s AS period, count(*) AS x, %s AS y FROM data%s GROUP BY 1),
ranks AS (SELECT *, rank() OVER (ORDER BY x) + (count(*) OVER (PARTITION BY x) - 1) / 2.0 AS rx, rank() OVER (ORDER BY y) + (count(*) OVER (PARTITION BY y) - 1) / 2.0 AS ry FROM steps WHERE y IS NOT NULL),
whole AS (SELECT corr(rx, ry) AS rho, corr(x, y) AS r, count(*) AS pairs FROM ranks)
SELECT strftime(period, '%%Y-%%m-%%d') AS "group", CAST(x AS DOUBLE) AS x, y, rho, r, pairs FROM ranks, whole ORDER BY 1`,
				clock.period(), s.SQL(), where(nil, clock.span())),
		}
		c.Notes = append(c.Notes, detrended(x, y))
		found.Candidates = append(found.Candidates, c)
	}
}

// detrended tells the correlation of the changes from step to step, which a common trend does not make.
func detrended(x, y []float64) string {
	dx, dy := make([]float64, 0, len(x)), make([]float64, 0, len(y))
	for i := 1; i < len(x); i++ {
		dx, dy = append(dx, x[i]-x[i-1]), append(dy, y[i]-y[i-1])
	}
	r, err := statistic.Spearman(dx, dy)
	if err != nil {
		return "too few steps to compare the changes from step to step"
	}
	return fmt.Sprintf("the changes from one step to the next correlate with %.2f", r.R)
}

func (correlation) Tell(c *Candidate, rows []Row) (Story, error) {
	if len(rows) == 0 || c.Second == nil {
		return Story{Drop: true}, nil
	}
	var xs, ys []float64
	for _, r := range rows {
		xs, ys = append(xs, r.Number("x")), append(ys, r.Number("y"))
	}
	rho, name := rows[0].Number("rho"), "rho"
	if _, ranked := rows[0]["rho"]; !ranked {
		rho, name = rows[0].Number("r"), "r"
	}
	if rho*c.Effect.Value <= 0 {
		return Story{Drop: true}, nil
	}
	word := "rises with"
	if rho < 0 {
		word = "falls as"
	}
	strength := "weakly"
	switch a := math.Abs(rho); {
	case a >= 0.7:
		strength = "strongly"
	case a >= 0.4:
		strength = "clearly"
	}
	second := c.Measure.Name
	x, y := c.Measure.Name, c.Second.Name
	if c.Measure.Agg == aggCount {
		second = "the number of " + c.Noun + " a " + c.Time.Grain
		x, y = "number of "+c.Noun, "average "+y
	}
	if rho < 0 {
		second += " rises"
	}
	sign := "positive"
	if rho < 0 {
		sign = "negative"
	}
	title := fmt.Sprintf("%s%s %s %s %s (%s correlation, %s %.2f)", aside(c), capital(y), strength, word, second, sign, name, rho)
	return Story{
		Title:   title,
		Numbers: map[string]float64{name: rho, "r": rows[0].Number("r"), "pairs": rows[0].Number("pairs")},
		Chart:   pointChart(title, x, y, xs, ys),
	}, nil
}
