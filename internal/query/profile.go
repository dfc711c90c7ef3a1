package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// fewUnfit is how many of the values that do not fit the type are told.
const fewUnfit = 5

// Column asks for the profile of a column.
type Column struct {
	Column string        `json:"column"`
	As     flow.Type     `json:"as,omitempty"`   // the type to read it as; its own by default
	Top    int           `json:"top,omitempty"`  // how many values; 20 by default, at most 200
	Bins   int           `json:"bins,omitempty"` // of the histogram; 30 by default, at most 100
	Facts  []flow.Column `json:"facts,omitempty"`
}

// Value is one value of a column with how often it is there.
type Value struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Bin is one bar of a histogram, from low to high. Moments count seconds since 1970 (UTC).
type Bin struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Count int64   `json:"count"`
}

// Query is a query behind numbers of an answer.
type Query struct {
	Of  Behind `json:"of" enum:"facts,unfit,top,numbers,histogram" doc:"What it computes: facts is rows, missing, distinct, unfit, shortest and longest; unfit is unfit_values; numbers is low, high, mean and quartiles."`
	SQL string `json:"sql" doc:"Runs as it stands in DuckDB on a table named data that holds this version."`
}

// Behind is which numbers of a profile a query computes.
type Behind string

// The queries behind a profile. Only columns with cells that do not fit have the second, only those of numbers and moments the last two.
const (
	BehindFacts     Behind = "facts"
	BehindUnfit     Behind = "unfit"
	BehindTop       Behind = "top"
	BehindNumbers   Behind = "numbers"
	BehindHistogram Behind = "histogram"
)

// Profile is what a column holds.
type Profile struct {
	Column      string    `json:"column"`
	Type        flow.Type `json:"type"`
	Rows        int64     `json:"rows"`
	Missing     int64     `json:"missing"`
	Distinct    int64     `json:"distinct"` // about, where there are many
	Unfit       int64     `json:"unfit"`    // present cells that do not fit the type
	UnfitValues []Value   `json:"unfit_values,omitempty" doc:"The most frequent of the values that do not fit the type, five at most."`
	Shortest    int64     `json:"shortest"` // characters
	Longest     int64     `json:"longest"`
	Top         []Value   `json:"top"`
	Histogram   []Bin     `json:"histogram,omitempty"` // of numbers and moments
	Low         *float64  `json:"low,omitempty"`
	High        *float64  `json:"high,omitempty"`
	Mean        *float64  `json:"mean,omitempty"`
	Quartiles   []float64 `json:"quartiles,omitempty"`
	Queries     []Query   `json:"queries" doc:"The queries that computed these numbers. Those that would tell what is masked for the caller are left out."`
}

// profiled is a column as the queries of its profile read it. Each query is made for the table that it is to read, so that what
// is shown is what was run.
type profiled struct {
	text, expr string
	number     string // empty for what has no place on a line
}

func profile(ctx context.Context, job *stage.Job, e *engine.Session, q *Column) (any, error) {
	t, err := open(ctx, e, job, stage.FileData)
	if err != nil {
		return nil, err
	}
	if err := t.known(q.Column); err != nil {
		return nil, err
	}
	bounded(&q.Top, 20, 200)
	bounded(&q.Bins, 30, 100)
	column, err := q.retyped()
	if err != nil {
		return nil, err
	}
	expr := engine.Typed(&column)
	c := profiled{text: engine.Text(q.Column), expr: expr, number: asNumber(expr, column.Type)}
	p := &Profile{Column: q.Column, Type: column.Type}
	err = t.QueryRow(ctx, p.behind(BehindFacts, t, c.facts), &p.Rows, &p.Missing, &p.Distinct, &p.Unfit, &p.Shortest, &p.Longest)
	if err != nil {
		return nil, err
	}
	if p.Unfit > 0 {
		if p.UnfitValues, err = p.values(ctx, t, BehindUnfit, c.unfit); err != nil {
			return nil, err
		}
	}
	if p.Top, err = p.values(ctx, t, BehindTop, func(from string) string { return c.top(from, q.Top) }); err != nil {
		return nil, err
	}
	if c.number != "" {
		err = p.histogram(ctx, t, c, q.Bins)
	}
	return p, err
}

// retyped is what is known of the column, read as the type that is asked for just as if somebody had corrected it at reception.
func (q *Column) retyped() (flow.Column, error) {
	c := known(q.Facts, q.Column)
	if q.As == "" {
		return c, nil
	}
	if err := c.Retype(q.As); err != nil {
		return c, invalid("%v", err)
	}
	return c, nil
}

// behind is a query on the version. It keeps the same one on the table data, to be shown.
func (p *Profile) behind(of Behind, t *table, query func(from string) string) string {
	p.Queries = append(p.Queries, Query{of, query(engine.DataTable)})
	return query(t.from)
}

func (c profiled) facts(from string) string {
	return fmt.Sprintf("SELECT count(*) AS rows, count(*) - count(%[1]s) AS missing, approx_count_distinct(%[1]s) AS \"distinct\", "+
		"count(%[1]s) - count(%[2]s) AS unfit, coalesce(min(length(%[1]s)), 0) AS shortest, coalesce(max(length(%[1]s)), 0) AS longest FROM %[3]s",
		c.text, c.expr, from)
}

func (c profiled) unfit(from string) string {
	return fmt.Sprintf("SELECT v AS value, count(*) AS n FROM (SELECT %s AS v, %s AS fit FROM %s) WHERE v IS NOT NULL AND fit IS NULL GROUP BY v ORDER BY n DESC, v LIMIT %d",
		c.text, c.expr, from, fewUnfit)
}

func (c profiled) top(from string, most int) string {
	return fmt.Sprintf("SELECT v AS value, count(*) AS n FROM (SELECT %s AS v FROM %s) WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT %d", c.text, from, most)
}

// finite is what lies on the line.
func (c profiled) finite(from string) string {
	return fmt.Sprintf("(SELECT %s AS v FROM %s) WHERE isfinite(v)", c.number, from)
}

func (c profiled) numbers(from string) string {
	return "SELECT min(v) AS low, max(v) AS high, avg(v) AS mean, approx_quantile(v, 0.25) AS quarter, approx_quantile(v, 0.5) AS half, " +
		"approx_quantile(v, 0.75) AS three_quarters FROM " + c.finite(from)
}

func (c profiled) bars(from string, low, width float64, bins int) string {
	return fmt.Sprintf("SELECT least(CAST(floor((v - CAST('%[1]g' AS DOUBLE)) / CAST('%[2]g' AS DOUBLE)) AS BIGINT), %[3]d) AS bar, count(*) AS n FROM %[4]s "+
		"GROUP BY bar ORDER BY bar", low, width, bins-1, c.finite(from))
}

func bounded(n *int, byDefault, most int) {
	if *n <= 0 {
		*n = byDefault
	}
	*n = min(*n, most)
}

// asNumber reads numbers and moments as a number; empty for what has no place on a line.
func asNumber(expr string, t flow.Type) string {
	switch {
	case t.Numeric():
		return "CAST(" + expr + " AS DOUBLE)"
	case t.Temporal():
		return "epoch(CAST(" + expr + " AS TIMESTAMP))"
	default:
		return ""
	}
}

// values are those that a query returns, with how often each is there.
func (p *Profile) values(ctx context.Context, t *table, of Behind, query func(from string) string) (all []Value, err error) {
	r, err := t.Query(ctx, p.behind(of, t, query))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	all = []Value{}
	for r.Next() {
		var v Value
		if err := r.Scan(&v.Value, &v.Count); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, r.Err()
}

func (p *Profile) histogram(ctx context.Context, t *table, c profiled, bins int) (err error) {
	var quarter, half, most *float64
	err = t.QueryRow(ctx, p.behind(BehindNumbers, t, c.numbers), &p.Low, &p.High, &p.Mean, &quarter, &half, &most)
	if err != nil || p.Low == nil || quarter == nil || half == nil || most == nil {
		return err
	}
	p.Quartiles = []float64{*quarter, *half, *most}
	low, width := *p.Low, (*p.High-*p.Low)/float64(bins)
	if width <= 0 {
		bins, width = 1, 1
	}
	p.Histogram = make([]Bin, bins)
	for i := range p.Histogram {
		p.Histogram[i] = Bin{Low: low + float64(i)*width, High: low + float64(i+1)*width}
	}
	r, err := t.Query(ctx, p.behind(BehindHistogram, t, func(from string) string { return c.bars(from, low, width, bins) }))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		var bin, n int64
		if err := r.Scan(&bin, &n); err != nil {
			return err
		}
		if bin >= 0 && bin < int64(bins) {
			p.Histogram[bin].Count += n
		}
	}
	return r.Err()
}
