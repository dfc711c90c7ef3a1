package quality

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// arithmetic finds columns that are computed from two or three others in nearly all rows (relation.go has the forms), and
// flags the rows in which they are not.
var _ = register(spec{
	id: "arithmetic_violation", handler: handlerDependencies,
	applies: func(f *flow.Facts) (bool, string) {
		return len(addends(f)) >= 3, "three columns of numbers are compared at a time"
	},
	run: arithmetic,
})

const arithmeticColumns = 14 // compared at the most

// addends are the columns that can stand in a relation.
func addends(f *flow.Facts) []*flow.Column {
	var out []*flow.Column
	for i := range f.Columns {
		c := &f.Columns[i]
		if c.Type.Numeric() && c.Role != flow.RoleIdentifier && c.Role != flow.RoleKey && c.Distinct > 4 {
			out = append(out, c)
		}
	}
	return out
}

func arithmetic(ctx context.Context, t *Table) ([]Finding, error) {
	columns := addends(t.Facts)
	if all := len(columns); all > arithmeticColumns {
		columns = columns[:arithmeticColumns]
		t.partly("arithmetic_violation", "the first %d of %d columns of numbers were compared, three and four at a time", len(columns), all)
	}
	sample, err := t.numbers(ctx, columns)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, r := range relations(sample) {
		f, err := t.broken(ctx, named(r, columns))
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

// numbers takes a sample of the rows: a slice of numbers a column, NaN for what is none.
func (t *Table) numbers(ctx context.Context, columns []*flow.Column) ([][]float64, error) {
	const sample = 4000
	exprs, out, dest, row := make([]string, len(columns)), make([][]float64, len(columns)), make([]any, len(columns)), make([]float64, len(columns))
	for i, c := range columns {
		exprs[i], dest[i] = "coalesce("+engine.Typed(c)+", 'NaN'::DOUBLE)", &row[i]
	}
	rows, err := t.Engine.Query(ctx, fmt.Sprintf("SELECT %s FROM data WHERE hash(__row) %% %d = 0", strings.Join(exprs, ", "), max(1, t.Facts.Rows/sample)))
	if err != nil {
		return nil, fmt.Errorf("taking a sample: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("taking a sample: %w", err)
		}
		for i, x := range row {
			out[i] = append(out[i], x)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("taking a sample: %w", err)
	}
	return out, nil
}

// equation is a relation of columns.
type equation struct {
	form
	total    *flow.Column
	operands []*flow.Column
}

func named(r relation, columns []*flow.Column) equation {
	e := equation{form: r.form, total: columns[r.total]}
	for _, i := range r.operands {
		e.operands = append(e.operands, columns[i])
	}
	return e
}

func (e equation) computed() string {
	typed := make([]any, len(e.operands))
	for i, c := range e.operands {
		typed[i] = engine.Typed(c)
	}
	return fmt.Sprintf("("+e.sql+")", typed...)
}

func (e equation) rule() string {
	names := make([]any, len(e.operands))
	for i, c := range e.operands {
		names[i] = c.Name
	}
	return e.total.Name + " = " + fmt.Sprintf(e.words, names...)
}

// holds is the condition that the equation holds in a row within what rounding explains, as in relation.go. It is NULL where a
// number is missing.
func (e equation) holds() string {
	return fmt.Sprintf("(abs(%s - %s) <= %v + %v * abs(%[1]s))", engine.Typed(e.total), e.computed(), roundingAbsolute, roundingRelative)
}

// ordinary is the condition that each operand lies where it lies in the rows in which the equation holds. Where one does not, it is
// rather that one which is wrong.
func (e equation) ordinary() string {
	conds := make([]string, len(e.operands))
	for i, c := range e.operands {
		x := engine.Typed(c)
		conds[i] = fmt.Sprintf("%s BETWEEN (SELECT min(%[1]s) FROM data WHERE %s) AND (SELECT max(%[1]s) FROM data WHERE %[2]s)", x, e.holds())
	}
	return strings.Join(conds, " AND ")
}

// broken is the finding of the rows in which an equation does not hold, nil where there are none.
func (t *Table) broken(ctx context.Context, e equation) (*Finding, error) {
	where := e.ordinary() + " AND NOT " + e.holds()
	var n, good, bad int64
	if err := t.Engine.QueryRow(ctx, fmt.Sprintf("SELECT count(%s), count(*) FILTER (WHERE %[1]s), count(*) FILTER (WHERE %s) FROM data", e.holds(), where),
		&n, &good, &bad); err != nil {
		return nil, fmt.Errorf("comparing columns: %w", err)
	}
	if bad == 0 || share(good, n) < relationHolds {
		return nil, nil
	}
	columns, shown := []string{e.total.Name}, []string{}
	for _, c := range e.operands {
		columns, shown = append(columns, c.Name), append(shown, text(c))
	}
	f := &Finding{Cells: cellsWhere(e.total.Name, where), Priority: 1, Issue: flow.Issue{
		Columns: columns, Severity: severity(nil, share(bad, n), flow.High), Confidence: math.Min(0.95, share(good, n)),
		Title: phrase.Count(bad, "%s does not hold in %d {row|rows}", e.rule(), bad),
		Evidence: flow.Evidence{
			SQL:     "SELECT " + strings.Join(shown, ", ") + ", " + text(e.total) + " AS result, " + e.computed() + " AS computed FROM data WHERE " + where,
			Numbers: map[string]float64{"rows": float64(bad), "compared": float64(n), "holds": share(good, n)},
			Notes:   []string{"any of the cells may be the wrong one; the result is flagged, since it follows from the others"},
		},
		Resolutions: []flow.Resolution{markOnly()},
	}}
	m, err := t.recomputed(ctx, e, where)
	if err != nil {
		return nil, err
	}
	if len(m) > 0 {
		fix := flow.Resolution{Kind: "fix_by_dependency", Label: "Compute the result anew", Params: map[string]any{
			"determinants": columns[1:], "dependent": e.total.Name, "map": m,
		}}
		f.Issue.Resolutions = append([]flow.Resolution{recommended(fix, e.rule()+" holds in "+percent(share(good, n))+" of the rows")}, f.Issue.Resolutions...)
	}
	return f, nil
}

// recomputed maps the operands of the broken rows to the result, with as many decimals as the column has.
func (t *Table) recomputed(ctx context.Context, e equation, where string) (map[string]string, error) {
	decimals := 0
	v, err := t.Values(ctx, e.total.Name)
	if err != nil {
		return nil, err
	}
	for _, x := range v.List[:min(len(v.List), 1000)] {
		if _, frac, ok := strings.Cut(x.Value, "."); ok {
			decimals = max(decimals, min(len(frac), 6))
		}
	}
	key := make([]string, len(e.operands))
	for i, c := range e.operands {
		key[i] = text(c)
	}
	rows, err := t.Engine.Query(ctx, "SELECT DISTINCT concat_ws("+engine.Literal(operation.KeySeparator)+", "+strings.Join(key, ", ")+") AS key, "+e.computed()+
		" AS c FROM data WHERE "+where+" ORDER BY 1 LIMIT 20000")
	if err != nil {
		return nil, fmt.Errorf("computing results anew: %w", err)
	}
	defer rows.Close()
	m := map[string]string{}
	for rows.Next() {
		var key string
		var c float64
		if err := rows.Scan(&key, &c); err != nil {
			return nil, fmt.Errorf("computing results anew: %w", err)
		}
		m[key] = strconv.FormatFloat(c, 'f', decimals, 64)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("computing results anew: %w", err)
	}
	return m, nil
}
