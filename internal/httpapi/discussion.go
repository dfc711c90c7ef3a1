package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/store"
)

// Someone is a person by name.
type Someone struct {
	Account string `json:"account"`
	Name    string `json:"name"`
}

// Remark is what somebody said about a run or an item of it.
type Remark struct {
	ID       string     `json:"id"`
	Item     string     `json:"item,omitempty" doc:"Id of an issue, insight or recommendation; absent where it is about the run as a whole."`
	By       Someone    `json:"by"`
	Text     string     `json:"text"`
	Mentions []Someone  `json:"mentions"`
	At       time.Time  `json:"at"`
	Edited   *time.Time `json:"edited,omitempty"`
	Salt     string     `json:"salt,omitempty" doc:"The audit of the run holds the SHA-256 of it and the text behind one another."`
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
	Mentions []string `json:"mentions,omitempty" maxItems:"20" doc:"Ids of accounts in the workspace, who are told. Who is named in the text, by @ and the name, is told in any case."`
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
	remark := all + "/remarks/{remark}"
	register(a, need(access.RemarksWrite), huma.Operation{OperationID: "edit-remark", Method: http.MethodPut, Path: remark,
		Summary: "Write a remark of one's own anew", Tags: tags}, a.editRemark)
	register(a, need(access.RemarksWrite), huma.Operation{OperationID: "remove-remark", Method: http.MethodDelete, Path: remark,
		Summary: "Take back what one said oneself; a steward removes what others said, too", Tags: tags}, a.removeRemark)
	register(a, need(access.ItemsAssign), huma.Operation{OperationID: "put-assignment", Method: http.MethodPut, Path: one,
		Summary: "Have somebody see to an item", Tags: tags}, a.putAssignment)
	register(a, need(access.ItemsAssign), huma.Operation{OperationID: "remove-assignment", Method: http.MethodDelete, Path: one,
		Summary: "Have nobody in particular see to an item", Tags: tags},
		func(ctx context.Context, in *ItemPath) (*struct{}, error) {
			if _, _, err := a.state(ctx, in.RunPath); err != nil {
				return nil, err
			}
			return nil, a.App.Discussion().Unassign(ctx, in.Run, in.Item, person(ctx))
		})
	a.assignments(tags)
}

// person is who calls, as discussions know them.
func person(ctx context.Context) discussion.Person {
	who := caller(ctx)
	return discussion.Person{Account: who.Account, Actor: actor(who)}
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
	m := textual(ctx, in.Workspace)
	name, self := a.names(ctx), caller(ctx).Account
	out := &discussionOutput{Discussion{Remarks: []Remark{}, Assignments: []Assignment{}, Present: name.all(present)}}
	for i := range remarks {
		out.Body.Remarks = append(out.Body.Remarks, remarkView(&remarks[i], name, m, self))
	}
	for i := range assigned {
		out.Body.Assignments = append(out.Body.Assignments, assignmentView(&assigned[i], name))
	}
	return out, nil
}

// remarkView is a remark as the caller may see it: what looks personal in what others said is masked, and the salt, with which
// short words could be guessed, is left out.
func remarkView(r *store.Remark, name *names, m masks, self string) Remark {
	v := Remark{ID: r.ID, Item: r.Item, By: name.of(r.Account), Text: r.Text, Mentions: name.all(r.Mentions), At: r.Created, Salt: r.Salt}
	if !r.Edited.IsZero() {
		v.Edited = &r.Edited
	}
	if m.m != nil && r.Account != self {
		v.Text, v.Salt = m.text(r.Text), ""
	}
	return v
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
	mentions, err := a.mentioned(ctx, in.Workspace, in.Body.Text, in.Body.Mentions)
	if err != nil {
		return nil, err
	}
	r, err := a.App.Discussion().Say(ctx, *at, person(ctx), in.Body.Text, mentions)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Remark }{remarkView(r, a.names(ctx), masks{}, r.Account)}, nil
}

// RemarkPath names a remark on a run.
type RemarkPath struct {
	RunPath
	Remark string `path:"remark" maxLength:"64"`
}

func (a *API) editRemark(ctx context.Context, in *struct {
	RemarkPath
	Body struct {
		Text     string   `json:"text" minLength:"1" maxLength:"16000"`
		Mentions []string `json:"mentions,omitempty" maxItems:"20" doc:"As of a new one."`
	}
},
) (*struct{ Body Remark }, error) {
	at, err := a.placeOf(ctx, in.RunPath, "")
	if err != nil {
		return nil, err
	}
	mentions, err := a.mentioned(ctx, in.Workspace, in.Body.Text, in.Body.Mentions)
	if err != nil {
		return nil, err
	}
	r, err := a.App.Discussion().Edit(ctx, *at, in.Remark, person(ctx), in.Body.Text, mentions)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Remark }{remarkView(r, a.names(ctx), masks{}, r.Account)}, nil
}

func (a *API) removeRemark(ctx context.Context, in *RemarkPath) (*struct{}, error) {
	if _, _, err := a.state(ctx, in.RunPath); err != nil {
		return nil, err
	}
	who := caller(ctx)
	foreign := who.In(in.Workspace).Allows(access.RemarksModerate) && who.Scoped(access.RemarksModerate)
	return nil, a.App.Discussion().Unsay(ctx, in.Run, in.Remark, person(ctx), foreign)
}

// mentioned are those whom a remark names, in its text or beside it. All of them are in the workspace.
func (a *API) mentioned(ctx context.Context, workspace, text string, beside []string) ([]string, error) {
	if err := a.areMembers(ctx, workspace, beside...); err != nil {
		return nil, err
	}
	if !strings.Contains(text, "@") {
		return beside, nil
	}
	all, err := a.App.Members(ctx, workspace)
	if err != nil {
		return nil, err
	}
	name, people := a.names(ctx), make(map[string]string, len(all))
	for _, m := range all {
		people[m.Account] = name.of(m.Account).Name
	}
	return slices.Concat(beside, discussion.Mentions(text, people)), nil
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
	if err := a.App.Discussion().Assign(ctx, *at, person(ctx), in.Body.Account, due); err != nil {
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

// discussionMappings say what becomes of the errors of discussions.
var discussionMappings = []mapping{
	{discussion.ErrForeign, func(error) *Problem {
		return newProblem(http.StatusForbidden, "not_yours", "Somebody else said it.").kept("nothing was changed").next("ask a steward to remove it")
	}},
	{discussion.ErrInvalid, status(http.StatusUnprocessableEntity, "invalid", "correct it and send it again")},
}
