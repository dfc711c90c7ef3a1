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
	if !t.maybeCodes(c) {
		return nil, nil
	}
	for _, runs := range []string{"", "+"} {
		usual, rare, err := t.patterns(ctx, c, runs)
		if err != nil {
			return nil, err
		}
		if len(usual) == 0 || rare == 0 {
			continue
		}
		where := fmt.Sprintf("%s IS NOT NULL AND %s NOT IN (%s)", text(c), patternSQL(c.Name, runs), engine.Literals(usual))
		if !t.repeats(c) {
			where = text(c) + " IS NOT NULL AND NOT " + builtLike(text(c), usual, runs)
		}
		return &Finding{Cells: cellsWhere(c.Name, where), Issue: flow.Issue{
			Columns: []string{c.Name}, Severity: severity(c, share(rare, present), flow.Low), Confidence: 0.7,
			Title: phrase.Count(rare, "%d {cell|cells} of %s {is|are} built differently from the others (%s)", rare, c.Name, quoted(usual, usualPatterns)),
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

// maybeCodes says whether a column may be one of codes.
func (t *Table) maybeCodes(c *flow.Column) bool {
	named := c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey || c.Semantic != ""
	return t.Facts.Rows-c.Missing >= 60 && c.Distinct >= 20 && !c.Type.Temporal() && c.Type != flow.Boolean && (!c.Type.Numeric() || named)
}

// patternSQL is the expression for the pattern of a cell; runs is "+" to make a run of signs one, else empty.
func patternSQL(column, runs string) string {
	e := engine.Text(column)
	for _, x := range [][2]string{{`\p{Lu}`, "A"}, {`[\p{Ll}\p{Lo}]`, "a"}, {"[0-9]", "9"}} {
		e = "regexp_replace(" + e + ", '" + x[0] + runs + "', '" + x[1] + "', 'g')"
	}
	return e
}

// builtLike is the condition that a text has one of the patterns: quicker than to work out the pattern of each text.
func builtLike(e string, patterns []string, runs string) string {
	class := map[rune]string{'A': `\p{Lu}`, 'a': `[\p{Ll}\p{Lo}]`, '9': "[0-9]"}
	alternatives := make([]string, len(patterns))
	for i, p := range patterns {
		for _, r := range p {
			if x, ok := class[r]; ok {
				alternatives[i] += x + runs
			} else {
				alternatives[i] += regexp.QuoteMeta(string(r))
			}
		}
	}
	return "regexp_full_match(" + e + ", " + engine.Literal("(?s:"+strings.Join(alternatives, "|")+")") + ")"
}

// patterns lists the usual patterns of a column and counts the cells of the rare ones; usual is empty where the
// column is not made of a few patterns with digits, or where what is left is not rare. Where nearly every row has a text
// of its own the usual patterns are found in a sample of them, and the others counted in all rows.
func (t *Table) patterns(ctx context.Context, c *flow.Column, runs string) (usual []string, rare int64, err error) {
	from, err := t.texts(ctx, c)
	if err != nil || t.repeats(c) {
		return t.patternsIn(ctx, c, runs, from, err)
	}
	sample, err := t.sample(ctx, c)
	if usual, _, err = t.patternsIn(ctx, c, runs, sample, err); err != nil || len(usual) == 0 {
		return nil, 0, err
	}
	rare, err = t.cellsIn(ctx, from, "NOT "+builtLike("v", usual, runs))
	if share(rare, t.Facts.Rows-c.Missing) > 1-usualPatternFrom {
		return nil, 0, err
	}
	return usual, rare, err
}

// patternsIn is patterns on a table of texts; it passes an error in reading that on.
func (t *Table) patternsIn(ctx context.Context, c *flow.Column, runs, from string, err error) (usual []string, rare int64, _ error) {
	if err != nil {
		return nil, 0, err
	}
	counted := fmt.Sprintf("(SELECT %s AS p, sum(n)::BIGINT AS n FROM %s AS x GROUP BY 1)", patternSQL("v", runs), from)
	if t.wide() {
		if counted, err = t.patternsAll(ctx, c, runs); err != nil {
			return nil, 0, err
		}
	}
	rows, err := t.Engine.Query(ctx, fmt.Sprintf("SELECT p, n, sum(n) OVER ()::BIGINT FROM %s ORDER BY n DESC, p LIMIT %d", counted, 200))
	if err != nil {
		return nil, 0, fmt.Errorf("reading how the texts of %q are built: %w", c.Name, err)
	}
	defer rows.Close()
	covered, present, odd := int64(0), int64(0), false
	for rows.Next() {
		var p string
		var n int64
		if err := rows.Scan(&p, &n, &present); err != nil {
			return nil, 0, fmt.Errorf("reading how the texts of %q are built: %w", c.Name, err)
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
		return nil, 0, fmt.Errorf("reading how the texts of %q are built: %w", c.Name, err)
	}
	if odd || len(usual) > usualPatterns {
		return nil, 0, nil
	}
	return usual, present - covered, nil
}
