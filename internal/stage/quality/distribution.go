package quality

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// weighted is a number and how many cells hold it.
type weighted struct {
	x float64
	n int64
}

// distribution are numbers in ascending order with their counts. Its quantiles are those of the engine over single
// cells (quantile_cont), at the cost of the distinct ones.
type distribution []weighted

// distribution reads an expression of the text v over a table of texts; NULL is left out.
func (t *Table) distribution(ctx context.Context, from, expr string) (d distribution, err error) {
	rows, err := t.Engine.Query(ctx, "SELECT x, sum(n)::BIGINT FROM (SELECT CAST("+expr+" AS DOUBLE) AS x, n FROM "+from+
		" AS texts) WHERE x IS NOT NULL GROUP BY 1 ORDER BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w weighted
		if err := rows.Scan(&w.x, &w.n); err != nil {
			return nil, fmt.Errorf("reading numbers: %w", err)
		}
		d = append(d, w)
	}
	return d, rows.Err()
}

func (d distribution) cells() (n int64) {
	for _, w := range d {
		n += w.n
	}
	return n
}

// quantile interpolates between neighbouring cells; q is in 0..1. It is 0 where there are none.
func (d distribution) quantile(q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	at := q * float64(d.cells()-1)
	low, high := d.at(int64(math.Floor(at))), d.at(int64(math.Ceil(at)))
	if low == high {
		return low
	}
	return low + (high-low)*(at-math.Floor(at))
}

// at is the number of the cell at a place in the order, from 0.
func (d distribution) at(place int64) float64 {
	for _, w := range d {
		if place < w.n {
			return w.x
		}
		place -= w.n
	}
	return d[len(d)-1].x
}

func (d distribution) median() float64 { return d.quantile(0.5) }

// mad is the median of the distances from the median.
func (d distribution) mad() float64 {
	m := d.median()
	return d.mapped(func(x float64) (float64, bool) { return math.Abs(x - m), true }).median()
}

// mapped is the distribution of what f makes of the numbers; those for which it returns false are left out.
func (d distribution) mapped(f func(float64) (float64, bool)) distribution {
	out := make(distribution, 0, len(d))
	for _, w := range d {
		if x, ok := f(w.x); ok {
			out = append(out, weighted{x, w.n})
		}
	}
	slices.SortFunc(out, func(a, b weighted) int { return cmp.Compare(a.x, b.x) })
	return out
}
