package outcome

import (
	"context"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// exact gives for a column the SQL type as which it may be written, and the condition under which a cell's text says
// exactly such a value: the text can be had back from the value, or differs from it only in how a number is padded.
func exact(c *flow.Column) (sqlType, condition string) {
	text := engine.Text(c.Name)
	back := func(t string) string { return "CAST(TRY_CAST(" + text + " AS " + t + ") AS VARCHAR) = " + text }
	switch c.Type {
	case flow.Integer:
		return "BIGINT", back("BIGINT")
	case flow.Decimal: // at most 15 digits are exact in a double
		return "DOUBLE", "regexp_full_match(" + text + `, '-?(0|[1-9][0-9]*)(\.[0-9]+)?') AND length(` + text + ") <= 16"
	case flow.Boolean:
		return "BOOLEAN", "lower(" + text + ") IN ('true', 'false')"
	case flow.Date:
		return "DATE", back("DATE")
	case flow.Timestamp:
		return "TIMESTAMP", back("TIMESTAMP")
	default:
		return "", ""
	}
}

// types returns the SQL type as which each column is written; "" stands for text. One pass over the table.
func (x *export) types(ctx context.Context) ([]string, error) {
	types := make([]string, len(x.columns))
	var tests []string
	var tested []int
	facts := flow.Facts{Columns: x.Columns}
	for i, name := range x.columns {
		c := facts.Column(name)
		if c == nil {
			continue
		}
		if t, condition := exact(c); t != "" {
			types[i] = t
			tests = append(tests, "count("+engine.Ident(name)+") = count_if("+condition+")")
			tested = append(tested, i)
		}
	}
	if len(tests) == 0 {
		return types, nil
	}
	holds := make([]bool, len(tests))
	into := make([]any, len(tests))
	for i := range holds {
		into[i] = &holds[i]
	}
	if err := x.session.QueryRow(ctx, "SELECT "+strings.Join(tests, ", ")+" FROM "+x.from, into...); err != nil {
		return nil, fmt.Errorf("looking which columns can carry a type: %w", err)
	}
	for k, i := range tested {
		if !holds[k] {
			types[i] = ""
		}
	}
	return types, nil
}

func (x *export) typedColumns(ctx context.Context) ([]string, error) {
	types, err := x.types(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(x.columns))
	for i, name := range x.columns {
		t := types[i]
		if t == "" {
			t = "VARCHAR"
		}
		list[i] = "CAST(" + engine.Ident(name) + " AS " + t + ") AS " + engine.Ident(name)
	}
	return list, nil
}
