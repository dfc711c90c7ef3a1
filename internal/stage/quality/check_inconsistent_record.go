package quality

import (
	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// inconsistentRecord finds cells that differ from the records around them in a file that is written record by record:
// the rows before and after agree on a value that this one breaks.
var _ = register(spec{id: "inconsistent_record", handler: handlerDependencies, applies: enoughRows, run: eachJudged(brokenRuns, "order")})

func brokenRuns(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	texts := olds(cells)
	f := Finding{Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.Low),
		Title:      phrase.Count(len(cells), "%s changes for a single row and back in %d {place|places}: %s", c.Name, len(cells), quoted(texts, 3)),
		Confidence: confidence(cells),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, inTexts(c.Name, texts[:min(len(texts), 1000)])),
			Numbers: map[string]float64{"cells": float64(len(cells))},
			Notes:   n.sampled("the rows come in runs of equal values; a run of one row may be rightful"),
		},
	}}
	f.Issue.Resolutions, f.Cells = n.resolutions(column, cells, "the rows before and after agree")
	return f
}
