package insight

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// Load brings the rows of the table data into a frame, an even sample of them where there are many.
func Load(ctx context.Context, e *engine.Session, facts *flow.Facts, goal flow.Goal) (*Frame, error) {
	f := &Frame{Facts: facts, Goal: goal, relevance: newRelevance(facts, goal), notes: map[string][]string{}}
	p := planOf(facts)
	f.limits = p.bound(facts, f.relevance)
	raw, err := read(ctx, e, facts, p)
	if err != nil {
		return nil, err
	}
	f.Rows, f.Total = raw.rows, raw.total
	f.Noun = nounOf(goal.Text, facts.Context.Grain, raw.identifiers)
	f.addAxes(raw)
	f.addMeasures(raw)
	f.addGroups(raw)
	f.addTexts(raw)
	f.fold()
	return f, nil
}

// raw is what was read: the columns in the order of their plan.
type raw struct {
	rows        int
	total       int64
	plan        plan
	numbers     [][]float64 // of plan.measures
	moments     [][]float64 // of plan.times, seconds since 1970
	groups      []coded     // of plan.groups
	texts       [][]string  // of plan.texts
	identifiers []string    // a few values of identifier columns
}

// plan is which columns are read as what.
type plan struct {
	measures []Measure
	times    []*flow.Column
	groups   []Dimension
	texts    []string
}

// coded is a column of repeated texts as numbers.
type coded struct {
	codes  []int
	values []string
	index  map[string]int
}

func (c *coded) add(v sql.NullString) {
	if !v.Valid || v.String == "" {
		c.codes = append(c.codes, -1)
		return
	}
	code, ok := c.index[v.String]
	if !ok {
		code = len(c.values)
		c.index[v.String] = code
		c.values = append(c.values, v.String)
	}
	c.codes = append(c.codes, code)
}

func planOf(facts *flow.Facts) plan {
	p := plan{measures: columnMeasures(facts), groups: columnDimensions(facts), texts: textColumns(facts)}
	for i := range facts.Columns {
		c := &facts.Columns[i]
		if c.Type.Temporal() && c.Role != flow.RoleIgnore && facts.Rows-c.Missing >= minRows && (c.Name == facts.Context.TimeColumn || !ofBirth(c.Name)) {
			p.times = append(p.times, c)
		}
		if (c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey) && c.Type == flow.Text && c.Distinct > mostValues(facts.Rows) {
			p.groups = append(p.groups, prefixDimension(c.Name))
		}
	}
	return p
}

// ofBirth says whether a date is that of somebody's birth: what changes along it changes with age, and is no course of time.
func ofBirth(name string) bool {
	return semantic.HasWord(semantic.Words(name), "birth", "birthday", "birthdate", "dob", "born")
}

// mostTextLength bounds how much of a text is searched for words.
const mostTextLength = 1000

func (p *plan) query(facts *flow.Facts) string {
	var parts []string
	for _, m := range p.measures {
		parts = append(parts, m.Expr)
	}
	for _, c := range p.times {
		parts = append(parts, epoch(c))
	}
	for _, d := range p.groups {
		parts = append(parts, d.Expr)
	}
	for _, t := range p.texts {
		parts = append(parts, fmt.Sprintf("left(%s, %d)", engine.Text(t), mostTextLength))
	}
	if len(parts) == 0 {
		parts = []string{"1"}
	}
	q := "SELECT " + strings.Join(parts, ", ") + " FROM " + engine.DataTable
	if facts.Rows > mostFrameRows { // an even sample that is the same every time
		q += fmt.Sprintf(" WHERE hash(%s) %% 1000000 < %d", engine.RowColumn, mostFrameRows*1_000_000/facts.Rows)
	}
	return q
}

func read(ctx context.Context, e *engine.Session, facts *flow.Facts, p plan) (*raw, error) {
	r := &raw{plan: p}
	if err := e.QueryRow(ctx, "SELECT count(*) FROM "+engine.DataTable, &r.total); err != nil {
		return nil, fmt.Errorf("counting the rows to search for insights: %w", err)
	}
	rows, err := e.Query(ctx, r.plan.query(facts))
	if err != nil {
		return nil, fmt.Errorf("reading the rows to search for insights: %w", err)
	}
	defer rows.Close()
	r.numbers, r.moments = make([][]float64, len(r.plan.measures)), make([][]float64, len(r.plan.times))
	r.groups, r.texts = make([]coded, len(r.plan.groups)), make([][]string, len(r.plan.texts))
	for i := range r.groups {
		r.groups[i].index = map[string]int{}
	}
	numbers := make([]sql.NullFloat64, len(r.numbers)+len(r.moments))
	strs := make([]sql.NullString, len(r.groups)+len(r.texts))
	var dest []any
	for i := range numbers {
		dest = append(dest, &numbers[i])
	}
	for i := range strs {
		dest = append(dest, &strs[i])
	}
	if len(dest) == 0 {
		dest = append(dest, new(int64))
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("reading the rows to search for insights: %w", err)
		}
		r.take(numbers, strs)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the rows to search for insights: %w", err)
	}
	r.identifiers = identifierExamples(facts)
	return r, nil
}

func (r *raw) take(numbers []sql.NullFloat64, strs []sql.NullString) {
	r.rows++
	for i := range r.numbers {
		r.numbers[i] = append(r.numbers[i], float(numbers[i]))
	}
	for i := range r.moments {
		r.moments[i] = append(r.moments[i], float(numbers[len(r.numbers)+i]))
	}
	for i := range r.groups {
		r.groups[i].add(strs[i])
	}
	for i := range r.texts {
		r.texts[i] = append(r.texts[i], strs[len(r.groups)+i].String)
	}
}

func float(v sql.NullFloat64) float64 {
	if !v.Valid || math.IsInf(v.Float64, 0) {
		return math.NaN()
	}
	return v.Float64
}

func identifierExamples(facts *flow.Facts) []string {
	var list []string
	for i := range facts.Columns {
		if c := &facts.Columns[i]; c.Role == flow.RoleIdentifier && len(c.Examples) > 0 {
			list = append(list, c.Examples[0])
		}
	}
	return list
}
