package query

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Bounds of a window.
const (
	MostRows    = 1000
	MostFilters = 8
	MostSorts   = 3
)

// Operator is how a filter compares.
type Operator string

// The operators of filters. Contains and Starts do not tell upper from lower case.
const (
	Equals   Operator = "equals"
	Differs  Operator = "differs"
	Contains Operator = "contains"
	Starts   Operator = "starts"
	Missing  Operator = "missing"
	Present  Operator = "present"
)

// Filter keeps the rows whose cell in the column compares with the value.
type Filter struct {
	Column   string   `json:"column"`
	Operator Operator `json:"operator"`
	Value    string   `json:"value,omitempty"`
}

// Order sorts by a column, as what it is: numbers as numbers, dates as dates. Missing cells come last.
type Order struct {
	Column     string `json:"column"`
	Descending bool   `json:"descending,omitempty"`
}

// Window asks for rows of a version.
type Window struct {
	Columns []string `json:"columns,omitempty"` // none for all
	Filters []Filter `json:"filters,omitempty"`
	Order   []Order  `json:"order,omitempty"` // by the number of the row where there is none
	Offset  int64    `json:"offset,omitempty"`
	// From begins at the row of this number or the next one, in the place of Offset: at no cost, however far down.
	From  int64         `json:"from,omitempty"`
	Limit int           `json:"limit"`
	Count bool          `json:"count,omitempty"` // how many rows the filters keep is wanted too
	Facts []flow.Column `json:"facts,omitempty"` // what is known of the columns
}

// Row is one row of a version. A missing cell is null.
type Row struct {
	Row   int64     `json:"row"` // counted in the file as received, from 1
	Cells []*string `json:"cells"`
}

// Page is a window of rows.
type Page struct {
	Columns []string `json:"columns"`
	Rows    []Row    `json:"rows"`
	Total   *int64   `json:"total,omitempty"` // rows that the filters keep, where it was asked for
	More    bool     `json:"more"`            // whether there are rows after these
	SQL     string   `json:"sql" doc:"All rows that the filters keep, in the order. Runs as it stands in DuckDB on a table named data that holds this version."`
}

func (w *Window) check(t *table) error {
	if w.Limit < 1 || w.Limit > MostRows || w.Offset < 0 || w.From < 0 {
		return invalid("a window has 1 to %d rows and begins at 0 or later", MostRows)
	}
	if len(w.Filters) > MostFilters || len(w.Order) > MostSorts {
		return invalid("at most %d filters and %d columns to sort by", MostFilters, MostSorts)
	}
	if w.From > 0 && (w.Offset > 0 || len(w.Order) > 0) {
		return invalid("from goes by the number of the row, so there is neither an offset nor another order beside it")
	}
	for _, f := range w.Filters {
		if err := t.known(f.Column); err != nil {
			return err
		}
	}
	for _, o := range w.Order {
		if err := t.known(o.Column); err != nil {
			return err
		}
	}
	if len(w.Columns) == 0 {
		w.Columns = t.columns
	}
	return t.known(w.Columns...)
}

func rows(ctx context.Context, job *stage.Job, e *engine.Session, w *Window) (any, error) {
	t, err := open(ctx, e, job, stage.FileData)
	if err != nil {
		return nil, err
	}
	if err := w.check(t); err != nil {
		return nil, err
	}
	kept, err := w.kept()
	if err != nil {
		return nil, err
	}
	p := &Page{Columns: w.Columns, Rows: []Row{}, SQL: "SELECT * FROM " + engine.DataTable + where(kept) + by(w.sorted())}
	if w.From > 0 {
		kept = append(kept, fmt.Sprintf("%s >= %d", engine.RowColumn, w.From))
	}
	ids, err := w.find(ctx, t, where(kept))
	if err != nil {
		return nil, err
	}
	if len(ids) > w.Limit {
		p.More, ids = true, ids[:w.Limit]
	}
	if p.Rows, err = fetch(ctx, t, w.Columns, ids); err != nil {
		return nil, err
	}
	if w.Count {
		p.Total = new(int64)
		err = t.QueryRow(ctx, "SELECT count(*) FROM "+t.from+where(kept), p.Total)
	}
	return p, err
}

// kept are the conditions of the filters.
func (w *Window) kept() (all []string, err error) {
	for _, f := range w.Filters {
		text := engine.Text(f.Column)
		switch f.Operator {
		case Equals:
			all = append(all, text+" = "+engine.Literal(f.Value))
		case Differs:
			all = append(all, text+" IS DISTINCT FROM "+engine.Literal(f.Value))
		case Contains:
			all = append(all, "contains(lower("+text+"), lower("+engine.Literal(f.Value)+"))")
		case Starts:
			all = append(all, "starts_with(lower("+text+"), lower("+engine.Literal(f.Value)+"))")
		case Missing:
			all = append(all, text+" IS NULL")
		case Present:
			all = append(all, text+" IS NOT NULL")
		default:
			return nil, invalid("there is no operator %q", f.Operator)
		}
	}
	return all, nil
}

// where keeps the rows that fulfil all conditions.
func where(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(all, " AND ")
}

// sorted are the terms of the order.
func (w *Window) sorted() (all []string) {
	for _, o := range w.Order {
		c := known(w.Facts, o.Column)
		direction := " ASC NULLS LAST"
		if o.Descending {
			direction = " DESC NULLS LAST"
		}
		all = append(all, engine.Typed(&c)+direction)
	}
	return all
}

// by orders by the terms.
func by(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return " ORDER BY " + strings.Join(all, ", ")
}

// find gives the numbers of the window's rows, and of one more. Only what is filtered and sorted by is read for it.
func (w *Window) find(ctx context.Context, t *table, where string) ([]int64, error) {
	if len(w.Filters) == 0 && len(w.Order) == 0 && w.From > 0 {
		return w.near(ctx, t)
	}
	order := append(w.sorted(), engine.RowColumn)
	return numbers(ctx, t, fmt.Sprintf("SELECT %s FROM %s%s%s LIMIT %d OFFSET %d", engine.RowColumn, t.from, where, by(order), w.Limit+1, w.Offset))
}

// near looks for the rows at a number: few row groups are read, as each knows its least and greatest.
func (w *Window) near(ctx context.Context, t *table) ([]int64, error) {
	var last int64
	if err := t.QueryRow(ctx, "SELECT coalesce(max("+engine.RowColumn+"), 0) FROM "+t.from, &last); err != nil {
		return nil, err
	}
	for width := int64(w.Limit) + 1; ; width *= 8 { // wider where many rows were removed
		high := w.From + width - 1
		ids, err := numbers(ctx, t, fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE %[1]s BETWEEN %[3]d AND %[4]d ORDER BY %[1]s LIMIT %[5]d",
			engine.RowColumn, t.from, w.From, high, w.Limit+1))
		if err != nil || len(ids) > w.Limit || high >= last {
			return ids, err
		}
	}
}

func numbers(ctx context.Context, t *table, query string) (ids []int64, err error) {
	r, err := t.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		var id int64
		if err := r.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, r.Err()
}

// fetch reads the rows of the numbers, in their order.
func fetch(ctx context.Context, t *table, columns []string, ids []int64) (all []Row, err error) {
	all = make([]Row, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	at := make(map[int64]int, len(ids))
	low, high := ids[0], ids[0]
	list := make([]string, len(ids))
	for i, id := range ids {
		at[id], list[i] = i, strconv.FormatInt(id, 10)
		low, high = min(low, id), max(high, id)
	}
	query := "SELECT " + engine.RowColumn + cells(columns) + " FROM " + t.from + fmt.Sprintf(" WHERE %s BETWEEN %d AND %d", engine.RowColumn, low, high)
	if high-low+1 > int64(len(ids)) {
		query += " AND " + engine.RowColumn + " IN (" + strings.Join(list, ",") + ")"
	}
	r, err := t.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		row := Row{Cells: make([]*string, len(columns))}
		into := []any{&row.Row}
		for i := range row.Cells {
			into = append(into, &row.Cells[i])
		}
		if err := r.Scan(into...); err != nil {
			return nil, err
		}
		all[at[row.Row]] = row
	}
	return all, r.Err()
}

// cells lists columns as text, each after a comma.
func cells(columns []string) string {
	var b strings.Builder
	for _, c := range columns {
		b.WriteString(", " + engine.Text(c))
	}
	return b.String()
}
