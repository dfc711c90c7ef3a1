package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Column asks for the profile of a column.
type Column struct {
	Column string        `json:"column"`
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

// Profile is what a column holds.
type Profile struct {
	Column    string    `json:"column"`
	Type      flow.Type `json:"type"`
	Rows      int64     `json:"rows"`
	Missing   int64     `json:"missing"`
	Distinct  int64     `json:"distinct"` // about, where there are many
	Unfit     int64     `json:"unfit"`    // present cells that do not fit the type
	Shortest  int64     `json:"shortest"` // characters
	Longest   int64     `json:"longest"`
	Top       []Value   `json:"top"`
	Histogram []Bin     `json:"histogram,omitempty"` // of numbers and moments
	Low       *float64  `json:"low,omitempty"`
	High      *float64  `json:"high,omitempty"`
	Mean      *float64  `json:"mean,omitempty"`
	Quartiles []float64 `json:"quartiles,omitempty"`
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
	p := &Profile{Column: q.Column, Top: []Value{}}
	expr, kind := typed(q.Facts, q.Column)
	p.Type = kind
	text := engine.Text(q.Column)
	err = t.QueryRow(ctx, fmt.Sprintf("SELECT count(*), count(*) - count(%[1]s), approx_count_distinct(%[1]s), count(%[1]s) - count(%[2]s), "+
		"coalesce(min(length(%[1]s)), 0), coalesce(max(length(%[1]s)), 0) FROM %[3]s", text, expr, t.from),
		&p.Rows, &p.Missing, &p.Distinct, &p.Unfit, &p.Shortest, &p.Longest)
	if err != nil {
		return nil, err
	}
	if err := p.values(ctx, t, text, q.Top); err != nil {
		return nil, err
	}
	if number := asNumber(expr, kind); number != "" {
		err = p.histogram(ctx, t, number, q.Bins)
	}
	return p, err
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

func (p *Profile) values(ctx context.Context, t *table, text string, top int) (err error) {
	r, err := t.Query(ctx, fmt.Sprintf("SELECT v, count(*) AS n FROM (SELECT %s AS v FROM %s) WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT %d",
		text, t.from, top))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		var v Value
		if err := r.Scan(&v.Value, &v.Count); err != nil {
			return err
		}
		p.Top = append(p.Top, v)
	}
	return r.Err()
}

func (p *Profile) histogram(ctx context.Context, t *table, number string, bins int) (err error) {
	finite := fmt.Sprintf("(SELECT %s AS v FROM %s) WHERE isfinite(v)", number, t.from)
	var quarter, half, most *float64
	err = t.QueryRow(ctx, "SELECT min(v), max(v), avg(v), approx_quantile(v, 0.25), approx_quantile(v, 0.5), approx_quantile(v, 0.75) FROM "+finite,
		&p.Low, &p.High, &p.Mean, &quarter, &half, &most)
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
	r, err := t.Query(ctx, fmt.Sprintf("SELECT least(CAST(floor((v - CAST('%[1]g' AS DOUBLE)) / CAST('%[2]g' AS DOUBLE)) AS BIGINT), %[3]d) AS bin, count(*) FROM %[4]s GROUP BY bin",
		low, width, bins-1, finite))
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
