package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/flow"
)

// actor names the caller in the flow.
func actor(id *auth.Identity) flow.Actor {
	return flow.Actor{Kind: flow.ActorPerson, Name: id.Name + " <" + id.Account + ">"}
}

// move is an operation that moves a run: it answers with where the run stands then.
func move[I any](a *API, p access.Permission, name, summary string, path func(*I) RunPath, do func(ctx context.Context, in *I, by flow.Actor) error) {
	register(a, need(p), huma.Operation{OperationID: name + "-run", Method: http.MethodPost, Path: Prefix + "/workspaces/{workspace}/runs/{run}/" + name,
		Summary: summary, Tags: []string{"runs"}, DefaultStatus: http.StatusOK},
		func(ctx context.Context, in *I) (*runOutput, error) {
			if _, _, err := a.state(ctx, path(in)); err != nil {
				return nil, err
			}
			if err := do(ctx, in, actor(caller(ctx))); err != nil {
				return nil, err
			}
			return a.runView(ctx, path(in))
		})
}

type abortInput struct {
	RunPath
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"1000" doc:"The reason, for the audit."`
	}
}

type reopenInput struct {
	RunPath
	Body struct {
		Stage flow.Stage `json:"stage" enum:"reception,quality,insight,recommendation"`
	}
}

func (a *API) runMoves() {
	same := func(in *RunPath) RunPath { return *in }
	move(a, access.RunsAbort, "abort", "End a run for good; what it made is kept", func(in *abortInput) RunPath { return in.RunPath },
		func(ctx context.Context, in *abortInput, by flow.Actor) error {
			return a.App.Abort(ctx, in.Run, in.Body.Why, by)
		})
	move(a, access.RunsStart, "retry", "Take up again what a failure stopped", same,
		func(ctx context.Context, in *RunPath, by flow.Actor) error { return a.App.Retry(ctx, in.Run, by) })
	move(a, access.PointsReopen, "renew", "Give an expired control point new time", same,
		func(ctx context.Context, in *RunPath, by flow.Actor) error { return a.App.Renew(ctx, in.Run, by) })
	move(a, access.PointsReopen, "reopen", "Open the control point of an earlier stage again; what came after it is made anew",
		func(in *reopenInput) RunPath { return in.RunPath },
		func(ctx context.Context, in *reopenInput, by flow.Actor) error {
			return a.App.Reopen(ctx, in.Run, in.Body.Stage, by)
		})
}
