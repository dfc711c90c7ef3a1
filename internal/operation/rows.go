package operation

import (
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

func rowOperations() []Operation {
	return []Operation{
		removal{kind: "drop_rows", valid: validRows, query: chosenRows},
		removal{kind: "quarantine_rows", valid: validRows, query: chosenRows},
		removal{kind: "remove_total_rows", valid: validRows, query: chosenRows},
		removal{kind: "keep_first", valid: validKey, query: repeated("__row ASC")},
		removal{kind: "keep_last", valid: validKey, query: repeated("__row DESC")},
		dropColumn{},
	}
}

// removal is an operation that takes whole rows out.
type removal struct {
	kind  string
	valid func(p map[string]any, facts *flow.Facts) error
	query func(p map[string]any, facts *flow.Facts) (string, error) // selects __row
}

func (o removal) Kind() string { return o.kind }

func (o removal) Validate(p map[string]any, facts *flow.Facts) error { return o.valid(p, facts) }

func (o removal) Cells(p map[string]any, facts *flow.Facts) (string, error) {
	q, err := o.query(p, facts)
	if err != nil || q == "" {
		return "", err
	}
	return "SELECT __row, " + engine.Literal(flow.AllColumns) +
		` AS "column", CAST(NULL AS VARCHAR) AS old, CAST(NULL AS VARCHAR) AS new FROM (` + q + ")", nil
}

// validRows takes "where", or "rows" counted from 1. Rows by number do not carry over to another file.
func validRows(p map[string]any, facts *flow.Facts) error {
	rows, err := rowNumbers(p)
	if err != nil {
		return err
	}
	cond, err := where(p, facts)
	if err != nil {
		return err
	}
	if cond == "" && len(rows) == 0 {
		return errors.New(`give "where" (conditions) or "rows" (numbers, counted from 1)`)
	}
	return nil
}

func rowNumbers(p map[string]any) ([]int64, error) {
	switch list := p["rows"].(type) {
	case nil:
		return nil, nil
	case []int64:
		return list, nil
	case []any:
		out := make([]int64, 0, len(list))
		for i := range list {
			f, ok := number(map[string]any{"x": list[i]}, "x")
			if !ok || f < 1 || f != float64(int64(f)) {
				return nil, errors.New(`parameter "rows" must be a list of row numbers, counted from 1`)
			}
			out = append(out, int64(f))
		}
		return out, nil
	default:
		return nil, errors.New(`parameter "rows" must be a list of row numbers, counted from 1`)
	}
}

func chosenRows(p map[string]any, facts *flow.Facts) (string, error) {
	rows, err := rowNumbers(p)
	if err != nil {
		return "", err
	}
	cond, err := where(p, facts)
	if err != nil {
		return "", err
	}
	if cond == "" {
		cond = "true"
	}
	if len(rows) > 0 {
		list := ""
		for _, r := range rows {
			list += fmt.Sprintf(", %d", r)
		}
		cond += " AND __row IN (" + list[2:] + ")"
	}
	return "SELECT __row FROM data WHERE " + cond, nil
}

// validKey takes "columns": those in which repeated rows agree; all where there are none.
func validKey(p map[string]any, facts *flow.Facts) error {
	if len(columnsOf(p)) == 0 {
		return nil
	}
	return known(columnsOf(p), facts)
}

func repeated(order string) func(p map[string]any, facts *flow.Facts) (string, error) {
	return func(p map[string]any, facts *flow.Facts) (string, error) {
		names := columnsOf(p)
		if len(names) == 0 {
			for i := range facts.Columns {
				names = append(names, facts.Columns[i].Name)
			}
		}
		return "SELECT __row FROM (SELECT __row, row_number() OVER (PARTITION BY " + idents(names) + " ORDER BY " + order +
			") AS n FROM data) WHERE n > 1", nil
	}
}

// dropColumn empties a column: each present cell of it becomes missing, so that the lineage knows every cell that went.
// The column itself stays in the version, and results leave it out; facts that name it hold on.
type dropColumn struct{}

// DropColumn is the kind of the operation that leaves a column out.
const DropColumn = "drop_column"

func (dropColumn) Kind() string { return DropColumn }

func (dropColumn) Validate(p map[string]any, facts *flow.Facts) error {
	return known(columnsOf(p), facts)
}

func (dropColumn) Cells(p map[string]any, facts *flow.Facts) (string, error) {
	return columnwise{rewrite: func(*flow.Column, map[string]any) (string, string, error) {
		return "NULL", "", nil
	}}.Cells(p, facts)
}
