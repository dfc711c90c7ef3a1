package quality

import (
	"context"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// typeMismatch flags the cells that cannot be read as what their column holds.
var _ = register(spec{
	id: "type_mismatch", handler: handlerFormats,
	applies: func(f *flow.Facts) (bool, string) {
		for i := range f.Columns {
			if f.Columns[i].Type != flow.Text && f.Columns[i].Type != flow.JSON {
				return true, "there are columns of numbers, dates or booleans"
			}
		}
		return false, "every column is text"
	},
	run: eachColumn(typeMismatch),
})

func typeMismatch(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	if c.Type == flow.Text || c.Type == flow.JSON {
		return nil, nil
	}
	unread, err := t.unread(ctx, c)
	if err != nil || unread == "" {
		return nil, err
	}
	notToken := func(e string) string {
		return "lower(trim(" + e + ")) NOT IN (" + engine.Literals(slices.Sorted(slices.Values(semantic.MissingTokens()))) + ") AND trim(" + e + ") <> ''"
	}
	where := engine.Ident(c.Name) + " IS NOT NULL AND " + engine.Typed(c) + " IS NULL AND " + notToken(text(c))
	cells, err := t.cellsIn(ctx, unread, notToken("v"))
	if err != nil {
		return nil, fmt.Errorf("looking for cells that are no %s: %w", c.Type, err)
	}
	odd := share(cells, t.Facts.Rows-c.Missing)
	if cells == 0 || odd > 0.2 {
		return nil, nil
	}
	f := &Finding{Cells: cellsWhere(c.Name, where), Priority: -1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, odd, flow.Medium), Confidence: 0.95 - odd,
		Title: phrase.Count(cells, "%d {cell|cells} of %s cannot be read as %s", cells, c.Name, c.Type),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, where), Numbers: map[string]float64{"cells": float64(cells), "share": odd},
			Notes: []string{percent(1-odd) + " of the cells can be read"},
		},
		Resolutions: []flow.Resolution{markOnly(), {
			Kind: "cast", Label: "Make them missing", Params: map[string]any{"column": c.Name, "type": string(c.Type)},
		}},
	}}
	if !c.Type.Temporal() {
		return f, nil
	}
	odds, err := texts(ctx, t.Engine, "SELECT v FROM "+unread+" WHERE "+notToken("v")+" ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("reading cells that are no %s: %w", c.Type, err)
	}
	v, err := t.Values(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	if m := mendMoments(c, v, odds); len(m) > 0 {
		f.Issue.Resolutions = append([]flow.Resolution{mended(c, m)}, f.Issue.Resolutions...)
	}
	return f, nil
}
