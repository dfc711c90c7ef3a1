package quality

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// numericOutlier finds numbers far from the rest: scattered ones in a column that has one value nearly everywhere, and
// extremes by the robust z-score (median and MAD) on the plain and on the log scale, whichever tells less against them.
var _ = register(spec{id: "numeric_outlier", handler: handlerDependencies, applies: enoughRows, run: numericOutliers})

// extreme is the robust z-score from which on a number is an outlier; legitimate heavy tails stay far below it.
const extreme = 12

func numericOutliers(ctx context.Context, t *Table) ([]Finding, error) {
	out, err := eachJudged(strayNumbers, "constant")(ctx, t)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, f := range out {
		seen[f.Issue.Columns[0]] = true
	}
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if seen[c.Name] || !c.Type.Numeric() || c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey || c.Distinct < 20 {
			continue
		}
		f, err := t.extremes(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("looking for extremes of %q: %w", c.Name, err)
		}
		if f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

func strayNumbers(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	texts := olds(cells)
	f := Finding{Priority: 2, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.Medium), Confidence: confidence(cells),
		Title: fmt.Sprintf("%s is %s nearly everywhere, but %d cells hold scattered other numbers", c.Name, cells[0].New, len(cells)),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, inTexts(c.Name, texts[:min(len(texts), 1000)])),
			Numbers: map[string]float64{"cells": float64(len(cells)), "values": float64(len(texts))},
			Notes:   n.sampled("a default that a few rows rightly replace would look the same"),
		},
	}}
	f.Issue.Resolutions, f.Cells = n.resolutions(column, cells, "the other numbers have nothing in common, and all other rows agree")
	return f
}

// extremes reports the few numbers beyond the robust bounds of both scales.
func (t *Table) extremes(ctx context.Context, c *flow.Column) (*Finding, error) {
	from, err := t.texts(ctx, c)
	if err != nil {
		return nil, err
	}
	b, err := t.usualNumbers(ctx, c, from)
	if err != nil || b == nil {
		return nil, err
	}
	beyond := func(x string) string {
		cond := fmt.Sprintf("abs(%s - (%v)) > %v", x, b.median, extreme*b.mad*1.4826)
		if b.low >= 0 {
			// On the log scale zero has no place, so only numbers above it are judged.
			cond += fmt.Sprintf(" AND %s > 0 AND abs(ln(CASE WHEN %s > 0 THEN %s END) - (%v)) > %v", x, x, x, b.logMedian, extreme*b.logMAD*1.4826)
		}
		return cond
	}
	cond := beyond(engine.Typed(c))
	n, err := t.cellsIn(ctx, from, beyond(engine.Typed(onText(c))))
	if err != nil {
		return nil, err
	}
	if n == 0 || n*100 > t.Facts.Rows {
		return nil, nil // many extremes are a tail, not errors
	}
	return &Finding{Cells: cellsWhere(c.Name, cond), Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(n, t.Facts.Rows), flow.Low), Confidence: 0.6,
		Title: fmt.Sprintf("%d numbers of %s lie far beyond the rest (median %.4g)", n, c.Name, b.median),
		Evidence: flow.Evidence{SQL: evidence(c.Name, cond),
			Numbers: map[string]float64{"cells": float64(n), "median": b.median, "mad": b.mad, "bound": extreme},
			Notes:   []string{"a real extreme looks the same; compare with the source before changing it"}},
		Resolutions: []flow.Resolution{markOnly()},
	}}, nil
}

// usual is where most numbers of a column lie, on the plain and on the log scale.
type usual struct{ median, mad, logMedian, logMAD, low float64 }

// usualNumbers measures a column; nil where too many of its numbers are alike to tell what is far.
func (t *Table) usualNumbers(ctx context.Context, c *flow.Column, from string) (*usual, error) {
	x := engine.Typed(onText(c))
	if t.repeats(c) {
		d, err := t.distribution(ctx, from, x)
		if err != nil || len(d) == 0 {
			return nil, err
		}
		logs := d.mapped(func(x float64) (float64, bool) { return math.Log(x), x > 0 })
		u := &usual{d.median(), d.mad(), logs.median(), logs.mad(), d[0].x}
		if u.mad == 0 || u.low >= 0 && u.logMAD == 0 {
			return nil, nil //nolint:nilnil // there is no usual range
		}
		return u, nil
	}
	var median, mad, logMedian, logMAD, low *float64
	if err := t.Engine.QueryRow(ctx, "SELECT median(x), mad(x), median(l), mad(l), min(x) FROM (SELECT "+x+" AS x, CASE WHEN "+x+
		" > 0 THEN ln("+x+") END AS l FROM "+from+" AS texts) WHERE x IS NOT NULL", &median, &mad, &logMedian, &logMAD, &low); err != nil {
		return nil, err
	}
	if median == nil || mad == nil || *mad == 0 || *low >= 0 && (logMedian == nil || logMAD == nil || *logMAD == 0) {
		return nil, nil //nolint:nilnil // there is no usual range
	}
	u := &usual{median: *median, mad: *mad, low: *low}
	if u.low >= 0 {
		u.logMedian, u.logMAD = *logMedian, *logMAD
	}
	return u, nil
}
