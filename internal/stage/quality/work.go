package quality

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/stage"
)

// work is one run of a check handler: the cells of all findings gather in the temporary table found_cells.
type work struct {
	table *Table
	env   *stage.Env
	job   *stage.Job
	count int // findings so far
}

func (w *work) begin(ctx context.Context) error {
	err := w.table.Engine.Exec(ctx, `CREATE OR REPLACE TEMP TABLE found_cells (finding INTEGER, priority INTEGER, `+
		`confidence DOUBLE, __row BIGINT, "column" VARCHAR, old VARCHAR, new VARCHAR, resolution VARCHAR)`)
	if err != nil {
		return fmt.Errorf("preparing to gather cells: %w", err)
	}
	return nil
}

// check runs one check. Whatever befalls it is recorded and does not touch the others, save a cancelled run.
func (w *work) check(ctx context.Context, c Check, out *found) error {
	skip := func(why string) { out.Skipped = append(out.Skipped, flow.Skipped{Check: c.ID(), Why: why}) }
	if ok, why := c.Applies(w.table.Facts); !ok {
		skip(why)
		return nil
	}
	start := time.Now()
	defer func() {
		w.env.Log.DebugContext(ctx, "a check has ended", "check", c.ID(), "seconds", time.Since(start).Seconds())
	}()
	findings, err := run(ctx, c, w.table)
	if ctx.Err() != nil {
		return fmt.Errorf("check %s was stopped: %w", c.ID(), ctx.Err())
	}
	if err != nil {
		w.env.Log.WarnContext(ctx, "a check failed and is left out", "check", c.ID())
		skip(failure(err))
		return nil
	}
	for i := range findings {
		f := &findings[i]
		name(&f.Issue, c.ID())
		n, err := w.gather(ctx, f)
		if ctx.Err() != nil {
			return fmt.Errorf("check %s was stopped: %w", c.ID(), ctx.Err())
		}
		if err != nil {
			w.env.Log.WarnContext(ctx, "a finding failed and is left out", "check", c.ID())
			skip("one finding is left out: " + failure(err))
			continue
		}
		if n == 0 && f.flags() {
			continue // nothing is left of it
		}
		out.Findings = append(out.Findings, foundIssue{
			Issue: f.Issue, Priority: f.Priority, Group: f.Group, GroupTitle: f.GroupTitle, Flagged: n,
		})
		w.count++
	}
	return nil
}

// run keeps a defect of one check from ending the others.
func run(ctx context.Context, c Check, t *Table) (findings []Finding, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the check has a defect: %v", r)
		}
	}()
	return c.Run(ctx, t)
}

func failure(err error) string {
	if errors.Is(err, engine.ErrMemory) {
		return "it needed more memory than the engine may hold; give the worker more memory and begin the stage again"
	}
	return err.Error()
}

// name completes what a check may leave out: its own id, and ids of the resolutions.
func name(i *flow.Issue, check string) {
	i.Check = check
	seen := map[string]int{}
	for k := range i.Resolutions {
		r := &i.Resolutions[k]
		if r.Params == nil {
			r.Params = map[string]any{}
		}
		seen[r.Kind]++
		if r.ID == "" {
			r.ID = r.Kind
			if seen[r.Kind] > 1 {
				r.ID = fmt.Sprintf("%s-%d", r.Kind, seen[r.Kind])
			}
		}
	}
}

// shown is the resolution whose texts are shown as the new ones: the recommended, else the first.
func shown(i *flow.Issue) *flow.Resolution {
	if r := i.Recommended(); r != nil {
		return r
	}
	if len(i.Resolutions) > 0 {
		return &i.Resolutions[0]
	}
	return nil
}

// flags says whether a finding means to flag cells at all.
func (f *Finding) flags() bool {
	r := shown(&f.Issue)
	return f.Cells != "" || r != nil && r.Kind != "mark_only" && r.Kind != "ignore_always"
}

// gather writes the cells of a finding into found_cells and returns how many there are.
func (w *work) gather(ctx context.Context, f *Finding) (int64, error) {
	e := w.table.Engine
	var changes, id string
	if r := shown(&f.Issue); r != nil {
		var err error
		if changes, err = operation.Compile(*r, w.table.Facts); err != nil {
			return 0, fmt.Errorf("a finding of %s: %w", f.Issue.Check, err)
		}
		if changes != "" {
			id = r.ID
		}
	}
	if f.Cells == "" && changes == "" {
		return 0, nil
	}
	into := fmt.Sprintf(`INSERT INTO found_cells SELECT DISTINCT ON (__row, "column") %d, %d, %v, __row, "column", old, new, resolution FROM (`,
		w.count, f.Priority, f.Issue.Confidence)
	if f.Cells == "" {
		if err := e.Exec(ctx, into+`SELECT __row, "column", old, new, `+engine.Literal(id)+" AS resolution FROM ("+changes+"))"); err != nil {
			return 0, fmt.Errorf("gathering the cells of %s: %w", f.Issue.Check, err)
		}
		return w.gathered(ctx)
	}
	if err := w.flagged(ctx, f, changes, id, into); err != nil {
		return 0, fmt.Errorf("gathering the cells of %s: %w", f.Issue.Check, err)
	}
	return w.gathered(ctx)
}

// flagged gathers the cells that a check names itself, with their old texts from the table and the new ones from the
// resolution, else from the check.
func (w *work) flagged(ctx context.Context, f *Finding, changes, id, into string) error {
	e := w.table.Engine
	err := e.Exec(ctx, `CREATE OR REPLACE TEMP TABLE flagged_cells AS SELECT DISTINCT ON (__row, "column") CAST(__row AS BIGINT) AS __row, `+
		`CAST("column" AS VARCHAR) AS "column", CAST(new AS VARCHAR) AS new FROM (`+f.Cells+")")
	if err != nil {
		return err
	}
	columns, err := texts(ctx, e, `SELECT DISTINCT "column" FROM flagged_cells ORDER BY 1`)
	if err != nil {
		return err
	}
	if changes == "" {
		changes = `SELECT CAST(NULL AS BIGINT) AS __row, CAST(NULL AS VARCHAR) AS "column", CAST(NULL AS VARCHAR) AS new WHERE false`
	}
	if err := e.Exec(ctx, `CREATE OR REPLACE TEMP TABLE proposed_cells AS SELECT __row, "column", new FROM (`+changes+")"); err != nil {
		return err
	}
	for _, c := range columns {
		old := "CAST(NULL AS VARCHAR)"
		if w.table.Facts.Column(c) != nil {
			old = "CAST(d." + engine.Ident(c) + " AS VARCHAR)"
		}
		err := e.Exec(ctx, into+"SELECT f.__row, f.\"column\", "+old+" AS old, coalesce(p.new, f.new) AS new, "+
			"CASE WHEN p.__row IS NOT NULL THEN "+engine.Literal(id)+" ELSE '' END AS resolution "+
			"FROM flagged_cells AS f JOIN data AS d USING (__row) LEFT JOIN proposed_cells AS p "+
			`ON p.__row = f.__row AND p."column" = f."column" WHERE f."column" = `+engine.Literal(c)+")")
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *work) gathered(ctx context.Context) (n int64, err error) {
	err = w.table.Engine.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM found_cells WHERE finding = %d", w.count), &n)
	if err != nil {
		return 0, fmt.Errorf("counting gathered cells: %w", err)
	}
	return n, nil
}

// write stores the gathered cells.
func (w *work) write(ctx context.Context, handler string) (*stage.OutFile, error) {
	return write(ctx, w.job, w.table.Engine, cellsOf(handler), "SELECT * FROM found_cells ORDER BY finding, __row, \"column\"")
}

// write stores the rows of a query as an encrypted file of the job.
func write(ctx context.Context, job *stage.Job, e *engine.Session, name, query string) (*stage.OutFile, error) {
	path := filepath.Join(job.OutDir, name+".parquet")
	if err := e.WriteParquet(ctx, query, engine.File{Path: path, Key: job.Key}); err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	var n int64
	from, err := e.ReadParquet(ctx, engine.File{Path: path, Key: job.Key})
	if err != nil {
		return nil, fmt.Errorf("reading %s back: %w", name, err)
	}
	if err := e.QueryRow(ctx, "SELECT count(*) FROM "+from, &n); err != nil {
		return nil, fmt.Errorf("reading %s back: %w", name, err)
	}
	return &stage.OutFile{Path: path, Rows: n}, nil
}

// texts reads a query of one text column.
func texts(ctx context.Context, e *engine.Session, query string) ([]string, error) {
	rows, err := e.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("reading texts: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
