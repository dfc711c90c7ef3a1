package operation

import (
	"errors"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

func valueOperations() []Operation {
	return []Operation{
		mapValues{},
		columnwise{kind: "set_missing", valid: validSetMissing, rewrite: setMissing},
		columnwise{
			kind: "fill_constant",
			valid: func(p map[string]any, _ *flow.Facts) error {
				if text(p, "value") == "" {
					return errors.New(`parameter "value" is missing: the text to fill in`)
				}
				return nil
			},
			rewrite: func(c *flow.Column, p map[string]any) (string, string, error) {
				return engine.Literal(text(p, "value")), missing(c.Name), nil
			},
		},
	}
}

// mapValues replaces whole texts by others. The mapping is joined, so that thousands of entries stay fast.
type mapValues struct{}

func (mapValues) Kind() string { return "map_values" }

func (mapValues) Validate(p map[string]any, facts *flow.Facts) error {
	if err := known(columnsOf(p), facts); err != nil {
		return err
	}
	m, err := mapping(p)
	if err != nil {
		return err
	}
	if len(m) == 0 {
		return errors.New(`parameter "map" is empty: give each text and what it becomes`)
	}
	return nil
}

func (mapValues) Cells(p map[string]any, _ *flow.Facts) (string, error) {
	m, err := mapping(p)
	if err != nil {
		return "", err
	}
	var queries []string
	for _, name := range columnsOf(p) {
		queries = append(queries, "SELECT d.__row, "+engine.Literal(name)+` AS "column", CAST(d.`+engine.Ident(name)+
			" AS VARCHAR) AS old, nullif(m.v, '') AS new FROM data AS d JOIN "+values(m)+" ON CAST(d."+engine.Ident(name)+
			" AS VARCHAR) = m.k WHERE m.k IS DISTINCT FROM nullif(m.v, '')")
	}
	return strings.Join(queries, "\nUNION ALL\n"), nil
}

// values is a mapping as a table m(k, v).
func values(m []pair) string {
	rows := make([]string, len(m))
	for i, e := range m {
		v := "CAST(NULL AS VARCHAR)"
		if e.To != nil {
			v = engine.Literal(*e.To)
		}
		rows[i] = "(" + engine.Literal(e.From) + ", " + v + ")"
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") AS m(k, v)"
}

func validSetMissing(p map[string]any, facts *flow.Facts) error {
	vals, err := texts(p, "values")
	if err != nil {
		return err
	}
	if len(vals) == 0 && p["where"] == nil {
		return errors.New(`give "values" (the texts that mean missing) or "where" (the rows)`)
	}
	_, err = where(p, facts)
	return err
}

func setMissing(c *flow.Column, p map[string]any) (string, string, error) {
	cond := present(c.Name)
	vals, err := texts(p, "values")
	if err != nil {
		return "", "", err
	}
	if len(vals) > 0 {
		cond += " AND " + engine.Text(c.Name) + " IN (" + engine.Literals(vals) + ")"
	}
	w, err := where(p, nil)
	if err != nil {
		return "", "", err
	}
	if w != "" {
		cond += " AND " + w
	}
	return "NULL", cond, nil
}
