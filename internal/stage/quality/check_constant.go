package quality

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// Columns with little to say, and values that were hardly entered by hand. They are told, and no cell is flagged.
var (
	_ = register(spec{id: "constant", handler: handlerCompleteness, run: eachColumn(constant)})
	_ = register(spec{id: "default_value", handler: handlerOutliers, run: eachColumn(defaultValue)})
)

func constant(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	present := t.Facts.Rows - c.Missing
	if present < 20 || c.Distinct == 0 {
		return nil, nil
	}
	v, err := t.Values(ctx, c.Name)
	if err != nil || len(v.List) == 0 {
		return nil, err
	}
	lead := share(v.List[0].Count, present)
	if lead < 0.99 {
		return nil, nil
	}
	title := fmt.Sprintf("All cells of %s are alike", c.Name)
	if c.Distinct > 1 {
		title = fmt.Sprintf("%s of %s are alike", percent(lead), c.Name)
	}
	return &Finding{Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: flow.Info, Confidence: 0.95, Title: title,
		Evidence: flow.Evidence{
			SQL:     "SELECT " + text(c) + " AS value, count(*) AS n FROM data GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10",
			Numbers: map[string]float64{"share": lead, "distinct": float64(c.Distinct)},
		},
		Resolutions: []flow.Resolution{markOnly(), {Kind: "drop_column", Label: "Leave the column out", Params: map[string]any{"column": c.Name}}},
	}, Group: "constant", GroupTitle: "Columns with hardly more than one value: %s"}, nil
}

// defaultValue finds one value far too frequent in a column whose other values are spread.
func defaultValue(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	present := t.Facts.Rows - c.Missing
	if !c.Type.Numeric() && !c.Type.Temporal() || c.Role == flow.RoleKey || c.Distinct < 30 || present < 100 {
		return nil, nil
	}
	v, err := t.Values(ctx, c.Name)
	if err != nil || len(v.List) < 2 {
		return nil, err
	}
	top, next := v.List[0], v.List[1]
	lead := share(top.Count, present)
	// The rest of the values share the rest of the rows; a spike is many times what each has.
	usual := float64(present-top.Count) / float64(c.Distinct-1)
	if lead < 0.05 || top.Count < 8*next.Count || float64(top.Count) < 20*math.Max(usual, 1) || top.Value == "0" {
		return nil, nil
	}
	return &Finding{Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: flow.Low, Confidence: 0.6, Rows: top.Count, Cells: top.Count,
		Title: fmt.Sprintf("%s of %s hold %s: perhaps a default", percent(lead), c.Name, quoted([]string{top.Value}, 1)),
		Evidence: flow.Evidence{
			SQL:     "SELECT " + text(c) + " AS value, count(*) AS n FROM data WHERE " + engine.Ident(c.Name) + " IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10",
			Numbers: map[string]float64{"cells": float64(top.Count), "next": float64(next.Count), "share": lead},
			Notes:   []string{"a price or a limit that truly is the usual one would look alike"},
		},
		Resolutions: []flow.Resolution{markOnly(), setMissing(c.Name, []string{top.Value})},
	}}, nil
}
