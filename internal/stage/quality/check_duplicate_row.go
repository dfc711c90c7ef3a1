package quality

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// duplicateRow finds rows that agree in every column with an earlier one.
var _ = register(spec{id: "duplicate_row", handler: handlerUniqueness, run: duplicateRows})

func duplicateRows(ctx context.Context, t *Table) ([]Finding, error) {
	names := make([]string, len(t.Facts.Columns))
	for i := range t.Facts.Columns {
		names[i] = engine.Ident(t.Facts.Columns[i].Name)
	}
	all := strings.Join(names, ", ")
	// A column that names every row rules repetition out, at no cost.
	for i := range t.Facts.Columns {
		if c := &t.Facts.Columns[i]; c.Distinct == t.Facts.Rows {
			return nil, nil
		}
	}
	var n, groups int64
	if err := t.Engine.QueryRow(ctx, "SELECT coalesce(sum(n - 1), 0), count(*) FROM (SELECT count(*) AS n FROM data GROUP BY "+all+" HAVING count(*) > 1)", &n, &groups); err != nil {
		return nil, fmt.Errorf("looking for repeated rows: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	few := len(names) < 3 || share(n, t.Facts.Rows) > 0.3
	conf := 0.9
	if few {
		conf = 0.4 // with few columns, or much repetition, rows repeat rightly
	}
	keep := flow.Resolution{Kind: "keep_first", Label: "Keep the first of each, remove the others", Params: map[string]any{}}
	return []Finding{{
		Cells: "SELECT __row, " + engine.Literal(flow.AllColumns) + ` AS "column", CAST(NULL AS VARCHAR) AS new FROM (SELECT __row, row_number() OVER (PARTITION BY ` + all + " ORDER BY __row) AS n FROM data) WHERE n > 1",
		Issue: flow.Issue{
			Columns: []string{flow.AllColumns}, Severity: severity(nil, share(n, t.Facts.Rows), flow.Medium), Confidence: conf,
			Title: phrase.Count(n, "%d {row repeats|rows repeat} an earlier row in every column", n),
			Evidence: flow.Evidence{SQL: "SELECT " + all + ", count(*) AS n FROM data GROUP BY ALL HAVING count(*) > 1 ORDER BY n DESC",
				Numbers: map[string]float64{"rows": float64(n), "groups": float64(groups)},
				Notes:   []string{"in a table without a key, two like events are two rows"}},
			Resolutions: []flow.Resolution{keep, markOnly()},
		},
	}}, nil
}
