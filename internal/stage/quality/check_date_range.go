package quality

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// Dates that are not on the calendar, and those that are far away from all others.
var (
	_ = register(spec{id: "impossible_date", handler: handlerFormats, applies: hasTemporal, run: eachColumn(impossibleDate)})
	_ = register(spec{id: "ancient_or_future_date", handler: handlerOutliers, applies: hasTemporal, run: eachColumn(farDate)})
)

func hasTemporal(f *flow.Facts) (bool, string) {
	for i := range f.Columns {
		if f.Columns[i].Type.Temporal() {
			return true, "there are dates"
		}
	}
	return false, "there are no dates"
}

func impossibleDate(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	if !c.Type.Temporal() {
		return nil, nil
	}
	v, err := t.Values(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	from, err := t.unread(ctx, c)
	if err != nil || from == "" {
		return nil, err
	}
	unread, err := texts(ctx, t.Engine, "SELECT v FROM "+from+" ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("reading cells that are no dates: %w", err)
	}
	shapes := map[string]int64{}
	var seen int64
	for _, x := range v.List {
		shapes[shape(x.Value)] += x.Count
		seen += x.Count
	}
	usual := most(shapes)
	var bad []string
	for _, s := range unread {
		if shape(s) == usual {
			bad = append(bad, s)
		}
	}
	if len(bad) == 0 || share(shapes[usual], seen) < 0.5 {
		return nil, nil
	}
	where := inTexts(c.Name, bad)
	f := &Finding{Cells: cellsWhere(c.Name, where), Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, 0, flow.Medium), Confidence: 0.97,
		Title: phrase.Count(len(bad), "%d {date|dates} of %s {is|are} not on the calendar: %s", len(bad), c.Name, quoted(bad, 3)),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, where), Numbers: map[string]float64{"texts": float64(len(bad))},
			Notes: []string{"they are written like the others, but there is no such day"},
		},
		Resolutions: []flow.Resolution{markOnly(), setMissing(c.Name, bad)},
	}}
	if m := mendMoments(c, v, bad); len(m) > 0 {
		f.Issue.Resolutions = append([]flow.Resolution{mended(c, m)}, f.Issue.Resolutions...)
	}
	return f, nil
}

// farDate flags the few dates that lie further from the bulk than thrice its span.
func farDate(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	if !c.Type.Temporal() {
		return nil, nil
	}
	day := daysOf(c)
	low, high, present, err := t.middleDays(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("looking for dates that are far off: %w", err)
	}
	if present < 20 {
		return nil, nil
	}
	span := math.Max(high-low, 365)
	beyond := func(day string) string { return fmt.Sprintf("(%s < %f OR %s > %f)", day, low-3*span, day, high+3*span) }
	if t.wide() { // most columns have none, and nothing more is to be asked of them
		d, err := t.spread(ctx, c, daysOf)
		if err != nil || d[0].x >= low-3*span && d[len(d)-1].x <= high+3*span {
			return nil, err
		}
	}
	where := beyond(day)
	from, err := t.texts(ctx, c)
	if err != nil {
		return nil, err
	}
	far, err := t.once(ctx, "far", c, "SELECT v, sum(n)::BIGINT AS n FROM "+from+" AS x WHERE "+beyond(daysOf(onText(c)))+" GROUP BY 1")
	if err != nil {
		return nil, err
	}
	odd, err := texts(ctx, t.Engine, "SELECT v FROM "+far+" ORDER BY 1 LIMIT 10000")
	if err != nil {
		return nil, fmt.Errorf("reading dates that are far off: %w", err)
	}
	cells, err := t.cellsIn(ctx, far, "true")
	if err != nil {
		return nil, fmt.Errorf("counting dates that are far off: %w", err)
	}
	if cells == 0 || share(cells, present) > 0.03 {
		return nil, nil
	}
	f := &Finding{Cells: cellsWhere(c.Name, where), Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(cells, present), flow.Medium), Confidence: 0.85,
		Title: phrase.Count(cells, "%d {date|dates} of %s {lies|lie} far from all others: %s", cells, c.Name, quoted(odd, 3)),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, where), Numbers: map[string]float64{"cells": float64(cells), "usual_span_days": high - low},
			Notes: []string{"a date of birth among dates of today, or a far due date, would look alike"},
		},
		Resolutions: []flow.Resolution{markOnly(), setMissing(c.Name, odd)},
	}}
	m, err := mendFar(ctx, t, c, odd)
	if err != nil {
		return nil, err
	}
	if len(m) > 0 {
		f.Issue.Resolutions = append([]flow.Resolution{mended(c, m)}, f.Issue.Resolutions...)
	}
	return f, nil
}

// daysOf reads a column's dates as days since 1970.
func daysOf(c *flow.Column) string {
	return "epoch(CAST(" + engine.Typed(c) + " AS TIMESTAMP)) / 86400"
}

// middleDays are the days between which all but a fiftieth at either end of a column's dates lie, and how many there are.
func (t *Table) middleDays(ctx context.Context, c *flow.Column) (low, high float64, present int64, err error) {
	if t.repeats(c) {
		d, err := t.spread(ctx, c, daysOf)
		return d.quantile(0.02), d.quantile(0.98), d.cells(), err
	}
	err = t.Engine.QueryRow(ctx, "SELECT coalesce(q[1], 0), coalesce(q[2], 0), n FROM (SELECT quantile_cont(x, [0.02, 0.98]) AS q, count(x) AS n FROM "+
		"(SELECT "+daysOf(c)+" AS x FROM data))", &low, &high, &present)
	return low, high, present, err
}

// mendFar maps dates to the one that occurs in the column, if it is the only one that two digits the other way round,
// or one digit more, give.
func mendFar(ctx context.Context, t *Table, c *flow.Column, odd []string) (map[string]string, error) {
	v, err := t.Values(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	known := map[string]int64{}
	for _, x := range v.List {
		known[x.Value] = x.Count
	}
	for _, s := range odd {
		delete(known, s)
	}
	out := map[string]string{}
	for _, s := range odd {
		if x := occurring(transposed(s), known); x != "" {
			out[s] = x
		}
	}
	return out, nil
}
