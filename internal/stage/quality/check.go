// Package quality is the second stage: it looks for what is wrong with the data and proposes repairs. A check is one
// file that implements Check and registers itself; see CONTRIBUTING.md.
package quality

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// Check looks for one kind of fault.
type Check interface {
	// ID is the check's id in the catalogue, such as "fd_violation". It is stable.
	ID() string
	// Handler names the handler that runs the check: checks that share work are grouped.
	Handler() string
	// Applies says whether the check makes sense for this data, and why (not).
	Applies(facts *flow.Facts) (bool, string)
	// Run looks for the fault. The table's engine may be used freely; temporary tables must have names of their own.
	Run(ctx context.Context, t *Table) ([]Finding, error)
}

// Finding is an issue with the cells that it flags. The caller fills the issue's ID, Rows, Cells and Examples.
type Finding struct {
	Issue flow.Issue
	// Cells is a query for the flagged cells with the columns __row (BIGINT), "column" (VARCHAR, flow.AllColumns
	// for a whole row) and "new" (VARCHAR: the proposed text, NULL where it is "missing" or none is made). Where it is
	// empty, the cells are those that the recommended (else the first) resolution changes.
	Cells string
	// Priority decides to which issue a cell belongs that several flag: the highest wins, then the higher confidence.
	// A repair that is determined by the data comes before a bare suspicion. 0 is usual.
	Priority int
	// Group marks findings of one check that are one decision over several columns: those with the same check and the
	// same Group, not empty, become one issue, if their resolutions are of the same kinds. Columns are listed, and
	// parameters are kept for each (operation.PartsParam). Title is then replaced by GroupTitle.
	Group string
	// GroupTitle gives the merged issue's title; %s stands for the list of columns.
	GroupTitle string
}

// Table is what a check works on: the engine with the table data attached, and what reception found out.
type Table struct {
	Engine *engine.Session
	Facts  *flow.Facts
	Goal   flow.Goal

	values   map[string]*Values
	all      *together // what is known of all columns, where they are many
	limits   limits
	made     map[string]string // temporary tables about a column, by what they are; see once
	inferred *inferred         // what the rows say about each other; computed when a check first asks
	read     *inferred         // the rows that are compared with one another, not judged yet
	parts    []flow.Skipped    // checks that looked at a part; see partly
}

// partly notes that a check looked at a part of what it might, once: whoever reads its findings is told.
func (t *Table) partly(check, format string, args ...any) {
	s := flow.Skipped{Check: check, Why: fmt.Sprintf(format, args...)}
	if !slices.Contains(t.parts, s) {
		t.parts = append(t.parts, s)
	}
}

// NewTable wraps an engine to which the version under study is attached as data.
func NewTable(e *engine.Session, facts *flow.Facts, goal flow.Goal) *Table {
	return &Table{Engine: e, Facts: facts, Goal: goal, values: map[string]*Values{}, made: map[string]string{}, limits: usualLimits()}
}

// ValueCount is a distinct text of a column and in how many rows it stands.
type ValueCount struct {
	Value string
	Count int64
}

// Values are the distinct present texts of a column, most frequent first, ties in text order.
type Values struct {
	List     []ValueCount
	Complete bool  // false where the column has more than MostValues distinct texts; List has the most frequent, or a sample
	Present  int64 // rows with a value
}

// MostValues is how many distinct texts of a column are brought into memory at the most.
const MostValues = 200_000

// Values returns the distinct texts of a column; they are read once and shared between the checks of a handler.
func (t *Table) Values(ctx context.Context, column string) (*Values, error) {
	if v, ok := t.values[column]; ok {
		return v, nil
	}
	if t.wide() && len(t.values) == 0 {
		if err := t.readAll(ctx); err != nil {
			return nil, err
		}
		return t.values[column], nil
	}
	c := t.Facts.Column(column)
	gathered := t.texts
	if !t.repeats(c) {
		gathered = t.sample
	}
	from, err := gathered(ctx, c)
	if err != nil {
		return nil, err
	}
	rows, err := t.Engine.Query(ctx, fmt.Sprintf("SELECT v, n FROM %s AS x ORDER BY n DESC, v LIMIT %d", from, MostValues+1))
	if err != nil {
		return nil, fmt.Errorf("reading the distinct values of %q: %w", column, err)
	}
	defer rows.Close()
	v := &Values{Complete: t.repeats(c)}
	for rows.Next() {
		var x ValueCount
		if err := rows.Scan(&x.Value, &x.Count); err != nil {
			return nil, fmt.Errorf("reading the distinct values of %q: %w", column, err)
		}
		v.Present += x.Count
		v.List = append(v.List, x)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the distinct values of %q: %w", column, err)
	}
	if len(v.List) > MostValues {
		v.List, v.Complete = v.List[:MostValues], false
	}
	if !v.Complete {
		v.Present = t.Facts.Rows - c.Missing
	}
	t.values[column] = v
	return v, nil
}

var checks []Check

// register adds a check to the catalogue; a check's file calls it in a package variable, so that adding a check
// touches no other file.
func register(c Check) Check { //nolint:unparam // a result is what lets a package variable call it
	checks = append(checks, c)
	return c
}

// Checks lists the checks by id.
func Checks() []Check {
	return slices.SortedFunc(slices.Values(checks), func(a, b Check) int { return strings.Compare(a.ID(), b.ID()) })
}
