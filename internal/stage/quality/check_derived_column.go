package quality

import (
	"strings"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// derivedColumn finds cells that differ from what other columns spell out: a column that repeats another, or a part
// of it, joins two, carries the same number, or is computed from two.
var _ = register(spec{id: "derived_column", handler: handlerDependencies, applies: enoughRows, run: eachJudged(derivedCells, "derived")})

func derivedCells(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	by := n.mainWitness(cells)
	names := strings.Join(n.names(by.Columns), " and ")
	f := Finding{Priority: 2, Issue: flow.Issue{
		Columns: append([]string{c.Name}, n.names(by.Columns)...), Severity: severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.Medium),
		Title:      phrase.Count(len(cells), "%s follows from %s, but %d {cell says|cells say} otherwise", c.Name, names, len(cells)),
		Confidence: confidence(cells),
		Evidence: flow.Evidence{
			SQL:     pairsSQL(n.names(by.Columns), c.Name, olds(cells)),
			Numbers: map[string]float64{"cells": float64(len(cells)), "holds_share": by.Right},
			Notes:   n.sampled("the other column may be wrong instead; the cell that stands alone against the rest of the row is flagged"),
		},
	}}
	f.Issue.Resolutions, f.Cells = n.resolutions(column, cells, "the right value can be read off the same row")
	return f
}

// pairsSQL shows the flagged texts beside the columns that they should follow from.
func pairsSQL(by []string, column string, texts []string) string {
	cols := make([]string, len(by))
	for i, b := range by {
		cols[i] = engine.Ident(b)
	}
	return "SELECT " + strings.Join(append([]string{engine.Ident(column)}, cols...), ", ") + " FROM data WHERE " +
		inTexts(column, texts[:min(len(texts), 1000)]) + " ORDER BY ALL"
}
