package quality

import (
	"context"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// bounded says whether values can lie outside of anything: of what a number may be, or of the usual values.
func bounded(f *flow.Facts) (bool, string) {
	for i := range f.Columns {
		if f.Columns[i].Type.Numeric() {
			return true, "there are numbers, whose meaning may set limits"
		}
	}
	return enoughRows(f)
}

// domainViolations looks for values outside of what the meaning of a column allows, and outside of the few values that
// it else holds.
func domainViolations(ctx context.Context, t *Table) ([]Finding, error) {
	out, err := eachColumn(domainViolation)(ctx, t)
	if err != nil {
		return nil, err
	}
	if ok, _ := enoughRows(t.Facts); !ok {
		return out, nil
	}
	more, err := eachJudged(strangers, "stranger")(ctx, t)
	return append(out, more...), err
}

func strangers(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	texts := olds(cells)
	var told []dependency.Cell
	for _, x := range cells {
		if x.New != "" {
			told = append(told, x)
		}
	}
	where := inTexts(c.Name, texts[:min(len(texts), 1000)])
	f := Finding{Cells: n.listed(column, cells), Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.Medium), Confidence: confidence(cells),
		Title: phrase.Count(len(cells), "%d {cell|cells} of %s {holds|hold} none of the few values that it else has: %s", len(cells), c.Name, quoted(texts, 3)),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, where),
			Numbers: map[string]float64{"cells": float64(len(cells)), "texts": float64(len(texts)), "told": float64(len(told))},
			Notes: n.sampled("the usual values are few and frequent, the others many and rare, with nothing between; categories that fall off step by step are not flagged",
				"a rare but rightful category would look the same"),
		},
		Resolutions: []flow.Resolution{markOnly(), setMissing(c.Name, texts)},
	}}
	if f.Cells == "" {
		f.Cells = cellsWhere(c.Name, where)
	}
	if len(told) > 0 {
		fix, _ := n.repair(column, told)
		f.Issue.Resolutions = append([]flow.Resolution{recommended(fix, "the spelling and the rest of the row leave one value likelier than all others together")},
			f.Issue.Resolutions...)
	}
	return f
}
