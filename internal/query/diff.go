package query

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Between asks in what two versions of a dataset differ.
type Between struct {
	Columns []string `json:"columns,omitempty"` // none for all that both have
	After   int64    `json:"after,omitempty"`   // rows after the one of this number
	Limit   int      `json:"limit"`             // rows
}

// Changed is a row in which the versions differ.
type Changed struct {
	Row     int64         `json:"row"`
	Removed bool          `json:"removed,omitempty"` // the newer version does not have it
	Added   bool          `json:"added,omitempty"`   // the older one did not
	Cells   []ChangedCell `json:"cells"`
}

// ChangedCell is a cell that is another in the newer version. Missing is null.
type ChangedCell struct {
	Column string  `json:"column"`
	Old    *string `json:"old"`
	New    *string `json:"new"`
}

// Difference is a page of what two versions differ in.
type Difference struct {
	Rows []Changed `json:"rows"`
	Next int64     `json:"next,omitempty"` // After of the next page; 0 where there is none
	Gone []string  `json:"gone,omitempty"` // columns that the newer version does not have
	New  []string  `json:"new,omitempty"`  // columns that the older one did not
}

// span is how many row numbers are compared at a time, so that a page comes soon and memory is bounded.
const span = 1 << 18

// together is how many columns are compared within one pair of parentheses: the engine takes conditions of a limited depth.
const together = 100

func diff(ctx context.Context, job *stage.Job, e *engine.Session, q *Between) (any, error) {
	before, err := open(ctx, e, job, FileBefore)
	if err != nil {
		return nil, err
	}
	after, err := open(ctx, e, job, stage.FileData)
	if err != nil {
		return nil, err
	}
	if q.Limit < 1 || q.Limit > MostRows || q.After < 0 {
		return nil, invalid("a page has 1 to %d rows", MostRows)
	}
	d := &Difference{Rows: []Changed{}, Gone: without(before, after), New: without(after, before)}
	columns := q.Columns
	if len(columns) == 0 {
		for _, c := range before.columns {
			if after.known(c) == nil {
				columns = append(columns, c)
			}
		}
	}
	for _, t := range []*table{before, after} {
		if err := t.known(columns...); err != nil {
			return nil, err
		}
	}
	var last int64
	err = e.QueryRow(ctx, fmt.Sprintf("SELECT greatest(coalesce((SELECT max(%[1]s) FROM %[2]s), 0), coalesce((SELECT max(%[1]s) FROM %[3]s), 0))",
		engine.RowColumn, before.from, after.from), &last)
	for low := q.After + 1; err == nil && low <= last && len(d.Rows) <= q.Limit; low += span {
		err = d.compare(ctx, before, after, columns, low, q.Limit+1-len(d.Rows))
	}
	if err != nil {
		return nil, err
	}
	if len(d.Rows) > q.Limit {
		d.Rows = d.Rows[:q.Limit]
		d.Next = d.Rows[q.Limit-1].Row
	}
	return d, nil
}

// without lists the columns of t that the other does not have.
func without(t, other *table) (gone []string) {
	for _, c := range t.columns {
		if other.known(c) != nil {
			gone = append(gone, c)
		}
	}
	return gone
}

func (d *Difference) compare(ctx context.Context, before, after *table, columns []string, low int64, most int) (err error) {
	var pairs, differ strings.Builder
	for i, c := range columns {
		if i > 0 && i%together == 0 {
			differ.WriteString(") OR (false")
		}
		pairs.WriteString(", CAST(b." + engine.Ident(c) + " AS VARCHAR), CAST(a." + engine.Ident(c) + " AS VARCHAR)")
		differ.WriteString(" OR b." + engine.Ident(c) + " IS DISTINCT FROM a." + engine.Ident(c))
	}
	window := fmt.Sprintf(" WHERE %s BETWEEN %d AND %d", engine.RowColumn, low, low+span-1)
	r, err := after.Query(ctx, fmt.Sprintf("SELECT coalesce(a.%[1]s, b.%[1]s) AS n, a.%[1]s IS NULL, b.%[1]s IS NULL%[2]s FROM (SELECT * FROM %[3]s%[5]s) b "+
		"FULL JOIN (SELECT * FROM %[4]s%[5]s) a ON a.%[1]s = b.%[1]s WHERE a.%[1]s IS NULL OR b.%[1]s IS NULL OR (false%[6]s) ORDER BY n LIMIT %[7]d",
		engine.RowColumn, pairs.String(), before.from, after.from, window, differ.String(), most))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		c := Changed{Cells: []ChangedCell{}}
		texts := make([]*string, 2*len(columns))
		into := []any{&c.Row, &c.Removed, &c.Added}
		for i := range texts {
			into = append(into, &texts[i])
		}
		if err := r.Scan(into...); err != nil {
			return err
		}
		for i, name := range columns {
			if old, now := texts[2*i], texts[2*i+1]; !same(old, now) {
				c.Cells = append(c.Cells, ChangedCell{Column: name, Old: old, New: now})
			}
		}
		d.Rows = append(d.Rows, c)
	}
	return r.Err()
}

func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
