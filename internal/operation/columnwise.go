package operation

import (
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// columnwise is an operation that rewrites cells one by one, in each of its columns alike.
type columnwise struct {
	kind string
	// valid checks the parameters other than the columns; nil where there are none.
	valid func(p map[string]any, facts *flow.Facts) error
	// rewrite gives the expression of the new text, and a condition that must hold for a cell to be looked at
	// (empty: any present cell).
	rewrite func(c *flow.Column, p map[string]any) (expr, where string, err error)
}

func (o columnwise) Kind() string { return o.kind }

func (o columnwise) Validate(p map[string]any, facts *flow.Facts) error {
	if err := known(columnsOf(p), facts); err != nil {
		return err
	}
	if o.valid == nil {
		return nil
	}
	return o.valid(p, facts)
}

func (o columnwise) Cells(p map[string]any, facts *flow.Facts) (string, error) {
	var queries []string
	for _, name := range columnsOf(p) {
		c := facts.Column(name)
		expr, where, err := o.rewrite(c, p)
		if err != nil {
			return "", err
		}
		if where == "" {
			where = engine.Ident(name) + " IS NOT NULL"
		}
		queries = append(queries, changed(name, expr, "data", where))
	}
	return strings.Join(queries, "\nUNION ALL\n"), nil
}

// changed selects the cells of one column in which expr, computed over from, differs from what stands there. An
// empty text is a missing cell.
func changed(column, expr, from, where string) string {
	return "SELECT __row, " + engine.Literal(column) + ` AS "column", old, new FROM (SELECT __row, ` +
		engine.Text(column) + " AS old, nullif(CAST(" + expr + " AS VARCHAR), '') AS new FROM " + from +
		" WHERE " + where + ") WHERE old IS DISTINCT FROM new"
}

// present is the condition that a column's cell is not missing.
func present(column string) string { return engine.Ident(column) + " IS NOT NULL" }

// missing is the condition that it is.
func missing(column string) string { return engine.Ident(column) + " IS NULL" }

// Rewritten is the expression of what a resolution makes of the cell of a column, where it rewrites every present cell by
// itself; ok is false for resolutions of another nature.
func Rewritten(r flow.Resolution, c *flow.Column) (expr string, ok bool) {
	op, _ := For(r.Kind)
	o, ok := op.(columnwise)
	if !ok {
		return "", false
	}
	expr, where, err := o.rewrite(c, r.Params)
	return "nullif(CAST(" + expr + " AS VARCHAR), '')", err == nil && where == ""
}
