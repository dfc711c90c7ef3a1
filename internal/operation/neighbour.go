package operation

import (
	"errors"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

func neighbourOperations() []Operation { return []Operation{splitCell{}} }

// splitCell moves the last word of a cell into an empty neighbour where the neighbour's domain knows it: "Portland
// OR" with the state missing. Parameters: "column", "to_column", and "values", the words that may be moved (without
// it those that the neighbour holds elsewhere in the table).
type splitCell struct{}

func (splitCell) Kind() string { return "split_cell_to_neighbour" }

func (splitCell) Validate(p map[string]any, facts *flow.Facts) error {
	from, to := text(p, "column"), text(p, "to_column")
	if from == "" || to == "" || from == to {
		return errors.New(`give "column" (what to split) and "to_column" (where its end belongs)`)
	}
	if _, err := texts(p, "values"); err != nil {
		return err
	}
	return known([]string{from, to}, facts)
}

func (splitCell) Cells(p map[string]any, _ *flow.Facts) (string, error) {
	from, to := text(p, "column"), text(p, "to_column")
	list, err := texts(p, "values")
	if err != nil {
		return "", err
	}
	domain := "(SELECT DISTINCT " + engine.Text(to) + " FROM data WHERE " + present(to) + ")"
	if len(list) > 0 {
		domain = "(" + engine.Literals(list) + ")"
	}
	const pattern = `'^(.*[^\s,;/-])[\s,;/-]+(\S+)\s*$'`
	parts := "(SELECT __row, " + engine.Text(from) + " AS old, regexp_extract(" + engine.Text(from) + ", " + pattern +
		", 1) AS head, regexp_extract(" + engine.Text(from) + ", " + pattern + ", 2) AS tail FROM data WHERE " +
		present(from) + " AND " + missing(to) + ")"
	cond := " WHERE head <> '' AND tail <> '' AND tail IN " + domain
	return "SELECT __row, " + engine.Literal(from) + ` AS "column", old, head AS new FROM ` + parts + cond +
		"\nUNION ALL\nSELECT __row, " + engine.Literal(to) + ` AS "column", CAST(NULL AS VARCHAR) AS old, tail AS new FROM ` + parts + cond, nil
}
