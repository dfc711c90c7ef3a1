package quality

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// patternOutlier finds cells of a column of codes that are built differently from nearly all others. A pattern is the
// text with every run of capitals, of small letters and of digits made one sign; where nearly all cells have one
// length too, the runs' lengths belong to it.
var _ = register(spec{id: "pattern_outlier", handler: handlerFormats, applies: enoughRows, run: eachColumn(patternOutlier)})

const (
	usualPatterns    = 3     // a column with more usual patterns than that is no column of codes
	usualPatternFrom = 0.97  // share of the cells that the usual patterns cover
	rarePatternTo    = 0.005 // share of the cells below which a pattern is rare
)

func patternOutlier(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	present := t.Facts.Rows - c.Missing
	named := c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey || c.Semantic != ""
	if present < 60 || c.Distinct < 20 || c.Type.Temporal() || c.Type == flow.Boolean || c.Type.Numeric() && !named {
		return nil, nil
	}
	for _, p := range []string{patternSQL(c.Name, ""), patternSQL(c.Name, "+")} {
		usual, rare, err := t.patterns(ctx, c, p, present)
		if err != nil {
			return nil, err
		}
		if len(usual) == 0 || rare == 0 {
			continue
		}
		where := fmt.Sprintf("%s IS NOT NULL AND %s NOT IN (%s)", engine.Text(c.Name), p, engine.Literals(usual))
		return &Finding{Cells: cellsWhere(c.Name, where), Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share(rare, present), flow.Low), Confidence: 0.7,
			Title: fmt.Sprintf("%d cells of %s are built differently from the others (%s)", rare, c.Name, quoted(usual, usualPatterns)),
			Evidence: flow.Evidence{
				SQL:     evidence(c.Name, where),
				Numbers: map[string]float64{"cells": float64(rare), "usual_patterns": float64(len(usual)), "usual_share": 1 - share(rare, present)},
				Notes:   []string{"in patterns, A stands for capitals, a for small letters and 9 for digits", "an older or foreign code may rightly be built differently"},
			},
			Resolutions: []flow.Resolution{recommended(markOnly(), "nothing says what the cells should be")},
		}}, nil
	}
	return nil, nil
}

// patternSQL is the expression for the pattern of a cell; runs is "+" to make a run of signs one, else empty.
func patternSQL(column, runs string) string {
	e := engine.Text(column)
	for _, x := range [][2]string{{`\p{Lu}`, "A"}, {`[\p{Ll}\p{Lo}]`, "a"}, {"[0-9]", "9"}} {
		e = "regexp_replace(" + e + ", '" + x[0] + runs + "', '" + x[1] + "', 'g')"
	}
	return e
}

// patterns lists the usual patterns of a column and counts the cells of the rare ones; usual is empty where the
// column is not made of a few patterns with digits, or where what is left is not rare.
func (t *Table) patterns(ctx context.Context, c *flow.Column, pattern string, present int64) (usual []string, rare int64, err error) {
	rows, err := t.Engine.Query(ctx, fmt.Sprintf("SELECT %s AS p, count(*) AS n FROM data WHERE %s IS NOT NULL GROUP BY 1 ORDER BY n DESC, p LIMIT %d",
		pattern, engine.Text(c.Name), 200))
	if err != nil {
		return nil, 0, fmt.Errorf("reading how the texts are built: %w", err)
	}
	defer rows.Close()
	covered, odd := int64(0), false
	for rows.Next() {
		var p string
		var n int64
		if err := rows.Scan(&p, &n); err != nil {
			return nil, 0, fmt.Errorf("reading how the texts are built: %w", err)
		}
		switch {
		case share(covered, present) < usualPatternFrom:
			usual, covered = append(usual, p), covered+n
			odd = odd || !strings.Contains(p, "9") || share(n, present) < 0.05
		case share(n, present) >= rarePatternTo && n > 1:
			odd = true
		}
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("reading how the texts are built: %w", err)
	}
	if odd || len(usual) > usualPatterns {
		return nil, 0, nil
	}
	return usual, present - covered, nil
}
