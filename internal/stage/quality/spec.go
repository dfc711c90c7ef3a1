package quality

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// spec is a Check put together from functions.
type spec struct {
	id, handler string
	applies     func(*flow.Facts) (bool, string) // nil for always
	run         func(context.Context, *Table) ([]Finding, error)
}

func (s spec) ID() string      { return s.id }
func (s spec) Handler() string { return s.handler }

func (s spec) Applies(facts *flow.Facts) (bool, string) {
	if facts.Rows == 0 {
		return false, "the table has no rows"
	}
	if s.applies == nil {
		return true, "it makes sense for every table"
	}
	return s.applies(facts)
}

func (s spec) Run(ctx context.Context, t *Table) ([]Finding, error) { return s.run(ctx, t) }

// eachColumn runs a check column by column; look returns nil where the column is well.
func eachColumn(look func(context.Context, *Table, *flow.Column) (*Finding, error)) func(context.Context, *Table) ([]Finding, error) {
	return func(ctx context.Context, t *Table) ([]Finding, error) {
		var out []Finding
		for i := range t.Facts.Columns {
			f, err := look(ctx, t, &t.Facts.Columns[i])
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", t.Facts.Columns[i].Name, err)
			}
			if f != nil {
				out = append(out, *f)
			}
		}
		return out, nil
	}
}

// evidence is the usual evidence: the texts in question of one column and how often they stand there.
func evidence(column, where string) string {
	e := engine.Text(column)
	return "SELECT " + e + " AS value, count(*) AS n FROM data WHERE " + where + " GROUP BY 1 ORDER BY n DESC, 1"
}

// severity grows with the share of the rows concerned and the column's part in the table.
func severity(c *flow.Column, share float64, base flow.Severity) flow.Severity {
	levels := []flow.Severity{flow.Critical, flow.High, flow.Medium, flow.Low, flow.Info}
	r := base.Rank()
	if share > 0.2 {
		r--
	}
	if c != nil && (c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey || c.Role == flow.RoleTime) {
		r--
	}
	return levels[max(r, 1)]
}

// percent writes a share for people.
func percent(share float64) string {
	switch p := 100 * share; {
	case p > 0 && p < 0.1:
		return "under 0.1%"
	case p < 10:
		return fmt.Sprintf("%.1f%%", p)
	default:
		return fmt.Sprintf("%.0f%%", p)
	}
}

// share is a of b, 0 where there is no b.
func share(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// markOnly is the resolution that keeps an issue on record and changes nothing.
func markOnly() flow.Resolution {
	return flow.Resolution{Kind: "mark_only", Label: "Keep as it is, on record"}
}

// setMissing is the resolution that makes the given texts of a column missing.
func setMissing(column string, values []string) flow.Resolution {
	return flow.Resolution{
		Kind: "set_missing", Label: "Make these cells missing",
		Params: map[string]any{"column": column, "values": values},
	}
}

// recommended marks a resolution as such.
func recommended(r flow.Resolution, why string) flow.Resolution {
	r.Recommended, r.Why = true, why
	return r
}

// inTexts is the condition that a column's cell is one of the texts.
func inTexts(column string, values []string) string {
	return engine.Text(column) + " IN (" + engine.Literals(values) + ")"
}

// cellsWhere flags the cells of a column for which a condition holds, without a proposal.
func cellsWhere(column, where string) string {
	return "SELECT __row, " + engine.Literal(column) + ` AS "column", CAST(NULL AS VARCHAR) AS new FROM data WHERE ` + where
}

// quoted lists a few texts for a title.
func quoted(values []string, most int) string {
	var out []string
	for i, v := range values {
		if i == most {
			out = append(out, "…")
			break
		}
		if r := []rune(v); len(r) > 30 {
			v = string(r[:30]) + "…"
		}
		out = append(out, "“"+v+"”")
	}
	return strings.Join(out, ", ")
}

// text reads a column as text.
func text(c *flow.Column) string { return engine.Text(c.Name) }
