package quality

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// Rows that reading had to mend, or could not decode. Reading has kept them; whether they were mended well is for a
// person to see.
var (
	_ = register(spec{id: "ragged_row", handler: handlerStructure, applies: metProblems(brokenKinds()), run: readProblems(brokenKinds(), 0.9)})
	_ = register(spec{id: "mixed_encoding", handler: handlerStructure, applies: metProblems(undecodedKinds()), run: readProblems(undecodedKinds(), 0.9)})
)

func brokenKinds() map[string]string {
	return map[string]string{
		"ragged_row":         "{does|do} not have as many fields as the header",
		"too_few_fields":     "{has|have} fewer fields than the header",
		"too_many_fields":    "{has|have} more fields than the header",
		"stray_quote":        "{has|have} a quote where none belongs",
		"unterminated_quote": "{has|have} a quote that is never closed",
		"other_delimiter":    "{uses|use} another delimiter than the file",
	}
}

func undecodedKinds() map[string]string {
	return map[string]string{"undecodable": "{holds|hold} bytes that the file's encoding does not know", "nul_byte": "{holds|hold} NUL bytes"}
}

func metProblems(kinds map[string]string) func(*flow.Facts) (bool, string) {
	return func(f *flow.Facts) (bool, string) {
		for k, n := range f.Problems {
			if kinds[k] != "" && n > 0 {
				return true, "reading met damaged rows"
			}
		}
		return false, "reading met no damaged rows"
	}
}

func readProblems(kinds map[string]string, confidence float64) func(context.Context, *Table) ([]Finding, error) {
	return func(ctx context.Context, t *Table) ([]Finding, error) {
		var there bool
		if err := t.Engine.QueryRow(ctx, "SELECT count(*) > 0 FROM duckdb_tables() WHERE table_name = "+engine.Literal(tableProblems), &there); err != nil {
			return nil, fmt.Errorf("looking for the faults of reading: %w", err)
		}
		if !there {
			return nil, nil
		}
		found, err := texts(ctx, t.Engine, "SELECT DISTINCT kind FROM "+tableProblems+" WHERE __row > 0 ORDER BY 1")
		if err != nil {
			return nil, fmt.Errorf("listing the faults of reading: %w", err)
		}
		var out []Finding
		for _, k := range found {
			if kinds[k] == "" {
				continue
			}
			where := " FROM " + tableProblems + " WHERE __row > 0 AND kind = " + engine.Literal(k)
			var n int64
			if err := t.Engine.QueryRow(ctx, "SELECT count(DISTINCT __row)"+where, &n); err != nil {
				return nil, fmt.Errorf("counting the faults of reading: %w", err)
			}
			out = append(out, Finding{
				Cells: "SELECT __row, " + engine.Literal(flow.AllColumns) + ` AS "column", CAST(NULL AS VARCHAR) AS new` + where,
				Issue: flow.Issue{
					Columns: []string{flow.AllColumns}, Severity: severity(nil, share(n, t.Facts.Rows), flow.High), Confidence: confidence,
					Title: phrase.Count(n, "%d {row|rows} "+kinds[k], n),
					Evidence: flow.Evidence{
						SQL: "SELECT count(*) AS rows FROM data", Numbers: map[string]float64{"rows": float64(n)},
						Notes: []string{"the lines are kept as they were received; reading has put the fields where the other rows have them"},
					},
					Resolutions: []flow.Resolution{markOnly()},
				},
			})
		}
		return out, nil
	}
}
