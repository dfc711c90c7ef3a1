package operation

import (
	"errors"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

func fillOperations() []Operation {
	return []Operation{
		columnwise{kind: "fill_down"}.filling(func(c *flow.Column, _ map[string]any) string {
			return "last_value(" + engine.Ident(c.Name) + " IGNORE NULLS) OVER (ORDER BY __row ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
		}),
		columnwise{kind: "fill_group_mode", valid: validGroup}.filling(func(c *flow.Column, p map[string]any) string {
			return "mode(" + engine.Ident(c.Name) + ") OVER (" + partition(p) + ")"
		}),
		columnwise{kind: "fill_group_median", valid: validGroup}.filling(func(c *flow.Column, p map[string]any) string {
			return "median(" + numeric(c) + ") OVER (" + partition(p) + ")"
		}),
	}
}

// filling is a columnwise operation whose new text is computed over the rows around the missing cell.
type filling struct {
	columnwise
	window func(c *flow.Column, p map[string]any) string
}

func (o columnwise) filling(window func(c *flow.Column, p map[string]any) string) Operation {
	return filling{columnwise: o, window: window}
}

func (o filling) Cells(p map[string]any, facts *flow.Facts) (string, error) {
	var queries []string
	for _, name := range columnsOf(p) {
		c := facts.Column(name)
		queries = append(queries, "SELECT __row, "+engine.Literal(name)+` AS "column", CAST(NULL AS VARCHAR) AS old, `+
			"CAST(fill AS VARCHAR) AS new FROM (SELECT __row, "+engine.Ident(name)+" IS NULL AS gap, "+o.window(c, p)+
			" AS fill FROM data) WHERE gap AND fill IS NOT NULL")
	}
	return strings.Join(queries, "\nUNION ALL\n"), nil
}

// validGroup takes "by", the columns that make the groups; none for the whole table.
func validGroup(p map[string]any, facts *flow.Facts) error {
	by, err := texts(p, "by")
	if err != nil {
		return err
	}
	for _, c := range by {
		if facts.Column(c) == nil {
			return errors.New(`parameter "by": the table has no column ` + c)
		}
	}
	return nil
}

func partition(p map[string]any) string {
	by, err := texts(p, "by")
	if err != nil || len(by) == 0 {
		return ""
	}
	return "PARTITION BY " + idents(by)
}

func idents(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = engine.Ident(n)
	}
	return strings.Join(q, ", ")
}
