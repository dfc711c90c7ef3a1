package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/store"
)

// documentOutput is the document of a stage: with the decisions once its control point is closed.
type documentOutput[T any] struct {
	Body T
}

// document registers the operation that reads what a stage found.
func document[T any](a *API, of flow.Stage, path, summary string) {
	register(a, need(access.RunsRead), huma.Operation{OperationID: "get-" + path, Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/runs/{run}/" + path, Summary: summary, Tags: []string{"findings"}},
		func(ctx context.Context, in *RunPath) (*documentOutput[T], error) {
			if _, _, err := a.state(ctx, *in); err != nil {
				return nil, err
			}
			v, err := app.DocumentOf[T](ctx, a.App, in.Run, of)
			if err != nil {
				return nil, err
			}
			m, err := a.masker(ctx, *in)
			if err != nil {
				return nil, err
			}
			if err := masked(m, v); err != nil {
				return nil, err
			}
			return &documentOutput[T]{Body: *v}, nil
		})
}

// Decided is a decision with its place in the run.
type Decided struct {
	Stage    flow.Stage    `json:"stage"`
	Round    int           `json:"round"`
	Decision flow.Decision `json:"decision"`
	Title    string        `json:"title,omitempty" doc:"Of what was decided on, where the stage still tells it."`
}

// RunVersion is one version of the dataset that a run made.
type RunVersion struct {
	ID          string    `json:"id"`
	Parent      string    `json:"parent,omitempty"`
	Kind        string    `json:"kind" enum:"received,parsed,cleaned"`
	ContentHash string    `json:"content_hash"`
	Rows        int64     `json:"rows"`
	Decisions   []string  `json:"decisions" doc:"Ids of the decisions that made it."`
	Created     time.Time `json:"created"`
}

type previewInput struct {
	RunPath
	Body struct {
		Issue      string         `json:"issue" minLength:"1" maxLength:"200"`
		Resolution string         `json:"resolution" minLength:"1" maxLength:"200"`
		Params     map[string]any `json:"params,omitempty"`
		Limit      int            `json:"limit,omitempty" minimum:"1" maximum:"500" default:"20"`
	}
}

func (a *API) findings() {
	document[flow.Facts](a, flow.Reception, "reception", "What reception determined: the format, the columns, the context")
	document[flow.IssueList](a, flow.Quality, "issues", "What is wrong with the data, with evidence and resolutions")
	document[flow.InsightList](a, flow.Insight, "insights", "What the data says about the goal")
	document[flow.ActionList](a, flow.Recommendation, "recommendations", "What to do, ranked")
	register(a, need(access.RunsRead), huma.Operation{OperationID: "preview", Method: http.MethodPost, Path: pointURL + "/preview",
		Summary: "What a resolution would change, on real rows", Tags: []string{"findings"}, DefaultStatus: http.StatusOK}, a.preview)
	register(a, need(access.RunsRead), huma.Operation{OperationID: "list-decisions", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/runs/{run}/decisions", Summary: "Every decision, superseded ones included, in the order in which they were taken",
		Tags: []string{"findings"}}, a.decisionsOf)
	register(a, need(access.RunsRead), huma.Operation{OperationID: "list-versions", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/runs/{run}/versions", Summary: "The versions of the dataset", Tags: []string{"findings"}}, a.versionsOf)
}

func (a *API) preview(ctx context.Context, in *previewInput) (*documentOutput[quality.Preview], error) {
	_, state, err := a.state(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	if state.Status != control.Waiting || state.Stage != flow.Quality {
		return nil, newProblem(http.StatusConflict, "no_point_open", "The run does not wait at the control point of the quality stage.").
			next("preview resolutions while it does")
	}
	issues, err := app.DocumentOf[flow.IssueList](ctx, a.App, in.Run, flow.Quality)
	if err != nil {
		return nil, err
	}
	if !proposed(issues, in.Body.Issue, in.Body.Resolution) {
		return nil, missing()
	}
	raw, err := a.App.Preview(ctx, in.Run, in.Body.Issue, in.Body.Resolution, in.Body.Params, in.Body.Limit)
	if err != nil {
		if len(in.Body.Params) > 0 && stage.IsPermanent(err) { // its words may quote the data
			return nil, newProblem(http.StatusUnprocessableEntity, "invalid", "The resolution cannot be carried out with these parameters.").
				kept("nothing was changed").next("correct the parameters: the issue shows those that are proposed")
		}
		return nil, err
	}
	m, err := a.masker(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	out := &documentOutput[quality.Preview]{}
	if err := json.Unmarshal(raw, &out.Body); err != nil {
		return nil, err
	}
	return out, masked(m, &out.Body)
}

// proposed says whether an issue proposes a resolution.
func proposed(list *flow.IssueList, issue, resolution string) bool {
	for i := range list.Issues {
		if x := &list.Issues[i]; x.ID == issue {
			return slices.ContainsFunc(x.Resolutions, func(r flow.Resolution) bool { return r.ID == resolution })
		}
	}
	return false
}

func (a *API) decisionsOf(ctx context.Context, in *RunPath) (*struct {
	Body struct {
		Decisions []Decided `json:"decisions"`
	}
}, error,
) {
	_, state, err := a.state(ctx, *in)
	if err != nil {
		return nil, err
	}
	all, err := a.App.Decisions(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	out := &struct {
		Body struct {
			Decisions []Decided `json:"decisions"`
		}
	}{}
	out.Body.Decisions = make([]Decided, len(all))
	m, err := a.masker(ctx, *in)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	if state.Status != control.Erased {
		titles, err = a.titles(ctx, in.Run, all, m)
	}
	if err != nil {
		return nil, err
	}
	for i, d := range all {
		m.decision(&d.Decision)
		out.Body.Decisions[i] = Decided{d.Stage, d.Round, d.Decision, titles[d.Decision.Item]}
	}
	return out, nil
}

// titles are those of everything that the stages tell on which something was decided, by id, masked.
func (a *API) titles(ctx context.Context, run string, decided []store.Decided, m masks) (map[string]string, error) {
	titles := map[string]string{}
	type titled struct{ ID, Title string }
	for _, name := range []flow.Stage{flow.Quality, flow.Insight, flow.Recommendation} {
		if !slices.ContainsFunc(decided, func(d store.Decided) bool { return d.Stage == name }) {
			continue
		}
		found, err := app.DocumentOf[json.RawMessage](ctx, a.App, run, name)
		if errors.Is(err, store.ErrNotFound) { // it has begun anew, and found nothing yet
			continue
		}
		if err != nil {
			return nil, err
		}
		var told struct{ Issues, Insights, Recommendations []titled }
		if err := errors.Join(masked(m, found), json.Unmarshal(*found, &told)); err != nil {
			return nil, err
		}
		for _, t := range slices.Concat(told.Issues, told.Insights, told.Recommendations) {
			titles[t.ID] = t.Title
		}
	}
	return titles, nil
}

func (a *API) versionsOf(ctx context.Context, in *RunPath) (*struct {
	Body struct {
		Versions []RunVersion `json:"versions"`
	}
}, error,
) {
	if _, _, err := a.state(ctx, *in); err != nil {
		return nil, err
	}
	all, err := a.App.Versions(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	out := &struct {
		Body struct {
			Versions []RunVersion `json:"versions"`
		}
	}{}
	out.Body.Versions = make([]RunVersion, len(all))
	for i, v := range all {
		x := RunVersion{ID: v.ID, Parent: v.Parent, Kind: v.Kind, ContentHash: v.ContentHash, Rows: v.Rows, Created: v.Created}
		if err := json.Unmarshal(v.Decisions, &x.Decisions); err != nil {
			return nil, err
		}
		out.Body.Versions[i] = x
	}
	return out, nil
}
