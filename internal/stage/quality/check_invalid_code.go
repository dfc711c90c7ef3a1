package quality

import (
	"context"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// invalidCode flags codes whose checksum is wrong, or that are not in the list that their column is taken from.
var _ = register(spec{id: "invalid_code", handler: handlerFormats, run: eachColumn(invalidCode)})

func invalidCode(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	kind := semantic.Lookup(c.Semantic)
	// A column of which many cells fail is not what it was taken for.
	if kind == nil || !kind.Closed || c.Type.Temporal() || c.SemanticFit < 0.9 || c.SemanticFit == 1 {
		return nil, nil
	}
	v, err := t.Values(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	var bad []string
	var cells int64
	for _, x := range v.List {
		if s := strings.TrimSpace(x.Value); s != "" && !semantic.MissingToken(s) && !kind.Valid(s) {
			bad = append(bad, x.Value)
			cells += x.Count
		}
	}
	const most = 20_000 // texts in one statement
	if cells == 0 || len(bad) > most || share(cells, v.Present) > 0.1 {
		return nil, nil
	}
	name := words(kind.ID)
	return &Finding{Cells: cellsWhere(c.Name, inTexts(c.Name, bad)), Priority: -1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(cells, v.Present), flow.Medium), Confidence: 0.8,
		Title: phrase.Count(cells, "%d {cell|cells} of %s {is|are} no valid %s: %s", cells, c.Name, name, quoted(bad, 3)),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, inTexts(c.Name, bad)), Numbers: map[string]float64{"cells": float64(cells), "texts": float64(len(bad))},
			Notes: []string{percent(c.SemanticFit) + " of the cells are valid; a list may lag behind reality"},
		},
		Resolutions: []flow.Resolution{markOnly(), setMissing(c.Name, bad)},
	}}, nil
}
