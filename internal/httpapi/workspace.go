package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// Workspace is a workspace as clients see it.
type Workspace struct {
	ID       string                  `json:"id"`
	Name     string                  `json:"name"`
	Tier     string                  `json:"tier" enum:"demo,professional"`
	Role     access.Role             `json:"role" doc:"The caller's role in it."`
	Settings store.WorkspaceSettings `json:"settings"`
	Created  time.Time               `json:"created"`
	Updated  time.Time               `json:"updated"`
}

// WorkspacePath names a workspace. It is exported, like all that inputs embed: huma leaves out what is not.
type WorkspacePath struct {
	Workspace string `path:"workspace" maxLength:"64" doc:"Id of the workspace."`
}

type workspaceOutput struct {
	ETag string `header:"ETag"`
	Body Workspace
}

func (a *API) workspaceView(ctx context.Context, w *store.Workspace) *workspaceOutput {
	return &workspaceOutput{ETag: etag(strconv.FormatInt(w.Version, 10)), Body: Workspace{ID: w.ID, Name: w.Name, Tier: w.Tier,
		Role: caller(ctx).In(w.ID), Settings: w.Settings, Created: w.Created, Updated: w.Updated}}
}

type workspaceBody struct {
	Name string `json:"name" minLength:"1" maxLength:"100"`
	Tier string `json:"tier,omitempty" enum:"demo,professional" default:"professional"`
}

type workspaceChange struct {
	Name     *string                  `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Tier     *string                  `json:"tier,omitempty" enum:"demo,professional" doc:"Of administrators of the instance alone."`
	Settings *store.WorkspaceSettings `json:"settings,omitempty"`
}

func (a *API) workspaces() {
	register(a, need(access.SelfManage), huma.Operation{OperationID: "list-workspaces", Method: http.MethodGet, Path: Prefix + "/workspaces",
		Summary: "The workspaces that the caller is in", Tags: []string{"workspaces"}},
		func(ctx context.Context, _ *struct{}) (*struct {
			Body struct {
				Workspaces []Workspace `json:"workspaces"`
			}
		}, error) {
			all, err := a.App.Workspaces(ctx)
			if err != nil {
				return nil, err
			}
			out := &struct {
				Body struct {
					Workspaces []Workspace `json:"workspaces"`
				}
			}{}
			out.Body.Workspaces = []Workspace{}
			for i := range all {
				if caller(ctx).In(all[i].ID) != "" {
					out.Body.Workspaces = append(out.Body.Workspaces, a.workspaceView(ctx, &all[i]).Body)
				}
			}
			return out, nil
		})
	register(a, need(access.WorkspacesManage), huma.Operation{OperationID: "create-workspace", Method: http.MethodPost, Path: Prefix + "/workspaces",
		Summary: "Make a workspace", Tags: []string{"workspaces"}, DefaultStatus: http.StatusCreated},
		func(ctx context.Context, in *struct{ Body workspaceBody }) (*workspaceOutput, error) {
			w, err := a.App.CreateWorkspace(ctx, in.Body.Name, in.Body.Tier, caller(ctx).Account)
			if err != nil {
				return nil, err
			}
			a.Auth.Changed(caller(ctx).Account)
			return a.workspaceView(ctx, w), nil
		})
	register(a, need(access.RunsRead), huma.Operation{OperationID: "get-workspace", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}",
		Summary: "One workspace", Tags: []string{"workspaces"}},
		func(ctx context.Context, in *WorkspacePath) (*workspaceOutput, error) {
			w, err := a.App.Workspace(ctx, in.Workspace)
			if err != nil {
				return nil, err
			}
			return a.workspaceView(ctx, w), nil
		})
	register(a, need(access.WorkspaceSettings), huma.Operation{OperationID: "change-workspace", Method: http.MethodPatch, Path: Prefix + "/workspaces/{workspace}",
		Summary: "Change name, settings or tier", Tags: []string{"workspaces"}}, a.changeWorkspace)
}

func (a *API) changeWorkspace(ctx context.Context, in *struct {
	WorkspacePath
	IfMatch string `header:"If-Match" maxLength:"100"`
	Body    workspaceChange
},
) (*workspaceOutput, error) {
	version, err := matchesVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	w, err := a.App.Workspace(ctx, in.Workspace)
	if err != nil {
		return nil, err
	}
	if in.Body.Tier != nil && *in.Body.Tier != w.Tier && caller(ctx).Instance != access.Administrator {
		return nil, newProblem(http.StatusForbidden, "forbidden", "Only an administrator of the instance changes the tier of a workspace.").kept("nothing was changed")
	}
	w.Version = version
	if in.Body.Name != nil {
		w.Name = *in.Body.Name
	}
	if in.Body.Tier != nil {
		w.Tier = *in.Body.Tier
	}
	if in.Body.Settings != nil {
		w.Settings = *in.Body.Settings
	}
	if err := a.App.SaveWorkspace(ctx, w); err != nil {
		return nil, err
	}
	return a.workspaceView(ctx, w), nil
}

// limits are those of a workspace's tier.
func (a *API) limits(ctx context.Context, workspace string) (*tier.Limits, error) {
	w, err := a.App.Workspace(ctx, workspace)
	if err != nil {
		return nil, err
	}
	l, err := tier.Of(tier.Name(w.Tier))
	return &l, err
}
