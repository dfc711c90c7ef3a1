package quality

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// domainViolation flags numbers outside of what their meaning allows (a thirteenth month, a latitude of 95) and, in a
// column of few values, what is none of them.
var _ = register(spec{id: "domain_violation", handler: handlerDependencies, applies: bounded, run: domainViolations})

// bounds are the limits of the semantic types and, for columns without one, of words of the name.
var bounds = []struct {
	semantic  string
	words     []string
	low, high float64
	whole     bool
}{
	{"month", []string{"month"}, 1, 12, true},
	{"latitude", []string{"lat", "latitude"}, -90, 90, false},
	{"longitude", []string{"lon", "lng", "longitude"}, -180, 180, false},
	{"percent", nil, 0, 100, false},
	{"age", []string{"age"}, 0, 120, false},
	{"hour", []string{"hour"}, 0, 24, true},
	{"weekday", []string{"weekday"}, 0, 7, true},
	{"quarter", []string{"quarter"}, 1, 4, true},
}

func domainViolation(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	if !c.Type.Numeric() {
		return nil, nil
	}
	words := semantic.Counted(semantic.Words(c.Name))
	for _, b := range bounds {
		if c.Semantic != b.semantic && (c.Semantic != "" || b.words == nil || !semantic.HasWord(words, b.words...)) {
			continue
		}
		outside := func(e string) string { return fmt.Sprintf("(%s < %v OR %s > %v)", e, b.low, e, b.high) }
		where, e := outside(engine.Typed(c)), engine.Typed(onText(c))
		from, err := t.texts(ctx, c)
		if err != nil {
			return nil, err
		}
		var cells, present int64
		if err := t.Engine.QueryRow(ctx, "SELECT coalesce(sum(n) FILTER (WHERE "+outside(e)+"), 0)::BIGINT, coalesce(sum(n) FILTER (WHERE "+e+
			" IS NOT NULL), 0)::BIGINT FROM "+from+" AS x", &cells, &present); err != nil {
			return nil, fmt.Errorf("looking for values outside of the domain: %w", err)
		}
		// Many of them speak against the reading of the column, not against the cells.
		if odd := share(cells, present); cells == 0 || odd > 0.15 || c.Semantic == "percent" && odd > 0.02 {
			return nil, nil
		}
		return domainFinding(c, b.semantic, where, cells, present, b.low, b.high), nil
	}
	return nil, nil
}

func domainFinding(c *flow.Column, meaning, where string, cells, present int64, low, high float64) *Finding {
	return &Finding{Cells: cellsWhere(c.Name, where), Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(cells, present), flow.Medium), Confidence: 0.9,
		Title: phrase.Count(cells, "%d {value|values} of %s cannot be a %s", cells, c.Name, meaning),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, where), Numbers: map[string]float64{"cells": float64(cells), "low": low, "high": high},
			Notes: []string{fmt.Sprintf("a %s lies between %v and %v; %s of the cells do", meaning, low, high, percent(1-share(cells, present)))},
		},
		Resolutions: []flow.Resolution{
			markOnly(),
			{Kind: "set_missing", Label: "Make the low ones missing", Params: map[string]any{"column": c.Name, "where": map[string]any{"column": c.Name, "is": "below", "value": low}}},
			{Kind: "set_missing", Label: "Make the high ones missing", Params: map[string]any{"column": c.Name, "where": map[string]any{"column": c.Name, "is": "above", "value": high}}},
			{Kind: "clip", Label: "Bring them to the limit", Params: map[string]any{"column": c.Name, "low": low, "high": high}},
		},
	}}
}
