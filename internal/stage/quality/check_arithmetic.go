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
)

// arithmetic finds columns that are the sum or the product of two others in nearly all rows, and flags the rows in
// which they are not.
var _ = register(spec{
	id: "arithmetic_violation", handler: handlerDependencies,
	applies: func(f *flow.Facts) (bool, string) {
		return len(addends(f)) >= 3, "three columns of numbers are compared at a time"
	},
	run: arithmetic,
})

const (
	arithmeticHolds   = 0.97
	arithmeticSupport = 30
	arithmeticColumns = 14 // compared at the most
)

// relation says that one column is computed from two others.
type relation struct {
	total, left, right *flow.Column
	product            bool
}

// addends are the columns that can stand in a relation.
func addends(f *flow.Facts) []*flow.Column {
	var out []*flow.Column
	for i := range f.Columns {
		c := &f.Columns[i]
		if c.Type.Numeric() && c.Role != flow.RoleIdentifier && c.Role != flow.RoleKey && c.Distinct > 4 && len(out) < arithmeticColumns {
			out = append(out, c)
		}
	}
	return out
}

func arithmetic(ctx context.Context, t *Table) ([]Finding, error) {
	columns := addends(t.Facts)
	var all []relation
	for _, a := range columns {
		for j, b := range columns {
			for _, c := range columns[j+1:] {
				if a != b && a != c {
					all = append(all, relation{a, b, c, false}, relation{a, b, c, true})
				}
			}
		}
	}
	holding, err := t.holding(ctx, columns, all)
	if err != nil {
		return nil, err
	}
	var out []Finding
	used := map[string]bool{}
	for _, r := range holding {
		if used[r.total.Name] {
			continue
		}
		f, err := t.broken(ctx, r)
		if err != nil {
			return nil, err
		}
		if f != nil {
			used[r.total.Name] = true
			out = append(out, *f)
		}
	}
	return out, nil
}

func (r relation) computed() string {
	op := " + "
	if r.product {
		op = " * "
	}
	return "(" + engine.Typed(r.left) + op + engine.Typed(r.right) + ")"
}

// holds is the condition that the relation holds in a row within what rounding explains, and nontrivial that it says
// something there: neither operand is the neutral one.
func (r relation) holds() string {
	return fmt.Sprintf("(abs(%s - %s) <= 0.011 + 0.0005 * abs(%s))", engine.Typed(r.total), r.computed(), engine.Typed(r.total))
}

func (r relation) nontrivial() string {
	neutral := "0"
	if r.product {
		neutral = "1"
	}
	cond := engine.Typed(r.left) + " <> " + neutral + " AND " + engine.Typed(r.right) + " <> " + neutral
	if r.product {
		cond += " AND " + engine.Typed(r.left) + " <> 0 AND " + engine.Typed(r.right) + " <> 0"
	}
	return "(" + engine.Typed(r.total) + " IS NOT NULL AND " + cond + ")"
}

// holding keeps the relations that hold, judged on a sample of rows and many relations in one pass.
func (t *Table) holding(ctx context.Context, columns []*flow.Column, all []relation) ([]relation, error) {
	const pass, sample = 100, 4000
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = engine.Ident(c.Name)
	}
	if err := t.Engine.Exec(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE arithmetic_sample AS SELECT %s FROM data WHERE hash(__row) %% %d = 0",
		strings.Join(names, ", "), max(1, t.Facts.Rows/sample))); err != nil {
		return nil, fmt.Errorf("taking a sample: %w", err)
	}
	var out []relation
	for i := 0; i < len(all); i += pass {
		part := all[i:min(i+pass, len(all))]
		exprs := make([]string, 0, 2*len(part))
		counts := make([]int64, 2*len(part))
		dest := make([]any, 2*len(part))
		for k, r := range part {
			exprs = append(exprs, "count(*) FILTER (WHERE "+r.nontrivial()+")", "count(*) FILTER (WHERE "+r.nontrivial()+" AND "+r.holds()+")")
			dest[2*k], dest[2*k+1] = &counts[2*k], &counts[2*k+1]
		}
		if err := t.Engine.QueryRow(ctx, "SELECT "+strings.Join(exprs, ", ")+" FROM arithmetic_sample", dest...); err != nil {
			return nil, fmt.Errorf("comparing columns: %w", err)
		}
		for k, r := range part {
			if counts[2*k] >= arithmeticSupport && share(counts[2*k+1], counts[2*k]) >= arithmeticHolds-0.02 {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// broken is the finding of the rows in which a relation does not hold, nil where there are none.
func (t *Table) broken(ctx context.Context, r relation) (*Finding, error) {
	var n, good int64
	if err := t.Engine.QueryRow(ctx, "SELECT count(*) FILTER (WHERE "+r.nontrivial()+"), count(*) FILTER (WHERE "+r.nontrivial()+" AND "+r.holds()+") FROM data", &n, &good); err != nil {
		return nil, fmt.Errorf("comparing columns: %w", err)
	}
	if n == good || n < arithmeticSupport || share(good, n) < arithmeticHolds {
		return nil, nil
	}
	sign := "+"
	if r.product {
		sign = "×"
	}
	where := r.nontrivial() + " AND NOT " + r.holds()
	rule := fmt.Sprintf("%s = %s %s %s", r.total.Name, r.left.Name, sign, r.right.Name)
	f := &Finding{Cells: cellsWhere(r.total.Name, where), Priority: 1, Issue: flow.Issue{
		Columns: []string{r.total.Name, r.left.Name, r.right.Name}, Severity: severity(nil, share(n-good, n), flow.High),
		Confidence: math.Min(0.95, share(good, n)),
		Title:      fmt.Sprintf("%s does not hold in %d rows", rule, n-good),
		Evidence: flow.Evidence{
			SQL:     "SELECT " + text(r.left) + " AS a, " + text(r.right) + " AS b, " + text(r.total) + " AS result, " + r.computed() + " AS computed FROM data WHERE " + where,
			Numbers: map[string]float64{"rows": float64(n - good), "compared": float64(n), "holds": share(good, n)},
			Notes:   []string{"any of the three cells may be the wrong one; the result is flagged, since it follows from the others"},
		},
		Resolutions: []flow.Resolution{markOnly()},
	}}
	m, err := t.recomputed(ctx, r, where)
	if err != nil {
		return nil, err
	}
	if len(m) > 0 {
		fix := flow.Resolution{Kind: "fix_by_dependency", Label: "Compute the result anew", Params: map[string]any{
			"determinants": []string{r.left.Name, r.right.Name}, "dependent": r.total.Name, "map": m,
		}}
		f.Issue.Resolutions = append([]flow.Resolution{recommended(fix, rule+" holds in "+percent(share(good, n))+" of the rows")}, f.Issue.Resolutions...)
	}
	return f, nil
}

// recomputed maps the operands of the broken rows to the result, with as many decimals as the column has.
func (t *Table) recomputed(ctx context.Context, r relation, where string) (map[string]string, error) {
	decimals := 0
	v, err := t.Values(ctx, r.total.Name)
	if err != nil {
		return nil, err
	}
	for _, x := range v.List[:min(len(v.List), 1000)] {
		if _, frac, ok := strings.Cut(x.Value, "."); ok {
			decimals = max(decimals, min(len(frac), 6))
		}
	}
	rows, err := t.Engine.Query(ctx, "SELECT DISTINCT "+text(r.left)+" AS a, "+text(r.right)+" AS b, "+r.computed()+" AS c FROM data WHERE "+where+" ORDER BY 1, 2 LIMIT 20000")
	if err != nil {
		return nil, fmt.Errorf("computing results anew: %w", err)
	}
	defer rows.Close()
	m := map[string]string{}
	for rows.Next() {
		var a, b string
		var c float64
		if err := rows.Scan(&a, &b, &c); err != nil {
			return nil, fmt.Errorf("computing results anew: %w", err)
		}
		m[a+operation.KeySeparator+b] = strconv.FormatFloat(c, 'f', decimals, 64)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("computing results anew: %w", err)
	}
	return m, nil
}
