package quality

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/stage"
)

const handlerPreview = "quality.preview"

// PreviewRequest asks what a resolution would do; it is the Params of a preview job.
type PreviewRequest struct {
	Issue      string         `json:"issue"`
	Resolution string         `json:"resolution"`
	Params     map[string]any `json:"params,omitempty"` // in the place of the proposed ones
	Limit      int            `json:"limit,omitempty"`  // rows shown, 20 by default
}

// Preview is what a resolution would do to the version under study.
type Preview struct {
	Issue        string         `json:"issue"`
	Resolution   string         `json:"resolution"`
	Kind         string         `json:"kind"`
	Cells        int64          `json:"cells"`
	Rows         int64          `json:"rows"`
	RowsRemoved  int64          `json:"rows_removed"`
	Columns      []string       `json:"columns"` // those of Lines: the key's, then those that change
	MoreColumns  int            `json:"more_columns" doc:"Columns that change and are left out; those with most changes are shown."`
	Lines        []PreviewLine  `json:"lines"`
	Distribution []Distribution `json:"distribution"`
}

// PreviewLine is one row before and after; texts are null where missing. After is null where the row is removed.
type PreviewLine struct {
	Row     int64     `json:"row"`
	Before  []*string `json:"before"`
	After   []*string `json:"after"`
	Changed []string  `json:"changed"` // columns
}

// Distribution is how often the most frequent texts of a column occur before and after.
type Distribution struct {
	Column string      `json:"column"`
	Before []TextCount `json:"before"`
	After  []TextCount `json:"after"`
}

// TextCount is a text, null for missing, and the rows that hold it.
type TextCount struct {
	Text *string `json:"text"`
	Rows int64   `json:"rows"`
}

// previewHandler shows what a resolution would do, on real rows, without doing it.
type previewHandler struct{}

func (previewHandler) Name() string { return handlerPreview }

func (previewHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	var ask PreviewRequest
	if err := json.Unmarshal(job.Params, &ask); err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading what to preview: %w", err))
	}
	facts, err := attach(ctx, job, env.Engine)
	if err != nil {
		return nil, err
	}
	issues, err := issuesOf(job.Documents)
	if err != nil {
		return nil, err
	}
	choice := flow.Accept
	if ask.Params != nil {
		choice = flow.Edit
	}
	list, err := resolve(issues, []flow.Decision{{Item: ask.Issue, Choice: choice, Option: ask.Resolution, Params: ask.Params}})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, stage.Permanent(fmt.Errorf("there is no issue %q to preview", ask.Issue))
	}
	p, err := newPlan(ctx, job, env.Engine, facts)
	if err != nil {
		return nil, err
	}
	r := list[0].resolution
	if err := p.add(ctx, ask.Issue, r, nil); err != nil {
		return nil, err
	}
	if err := p.finish(ctx); err != nil {
		return nil, err
	}
	out := &Preview{Issue: ask.Issue, Resolution: r.ID, Kind: r.Kind, Lines: []PreviewLine{}, Distribution: []Distribution{}}
	if err := out.fill(ctx, p, ask.Limit); err != nil {
		return nil, fmt.Errorf("previewing %s of issue %s: %w", r.Kind, ask.Issue, err)
	}
	doc, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("writing the preview: %w", err)
	}
	return &stage.Result{Document: doc}, nil
}

// Of a change in very many columns a part is shown: nobody reads a thousand columns side by side.
const (
	previewColumns = 24 // that change
	previewSpreads = 8  // of them, with how often their texts occur
)

// mostChanged are the columns in which most cells change, in their order.
func (p *plan) mostChanged(ctx context.Context, changed []string, most int) ([]string, error) {
	if len(changed) <= most {
		return changed, nil
	}
	list, err := texts(ctx, p.engine, `SELECT "column" FROM (SELECT "column", count(*) AS n FROM changes WHERE applied AND "column" <> `+
		engine.Literal(flow.AllColumns)+fmt.Sprintf(` GROUP BY 1 ORDER BY n DESC, 1 LIMIT %d) ORDER BY 1`, most))
	if err != nil {
		return nil, fmt.Errorf("listing the columns that change most: %w", err)
	}
	return list, nil
}

func (v *Preview) fill(ctx context.Context, p *plan, limit int) error {
	star := engine.Literal(flow.AllColumns)
	err := p.engine.QueryRow(ctx, `SELECT count(*) FILTER (WHERE "column" <> `+star+`), count(DISTINCT __row), count(*) FILTER (WHERE "column" = `+
		star+") FROM changes WHERE applied", &v.Cells, &v.Rows, &v.RowsRemoved)
	if err != nil {
		return err
	}
	changed, removes, err := p.changed(ctx)
	if err != nil {
		return err
	}
	all := len(changed)
	if changed, err = p.mostChanged(ctx, changed, previewColumns); err != nil {
		return err
	}
	v.MoreColumns = all - len(changed)
	v.Columns = shownColumns(p.facts, changed)
	if err := p.engine.Exec(ctx, "CREATE OR REPLACE TEMP VIEW after_changes AS "+p.after(changed, removes, everything)); err != nil {
		return err
	}
	if limit <= 0 {
		limit = 20
	}
	if err := v.lines(ctx, p, limit); err != nil {
		return err
	}
	for _, c := range changed[:min(len(changed), previewSpreads)] {
		d := Distribution{Column: c}
		if d.Before, err = top(ctx, p.engine, "data", c); err != nil {
			return err
		}
		if d.After, err = top(ctx, p.engine, "after_changes", c); err != nil {
			return err
		}
		v.Distribution = append(v.Distribution, d)
	}
	return nil
}

// shownColumns are the key's columns, for a person to know the row, and those that change; all of them, up to twelve,
// where whole rows go.
func shownColumns(facts *flow.Facts, changed []string) []string {
	var out []string
	if len(facts.Context.Keys) > 0 {
		out = append(out, facts.Context.Keys[0]...)
	}
	for _, c := range changed {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for i := range facts.Columns {
		if c := facts.Columns[i].Name; len(out) < 4+len(changed) && len(out) < 12 && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// lines shows rows with changes of as many kinds as possible: first one row of each different change.
func (v *Preview) lines(ctx context.Context, p *plan, limit int) error {
	before, after := make([]string, len(v.Columns)), make([]string, len(v.Columns))
	for i, c := range v.Columns {
		before[i], after[i] = "CAST(d."+engine.Ident(c)+" AS VARCHAR)", "CAST(a."+engine.Ident(c)+" AS VARCHAR)"
	}
	rows, err := p.engine.Query(ctx, fmt.Sprintf(`WITH chosen AS (SELECT __row, min(n) AS n FROM (SELECT __row, row_number() OVER `+
		`(PARTITION BY "column", old, new ORDER BY __row) AS n FROM changes WHERE applied) GROUP BY 1 ORDER BY 2, 1 LIMIT %d) `+
		`SELECT c.__row, (SELECT string_agg("column", chr(31) ORDER BY "column") FROM changes AS x WHERE x.applied AND x.__row = c.__row), `+
		"a.__row IS NULL, %s, %s FROM chosen AS c JOIN data AS d ON d.__row = c.__row LEFT JOIN after_changes AS a ON a.__row = c.__row "+
		"ORDER BY c.__row", limit, strings.Join(before, ", "), strings.Join(after, ", ")))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		l := PreviewLine{Before: make([]*string, len(v.Columns)), After: make([]*string, len(v.Columns))}
		var names string
		var gone bool
		dest := []any{&l.Row, &names, &gone}
		for i := range l.Before {
			dest = append(dest, &l.Before[i])
		}
		for i := range l.After {
			dest = append(dest, &l.After[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("reading rows: %w", err)
		}
		l.Changed = strings.Split(names, operation.KeySeparator)
		if gone {
			l.After = nil
		}
		v.Lines = append(v.Lines, l)
	}
	return rows.Err()
}

// top reads the ten most frequent texts of a column.
func top(ctx context.Context, e *engine.Session, table, column string) ([]TextCount, error) {
	rows, err := e.Query(ctx, "SELECT "+engine.Text(column)+" AS v, count(*) AS n FROM "+table+" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []TextCount{}
	for rows.Next() {
		var x TextCount
		if err := rows.Scan(&x.Text, &x.Rows); err != nil {
			return nil, fmt.Errorf("reading a distribution: %w", err)
		}
		out = append(out, x)
	}
	return out, rows.Err()
}
