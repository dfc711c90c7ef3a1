package quality

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// Rows that are none of the table's: headers that return, and lines of totals.
var (
	_ = register(spec{id: "extra_header", handler: handlerStructure, run: extraHeader})
	_ = register(spec{id: "total_row", handler: handlerStructure, run: totalRow})
)

// extraHeader finds rows that repeat the names of the columns, as files do that were put together from several.
func extraHeader(ctx context.Context, t *Table) ([]Finding, error) {
	var conds []string
	var params []any
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		conds = append(conds, "CAST(coalesce(trim("+text(c)+"), '') = "+engine.Literal(strings.TrimSpace(c.Name))+" AS INTEGER)")
		params = append(params, map[string]any{"column": c.Name, "is": "matches", "value": `^\s*` + quoteMeta(strings.TrimSpace(c.Name)) + `\s*$`})
	}
	if len(conds) < 2 {
		return nil, nil
	}
	if some, err := t.mayBeHeader(ctx); err != nil || !some {
		return nil, err
	}
	where := strings.Join(conds, " + ") + fmt.Sprintf(" >= %d", len(conds))
	return t.extra(ctx, where, "%d {row repeats|rows repeat} the header", "drop_rows", "Take the repeated headers out", params, 0.99)
}

// mayBeHeader says whether every column whose texts are gathered holds its own name: else no row can repeat the header.
func (t *Table) mayBeHeader(ctx context.Context) (bool, error) {
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if !t.repeats(c) || c.Missing > 0 {
			continue
		}
		from, err := t.texts(ctx, c)
		if err != nil {
			return false, err
		}
		if n, err := t.cellsIn(ctx, from, "trim(v) = "+engine.Literal(strings.TrimSpace(c.Name))); err != nil || n == 0 {
			return false, err
		}
	}
	return true, nil
}

func quoteMeta(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$-`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// totalWords begin a line of totals; what may stand behind them is left open.
const totalWords = `(?i)^\s*(grand total|sub-?total|total|totals|sum|gesamt|summe|totaal|subtotaal|total général|totale)\s*:?\s*$`

var totalLike = regexp.MustCompile(totalWords)

// totalRow finds rows in which a text says "total" and whose numbers are sums of the rows above, or that are empty save
// for the word and numbers, which no other row is.
func totalRow(ctx context.Context, t *Table) ([]Finding, error) {
	var label *flow.Column
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		v, err := t.Values(ctx, c.Name)
		if err != nil {
			return nil, err
		}
		for _, x := range v.List {
			if totalLike.MatchString(x.Value) && (x.Count == 1 || share(x.Count, t.Facts.Rows) < 0.1) {
				label = c
			}
		}
		if label != nil {
			break
		}
	}
	if label == nil {
		return nil, nil
	}
	word := "coalesce(regexp_matches(" + text(label) + ", " + engine.Literal(totalWords) + "), false)"
	sums, err := t.areSums(ctx, word)
	if err == nil && !sums {
		sums, err = t.areHollow(ctx, word)
	}
	if err != nil || !sums {
		return nil, err
	}
	return t.extra(ctx, word, "%d {row is the total|rows are totals} of others", "remove_total_rows", "Take the totals out",
		[]any{map[string]any{"column": label.Name, "is": "matches", "value": totalWords}}, 0.9)
}

// areSums says whether most of the rows in question hold, in a column that can be added up, the sum of the rows since
// the line of totals before, or of all rows before. A category that is called "total" does not.
func (t *Table) areSums(ctx context.Context, word string) (bool, error) {
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if !c.Type.Numeric() || c.Role == flow.RoleIdentifier {
			continue
		}
		var lines, sums int64
		err := t.Engine.QueryRow(ctx, "WITH r AS (SELECT __row, "+engine.Typed(c)+" AS x, "+word+" AS line FROM data), "+
			"g AS (SELECT *, count(*) FILTER (WHERE line) OVER (ORDER BY __row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS part FROM r), "+
			"s AS (SELECT line, x, sum(x) FILTER (WHERE NOT line) OVER (PARTITION BY part ORDER BY __row) AS since, "+
			"count(*) FILTER (WHERE NOT line) OVER (PARTITION BY part ORDER BY __row) AS n, sum(x) FILTER (WHERE NOT line) OVER (ORDER BY __row) AS before FROM g) "+
			"SELECT count(*), count(*) FILTER (WHERE n > 1 AND abs(x - since) <= 0.005 * abs(x) OR abs(x - before) <= 0.005 * abs(x)) FROM s "+
			"WHERE line AND x IS NOT NULL AND x <> 0", &lines, &sums)
		if err != nil {
			return false, fmt.Errorf("comparing totals: %w", err)
		}
		if lines > 0 && share(sums, lines) >= 0.6 {
			return true, nil
		}
	}
	return false, nil
}

// areHollow says whether the rows in question hold hardly more than their word and a number, in a table whose other rows
// are filled. Their sums may be off, since rows may be wrong or missing.
func (t *Table) areHollow(ctx context.Context, word string) (bool, error) {
	filled, numbers := make([]string, 0, len(t.Facts.Columns)), []string{"0"}
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		filled = append(filled, "("+engine.Ident(c.Name)+" IS NOT NULL)::INTEGER")
		if c.Type.Numeric() {
			numbers = append(numbers, "("+engine.Typed(c)+" IS NOT NULL)::INTEGER")
		}
	}
	if len(filled) < 4 {
		return false, nil // a row of so few cells is never plainly hollow
	}
	var hollow, others *float64
	err := t.Engine.QueryRow(ctx, "SELECT max(n) FILTER (WHERE line AND m > 0), avg(n) FILTER (WHERE NOT line) FROM (SELECT "+word+" AS line, "+
		strings.Join(filled, " + ")+" AS n, "+strings.Join(numbers, " + ")+" AS m FROM data)", &hollow, &others)
	if err != nil {
		return false, fmt.Errorf("looking at what stands in lines of totals: %w", err)
	}
	return hollow != nil && others != nil && *hollow*2 <= float64(len(filled)) && *others >= 2**hollow, nil
}

// extra is the finding of rows that do not belong. Its title is one for phrase.Count.
func (t *Table) extra(ctx context.Context, where, title, kind, label string, params []any, confidence float64) ([]Finding, error) {
	var n int64
	if err := t.Engine.QueryRow(ctx, "SELECT count(*) FROM data WHERE "+where, &n); err != nil {
		return nil, fmt.Errorf("looking for rows that do not belong: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	return []Finding{{Priority: 5, Issue: flow.Issue{
		Columns: []string{flow.AllColumns}, Severity: flow.High, Confidence: confidence, Title: phrase.Count(n, title, n),
		Evidence: flow.Evidence{SQL: "SELECT * FROM data WHERE " + where, Numbers: map[string]float64{"rows": float64(n)}},
		Resolutions: []flow.Resolution{
			recommended(flow.Resolution{Kind: kind, Label: label, Params: map[string]any{"where": params}}, "they are no rows of the table and count twice"), markOnly(),
		},
	}}}, nil
}
