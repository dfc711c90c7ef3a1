package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// RunSummary is a run in a list.
type RunSummary struct {
	ID      string         `json:"id"`
	File    string         `json:"file" doc:"Name of the file as received."`
	Status  control.Status `json:"status" enum:"running,waiting,expired,failed,done,aborted,erased"`
	Stage   flow.Stage     `json:"stage" enum:"reception,quality,insight,recommendation"`
	Tier    string         `json:"tier"`
	Goal    string         `json:"goal"`
	KPI     string         `json:"kpi"`
	Dataset string         `json:"dataset"`
	Bytes   int64          `json:"bytes"`
	SHA256  string         `json:"sha256"`
	Account string         `json:"account" doc:"Who asked for it."`
	Created time.Time      `json:"created"`
	Updated time.Time      `json:"updated"`
	Version int64          `json:"version" doc:"Grows with each change."`
}

// Run is a run with everything that is known of the way it takes.
type Run struct {
	RunSummary
	StopAfter flow.Stage        `json:"stop_after,omitempty"`
	Decide    string            `json:"decide,omitempty" doc:"What decides where nobody does."`
	FourEyes  bool              `json:"four_eyes"`
	Route     []flow.RouteEntry `json:"route"`
	Stages    []RunStage        `json:"stages"`
	Failure   *control.Failure  `json:"failure,omitempty"`
	Progress  []TaskProgress    `json:"progress"`
}

// RunStage is where one stage of a run stands.
type RunStage struct {
	Stage    flow.Stage       `json:"stage"`
	Phase    control.Phase    `json:"phase"`
	Round    int              `json:"round"`
	Items    int              `json:"items" doc:"Things to decide on at its control point."`
	Decided  int              `json:"decided"`
	Closed   *control.Closing `json:"closed,omitempty"`
	Deadline *time.Time       `json:"deadline,omitempty"`
}

// TaskProgress is how far a task is.
type TaskProgress struct {
	Task     string    `json:"task"`
	Fraction float64   `json:"fraction"`
	Sentence string    `json:"sentence"`
	Updated  time.Time `json:"updated"`
}

// RunPath names a run of a workspace.
type RunPath struct {
	WorkspacePath
	Run string `path:"run" maxLength:"64" doc:"Id of the run."`
}

type runOutput struct {
	ETag string `header:"ETag"`
	Body Run
}

func summary(r *store.Run, m masks) RunSummary {
	return RunSummary{ID: r.ID, File: m.text(r.Head.File), Status: control.Status(r.Status), Stage: flow.Stage(r.Stage), Tier: r.Tier, Goal: m.text(r.Head.Goal),
		KPI: r.Head.KPI, Dataset: r.Head.Dataset, Bytes: r.Head.Bytes, SHA256: r.Head.SHA256, Account: r.Head.Account, Created: r.Created,
		Updated: r.Updated, Version: r.Version}
}

// state reads a run of the workspace; one of another workspace is not there.
func (a *API) state(ctx context.Context, p RunPath) (*store.Run, *control.State, error) {
	record, state, err := a.App.State(ctx, p.Run)
	if err != nil {
		return nil, nil, err
	}
	if record.Workspace != p.Workspace {
		return nil, nil, missing()
	}
	return record, state, nil
}

func (a *API) runView(ctx context.Context, p RunPath) (*runOutput, error) {
	record, state, err := a.state(ctx, p)
	if err != nil {
		return nil, err
	}
	m := textual(ctx, p.Workspace)
	out := &runOutput{ETag: etag(strconv.FormatInt(record.Version, 10)), Body: Run{RunSummary: summary(record, m), StopAfter: state.StopAfter,
		Decide: record.Head.Decide, FourEyes: state.FourEyes, Route: state.Route, Failure: m.failure(state.Failure), Progress: []TaskProgress{}}}
	for _, name := range flow.Stages() {
		st := state.Stages[name]
		if st == nil {
			continue
		}
		v := RunStage{Stage: name, Phase: st.Phase, Round: st.Round, Decided: len(st.Decisions), Closed: st.Closed}
		if st.Proposal != nil {
			v.Items = len(st.Proposal.Items)
		}
		if !st.Deadline.IsZero() {
			v.Deadline = &st.Deadline
		}
		out.Body.Stages = append(out.Body.Stages, v)
	}
	if state.Status != control.Running {
		return out, nil
	}
	progress, err := a.App.Progress(ctx, p.Run)
	if err != nil {
		return nil, err
	}
	for _, x := range progress {
		out.Body.Progress = append(out.Body.Progress, TaskProgress{Task: x.Task, Fraction: x.Fraction, Sentence: m.text(x.Sentence), Updated: x.Updated})
	}
	return out, nil
}

type runsOutput struct {
	Body struct {
		Runs []RunSummary `json:"runs"`
		Next string       `json:"next,omitempty" doc:"Give it as after to read on; absent on the last page."`
	}
}

func (a *API) runs() {
	register(a, need(access.RunsRead), huma.Operation{OperationID: "list-runs", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/runs",
		Summary: "The runs of the workspace, the latest first", Tags: []string{"runs"}}, a.listRuns)
	register(a, need(access.RunsRead), huma.Operation{OperationID: "get-run", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/runs/{run}",
		Summary: "Where a run stands", Tags: []string{"runs"}},
		func(ctx context.Context, in *RunPath) (*runOutput, error) { return a.runView(ctx, *in) })
}

func (a *API) listRuns(ctx context.Context, in *struct {
	WorkspacePath
	PageInput
	Status []string `query:"status" enum:"running,waiting,expired,failed,done,aborted,erased" maxItems:"6" doc:"Only runs of these statuses."`
},
) (*runsOutput, error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	page.Limit++
	all, err := a.App.RunsOf(ctx, in.Workspace, in.Status, page)
	if err != nil {
		return nil, err
	}
	out, m := &runsOutput{}, textual(ctx, in.Workspace)
	out.Body.Runs = []RunSummary{}
	for i := range all {
		if i == in.Limit {
			last := all[i-1]
			out.Body.Next = cursor(last.Created, last.ID)
			break
		}
		out.Body.Runs = append(out.Body.Runs, summary(&all[i], m))
	}
	return out, nil
}
