package operation

import (
	"errors"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// where reads the parameter "where": a list of conditions that must all hold, each
// {"column": c, "is": "equal|in|not_in|missing|present|matches|not_matches|below|above", "value": v | "values": [...]}.
// Conditions are data, not SQL, so that a recipe or an edit cannot smuggle a query in. It is empty where there is
// none. Facts may be nil where the conditions were validated before.
func where(p map[string]any, facts *flow.Facts) (string, error) {
	var list []map[string]any
	switch w := p["where"].(type) {
	case nil:
		return "", nil
	case map[string]any:
		list = append(list, w)
	case []map[string]any:
		list = w
	case []any:
		for _, x := range w {
			m, ok := x.(map[string]any)
			if !ok {
				return "", errors.New(`parameter "where": each entry must be a condition`)
			}
			list = append(list, m)
		}
	default:
		return "", errors.New(`parameter "where" must be a list of conditions`)
	}
	conds := make([]string, 0, len(list))
	for _, c := range list {
		sql, err := condition(c, facts)
		if err != nil {
			return "", err
		}
		conds = append(conds, sql)
	}
	if len(conds) == 0 {
		return "", nil
	}
	return "(" + strings.Join(conds, " AND ") + ")", nil
}

func condition(c map[string]any, facts *flow.Facts) (string, error) {
	name := text(c, "column")
	if facts != nil && facts.Column(name) == nil {
		return "", fmt.Errorf(`parameter "where": the table has no column %q`, name)
	}
	e, value := engine.Text(name), text(c, "value")
	list, err := texts(c, "values")
	if err != nil {
		return "", fmt.Errorf(`parameter "where": %w`, err)
	}
	switch is := text(c, "is"); is {
	case "equal":
		return e + " = " + engine.Literal(value), nil
	case "in", "not_in":
		if len(list) == 0 {
			return "", fmt.Errorf(`parameter "where": %q needs "values"`, is)
		}
		return "(" + e + map[string]string{"in": " IN (", "not_in": " NOT IN ("}[is] + engine.Literals(list) + "))", nil
	case "missing":
		return missing(name), nil
	case "present":
		return present(name), nil
	case "matches":
		return "coalesce(regexp_matches(" + e + ", " + engine.Literal(value) + "), false)", nil
	case "not_matches":
		return "coalesce(NOT regexp_matches(" + e + ", " + engine.Literal(value) + "), false)", nil
	case "below", "above":
		f, ok := number(c, "value")
		if !ok {
			return "", fmt.Errorf(`parameter "where": %q needs a number as "value"`, is)
		}
		return fmt.Sprintf("coalesce(TRY_CAST(%s AS DOUBLE) %s %v, false)", e, map[string]string{"below": "<", "above": ">"}[is], f), nil
	default:
		return "", fmt.Errorf(`parameter "where": unknown condition %q`, is)
	}
}
