package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/discussion"
)

// Someone is a person by name.
type Someone struct {
	Account string `json:"account"`
	Name    string `json:"name"`
}

// Remark is what somebody said about a run or an item of it.
type Remark struct {
	ID       string    `json:"id"`
	Item     string    `json:"item,omitempty" doc:"Id of an issue, insight or recommendation; absent where it is about the run as a whole."`
	By       Someone   `json:"by"`
	Text     string    `json:"text"`
	Mentions []Someone `json:"mentions"`
	At       time.Time `json:"at"`
}

// Assignment says who is to see to an item of a run.
type Assignment struct {
	Item string     `json:"item"`
	To   Someone    `json:"to"`
	By   Someone    `json:"by"`
	Due  *time.Time `json:"due,omitempty"`
	At   time.Time  `json:"at"`
}

// Discussion is what people said about a run, who is to see to what, and who is looking at it.
type Discussion struct {
	Remarks     []Remark     `json:"remarks" doc:"The oldest first."`
	Assignments []Assignment `json:"assignments"`
	Present     []Someone    `json:"present" doc:"Who follows the run's events at this moment."`
}

type discussionOutput struct{ Body Discussion }

type remarkBody struct {
	Item     string   `json:"item,omitempty" maxLength:"200" doc:"Id of an issue, insight or recommendation; none for the run as a whole."`
	Text     string   `json:"text" minLength:"1" maxLength:"16000"`
	Mentions []string `json:"mentions,omitempty" maxItems:"20" doc:"Ids of accounts in the workspace, who are told."`
}

type assignmentBody struct {
	Account string     `json:"account" minLength:"1" maxLength:"64" doc:"Somebody in the workspace."`
	Due     *time.Time `json:"due,omitempty"`
}

// ItemPath names an item of a run.
type ItemPath struct {
	RunPath
	Item string `path:"item" maxLength:"200" doc:"Id of an issue, insight or recommendation."`
}

func (a *API) discussions() {
	all, tags := Prefix+"/workspaces/{workspace}/runs/{run}/discussion", []string{"discussion"}
	one := all + "/assignments/{item}"
	register(a, need(access.RunsRead), huma.Operation{OperationID: "get-discussion", Method: http.MethodGet, Path: all,
		Summary: "What people said about a run, who is to see to what, and who is looking at it", Tags: tags},
		func(ctx context.Context, in *RunPath) (*discussionOutput, error) { return a.discussion(ctx, *in) })
	register(a, need(access.RemarksWrite), huma.Operation{OperationID: "make-remark", Method: http.MethodPost, Path: all + "/remarks",
		Summary: "Say something about a run or an item of it; those who are named in it are told", Tags: tags, DefaultStatus: http.StatusCreated}, a.makeRemark)
	register(a, need(access.RemarksWrite), huma.Operation{OperationID: "remove-remark", Method: http.MethodDelete, Path: all + "/remarks/{remark}",
		Summary: "Take back what one said oneself", Tags: tags},
		func(ctx context.Context, in *struct {
			RunPath
			Remark string `path:"remark" maxLength:"64"`
		},
		) (*struct{}, error) {
			if _, _, err := a.state(ctx, in.RunPath); err != nil {
				return nil, err
			}
			return nil, a.App.Discussion().Unsay(ctx, in.Run, in.Remark, caller(ctx).Account)
		})
	register(a, need(access.DecisionsTake), huma.Operation{OperationID: "put-assignment", Method: http.MethodPut, Path: one,
		Summary: "Have somebody see to an item", Tags: tags}, a.putAssignment)
	register(a, need(access.DecisionsTake), huma.Operation{OperationID: "remove-assignment", Method: http.MethodDelete, Path: one,
		Summary: "Have nobody in particular see to an item", Tags: tags},
		func(ctx context.Context, in *ItemPath) (*struct{}, error) {
			if _, _, err := a.state(ctx, in.RunPath); err != nil {
				return nil, err
			}
			return nil, a.App.Discussion().Unassign(ctx, in.Run, in.Item)
		})
}

func (a *API) discussion(ctx context.Context, in RunPath) (*discussionOutput, error) {
	if _, _, err := a.state(ctx, in); err != nil {
		return nil, err
	}
	remarks, err := a.App.Discussion().Remarks(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	assigned, err := a.App.Discussion().Assignments(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	present, err := a.App.Discussion().Present(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	name := a.names(ctx)
	out := &discussionOutput{Discussion{Remarks: []Remark{}, Assignments: []Assignment{}, Present: name.all(present)}}
	for _, r := range remarks {
		out.Body.Remarks = append(out.Body.Remarks, Remark{ID: r.ID, Item: r.Item, By: name.of(r.Account), Text: r.Text, Mentions: name.all(r.Mentions), At: r.Created})
	}
	for _, x := range assigned {
		v := Assignment{Item: x.Item, To: name.of(x.Account), By: name.of(x.Assigner), At: x.Created}
		if !x.Due.IsZero() {
			v.Due = &x.Due
		}
		out.Body.Assignments = append(out.Body.Assignments, v)
	}
	return out, nil
}

func (a *API) makeRemark(ctx context.Context, in *struct {
	RunPath
	Body remarkBody
},
) (*struct{ Body Remark }, error) {
	at, err := a.placeOf(ctx, in.RunPath, in.Body.Item)
	if err != nil {
		return nil, err
	}
	if err := a.areMembers(ctx, in.Workspace, in.Body.Mentions...); err != nil {
		return nil, err
	}
	r, err := a.App.Discussion().Say(ctx, *at, caller(ctx).Account, in.Body.Text, in.Body.Mentions)
	if err != nil {
		return nil, err
	}
	name := a.names(ctx)
	return &struct{ Body Remark }{Remark{ID: r.ID, Item: r.Item, By: name.of(r.Account), Text: r.Text, Mentions: name.all(r.Mentions), At: r.Created}}, nil
}

func (a *API) putAssignment(ctx context.Context, in *struct {
	ItemPath
	Body assignmentBody
},
) (*discussionOutput, error) {
	at, err := a.placeOf(ctx, in.RunPath, in.Item)
	if err != nil {
		return nil, err
	}
	if err := a.areMembers(ctx, in.Workspace, in.Body.Account); err != nil {
		return nil, err
	}
	var due time.Time
	if in.Body.Due != nil {
		due = *in.Body.Due
	}
	if err := a.App.Discussion().Assign(ctx, *at, caller(ctx).Account, in.Body.Account, due); err != nil {
		return nil, err
	}
	return a.discussion(ctx, in.RunPath)
}

// placeOf is where in a run something is said; an item must be one that a control point of the run proposed.
func (a *API) placeOf(ctx context.Context, in RunPath, item string) (*discussion.Place, error) {
	record, state, err := a.state(ctx, in)
	if err != nil {
		return nil, err
	}
	at := &discussion.Place{Workspace: in.Workspace, Run: in.Run, File: record.Head.File, Item: item}
	if item == "" {
		return at, nil
	}
	for stage, st := range state.Stages {
		if st.Proposal == nil {
			continue
		}
		for i := range st.Proposal.Items {
			if st.Proposal.Items[i].ID == item {
				at.Stage = string(stage)
				return at, nil
			}
		}
	}
	return nil, missing()
}

// areMembers says whether accounts are in the workspace: nobody else is told of what is in it.
func (a *API) areMembers(ctx context.Context, workspace string, accounts ...string) error {
	if len(accounts) == 0 {
		return nil
	}
	all, err := a.App.Members(ctx, workspace)
	if err != nil {
		return err
	}
	in := map[string]bool{}
	for _, m := range all {
		in[m.Account] = true
	}
	for _, account := range accounts {
		if !in[account] {
			return newProblem(http.StatusUnprocessableEntity, "invalid", "Somebody who is named is not in the workspace.").kept("nothing was changed").
				next("name people of the workspace")
		}
	}
	return nil
}

// names knows accounts by name. Each is looked up once.
type names struct {
	look  func(account string) string
	known map[string]string
}

func (a *API) names(ctx context.Context) *names {
	return &names{known: map[string]string{}, look: func(account string) string {
		x, err := a.Auth.Account(ctx, account)
		if err != nil { // it is gone, or cannot be read now: what it said stays
			return "?"
		}
		return x.Name
	}}
}

func (n *names) of(account string) Someone {
	name, ok := n.known[account]
	if !ok {
		name = n.look(account)
		n.known[account] = name
	}
	return Someone{Account: account, Name: name}
}

func (n *names) all(accounts []string) []Someone {
	out := make([]Someone, len(accounts))
	for i, x := range accounts {
		out[i] = n.of(x)
	}
	return out
}

// discussionMappings say what becomes of the errors of discussions.
var discussionMappings = []mapping{
	{discussion.ErrInvalid, status(http.StatusUnprocessableEntity, "invalid", "correct it and send it again")},
}
