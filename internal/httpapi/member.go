package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
)

// Member is somebody in a workspace.
type Member struct {
	Account string      `json:"account"`
	Name    string      `json:"name"`
	Role    access.Role `json:"role" enum:"viewer,analyst,steward,administrator"`
	Since   time.Time   `json:"since"`
}

// MemberPath names somebody in a workspace.
type MemberPath struct {
	WorkspacePath
	Account string `path:"account" maxLength:"64" doc:"Id of the account."`
}

type membersOutput struct {
	Body struct {
		Members []Member `json:"members"`
	}
}

func (a *API) members() {
	register(a, need(access.MembersRead), huma.Operation{OperationID: "list-members", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/members", Summary: "Who is in the workspace", Tags: []string{"workspaces"}},
		func(ctx context.Context, in *WorkspacePath) (*membersOutput, error) {
			return a.membersOf(ctx, in.Workspace)
		})
	register(a, need(access.MembersManage), huma.Operation{OperationID: "put-member", Method: http.MethodPut,
		Path: Prefix + "/workspaces/{workspace}/members/{account}", Summary: "Give somebody a role in the workspace", Tags: []string{"workspaces"}},
		a.putMember)
	register(a, need(access.MembersManage), huma.Operation{OperationID: "remove-member", Method: http.MethodDelete,
		Path: Prefix + "/workspaces/{workspace}/members/{account}", Summary: "Take somebody out of the workspace", Tags: []string{"workspaces"}},
		func(ctx context.Context, in *MemberPath) (*struct{}, error) {
			if err := a.keepsAdministrator(ctx, in.Workspace, in.Account, ""); err != nil {
				return nil, err
			}
			if err := a.App.DropMember(ctx, in.Workspace, in.Account); err != nil {
				return nil, err
			}
			a.Auth.Changed(in.Account)
			return nil, nil //nolint:nilnil // there is no body
		})
}

func (a *API) membersOf(ctx context.Context, workspace string) (*membersOutput, error) {
	all, err := a.App.Members(ctx, workspace)
	if err != nil {
		return nil, err
	}
	out := &membersOutput{}
	out.Body.Members = []Member{}
	for _, m := range all {
		account, err := a.Auth.Account(ctx, m.Account)
		if err != nil {
			return nil, err
		}
		out.Body.Members = append(out.Body.Members, Member{Account: m.Account, Name: account.Name, Role: access.Role(m.Role), Since: m.Created})
	}
	return out, nil
}

func (a *API) putMember(ctx context.Context, in *struct {
	MemberPath
	Body struct {
		Role access.Role `json:"role" enum:"viewer,analyst,steward,administrator"`
	}
},
) (*membersOutput, error) {
	if !in.Body.Role.ValidInWorkspace() {
		return nil, newProblem(http.StatusUnprocessableEntity, "invalid", "There is no such role in a workspace.").kept("nothing was changed")
	}
	if _, err := a.Auth.Account(ctx, in.Account); err != nil {
		return nil, err
	}
	if err := a.keepsAdministrator(ctx, in.Workspace, in.Account, in.Body.Role); err != nil {
		return nil, err
	}
	if err := a.App.PutMember(ctx, store.Member{Workspace: in.Workspace, Account: in.Account, Role: string(in.Body.Role)}); err != nil {
		return nil, err
	}
	a.Auth.Changed(in.Account)
	return a.membersOf(ctx, in.Workspace)
}

// keepsAdministrator says whether a workspace has an administrator when somebody's role has become another one.
func (a *API) keepsAdministrator(ctx context.Context, workspace, account string, role access.Role) error {
	all, err := a.App.Members(ctx, workspace)
	if err != nil || role == access.Administrator {
		return err
	}
	was := false
	for _, m := range all {
		if access.Role(m.Role) == access.Administrator {
			if m.Account != account {
				return nil
			}
			was = true
		}
	}
	if !was {
		return nil
	}
	return newProblem(http.StatusConflict, "last_administrator", "The workspace would have no administrator any more.").
		kept("nothing was changed").next("make somebody else an administrator first")
}
