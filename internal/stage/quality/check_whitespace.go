package quality

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// whitespace finds blanks at the ends of a cell, and doubled ones inside where they set equal texts apart. A label
// that always has its doubled blank is spelled so, and harms nothing.
var _ = register(spec{id: "whitespace", handler: handlerText, run: whitespace})

func whitespace(ctx context.Context, t *Table) ([]Finding, error) {
	var out []Finding
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		f, err := outerBlanks(ctx, t, c)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		if f != nil {
			out = append(out, *f)
		}
		v, err := t.Values(ctx, c.Name)
		if err != nil {
			return nil, err
		}
		if f := doubledBlanks(t, c, v); f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

func outerBlanks(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	trim := flow.Resolution{Kind: "trim", Label: "Take the outer blanks away", Params: map[string]any{"column": c.Name}}
	odd, err := t.odd(ctx, c)
	if err != nil || odd == "" {
		return nil, err
	}
	n, err := t.cellsIn(ctx, odd, "v IS DISTINCT FROM nullif("+operation.Trimmed("v")+", '')")
	if err != nil {
		return nil, fmt.Errorf("looking for outer blanks: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	e := engine.Text(c.Name)
	return &Finding{
		Priority: 10, Group: "outer", GroupTitle: "There are blanks at the ends of cells in %s",
		Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share(n, t.Facts.Rows), flow.Low), Confidence: 0.95,
			Title: phrase.Count(n, "%d {cell|cells} of %s {begins or ends|begin or end} with blanks", n, c.Name),
			Evidence: flow.Evidence{
				SQL: "SELECT " + e + " AS value, strlen(" + e + ") AS bytes, count(*) AS n FROM data WHERE " + operation.Trimmed(e) + " <> " + e +
					" GROUP BY 1 ORDER BY n DESC, 1",
				Numbers: map[string]float64{"cells": float64(n), "share": share(n, t.Facts.Rows)},
			},
			Resolutions: []flow.Resolution{recommended(trim, "the text stays the same"), markOnly()},
		},
	}, nil
}

var blanks = regexp.MustCompile(`[\s\p{Z}]+`)

func doubledBlanks(t *Table, c *flow.Column, v *Values) *Finding {
	known := map[string]bool{}
	for _, x := range v.List {
		known[x.Value] = true
	}
	m := map[string]string{}
	var cells int64
	for _, x := range v.List {
		trimmed := strings.TrimSpace(x.Value)
		single := blanks.ReplaceAllString(trimmed, " ")
		if single == trimmed || !known[single] && x.Count > 1 || len([]rune(single)) == len([]rune(trimmed)) {
			continue
		}
		m[x.Value] = single
		cells += x.Count
	}
	// Where doubled blanks are usual in a column of long texts they are its typography.
	if cells == 0 || share(cells, v.Present) > 0.2 {
		return nil
	}
	f := rewritten(c, v, m, "texts")
	f.Priority, f.Group, f.GroupTitle = 0, "inner", "There are doubled blanks in %s"
	f.Issue.Severity = severity(c, share(cells, t.Facts.Rows), flow.Low)
	f.Issue.Title = phrase.Count(cells, "There are doubled blanks in %d {cell|cells} of %s", cells, c.Name)
	f.Issue.Resolutions[0].Label, f.Issue.Resolutions[0].Why = "Write single blanks", "the words stay the same"
	return f
}
