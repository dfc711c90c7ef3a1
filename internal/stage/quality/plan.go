package quality

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/stage"
)

// plan gathers the cells that accepted resolutions change, in the temporary table planned. All of them are computed
// from the version under study, and a cell belongs to one issue: an operation does not touch the cells of another one.
type plan struct {
	engine *engine.Session
	facts  *flow.Facts
	count  int
}

// newPlan reads the cells' owners from the file of the consolidation, where there is one.
func newPlan(ctx context.Context, job *stage.Job, e *engine.Session, facts *flow.Facts) (*plan, error) {
	owners := `SELECT CAST(NULL AS VARCHAR) AS issue, CAST(NULL AS BIGINT) AS __row, CAST(NULL AS VARCHAR) AS "column" WHERE false`
	if file, ok := job.Files[fileCells]; ok {
		from, err := e.ReadParquet(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("reading the flagged cells: %w", err)
		}
		owners = `SELECT issue, __row, "column" FROM ` + from
	}
	for _, q := range []string{
		"CREATE OR REPLACE TEMP VIEW owners AS " + owners,
		`CREATE OR REPLACE TEMP TABLE planned (place INTEGER, issue VARCHAR, resolution VARCHAR, __row BIGINT, "column" VARCHAR, ` +
			`old VARCHAR, new VARCHAR)`,
	} {
		if err := e.Exec(ctx, q); err != nil {
			return nil, fmt.Errorf("preparing the changes: %w", err)
		}
	}
	return &plan{engine: e, facts: facts}, nil
}

// add plans a resolution of an issue, on all rows or on some.
func (p *plan) add(ctx context.Context, issue string, r flow.Resolution, rows []int64) error {
	cells, err := operation.Compile(r, p.facts)
	if err != nil {
		return stage.Permanent(fmt.Errorf("issue %s: %w", issue, err))
	}
	p.count++
	if cells == "" {
		return nil
	}
	q := fmt.Sprintf(`INSERT INTO planned SELECT %d, %s, %s, c.__row, c."column", c.old, c.new FROM (%s) AS c WHERE NOT EXISTS `+
		`(SELECT 1 FROM owners AS o WHERE o.__row = c.__row AND o."column" = c."column" AND o.issue <> %s)`,
		p.count, engine.Literal(issue), engine.Literal(r.ID), cells, engine.Literal(issue))
	if rows != nil {
		list := make([]string, 0, len(rows)+1)
		for _, n := range rows {
			list = append(list, fmt.Sprint(n))
		}
		q += " AND c.__row IN (" + strings.Join(append(list, "-1"), ", ") + ")"
	}
	if err := p.engine.Exec(ctx, q); err != nil {
		return fmt.Errorf("computing what %s of issue %s changes: %w", r.Kind, issue, err)
	}
	return nil
}

// finish makes the temporary tables removed (rows that go) and changes (each cell once, the first plan holds;
// a change in a row that goes is not applied).
func (p *plan) finish(ctx context.Context) error {
	star := engine.Literal(flow.AllColumns)
	for _, q := range []string{
		`CREATE OR REPLACE TEMP TABLE removed AS SELECT DISTINCT __row FROM planned WHERE "column" = ` + star,
		`CREATE OR REPLACE TEMP TABLE changes AS SELECT p.issue, p.resolution, p.__row, p."column", p.old, p.new, ` +
			`p."column" = ` + star + ` OR r.__row IS NULL AS applied, p.place FROM (SELECT DISTINCT ON (__row, "column") * FROM planned ` +
			`ORDER BY __row, "column", place) AS p LEFT JOIN removed AS r USING (__row)`,
	} {
		if err := p.engine.Exec(ctx, q); err != nil {
			return fmt.Errorf("putting the changes together: %w", err)
		}
	}
	return nil
}

// changed lists the columns in which cells change, and says whether rows go.
func (p *plan) changed(ctx context.Context) (columns []string, removes bool, err error) {
	if err := p.engine.QueryRow(ctx, "SELECT count(*) > 0 FROM removed", &removes); err != nil {
		return nil, false, fmt.Errorf("looking for rows that go: %w", err)
	}
	list, err := texts(ctx, p.engine, `SELECT DISTINCT "column" FROM changes WHERE applied AND "column" <> `+
		engine.Literal(flow.AllColumns)+" ORDER BY 1")
	if err != nil {
		return nil, false, fmt.Errorf("listing the changed columns: %w", err)
	}
	return list, removes, nil
}

// span are rows by their numbers, the first and the last.
type span struct{ first, last int64 }

// everything is the span of all rows.
var everything = span{0, math.MaxInt64}

func (s span) of(table string) string {
	return fmt.Sprintf("%s.%s BETWEEN %d AND %d", table, engine.RowColumn, s.first, s.last)
}

// after is a query for the rows of data in a span with the changes made: __row and the columns in their order. The columns
// that do not change are passed through. data is joined with the changes once, and not at all where nothing changes.
func (p *plan) after(columns []string, removes bool, rows span) string {
	place := map[string]int{}
	pivot := make([]string, 0, 2*len(columns)+1)
	for i, c := range columns {
		place[c] = i
		pivot = append(pivot, fmt.Sprintf(`bool_or("column" = %[1]s) AS has_%[2]d, max(new) FILTER (WHERE "column" = %[1]s) AS new_%[2]d`,
			engine.Literal(c), i))
	}
	out := make([]string, 0, len(p.facts.Columns))
	for k := range p.facts.Columns {
		name := p.facts.Columns[k].Name
		e := "d." + engine.Ident(name)
		if i, ok := place[name]; ok {
			e = fmt.Sprintf("CASE WHEN c.has_%d THEN c.new_%d ELSE %s END", i, i, e)
		}
		out = append(out, e+" AS "+engine.Ident(name))
	}
	q := "SELECT d.__row, " + strings.Join(out, ", ") + " FROM data AS d"
	if removes {
		pivot = append(pivot, `bool_or("column" = `+engine.Literal(flow.AllColumns)+") AS gone")
	}
	if len(pivot) > 0 {
		q += " LEFT JOIN (SELECT __row, " + strings.Join(pivot, ", ") + " FROM changes WHERE applied AND " + rows.of("changes") + " GROUP BY 1) AS c ON c.__row = d.__row"
	}
	q += " WHERE " + rows.of("d")
	if removes {
		q += " AND c.gone IS NOT true"
	}
	return q
}
