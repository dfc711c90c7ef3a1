package quality

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// lengthOutlier finds the few texts that are far longer or shorter than all others, by the robust z-score of the
// logarithm of the length and by the distance to the bulk.
var _ = register(spec{id: "length_outlier", handler: handlerText, applies: enoughRows, run: eachColumn(lengthOutlier)})

const (
	farLength    = 10 // robust z-score from which on a length is far off
	lengthBeyond = 4  // times the length of the longest (shortest) percent
	fewLengths   = 3  // more such texts than these, or than a thousandth of the cells, are a kind of their own
)

func lengthOutlier(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	present := t.Facts.Rows - c.Missing
	if c.Type != flow.Text || present < 60 || c.Distinct < 10 {
		return nil, nil
	}
	from, err := t.texts(ctx, c)
	if err != nil {
		return nil, err
	}
	lengths, err := t.lengths(ctx, c, from)
	if err != nil {
		return nil, fmt.Errorf("measuring the texts: %w", err)
	}
	if len(lengths) == 0 {
		return nil, nil
	}
	logs := lengths.mapped(func(x float64) (float64, bool) { return math.Log(x), true })
	median, low, high := logs.median(), lengths.quantile(0.01), lengths.quantile(0.99)
	spread := farLength * max(logs.mad()*1.4826, 0.12) // equal lengths would make any other look infinitely far
	longer := max(math.Exp(median+spread), lengthBeyond*high)
	shorter := min(math.Exp(median-spread), low/lengthBeyond)
	beyond := func(e string) string {
		return fmt.Sprintf("(length(%s) > %.0f OR length(%s) BETWEEN 1 AND %.0f)", e, longer, e, math.Ceil(shorter)-1)
	}
	if t.wide() && lengths[len(lengths)-1].x <= longer && lengths[0].x >= shorter {
		return nil, nil
	}
	where := beyond(text(c))
	n, err := t.cellsIn(ctx, from, beyond("v"))
	if err != nil {
		return nil, fmt.Errorf("counting texts of unusual length: %w", err)
	}
	if n == 0 || n > max(fewLengths, present/1000) {
		return nil, nil
	}
	usual := math.Exp(median)
	return &Finding{Cells: cellsWhere(c.Name, where), Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: flow.Info, Confidence: 0.5,
		Title: phrase.Count(n, "%d {text|texts} of %s {is|are} far longer or shorter than the others (usually about %.0f characters)", n, c.Name, usual),
		Evidence: flow.Evidence{
			SQL: evidence(c.Name, where),
			Numbers: map[string]float64{"cells": float64(n), "median_length": usual, "longest_usual": high, "shortest_usual": low,
				"bound": farLength},
			Notes: []string{"a detailed entry is long and rightful; text of several cells run together looks the same"},
		},
		Resolutions: []flow.Resolution{recommended(markOnly(), "the length alone says nothing about what the text should be")},
	}}, nil
}

// lengths are those of a column's texts, empty ones left out.
func (t *Table) lengths(ctx context.Context, c *flow.Column, from string) (distribution, error) {
	const length = "nullif(length(v), 0)"
	if t.repeats(c) {
		return t.spread(ctx, c, func(*flow.Column) string { return length })
	}
	return t.distribution(ctx, from, length)
}
