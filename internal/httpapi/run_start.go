package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// StartRun is what is asked of a run.
type StartRun struct {
	Dataset   string     `json:"dataset" minLength:"1" maxLength:"64" doc:"Id of a dataset that was received."`
	Goal      string     `json:"goal,omitempty" maxLength:"2000" doc:"The business goal in plain words."`
	KPI       string     `json:"kpi,omitempty" maxLength:"300" doc:"The column that measures the goal, where it is known."`
	StopAfter flow.Stage `json:"stop_after,omitempty" enum:"reception,quality,insight,recommendation"`
	Decide    flow.Mode  `json:"decide,omitempty" enum:"ask,recommended,accept,reject" default:"ask" doc:"What decides where neither a person nor a policy does."`
	Recipe    string     `json:"recipe,omitempty" maxLength:"64" doc:"Id of a recipe of the workspace to replay."`
}

type startedOutput struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     Run
}

func (a *API) runStart() {
	register(a, need(access.RunsStart), huma.Operation{OperationID: "start-run", Method: http.MethodPost, Path: Prefix + "/workspaces/{workspace}/runs",
		Summary: "Start a run on a dataset", Tags: []string{"runs"}, DefaultStatus: http.StatusCreated}, a.startRun)
}

func (a *API) startRun(ctx context.Context, in *struct {
	WorkspacePath
	Body StartRun
},
) (*startedOutput, error) {
	w, l, err := a.tierOf(ctx, in.Workspace)
	if err != nil {
		return nil, err
	}
	u, err := a.App.Uploads().Get(ctx, in.Workspace, in.Body.Dataset)
	if err != nil {
		return nil, err
	}
	if err := received(u); err != nil {
		return nil, err
	}
	text, err := a.decider(ctx, in.Workspace, in.Body.Recipe, l)
	if err != nil {
		return nil, err
	}
	id := caller(ctx)
	run, err := a.App.SubmitUpload(ctx, u.ID, app.Request{Goal: in.Body.Goal, KPI: in.Body.KPI, StopAfter: in.Body.StopAfter, Tier: tier.Name(w.Tier),
		Actor: actor(id), Workspace: in.Workspace, Account: id.Account, FourEyes: w.Settings.FourEyes, Decide: string(in.Body.Decide), Recipe: text,
		PointTTL: time.Duration(w.Settings.PointHours) * time.Hour})
	if err != nil {
		return nil, err
	}
	view, err := a.runView(ctx, RunPath{in.WorkspacePath, run})
	if err != nil {
		return nil, err
	}
	return &startedOutput{Location: Prefix + "/workspaces/" + url.PathEscape(in.Workspace) + "/runs/" + run, ETag: view.ETag, Body: view.Body}, nil
}

// tierOf reads a workspace with the limits of its tier.
func (a *API) tierOf(ctx context.Context, workspace string) (*store.Workspace, *tier.Limits, error) {
	w, err := a.App.Workspace(ctx, workspace)
	if err != nil {
		return nil, nil, err
	}
	l, err := tier.Of(tier.Name(w.Tier))
	return w, &l, err
}

// decider is the text of what decides on the run before a person does: the recipe of the id, where one is given, and the
// policies of the workspace that are active.
func (a *API) decider(ctx context.Context, workspace, id string, l *tier.Limits) (string, error) {
	r := &recipe.Recipe{Version: recipe.Version}
	found := id != ""
	if id != "" {
		if err := l.CheckFeature(tier.Recipes); err != nil {
			return "", err
		}
		kept, err := a.App.Recipe(ctx, workspace, id)
		if err != nil {
			return "", err
		}
		if kept.Kind != store.KindRecipe {
			return "", missing()
		}
		if r, err = parseRecipe(kept.Text); err != nil {
			return "", err
		}
	}
	if !l.Has(tier.Policies) {
		return text(r, found), nil
	}
	policies, err := a.App.Recipes(ctx, workspace, store.KindPolicy)
	if err != nil {
		return "", err
	}
	for i := range policies {
		if !policies[i].Active {
			continue
		}
		p, err := parseRecipe(policies[i].Text)
		if err != nil {
			return "", err
		}
		found = true
		r.Policies = append(r.Policies, p.Policies...)
	}
	return text(r, found), nil
}

func text(r *recipe.Recipe, found bool) string {
	if !found {
		return ""
	}
	return string(r.Marshal())
}
