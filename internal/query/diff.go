package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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

// Bounds of what is compared at a time, so that a page comes soon and memory is bounded, however large the table.
const (
	together   = 256     // columns
	mostSpan   = 1 << 18 // row numbers
	spanCells  = 1 << 23 // of these row numbers in these columns
	fewestSpan = spanCells / together
	// pageBytes is what the cells of a page take at most, unless it is those of a single row.
	pageBytes = 4 << 20
)

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
	columns := q.Columns
	if len(columns) == 0 {
		columns = before.shared(after)
	}
	for _, t := range []*table{before, after} {
		if err := t.known(columns...); err != nil {
			return nil, err
		}
	}
	var last int64
	err = e.QueryRow(ctx, fmt.Sprintf("SELECT greatest(coalesce((SELECT max(%[1]s) FROM %[2]s), 0), coalesce((SELECT max(%[1]s) FROM %[3]s), 0))",
		engine.RowColumn, before.from, after.from), &last)
	p := &comparison{before: before, after: after, limit: q.Limit, last: last, rows: []Changed{}}
	p.span = max(fewestSpan, min(mostSpan, spanCells/int64(len(columns)+1)))
	for low := q.After + 1; err == nil && low <= p.last && len(p.rows) <= q.Limit; low += p.span {
		err = p.window(ctx, columns, low)
	}
	if err != nil {
		return nil, err
	}
	d := &Difference{Rows: p.rows[:min(len(p.rows), q.Limit)], Gone: before.without(after), New: after.without(before)}
	if len(p.rows) > q.Limit || p.cut {
		d.Next = d.Rows[len(d.Rows)-1].Row
	}
	return d, nil
}

// comparison is a page of differences while it comes about.
type comparison struct {
	before, after *table
	limit         int
	span          int64     // how many row numbers are compared at a time
	last          int64     // the row up to which differences are still wanted
	rows          []Changed // by their number, at most one more than the limit
	cut           bool      // whether rows were left out as the page was full
}

// window compares the rows from low on, some of the columns at a time. A row that is among the first in which any columns differ
// is among the first in each part of the columns in which it differs, so no part need give more rows than the page has.
func (p *comparison) window(ctx context.Context, columns []string, low int64) error {
	if len(columns) == 0 {
		return p.compare(ctx, nil, low)
	}
	for part := range slices.Chunk(columns, together) {
		if err := p.compare(ctx, part, low); err != nil {
			return err
		}
	}
	return nil
}

// compare adds in what the versions differ in some of the columns.
func (p *comparison) compare(ctx context.Context, columns []string, low int64) (err error) {
	var names, pairs, differ strings.Builder
	for _, c := range columns {
		id := engine.Ident(c)
		names.WriteString(", " + id)
		pairs.WriteString(", CAST(b." + id + " AS VARCHAR), CAST(a." + id + " AS VARCHAR)")
		differ.WriteString(" OR b." + id + " IS DISTINCT FROM a." + id)
	}
	window := fmt.Sprintf(" WHERE %s BETWEEN %d AND %d", engine.RowColumn, low, min(low+p.span-1, p.last))
	r, err := p.after.Query(ctx, fmt.Sprintf("SELECT coalesce(a.%[1]s, b.%[1]s) AS n, a.%[1]s IS NULL, b.%[1]s IS NULL%[2]s FROM (SELECT %[1]s%[8]s FROM %[3]s%[5]s) b "+
		"FULL JOIN (SELECT %[1]s%[8]s FROM %[4]s%[5]s) a ON a.%[1]s = b.%[1]s WHERE a.%[1]s IS NULL OR b.%[1]s IS NULL%[6]s ORDER BY n LIMIT %[7]d",
		engine.RowColumn, pairs.String(), p.before.from, p.after.from, window, differ.String(), p.limit+1, names.String()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	texts := make([]*string, 2*len(columns))
	for r.Next() {
		c := Changed{Cells: []ChangedCell{}}
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
		p.add(c)
	}
	p.trim()
	return r.Err()
}

// add joins what differs in a row to what other columns gave.
func (p *comparison) add(c Changed) {
	at, found := slices.BinarySearchFunc(p.rows, c.Row, func(r Changed, n int64) int { return cmp.Compare(r.Row, n) })
	if found {
		p.rows[at].Cells = append(p.rows[at].Cells, c.Cells...)
		return
	}
	p.rows = slices.Insert(p.rows, at, c)
}

// trim leaves out rows behind those that a page holds, which are then not looked for any more.
func (p *comparison) trim() {
	keep, size := 0, 0
	for _, r := range p.rows[:min(len(p.rows), p.limit+1)] {
		for _, c := range r.Cells {
			size += c.size()
		}
		if size > pageBytes && keep > 0 {
			p.cut = true
			break
		}
		keep++
	}
	if p.cut || keep > p.limit {
		p.last = p.rows[keep-1].Row
	}
	p.rows = slices.Delete(p.rows, keep, len(p.rows))
}

// size is about what a cell takes of an answer.
func (c *ChangedCell) size() int {
	size := len(c.Column) + len(`{"column":"","old":null,"new":null},`)
	for _, t := range []*string{c.Old, c.New} {
		if t != nil {
			size += len(*t)
		}
	}
	return size
}

func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
