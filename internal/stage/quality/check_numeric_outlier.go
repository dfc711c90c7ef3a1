package quality

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// numericOutlier finds numbers far from the rest: scattered ones in a column that has one value nearly everywhere, and
// those beyond what even a heavy tail reaches in a table of this size.
var _ = register(spec{id: "numeric_outlier", handler: handlerDependencies, applies: enoughRows, run: numericOutliers})

// extremesBy is the chance that a column without errors has a number beyond the bounds.
const extremesBy = 0.05

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
		if seen[c.Name] || !c.Type.Numeric() || c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey || c.Distinct < 5 {
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
		Title: phrase.Count(len(cells), "%s is %s nearly everywhere, but %d {cell holds another number|cells hold scattered other numbers}", c.Name, cells[0].New, len(cells)),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, inTexts(c.Name, texts[:min(len(texts), 1000)])),
			Numbers: map[string]float64{"cells": float64(len(cells)), "values": float64(len(texts))},
			Notes:   n.sampled("a default that a few rows rightly replace would look the same"),
		},
	}}
	f.Issue.Resolutions, f.Cells = n.resolutions(column, cells, "the other numbers have nothing in common, and all other rows agree")
	return f
}

// reach is how many times as far from the median as the 90th percentile the farthest of n numbers lies, save by a
// chance of extremesBy, if the tail falls off exponentially. On the scale of logarithms, on which positive numbers are
// judged, that is a power law, heavier than nearly all that is measured.
func reach(n int64) float64 { return math.Log(0.5*float64(max(n, 2))/extremesBy) / math.Log(5) }

// extremes reports the few numbers beyond the reach of the tails.
func (t *Table) extremes(ctx context.Context, c *flow.Column) (*Finding, error) {
	from, err := t.texts(ctx, c)
	if err != nil {
		return nil, err
	}
	b, err := t.tails(ctx, c, from)
	if err != nil || b == nil {
		return nil, err
	}
	cond := b.beyond(engine.Typed(c))
	n, err := t.cellsIn(ctx, from, b.beyond(engine.Typed(onText(c))))
	if err != nil {
		return nil, err
	}
	if n == 0 || n*100 > t.Facts.Rows {
		return nil, nil // many extremes are a tail of their own, not errors
	}
	return &Finding{Cells: cellsWhere(c.Name, cond), Group: "extremes", GroupTitle: "There are numbers far beyond the rest in %s", Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(n, t.Facts.Rows), flow.Low), Confidence: 0.6,
		Title: phrase.Count(n, "%d {number|numbers} of %s {lies|lie} far beyond the rest (median %.4g)", n, c.Name, b.plain.middle),
		Evidence: flow.Evidence{SQL: evidence(c.Name, cond),
			Numbers: map[string]float64{"cells": float64(n), "median": b.plain.middle, "reach": b.reach},
			Notes: []string{fmt.Sprintf("they lie more than %.1f times as far from the median as a tenth of the numbers do; where tails fall off as a power, one clean column in %.0f has such a number", b.reach, 1/extremesBy),
				"a real extreme looks the same; compare with the source before changing it"}},
		Resolutions: []flow.Resolution{markOnly()},
	}}, nil
}

// decile is the median of numbers, with the tenths below and above.
type decile struct{ low, middle, high float64 }

// tails is where the numbers of a column lie, on the plain scale and, if it holds positive ones, on that of logarithms.
type tails struct {
	plain, logs decile
	positive    bool
	reach       float64
}

// beyond is the condition that an expression lies beyond the reach of the tails; empty tails reach nothing.
func (b *tails) beyond(x string) string {
	on, at := "CAST("+x+" AS DOUBLE)", b.plain
	if b.positive { // zero has no place on the scale of logarithms: only numbers above it are judged
		on, at = "ln(CASE WHEN "+x+" > 0 THEN "+x+" END)", b.logs
	}
	conds := []string{"false"}
	if at.high > at.middle {
		conds = append(conds, fmt.Sprintf("%s > %v", on, at.middle+b.reach*(at.high-at.middle)))
	}
	if at.low < at.middle {
		low := fmt.Sprintf("%s < %v", on, at.middle-b.reach*(at.middle-at.low))
		if b.positive { // towards zero the scale of logarithms has no end, so the plain one must agree
			low = fmt.Sprintf("(%s AND %s < %v)", low, x, b.plain.middle-b.reach*(b.plain.middle-b.plain.low))
		}
		conds = append(conds, low)
	}
	return "(" + strings.Join(conds, " OR ") + ")"
}

// tails measures a column; nil where it has too few numbers.
func (t *Table) tails(ctx context.Context, c *flow.Column, from string) (*tails, error) {
	x := engine.Typed(onText(c))
	if t.repeats(c) {
		d, err := t.spread(ctx, c, engine.Typed)
		if err != nil || len(d) == 0 {
			return nil, err
		}
		above := d.mapped(func(x float64) (float64, bool) { return math.Log(x), x > 0 })
		below := d.mapped(func(x float64) (float64, bool) { return x, x < 0 })
		at := func(d distribution) decile { return decile{d.quantile(0.1), d.median(), d.quantile(0.9)} }
		return &tails{at(d), at(above), mostlyPositive(below.cells(), above.cells(), d.cells()), reach(d.cells())}, nil
	}
	var p, l [3]*float64
	var below, above, n int64
	if err := t.Engine.QueryRow(ctx, "SELECT quantile_cont(x, 0.1), median(x), quantile_cont(x, 0.9), quantile_cont(l, 0.1), median(l), quantile_cont(l, 0.9), "+
		"count(*) FILTER (WHERE x < 0), count(l), count(x) FROM (SELECT "+x+" AS x, CASE WHEN "+x+" > 0 THEN ln("+x+") END AS l FROM "+from+
		" AS texts) WHERE x IS NOT NULL", &p[0], &p[1], &p[2], &l[0], &l[1], &l[2], &below, &above, &n); err != nil {
		return nil, err
	}
	if p[1] == nil {
		return nil, nil //nolint:nilnil // there are no numbers
	}
	out := &tails{plain: decile{*p[0], *p[1], *p[2]}, positive: mostlyPositive(below, above, n), reach: reach(n)}
	if l[1] != nil {
		out.logs = decile{*l[0], *l[1], *l[2]}
	}
	return out, nil
}

// mostlyPositive says whether the numbers of a column are meant to be positive: none is below zero save for slips.
func mostlyPositive(below, above, all int64) bool { return below*100 <= all && above*2 > all }
