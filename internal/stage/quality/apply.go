package quality

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/stage"
)

const (
	handlerApply    = "quality.apply"
	fileChanges     = "changes"
	fileQuarantined = "quarantined"
)

// Applied is the document of the apply handler.
type Applied struct {
	Issues         []AppliedIssue `json:"issues"`
	Cells          int64          `json:"cells"`        // changed
	RowsRemoved    int64          `json:"rows_removed"` // quarantined ones included
	RowsSetAside   int64          `json:"rows_quarantined,omitempty"`
	DroppedColumns []string       `json:"dropped_columns,omitempty"` // emptied in the version; results leave them out
	Rows           int64          `json:"rows"`                      // of the new version
	ContentHash    string         `json:"content_hash"`
}

// AppliedIssue says what came of the decision on one issue.
type AppliedIssue struct {
	Issue      string `json:"issue"`
	Resolution string `json:"resolution"`
	Cells      int64  `json:"cells"`
	Rows       int64  `json:"rows_removed"`
}

// applyHandler carries the decisions out: a new version, and the lineage of every cell that changed.
type applyHandler struct{}

func (applyHandler) Name() string { return handlerApply }

func (applyHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	facts, err := attach(ctx, job, env.Engine)
	if err != nil {
		return nil, err
	}
	issues, err := issuesOf(job.Documents)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(ctx, job, env.Engine, facts)
	if err != nil {
		return nil, err
	}
	accepted, err := resolve(issues, job.Decisions)
	if err != nil {
		return nil, err
	}
	for i, a := range accepted {
		env.Progress(float64(i)/float64(len(accepted)+2), "carrying out the decision on "+a.issue)
		if err := p.add(ctx, a.issue, a.resolution, a.rows); err != nil {
			return nil, err
		}
	}
	if err := p.finish(ctx); err != nil {
		return nil, err
	}
	env.Progress(0.8, "writing the new version")
	return finishApply(ctx, job, env, p, accepted)
}

// accepted is a resolution that was decided on.
type accepted struct {
	issue      string
	resolution flow.Resolution
	rows       []int64 // nil for all
}

// resolve finds the resolutions that the decisions mean; the last decision on an issue holds.
func resolve(issues []flow.Issue, decisions []flow.Decision) ([]accepted, error) {
	last := map[string]*flow.Decision{}
	for i := range decisions {
		last[decisions[i].Item] = &decisions[i]
	}
	var out []accepted
	for k := range issues {
		d := last[issues[k].ID]
		if d == nil || !d.Applies() {
			continue
		}
		a := accepted{issue: issues[k].ID}
		for _, r := range issues[k].Resolutions {
			if r.ID == d.Option {
				a.resolution = r
			}
		}
		if a.resolution.ID == "" {
			return nil, stage.Permanent(fmt.Errorf("the decision on issue %s names the resolution %q, which it does not offer", issues[k].ID, d.Option))
		}
		if d.Choice == flow.Edit {
			a.resolution.Params = d.Params
		}
		if d.Choice == flow.Partial {
			a.rows = append([]int64{}, d.Rows...)
		}
		out = append(out, a)
	}
	return out, nil
}

// issuesOf reads the issues from the stage's document, else from the consolidation.
func issuesOf(docs stage.Documents) ([]flow.Issue, error) {
	for _, name := range []string{handlerConsolidate, string(flow.Quality)} {
		var list flow.IssueList
		ok, err := docs.Decode(name, &list)
		if err != nil {
			return nil, stage.Permanent(fmt.Errorf("reading the issues: %w", err))
		}
		if ok {
			return list.Issues, nil
		}
	}
	return nil, stage.Permanent(errors.New("the issues are not among the documents: begin with the checks"))
}

func finishApply(ctx context.Context, job *stage.Job, env *stage.Env, p *plan, list []accepted) (*stage.Result, error) {
	columns, removes, err := p.changed(ctx)
	if err != nil {
		return nil, err
	}
	data, err := writeVersion(ctx, job, env.Engine, p, columns, removes)
	if err != nil {
		return nil, err
	}
	changes, err := write(ctx, job, env.Engine, fileChanges,
		`SELECT issue, resolution, __row, "column", old, new, applied FROM changes ORDER BY place, __row, "column"`)
	if err != nil {
		return nil, err
	}
	out := &stage.Result{Files: map[string]stage.OutFile{stage.FileData: *data, fileChanges: *changes}}
	doc, err := summary(ctx, env.Engine, list)
	if err != nil {
		return nil, err
	}
	doc.Rows, doc.ContentHash = data.Rows, data.ContentHash
	if doc.RowsSetAside > 0 {
		set, err := write(ctx, job, env.Engine, fileQuarantined, "SELECT * FROM data WHERE __row IN (SELECT __row FROM changes WHERE resolution IN ("+
			engine.Literals(idsOf(list, "quarantine_rows"))+") AND \"column\" = "+engine.Literal(flow.AllColumns)+") ORDER BY __row")
		if err != nil {
			return nil, err
		}
		out.Files[fileQuarantined] = *set
	}
	if out.Document, err = json.Marshal(doc); err != nil {
		return nil, fmt.Errorf("writing what was applied: %w", err)
	}
	return out, nil
}

// sortedRows is how many rows are sorted at a time: the engine keeps the order of the rows that it reads, but not through a
// join, and sorting a large table whole would take several times its size of memory.
var sortedRows int64 = 1 << 20

// writeVersion stores the rows with the changes made as the new version, in the order of their numbers. Rows that are joined
// with changes are sorted, span by span, and the spans are then written one behind the other.
func writeVersion(ctx context.Context, job *stage.Job, e *engine.Session, p *plan, columns []string, removes bool) (*stage.OutFile, error) {
	query := p.after(columns, removes, everything)
	if joined := removes || len(columns) > 0; joined {
		parts, whole, err := writeSpans(ctx, job, e, func(rows span) string { return p.after(columns, removes, rows) + " ORDER BY d." + engine.RowColumn })
		defer func() {
			for _, f := range parts {
				_ = os.Remove(f.Path) // encrypted, and in a folder that goes with the task
			}
		}()
		if err != nil {
			return nil, err
		}
		query = whole
	}
	data, err := write(ctx, job, e, stage.FileData, query)
	if err != nil {
		return nil, err
	}
	from, err := e.ReadParquet(ctx, engine.File{Path: data.Path, Key: job.Key})
	if err != nil {
		return nil, fmt.Errorf("hashing the new version: %w", err)
	}
	ordered, err := e.InRowOrder(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("looking at the order of the new version: %w", err)
	}
	if !ordered {
		return nil, errors.New("writing the new version: its rows are out of order; the version before is kept, try again")
	}
	data.ContentHash, _, err = e.ContentHash(ctx, from)
	return data, err
}

// writeSpans writes a sorted query of each span of rows, and returns the files, of an error too, and a query of all rows. The
// rows of a single span need no file.
func writeSpans(ctx context.Context, job *stage.Job, e *engine.Session, sorted func(span) string) (parts []engine.File, whole string, err error) {
	var all span
	if err := e.QueryRow(ctx, "SELECT coalesce(min(__row), 0), coalesce(max(__row), 0) FROM data", &all.first, &all.last); err != nil {
		return nil, "", fmt.Errorf("looking at the numbers of the rows: %w", err)
	}
	if all.last-all.first < sortedRows {
		return nil, sorted(all), nil
	}
	for first := all.first; first <= all.last; first += sortedRows {
		f := engine.File{Path: filepath.Join(job.OutDir, fmt.Sprintf("%s-%d.parquet", stage.FileData, len(parts))), Key: job.Key}
		parts = append(parts, f)
		if err := e.WriteParquet(ctx, sorted(span{first, min(first+sortedRows-1, all.last)}), f); err != nil {
			return parts, "", fmt.Errorf("writing the new version from row %d on: %w", first, err)
		}
	}
	from, err := e.ReadParquet(ctx, parts...)
	if err != nil {
		return parts, "", fmt.Errorf("joining the parts of the new version: %w", err)
	}
	return parts, "SELECT * FROM " + from, nil
}

// idsOf lists the ids of the accepted resolutions of a kind.
func idsOf(list []accepted, kind string) []string {
	out := []string{""}
	for _, a := range list {
		if a.resolution.Kind == kind {
			out = append(out, a.resolution.ID)
		}
	}
	return out
}

// summary counts what each decision changed.
func summary(ctx context.Context, e *engine.Session, list []accepted) (*Applied, error) {
	doc := &Applied{Issues: []AppliedIssue{}}
	for _, a := range list {
		x := AppliedIssue{Issue: a.issue, Resolution: a.resolution.ID}
		star := engine.Literal(flow.AllColumns)
		err := e.QueryRow(ctx, `SELECT count(*) FILTER (WHERE "column" <> `+star+`), count(*) FILTER (WHERE "column" = `+star+
			") FROM changes WHERE applied AND issue = "+engine.Literal(a.issue), &x.Cells, &x.Rows)
		if err != nil {
			return nil, fmt.Errorf("counting what issue %s changed: %w", a.issue, err)
		}
		doc.Issues = append(doc.Issues, x)
		doc.Cells, doc.RowsRemoved = doc.Cells+x.Cells, doc.RowsRemoved+x.Rows
		switch a.resolution.Kind {
		case "quarantine_rows":
			doc.RowsSetAside += x.Rows
		case "drop_column":
			if a.rows == nil {
				doc.DroppedColumns = append(doc.DroppedColumns, operation.Columns(a.resolution.Params)...)
			}
		}
	}
	return doc, nil
}
