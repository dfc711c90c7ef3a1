package insight

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// seasonality finds days of the week, and months of the year where the data spans two years or more, on which far more
// or fewer rows fall. The test compares the counts of the same phase in different weeks (or years) by ranks, so that a
// single busy week does not pass for a season.
type seasonality struct{}

var _ = register(seasonality{})

func (seasonality) ID() string      { return "seasonality" }
func (seasonality) Handler() string { return handlerTime }

func (seasonality) Applies(facts *flow.Facts, _ flow.Goal) (bool, string) { return hasTime(facts) }

// season is a cycle: its steps, its phases and their names.
type season struct {
	grain, name string
	phase       func(day float64) int
	names       []string
	sql         string // of the phase, as a text, from the time column
	cycle       float64
}

var seasons = []season{
	{
		grain: "day", name: "weekday", cycle: 7, sql: "dayname(%s)",
		phase: func(d float64) int { return int(moment(d).Weekday()) },
		names: []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	},
	{
		grain: "month", name: "month of the year", cycle: 365.25, sql: "monthname(%s)",
		phase: func(d float64) int { return int(moment(d).Month()) - 1 },
		names: []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
}

// leastSwing is how much a phase must lie off the average to be told, relatively.
const leastSwing = 0.25

func (k seasonality) Run(_ context.Context, f *Frame) (Found, error) {
	var found Found
	if len(f.Axes) == 0 {
		return found, nil
	}
	for _, s := range seasons {
		k.counts(f, &f.Axes[0], s, &found)
	}
	return found, nil
}

func (seasonality) counts(f *Frame, axis *Axis, s season, found *Found) {
	steps, starts := axis.Buckets()
	low, high := starts[0], stepNext(starts[len(starts)-1], axis.Grain)
	rows := 0
	for _, k := range steps {
		if k >= 0 {
			rows++
		}
	}
	if high-low < 2*s.cycle || high-low < 8*7 || float64(rows) < 30*float64(len(s.names)) {
		return
	}
	var counts []float64
	var phases []int
	index := map[float64]int{}
	for at := stepStart(low, s.grain); at < high; at = stepNext(at, s.grain) {
		index[at] = len(counts)
		counts, phases = append(counts, 0), append(phases, s.phase(at))
	}
	for i, k := range steps {
		if k >= 0 {
			if at, ok := index[stepStart(axis.Days[i], s.grain)]; ok {
				counts[at]++
			}
		}
	}
	_, p, err := statistic.KruskalWallis(counts, phases, len(s.names))
	if err != nil || !found.test("seasonality", p) {
		return
	}
	means := make([]statistic.Group, len(s.names))
	by := make([][]float64, len(s.names))
	for i, c := range counts {
		by[phases[i]] = append(by[phases[i]], c)
	}
	peak, all := 0, statistic.Summarize(counts)
	for i := range by {
		means[i] = statistic.Summarize(by[i])
		if math.Abs(means[i].Mean-all.Mean) > math.Abs(means[peak].Mean-all.Mean) {
			peak = i
		}
	}
	swing := means[peak].Mean/all.Mean - 1
	if math.Abs(swing) < leastSwing {
		return
	}
	clock := axis.Clock
	phase := fmt.Sprintf(s.sql, clock.Expr)
	found.Candidates = append(found.Candidates, Candidate{
		Kind: "seasonality", Family: "seasonality", Measure: countOf(), Time: &clock, Focus: s.names[peak], Noun: f.Noun, P: p, Impact: 1,
		Dimension: &Dimension{Name: s.name, Column: clock.Column, Expr: phase},
		Strength:  math.Min(1, math.Sqrt(statistic.EtaSquared(means))+0.2),
		Effect:    flow.Effect{Name: "swing", Value: swing},
		SQL: fmt.Sprintf("SELECT %s AS \"group\", count(DISTINCT date_trunc('%s', %s)) AS steps, count(*) AS n, count(*) / count(DISTINCT date_trunc('%[2]s', %[3]s)) AS value FROM data%[4]s GROUP BY 1 ORDER BY value DESC, 1",
			phase, s.grain, clock.Expr, where(nil, clock.span())),
	})
}

func (seasonality) Tell(c *Candidate, rows []Row) (Story, error) {
	groups, values, _ := column(rows)
	at := -1
	for i, g := range groups {
		if g == c.Focus {
			at = i
		}
	}
	if at < 0 {
		return Story{Drop: true}, nil
	}
	way := "more"
	if c.Effect.Value < 0 {
		way = "fewer"
	}
	step := "day"
	if c.Dimension.Name != "weekday" {
		step = "month"
	}
	title := fmt.Sprintf("The number of %s swings with the %s of %s: %s has %s %s than the average %s (%s a %s with any)", c.Noun, c.Dimension.Name,
		c.Time.Column, c.Focus, percent(math.Abs(c.Effect.Value)), way, step, figure(values[at]), step)
	return Story{
		Title: title, Numbers: map[string]float64{"value": values[at], "highest": values[0], "lowest": values[len(values)-1]},
		Chart: barChart(title, c.Dimension.Name, "count", c.Focus, groups, values),
	}, nil
}
