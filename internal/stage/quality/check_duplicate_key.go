package quality

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// duplicateKey finds keys that stand more than once: values copied over those of other rows, and the few repetitions
// in a column that else names every row.
var _ = register(spec{id: "duplicate_key", handler: handlerDependencies, applies: enoughRows, run: duplicateKeys})

func duplicateKeys(ctx context.Context, t *Table) ([]Finding, error) {
	out, err := eachJudged(copiedKeys, "copy")(ctx, t)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, f := range out {
		seen[f.Issue.Columns[0]] = true
	}
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if seen[c.Name] || c.Role != flow.RoleIdentifier && c.Role != flow.RoleKey {
			continue
		}
		f, err := t.repeatedKey(ctx, c)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

func copiedKeys(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	texts := olds(cells)
	return Finding{Priority: 1, Cells: n.listed(column, cells), Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.High),
		Title:      phrase.Count(len(texts), "%d {value|values} of %s, which else differs from row to row, {stands|stand} in %d further {row|rows}", len(texts), c.Name, len(cells)),
		Confidence: confidence(cells),
		Evidence: flow.Evidence{
			SQL:     evidence(c.Name, inTexts(c.Name, texts[:min(len(texts), 1000)])),
			Numbers: map[string]float64{"cells": float64(len(cells)), "values": float64(len(texts))},
			Notes:   n.sampled("the first row of each value is taken for its owner", "what the overwritten values were cannot be told from the table"),
		},
		Resolutions: []flow.Resolution{markOnly()},
	}}
}

// repeatedKey reports a column that names rows save for a handful.
func (t *Table) repeatedKey(ctx context.Context, c *flow.Column) (*Finding, error) {
	present := t.Facts.Rows - c.Missing
	extra := present - c.Distinct
	if extra <= 0 || present < 20 || extra*100 > present {
		return nil, nil
	}
	e := engine.Text(c.Name)
	twice := "SELECT " + e + " FROM data WHERE " + e + " IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
	var values, rows int64
	if err := t.Engine.QueryRow(ctx, "SELECT count(*), coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM data WHERE "+e+
		" IS NOT NULL GROUP BY "+e+" HAVING count(*) > 1)", &values, &rows); err != nil {
		return nil, fmt.Errorf("looking for repeated keys: %w", err)
	}
	if values == 0 {
		return nil, nil
	}
	cells, err := t.cellsOfFurther(ctx, c.Name, e, twice)
	if err != nil {
		return nil, err
	}
	return &Finding{
		// The first row of each key is taken for its owner, as above; a row that repeats another one throughout is a
		// matter of duplicate rows.
		Cells: cells,
		Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: flow.High, Confidence: 0.7,
			Title: phrase.Count(values, "%s names the rows, but %d {value stands|values stand} in %d rows", c.Name, values, rows),
			Evidence: flow.Evidence{
				SQL:     strings.Replace(twice, "SELECT "+e, "SELECT "+e+" AS value, count(*) AS n", 1) + " ORDER BY n DESC, 1",
				Numbers: map[string]float64{"values": float64(values), "rows": float64(rows), "distinct_share": share(c.Distinct, present)},
				Notes:   []string{"the column may be no key of the rows after all"},
			},
			Resolutions: []flow.Resolution{markOnly(), {Kind: "keep_first", Label: "Keep the first row of each", Params: map[string]any{"columns": []string{c.Name}}}},
		},
	}, nil
}

// cellsOfFurther flags the key in the further rows of each repeated key, but not in rows that repeat an earlier one throughout.
func (t *Table) cellsOfFurther(ctx context.Context, column, key, twice string) (string, error) {
	copies, err := t.copies(ctx)
	if err != nil {
		return "", err
	}
	return "SELECT __row, " + engine.Literal(column) + ` AS "column", CAST(NULL AS VARCHAR) AS new FROM (SELECT __row, ` +
		"row_number() OVER (PARTITION BY " + key + " ORDER BY __row) AS further FROM data WHERE " + key + " IN (" + twice +
		")) WHERE further > 1 AND __row NOT IN (SELECT __row FROM " + copies + ")", nil
}

// copies is a table of the rows that repeat an earlier one in every column. It is made once: comparing all columns of a wide table
// takes long.
func (t *Table) copies(ctx context.Context) (string, error) {
	all := make([]string, len(t.Facts.Columns))
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if c.Distinct == t.Facts.Rows { // it tells all rows apart
			return t.once(ctx, "copies", &flow.Column{}, "SELECT CAST(0 AS BIGINT) AS __row WHERE false")
		}
		all[i] = engine.Ident(c.Name)
	}
	return t.once(ctx, "copies", &flow.Column{}, "SELECT __row FROM (SELECT __row, row_number() OVER (PARTITION BY "+strings.Join(all, ", ")+
		" ORDER BY __row) AS copy FROM data) WHERE copy > 1")
}
