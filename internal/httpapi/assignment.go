package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// Duty is an item of a run that somebody is to see to.
type Duty struct {
	Assignment
	Run     string         `json:"run"`
	File    string         `json:"file"`
	Status  control.Status `json:"status" doc:"Of the run."`
	Stage   flow.Stage     `json:"stage,omitempty" doc:"The stage that proposed the item."`
	Decided bool           `json:"decided"`
	Open    bool           `json:"open" doc:"It can be decided now: its control point is open."`
}

type dutiesOutput struct {
	Body struct {
		Assignments []Duty `json:"assignments" doc:"The latest first, 500 at most."`
	}
}

func (a *API) assignments(tags []string) {
	register(a, need(access.RunsRead), huma.Operation{OperationID: "list-assignments", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/assignments", Summary: "What somebody is to see to in the workspace: the caller, where nobody else is named", Tags: tags},
		func(ctx context.Context, in *struct {
			WorkspacePath
			Account string `query:"account" maxLength:"64" doc:"Id of the account; the caller's where it is empty."`
			Open    bool   `query:"open" doc:"Only what can be decided now and is not."`
		},
		) (*dutiesOutput, error) {
			account := in.Account
			if account == "" {
				account = caller(ctx).Account
			}
			return a.duties(ctx, in.Workspace, account, in.Open)
		})
}

func (a *API) duties(ctx context.Context, workspace, account string, open bool) (*dutiesOutput, error) {
	all, err := a.App.Discussion().AssignedTo(ctx, workspace, account)
	if err != nil {
		return nil, err
	}
	out := &dutiesOutput{}
	out.Body.Assignments = []Duty{}
	name := a.names(ctx)
	for i := range all {
		d, err := a.duty(ctx, &all[i], name)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !open || (d.Open && !d.Decided) {
			out.Body.Assignments = append(out.Body.Assignments, *d)
		}
	}
	return out, nil
}

func (a *API) duty(ctx context.Context, x *store.Assignment, name *names) (*Duty, error) {
	record, state, err := a.App.State(ctx, x.Run)
	if err != nil {
		return nil, err
	}
	d := &Duty{Assignment: assignmentView(x, name), Run: x.Run, File: textual(ctx, x.Workspace).text(record.Head.File), Status: state.Status}
	for stage, st := range state.Stages {
		if st.Proposal == nil || st.Proposal.Item(x.Item) == nil {
			continue
		}
		d.Stage = stage
		_, d.Decided = st.Decisions[x.Item]
		d.Open = state.Status == control.Waiting && state.Stage == stage
	}
	return d, nil
}

func assignmentView(x *store.Assignment, name *names) Assignment {
	v := Assignment{Item: x.Item, To: name.of(x.Account), By: name.of(x.Assigner), At: x.Created}
	if !x.Due.IsZero() {
		due := x.Due.In(time.UTC)
		v.Due = &due
	}
	return v
}
