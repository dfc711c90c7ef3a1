package insight

import (
	"math"
	"slices"
	"time"
)

// Clock is a time column with the steps in which it is looked at.
type Clock struct {
	Column string `json:"column"`
	Expr   string `json:"expr"`  // TIMESTAMP on the table data
	Grain  string `json:"grain"` // day, week, month, quarter or year; as date_trunc takes it
	Steps  int    `json:"steps"` // whole steps looked at
	First  string `json:"first"` // beginning of the first step, for SQL
	End    string `json:"end"`   // end of the last step
}

// grains with their usual length in days, the finest first.
var grains = []struct {
	name string
	days float64
}{{"day", 1}, {"week", 7}, {"month", 30.44}, {"quarter", 91.3}, {"year", 365.25}}

const (
	fewestSteps = 8
	mostSteps   = 72
	rowsPerStep = 8
)

// setGrain chooses the finest steps that are neither too many nor too thin, and the whole ones among them: a step that
// the data covers in part would look like a fall.
func (a *Axis) setGrain() {
	sorted := slices.Clone(a.Days)
	sorted = slices.DeleteFunc(sorted, math.IsNaN)
	slices.Sort(sorted)
	if len(sorted) < minRows {
		return
	}
	low, high := sorted[0], sorted[len(sorted)-1]
	// A few stray dates far off must not stretch the axis.
	if l, h := sorted[len(sorted)/100], sorted[len(sorted)-1-len(sorted)/100]; (high - low) > 3*(h-l) {
		low, high = l, h
	}
	for _, g := range grains {
		steps := (high - low) / g.days
		if steps > mostSteps || float64(len(sorted)) < rowsPerStep*steps {
			continue
		}
		first, end := stepStart(low, g.name), stepStart(high, g.name)
		end = stepNext(end, g.name)
		if low-first > 0.25*g.days {
			first = stepNext(first, g.name)
		}
		if end-high > 0.25*g.days {
			end = stepStart(high, g.name)
		}
		n := 0
		for at := first; at < end-0.01; at = stepNext(at, g.name) {
			n++
		}
		if n < fewestSteps {
			return
		}
		a.Grain, a.Steps, a.First, a.End = g.name, n, sqlMoment(first), sqlMoment(end)
		return
	}
}

// Buckets gives the step of each row, -1 for rows outside of the whole steps, and the beginnings of the steps.
func (a *Axis) Buckets() (step []int, starts []float64) {
	first, _ := time.Parse(sqlFormat, a.First)
	at := days(first)
	for range a.Steps {
		starts = append(starts, at)
		at = stepNext(at, a.Grain)
	}
	step = make([]int, len(a.Days))
	for i, d := range a.Days {
		step[i] = -1
		if !math.IsNaN(d) && d >= starts[0] && d < at {
			k, _ := slices.BinarySearch(starts, math.Nextafter(d, math.Inf(1)))
			step[i] = k - 1
		}
	}
	return step, starts
}

// period is the SQL of the step, and span the condition for whole steps.
func (c *Clock) period() string { return "date_trunc('" + c.Grain + "', " + c.Expr + ")" }

func (c *Clock) span() string {
	return c.Expr + " >= TIMESTAMP '" + c.First + "' AND " + c.Expr + " < TIMESTAMP '" + c.End + "'"
}

const sqlFormat = "2006-01-02 15:04:05"

func moment(d float64) time.Time { return time.Unix(int64(math.Round(d*daySeconds)), 0).UTC() }

func days(t time.Time) float64 { return float64(t.Unix()) / daySeconds }

func sqlMoment(d float64) string { return moment(d).Format(sqlFormat) }

// stepStart is the beginning of the step that holds the moment, as the engine's date_trunc has it.
func stepStart(d float64, grain string) float64 {
	t := moment(math.Floor(d))
	switch grain {
	case "week":
		t = t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	case "month":
		t = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "quarter":
		t = time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	case "year":
		t = time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return days(t)
}

// stepNext is the beginning of the step after the one that begins at start.
func stepNext(start float64, grain string) float64 {
	t := moment(start)
	switch grain {
	case "week":
		return start + 7
	case "month":
		return days(t.AddDate(0, 1, 0))
	case "quarter":
		return days(t.AddDate(0, 3, 0))
	case "year":
		return days(t.AddDate(1, 0, 0))
	}
	return start + 1
}
