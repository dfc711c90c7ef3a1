package quality

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// unitCheck finds numbers that carry a unit, a per cent or a currency sign where others of the column do not, or write
// it otherwise. A unit that all cells write alike is a notation, not a fault.
var _ = register(spec{id: "unit_in_value", handler: handlerFormats, run: eachColumn(unitInValue)})

// quantity is a text read as a number with what stands around it.
type quantity struct {
	number, unit, spelling string // unit is canonical; spelling as written, tail left out
	tail                   bool   // words follow the unit
}

var quantityPattern = regexp.MustCompile(`^\s*([$€£¥])?\s*([+-]?\d[\d,]*(?:\.\d+)?|[+-]?\.\d+)\s*(.*?)\s*$`)

// readQuantity reads a number with a known unit, or a bare one.
func readQuantity(text string) (quantity, bool) {
	m := quantityPattern.FindStringSubmatch(text)
	if m == nil {
		return quantity{}, false
	}
	q := quantity{number: m[2]}
	rest := m[3]
	if m[1] != "" {
		if rest != "" {
			return quantity{}, false
		}
		q.unit, _ = semantic.Unit(m[1])
		q.spelling = m[1]
		return q, true
	}
	if rest == "" {
		return q, true
	}
	words := strings.Fields(rest)
	for n := min(len(words), 2); n > 0; n-- {
		spelling := strings.Join(words[:n], " ")
		if u, ok := semantic.Unit(spelling); ok {
			q.unit, q.spelling, q.tail = u, spelling, n < len(words)
			return q, true
		}
	}
	return quantity{}, false
}

// unitCount is what a column's cells say about units.
type unitCount struct {
	bare, with, tails, total int64
	units, spellings         map[string]int64
	unitOf                   map[string]string
}

func countUnits(v *Values) unitCount {
	u := unitCount{units: map[string]int64{}, spellings: map[string]int64{}, unitOf: map[string]string{}}
	for _, x := range v.List {
		if semantic.MissingToken(x.Value) {
			continue
		}
		u.total += x.Count
		q, ok := readQuantity(x.Value)
		switch {
		case !ok:
		case q.unit == "":
			u.bare += x.Count
		default:
			u.with += x.Count
			u.units[q.unit] += x.Count
			u.spellings[q.spelling] += x.Count
			u.unitOf[q.spelling] = q.unit
			if q.tail {
				u.tails += x.Count
			}
		}
	}
	return u
}

// most is the key with the highest count, the first in text order among equals.
func most(counts map[string]int64) string {
	best := ""
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if best == "" || counts[k] > counts[best] {
			best = k
		}
	}
	return best
}

func unitInValue(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	v, err := t.Values(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	u := countUnits(v)
	const readable = 0.9 // of the cells must be quantities
	if u.with < 2 || float64(u.bare+u.with) < readable*float64(u.total) || len(u.units) != 1 {
		return nil, nil
	}
	spelling := most(u.spellings)
	unit := u.unitOf[spelling]
	lead := share(u.spellings[spelling]-0, u.bare+u.with)
	switch {
	case u.spellings[spelling] == u.with && u.bare == 0 && u.tails == 0:
		return nil, nil // one notation throughout
	case lead >= 0.8 && u.tails == 0:
		return fewWithoutUnit(c, u, spelling, unit), nil
	default:
		return stripUnits(ctx, t, c, v, u, unit)
	}
}

// fewWithoutUnit is the finding where nearly all cells write the unit one way: the others follow.
func fewWithoutUnit(c *flow.Column, u unitCount, spelling, unit string) *Finding {
	odd := u.bare + u.with - u.spellings[spelling]
	var others []string
	for s := range u.spellings {
		if s != spelling {
			others = append(others, regexp.QuoteMeta(s))
		}
	}
	slices.SortFunc(others, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	gap := " "
	if spelling == "%" || strings.HasPrefix(spelling, "°") {
		gap = ""
	}
	pattern := `^\s*([+-]?[0-9][0-9,]*(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*$`
	if len(others) > 0 {
		pattern = `^\s*([+-]?[0-9][0-9,]*(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*(?:` + strings.Join(others, "|") + `)?\s*$`
	}
	strip := flow.Resolution{
		Kind: "strip_unit", Label: "Leave the bare numbers in all cells",
		Params: map[string]any{"column": c.Name, "units": slices.Sorted(maps.Keys(u.spellings))},
	}
	follow := flow.Resolution{
		Kind: "replace_regex", Label: fmt.Sprintf("Write all cells with %q, as most are", spelling),
		Params: map[string]any{"column": c.Name, "pattern": pattern, "replacement": `\1` + gap + spelling},
	}
	return &Finding{Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(odd, u.total), flow.Low), Confidence: 0.7,
		Title: phrase.Count(odd, "%d {cell|cells} of %s {does|do} not write the unit %s as the others do", odd, c.Name, unit),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, "NOT ends_with(trim("+text(c)+"), '"+strings.ReplaceAll(spelling, "'", "''")+"')"),
			Numbers: map[string]float64{"cells": float64(odd), "with_usual_unit": float64(u.spellings[spelling])},
			Notes:   []string{"a bare number may mean another unit than the usual one"},
		},
		Resolutions: []flow.Resolution{recommended(follow, "nearly all cells use this notation"), strip},
	}}
}

// stripUnits is the finding where units are written in several ways, or only in some cells: numbers are what is left.
func stripUnits(ctx context.Context, t *Table, c *flow.Column, v *Values, u unitCount, unit string) (*Finding, error) {
	params := map[string]any{"column": c.Name, "units": slices.Sorted(maps.Keys(u.spellings))}
	if u.tails > 0 {
		params["trailing"] = true
	}
	// Where every cell is rewritten, or where binary fractions left their noise, the notation is ours to choose.
	if u.bare == 0 || noisy(v) {
		params["shortest"] = true
	}
	best := flow.Resolution{Kind: "strip_unit", Label: "Leave the bare numbers", Params: params}
	notes := []string{"the unit belongs in the column's name: " + unit}
	if unit == "%" && u.bare > 0 {
		high, err := hundredfold(ctx, t, c)
		if err != nil {
			return nil, err
		}
		if high {
			best = flow.Resolution{
				Kind: "convert_unit", Label: "Write per cent as shares, as the other cells do",
				Params: map[string]any{"column": c.Name, "unit": "%", "factor": 0.01},
			}
			notes = append(notes, "the cells with a sign are a hundred times as high as those without")
		} else {
			notes = append(notes, "the cells with a sign are as high as those without, so the sign is what is wrong")
		}
	}
	return &Finding{Priority: 1, Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(u.with, u.total), flow.Medium), Confidence: 0.9,
		Title: phrase.Count(u.with, "%d {number|numbers} of %s {carries|carry} a unit (%s), written in %d ways", u.with, c.Name, quoted(slices.Sorted(maps.Keys(u.spellings)), 4), len(u.spellings)),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, "TRY_CAST("+text(c)+" AS DOUBLE) IS NULL"),
			Numbers: map[string]float64{"cells": float64(u.with), "bare": float64(u.bare), "spellings": float64(len(u.spellings))},
			Notes:   notes,
		},
		Resolutions: []flow.Resolution{recommended(best, "the number is determined by the cell, and numbers can be computed with"), markOnly()},
	}}, nil
}

// noisy says whether numbers show the noise of binary fractions, such as 0.052000000000000005.
func noisy(v *Values) bool {
	for _, x := range v.List {
		if q, ok := readQuantity(x.Value); ok && q.unit != "" {
			if _, frac, _ := strings.Cut(q.number, "."); len(frac) > 14 {
				return true
			}
		}
	}
	return false
}

// hundredfold says whether cells with a per cent sign are about a hundred times as high as those without.
func hundredfold(ctx context.Context, t *Table, c *flow.Column) (bool, error) {
	var with, bare *float64
	n := "TRY_CAST(replace(trim(" + text(c) + "), '%', '') AS DOUBLE)"
	sign := "contains(" + text(c) + ", '%')"
	if err := t.Engine.QueryRow(ctx, "SELECT median(abs("+n+")) FILTER (WHERE "+sign+"), median(abs("+n+")) FILTER (WHERE NOT "+sign+
		") FROM data", &with, &bare); err != nil {
		return false, fmt.Errorf("comparing cells with and without a sign: %w", err)
	}
	if with == nil || bare == nil || *bare == 0 {
		return false, nil
	}
	r := *with / *bare
	return r > 20 && r < 500, nil
}
