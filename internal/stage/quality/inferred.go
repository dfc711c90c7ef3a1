package quality

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// inferred is what the rows of the table say about one another, judged once for all checks that rest on it.
type inferred struct {
	table  *dependency.Table
	result dependency.Result
	rows   []int64 // __row by position
	part   int64   // one block of rows in so many was read; 1 for all
}

// mostInferred bounds how many rows are judged together; larger tables are judged on blocks spread over them, and
// what is found holds for the values, so it is carried to all rows by the resolutions.
const (
	mostInferred   = 20_000
	inferredCells  = 8_000_000 // and cells, since all of them are held
	fewestInferred = 1_000
)

const inferredBlock = 500 // neighbouring rows that are read together

// infer lets the table, or blocks of it, judge itself.
func (t *Table) infer(ctx context.Context) (*inferred, error) {
	if t.inferred != nil {
		return t.inferred, nil
	}
	n, err := t.rows(ctx)
	if err != nil {
		return nil, err
	}
	n.result = dependency.Infer(n.table)
	for _, limit := range n.result.Limits {
		t.partly("dependencies", "%s", limit)
	}
	t.inferred = n
	return n, nil
}

// rows reads the table, or blocks of it, encoded by column; it is read once.
func (t *Table) rows(ctx context.Context) (*inferred, error) {
	if t.read != nil {
		return t.read, nil
	}
	n := &inferred{part: 1}
	where := ""
	if most := min(mostInferred, max(fewestInferred, inferredCells/int64(max(1, len(t.Facts.Columns))))); t.Facts.Rows > most {
		n.part = (t.Facts.Rows + most - 1) / most
		where = fmt.Sprintf(" WHERE ((%s - 1) // %d) %% %d = 0", engine.RowColumn, inferredBlock, n.part)
	}
	var names []string
	var builders []*dependency.Builder
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		names = append(names, engine.Text(c.Name))
		builders = append(builders, dependency.NewBuilder(c.Name))
	}
	rows, err := t.Engine.Query(ctx, "SELECT "+engine.RowColumn+", "+strings.Join(names, ", ")+" FROM data"+where+" ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("reading the rows to compare them: %w", err)
	}
	defer rows.Close()
	cells := make([]sql.NullString, len(names))
	dest := make([]any, len(names)+1)
	var row int64
	dest[0] = &row
	for i := range cells {
		dest[i+1] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("reading the rows to compare them: %w", err)
		}
		n.rows = append(n.rows, row)
		for i, c := range cells {
			builders[i].Add(c.String, true) // a gap is a value like others: it may be the wrong one
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the rows to compare them: %w", err)
	}
	n.table = &dependency.Table{Rows: len(n.rows)}
	for i, b := range builders {
		n.table.Columns = append(n.table.Columns, n.column(b, &t.Facts.Columns[i]))
	}
	t.read = n
	return n, nil
}

// column ends a column and says how it takes part.
func (n *inferred) column(b *dependency.Builder, c *flow.Column) dependency.Column {
	col := b.Column()
	col.Numeric = c.Type.Numeric()
	col.Quiet = c.Role == flow.RoleConstant && c.Distinct <= 1 ||
		c.Type.Numeric() && len(col.Dict) == len(n.rows) || c.Missing == t0(c, n)
	return col
}

// t0 is the number of rows where the column is all empty, so that nothing can be said about it.
func t0(c *flow.Column, n *inferred) int64 {
	if c.Distinct == 0 {
		return c.Missing
	}
	return int64(len(n.rows)) + c.Missing + 1
}

// names are the names of columns by position.
func (n *inferred) names(columns []int) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = n.table.Columns[c].Name
	}
	return out
}

// text is the text of a cell, empty for a gap.
func (n *inferred) text(column, row int) string {
	c := &n.table.Columns[column]
	return c.Dict[c.Codes[row]]
}

// of are the cells of a column that a check takes.
func (n *inferred) of(column int, take func(*dependency.Cell) bool) []dependency.Cell {
	var out []dependency.Cell
	for i := range n.result.Cells {
		if x := &n.result.Cells[i]; x.Column == column && take(x) {
			out = append(out, *x)
		}
	}
	return out
}

// how sorts the judged cells: each belongs to the check that explains it best.
func how(x *dependency.Cell) string {
	switch {
	case x.Stranger:
		return "stranger"
	case x.New == "" && x.Copy:
		return "copy"
	case x.Slip:
		return "slip"
	case x.Old == "":
		return "gap"
	case len(x.By) == 0:
		return "slip"
	}
	switch x.By[0].Kind {
	case "equal", "number":
		return "derived"
	case "order":
		return "order"
	case "column":
		return "constant"
	}
	return "dependency"
}

// taking is the filter for of.
func taking(kinds ...string) func(*dependency.Cell) bool {
	return func(x *dependency.Cell) bool {
		h := how(x)
		for _, k := range kinds {
			if h == k {
				return true
			}
		}
		return false
	}
}
