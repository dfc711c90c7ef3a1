package quality

import (
	"context"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// typo finds rare texts that are a slip of the one that belongs there: few edits from a far more frequent value, or
// from the value that the rest of the row calls for.
var _ = register(spec{id: "typo", handler: handlerDependencies, applies: enoughRows, run: eachJudged(typos, "slip")})

// enoughRows says whether a table has enough rows for one to say something about another.
func enoughRows(f *flow.Facts) (bool, string) {
	if f.Rows < 20 {
		return false, "with under 20 rows no value is usual"
	}
	return true, "values recur, so odd ones can be told"
}

// eachJudged hands a check, column by column, the judged cells of the given kinds.
func eachJudged(report func(*Table, *inferred, int, []dependency.Cell) Finding, kinds ...string) func(context.Context, *Table) ([]Finding, error) {
	return func(ctx context.Context, t *Table) ([]Finding, error) {
		n, err := t.infer(ctx)
		if err != nil {
			return nil, err
		}
		var out []Finding
		for c := range n.table.Columns {
			if cells := n.of(c, taking(kinds...)); len(cells) > 0 {
				out = append(out, report(t, n, c, cells))
			}
		}
		return out, nil
	}
}

func typos(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	texts := olds(cells)
	fix, exact := n.repair(column, cells)
	f := Finding{Priority: 2, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.Medium),
		Confidence: confidence(cells),
		Title:      phrase.Count(len(cells), "%s is written wrong in %d {cell|cells}: %s", c.Name, len(cells), quoted(texts, 3)),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, inTexts(c.Name, texts[:min(len(texts), 1000)])),
			Numbers: map[string]float64{"cells": float64(len(cells)), "spellings": float64(len(texts)), "table_error_share": n.result.Errors},
			Notes:   n.sampled("a rare but rightful value would look the same if it were this close to a frequent one"),
		},
		Resolutions: []flow.Resolution{recommended(fix, "each wrong text is a few letters from the value that is usual there"), markOnly()},
	}}
	if !exact {
		f.Cells = n.listed(column, cells)
	}
	return f
}
