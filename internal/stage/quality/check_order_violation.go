package quality

import (
	"context"
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// orderViolation finds rows in which an end lies before its beginning, for pairs of dates whose order holds in nearly
// all rows.
var _ = register(spec{
	id: "order_violation", handler: handlerDependencies,
	applies: func(f *flow.Facts) (bool, string) {
		n := 0
		for i := range f.Columns {
			if f.Columns[i].Type.Temporal() {
				n++
			}
		}
		return n >= 2, "pairs of dates are compared"
	},
	run: orderViolation,
})

const (
	orderHolds   = 0.98 // share of the rows in which the order must hold
	orderSupport = 30   // rows with both dates
	mostOrdered  = 8    // columns of dates that are compared with one another
)

func orderViolation(ctx context.Context, t *Table) ([]Finding, error) {
	var dates []*flow.Column
	all := 0
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if !c.Type.Temporal() {
			continue
		}
		all++
		if len(dates) < mostOrdered {
			dates = append(dates, c)
		}
	}
	if all > len(dates) {
		t.partly("order_violation", "the first %d of %d columns of dates were compared, two at a time", len(dates), all)
	}
	var out []Finding
	for i, a := range dates {
		for _, b := range dates[i+1:] {
			f, err := t.order(ctx, a, b)
			if err != nil {
				return nil, err
			}
			if f != nil {
				out = append(out, *f)
			}
		}
	}
	return out, nil
}

// order compares two columns and turns them so that the first is the earlier one.
func (t *Table) order(ctx context.Context, a, b *flow.Column) (*Finding, error) {
	x, y := "CAST("+engine.Typed(a)+" AS TIMESTAMP)", "CAST("+engine.Typed(b)+" AS TIMESTAMP)"
	var n, before, after int64
	err := t.Engine.QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE "+x+" < "+y+"), count(*) FILTER (WHERE "+x+" > "+y+") FROM data WHERE "+
		x+" IS NOT NULL AND "+y+" IS NOT NULL", &n, &before, &after)
	if err != nil {
		return nil, fmt.Errorf("comparing %q and %q: %w", a.Name, b.Name, err)
	}
	if after > before {
		a, b, x, y, before, after = b, a, y, x, after, before
	}
	// The order must be strict in many rows, or two copies of one date would pass for a pair.
	if n < orderSupport || after == 0 || share(after, n) > 1-orderHolds || share(before, n) < 0.3 {
		return nil, nil
	}
	where := x + " > " + y
	return &Finding{Cells: cellsWhere(b.Name, where), Issue: flow.Issue{
		Columns: []string{b.Name, a.Name}, Severity: severity(nil, share(after, n), flow.High), Confidence: 0.6 + 0.35*math.Min(1, float64(n)/1000),
		Title: phrase.Count(after, "%s lies before %s in %d {row|rows}", b.Name, a.Name, after),
		Evidence: flow.Evidence{
			SQL:     "SELECT " + text(a) + " AS earlier, " + text(b) + " AS later FROM data WHERE " + where,
			Numbers: map[string]float64{"rows": float64(after), "compared": float64(n), "in_order": share(n-after, n)},
			Notes:   []string{"either of the two dates may be the wrong one"},
		},
		Resolutions: []flow.Resolution{markOnly()},
	}}, nil
}
