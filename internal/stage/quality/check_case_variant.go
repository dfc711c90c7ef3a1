package quality

import (
	"context"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/similarity"
)

// caseVariant finds one value in several spellings that differ in capitals only; spellingVariant those that differ in
// diacritics, punctuation, blanks or word order.
var (
	_ = register(spec{id: "case_variant", handler: handlerText, run: eachColumn(caseVariants)})
	_ = register(spec{id: "spelling_variant", handler: handlerText, run: eachColumn(spellingVariants)})
)

func caseVariants(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	return t.variants(ctx, c, "capitals", strings.ToLower)
}

func spellingVariants(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	return t.variants(ctx, c, "punctuation, blanks or word order", func(s string) string {
		if c.Type != flow.Text {
			return ""
		}
		return similarity.Fingerprint(s)
	})
}

// variants reports the groups of a column's texts that collide under a key. A column whose texts name its rows is
// left alone: there is no category to write in two ways.
func (t *Table) variants(ctx context.Context, c *flow.Column, what string, key func(string) string) (*Finding, error) {
	if c.Type != flow.Text || c.Distinct < 2 || c.Distinct*2 > t.Facts.Rows-c.Missing {
		return nil, nil
	}
	v, err := t.Values(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	list := make([]similarity.Value, len(v.List))
	for i, x := range v.List {
		list[i] = similarity.Value{Text: x.Value, Count: x.Count}
	}
	m := map[string]any{}
	var olds []string
	var cells int64
	for _, g := range similarity.Collide(list, key) {
		top := g.Values[0]
		for _, x := range g.Values[1:] {
			if what != "capitals" && strings.EqualFold(x.Text, top.Text) || x.Count*3 > top.Count {
				continue // capitals are case_variant's; two frequent spellings may be two things
			}
			if digitsOf(x.Text) != digitsOf(top.Text) || marks(x.Text) != marks(top.Text) {
				continue // 1.5 and 15, A+ and A, share a fingerprint and are not the same
			}
			m[x.Text] = top.Text
			olds = append(olds, x.Text)
			cells += x.Count
		}
	}
	if len(olds) == 0 {
		return nil, nil
	}
	fix := flow.Resolution{Kind: "map_values", Label: "Write each as its most frequent spelling", Params: map[string]any{"column": c.Name, "map": m}}
	return &Finding{Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(cells, t.Facts.Rows), flow.Low), Confidence: 0.85,
		Title: phrase.Count(len(olds), "%d {spelling|spellings} of %s {differs|differ} from a usual one in %s only: %s", len(olds), c.Name, what, quoted(olds, 3)),
		Evidence: flow.Evidence{SQL: evidence(c.Name, inTexts(c.Name, olds[:min(len(olds), 1000)])),
			Numbers: map[string]float64{"spellings": float64(len(olds)), "cells": float64(cells)},
			Notes:   []string{"codes in which capitals or signs carry meaning would look the same"}},
		Resolutions: []flow.Resolution{recommended(fix, "the usual spelling stands at least three times as often"), markOnly()},
	}}, nil
}

// digitsOf are the digits of a text in their order, signs between them kept.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' && strings.ContainsAny(s, "0123456789") {
			return r
		}
		return -1
	}, s)
}

// marks are the signs of a text that carry meaning of their own.
func marks(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("+#*%<>=/&", r) {
			return r
		}
		return -1
	}, s)
}
