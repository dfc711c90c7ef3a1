package quality

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// The faults of text that can be told exactly from the cell alone, each with the operation that mends it. Cells of
// all columns are one issue, because one decision fits them.
var (
	_ = register(exact{
		id: "invisible", kind: "strip_invisible", label: "Take invisible characters out", what: "invisible characters",
		priority: 1, confidence: 0.95, severity: flow.Medium,
		note: "such cells look equal to others and are not",
	}.spec())
	_ = register(exact{
		id: "mojibake", kind: "fix_encoding", label: "Put the intended characters back", what: "characters that were decoded wrongly",
		priority: 2, confidence: 0.9, severity: flow.Medium,
		before: operation.MojibakePattern,
		note:   "UTF-8 was read as Windows-1252: the intended characters follow from those that stand there",
	}.spec())
	_ = register(exact{
		id: "unnormalised", kind: "normalise_unicode", label: "Write composed characters", what: "characters in two spellings (Unicode)",
		priority: 0, confidence: 0.9, severity: flow.Low,
		note: "an accent and its letter are written apart",
	}.spec())
	_ = register(exact{
		id: "formula_injection", kind: "neutralise_formula", label: "Let spreadsheets show them as text", what: "texts that a spreadsheet would execute",
		priority: 1, confidence: 0.8, severity: flow.High,
		note:  "a call or a link stands behind the sign",
		where: `regexp_matches(old, '^[=+\-@\t\r].*(\(|!|://|\|)') AND NOT regexp_matches(old, '^[+-]?[\s(]*[0-9][0-9().\s/-]*$')`,
	}.spec())
)

// exact is a check whose cells are those that an operation changes.
type exact struct {
	id, kind, label, what, note string
	where                       string // further condition on old; empty for none
	before                      string // regular expression without which no cell is concerned, where that saves work
	priority                    int
	confidence                  float64
	severity                    flow.Severity
}

func (x exact) spec() Check {
	return spec{id: x.id, handler: handlerText, run: eachColumn(x.look)}
}

func (x exact) look(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	r := flow.Resolution{Kind: x.kind, Label: x.label, Params: map[string]any{"column": c.Name}}
	if some, err := x.occurs(ctx, t, c, r); err != nil || !some {
		return nil, err
	}
	cells, err := operation.Compile(r, t.Facts)
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", x.what, err)
	}
	from := "(" + cells + ")"
	if x.where != "" {
		from += " WHERE " + x.where
	}
	var n int64
	if err := t.Engine.QueryRow(ctx, "SELECT count(*) FROM "+from, &n); err != nil {
		return nil, fmt.Errorf("looking for %s: %w", x.what, err)
	}
	if n == 0 {
		return nil, nil
	}
	f := &Finding{
		// What the cell alone tells exactly comes before what comparing it with others suggests.
		Priority: 10 + x.priority, Group: x.id, GroupTitle: "There are " + x.what + " in %s",
		Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share(n, t.Facts.Rows), x.severity), Confidence: x.confidence,
			Title: phrase.Count(n, "There are %s in %d {cell|cells} of %s", x.what, n, c.Name),
			Evidence: flow.Evidence{
				SQL: exactEvidence(x, c), Numbers: map[string]float64{"cells": float64(n), "share": share(n, t.Facts.Rows)}, Notes: []string{x.note},
			},
			Resolutions: []flow.Resolution{recommended(r, "what was meant is determined by the cell"), markOnly()},
		},
	}
	if x.where != "" {
		f.Cells = `SELECT __row, "column", new FROM ` + from
	}
	return f, nil
}

// occurs says whether a text of the column is concerned. Only then are its rows looked at.
func (x exact) occurs(ctx context.Context, t *Table, c *flow.Column, r flow.Resolution) (bool, error) {
	odd, err := t.odd(ctx, c)
	if err != nil || odd == "" {
		return false, err
	}
	where := "true"
	if x.before != "" {
		where = "regexp_matches(v, " + engine.Literal(x.before) + ")"
	}
	if expr, ok := operation.Rewritten(r, onText(c)); ok {
		where += " AND v IS DISTINCT FROM " + expr
	}
	if x.where != "" {
		where += " AND v IN (SELECT old FROM (SELECT v AS old FROM " + odd + ") WHERE " + x.where + ")"
	}
	n, err := t.cellsIn(ctx, odd, where)
	if err != nil {
		return false, fmt.Errorf("looking for %s: %w", x.what, err)
	}
	return n > 0, nil
}

// exactEvidence shows the texts with their length in bytes, since the eye may not see the fault.
func exactEvidence(x exact, c *flow.Column) string {
	where := map[string]string{
		"invisible":         "regexp_matches(%s, '[\\x{00}-\\x{08}\\x{0B}\\x{0C}\\x{0E}-\\x{1F}\\x{7F}-\\x{A0}\\x{AD}\\x{2000}-\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202F}\\x{2060}\\x{3000}\\x{FEFF}]')",
		"mojibake":          "regexp_matches(%s, '[ÂÃâÅ][^\\x{00}-\\x{7F}]')",
		"unnormalised":      "%[1]s <> nfc_normalize(%[1]s)",
		"formula_injection": "regexp_matches(%s, '^[=+\\-@\\t\\r].*(\\(|!|://|\\|)')",
	}[x.id]
	return "SELECT " + text(c) + " AS value, strlen(" + text(c) + ") AS bytes, count(*) AS n FROM data WHERE " + fmt.Sprintf(where, text(c)) +
		" GROUP BY 1 ORDER BY n DESC, 1"
}

// replacementChar flags cells in which a character was lost in decoding; nothing in the cell tells which.
var _ = register(spec{id: "replacement_char", handler: handlerText, run: eachColumn(replacementChar)})

func replacementChar(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	odd, err := t.odd(ctx, c)
	if err != nil || odd == "" {
		return nil, err
	}
	where := "contains(" + engine.Text(c.Name) + ", chr(65533))"
	n, err := t.cellsIn(ctx, odd, "contains(v, chr(65533))")
	if err != nil {
		return nil, fmt.Errorf("looking for lost characters: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	return &Finding{
		Cells: cellsWhere(c.Name, where), Group: "replacement", GroupTitle: "Characters were lost in %s",
		Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share(n, t.Facts.Rows), flow.Medium), Confidence: 0.95,
			Title: phrase.Count(n, "Characters were lost in %d {cell|cells} of %s", n, c.Name),
			Evidence: flow.Evidence{
				SQL: evidence(c.Name, where), Numbers: map[string]float64{"cells": float64(n)},
				Notes: []string{"the file was decoded wrongly before it came here; the source may still have them"},
			},
			Resolutions: []flow.Resolution{markOnly()},
		},
	}, nil
}
