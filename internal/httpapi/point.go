package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// ControlPoint is the open control point of a run. What was found stands in the document of its stage.
type ControlPoint struct {
	Run       string                   `json:"run"`
	Stage     flow.Stage               `json:"stage"`
	Round     int                      `json:"round"`
	Version   string                   `json:"version" doc:"The dataset version that it speaks of."`
	Hash      string                   `json:"hash" doc:"SHA-256 of the document of the stage: what is decided on."`
	Items     []flow.Item              `json:"items"`
	Decisions map[string]flow.Decision `json:"decisions" doc:"Those in force, by item."`
	FourEyes  bool                     `json:"four_eyes" doc:"Who decided may not close it."`
	Deadline  *time.Time               `json:"deadline,omitempty"`
}

// DecisionBody is a decision as it is sent.
type DecisionBody struct {
	Item       string         `json:"item" minLength:"1" maxLength:"200"`
	Choice     flow.Choice    `json:"choice" enum:"accept,edit,partial,reject,leave"`
	Option     string         `json:"option,omitempty" maxLength:"200" doc:"Id of the resolution; keep where there is nothing to choose."`
	Params     map[string]any `json:"params,omitempty" doc:"For edit: in the place of the proposed parameters."`
	Rows       []int64        `json:"rows,omitempty" maxItems:"100000" doc:"For partial: only these rows, counted from 1."`
	Reason     string         `json:"reason,omitempty" maxLength:"2000"`
	Due        string         `json:"due,omitempty" format:"date" maxLength:"10" doc:"The day by which what is accepted is to be done."`
	Supersedes *string        `json:"supersedes,omitempty" maxLength:"100" doc:"Id of the decision on the item that you saw, empty where you saw none. Where somebody else decided in the meantime, theirs stands and yours is refused."`
}

type pointOutput struct {
	ETag string `header:"ETag"`
	Body ControlPoint
}

// PointInput names a control point and what was seen of it.
type PointInput struct {
	RunPath
	IfMatch string `header:"If-Match" maxLength:"200" doc:"ETag of the control point that was seen."`
}

// pointTag tells one proposal from another.
func pointTag(at flow.Stage, round int, hash string) string {
	return fmt.Sprintf("%s.%d.%s", at, round, hash[:min(16, len(hash))])
}

func (a *API) point(ctx context.Context, p RunPath) (*pointOutput, error) {
	_, state, err := a.state(ctx, p)
	if err != nil {
		return nil, err
	}
	if state.Status != control.Waiting {
		return nil, newProblem(http.StatusConflict, "no_point_open", fmt.Sprintf("No control point is open: the run is %s.", state.Status)).
			next("watch the run's events until it waits")
	}
	st := state.Stages[state.Stage]
	out := &pointOutput{ETag: etag(pointTag(state.Stage, st.Round, st.Proposal.Hash)), Body: ControlPoint{Run: p.Run, Stage: state.Stage, Round: st.Round,
		Version: st.Proposal.Version, Hash: st.Proposal.Hash, Items: st.Proposal.Items, Decisions: st.Decisions, FourEyes: state.FourEyes}}
	m, err := a.masker(ctx, p)
	if err != nil {
		return nil, err
	}
	out.Body.Items, out.Body.Decisions = m.items(out.Body.Items), map[string]flow.Decision{}
	for item, d := range st.Decisions {
		m.decision(&d)
		out.Body.Decisions[item] = d
	}
	if !st.Deadline.IsZero() {
		out.Body.Deadline = &st.Deadline
	}
	return out, nil
}

// seen is the open control point, where it is the one that the caller saw.
func (a *API) seen(ctx context.Context, in *PointInput) (*ControlPoint, error) {
	want, err := matches(in.IfMatch)
	if err != nil {
		return nil, err
	}
	p, err := a.point(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	if p.ETag != etag(want) {
		return nil, newProblem(http.StatusPreconditionFailed, "stale", "The control point has changed since you saw it.").
			kept("nothing was changed").next("read it again, look at what changed, and decide anew")
	}
	return &p.Body, nil
}

const pointURL = Prefix + "/workspaces/{workspace}/runs/{run}/point"

func (a *API) points() {
	tags := []string{"control points"}
	register(a, need(access.RunsRead), huma.Operation{OperationID: "get-point", Method: http.MethodGet, Path: pointURL, Summary: "The open control point", Tags: tags},
		func(ctx context.Context, in *RunPath) (*pointOutput, error) { return a.point(ctx, *in) })
	register(a, need(access.DecisionsTake), huma.Operation{OperationID: "decide", Method: http.MethodPost, Path: pointURL + "/decisions",
		Summary: "Take decisions, all of them or none", Tags: tags, DefaultStatus: http.StatusOK, MaxBodyBytes: 8 << 20}, a.decide)
	register(a, need(access.DecisionsTake), huma.Operation{OperationID: "withdraw", Method: http.MethodDelete, Path: pointURL + "/decisions/{item}",
		Summary: "Take a decision back", Tags: tags, DefaultStatus: http.StatusOK},
		func(ctx context.Context, in *struct {
			PointInput
			Item string `path:"item" maxLength:"200"`
		},
		) (*pointOutput, error) {
			if _, err := a.seen(ctx, &in.PointInput); err != nil {
				return nil, err
			}
			if err := a.App.Withdraw(ctx, in.Run, in.Item, actor(caller(ctx))); err != nil {
				return nil, err
			}
			return a.point(ctx, in.RunPath)
		})
	register(a, need(access.PointsClose), huma.Operation{OperationID: "close-point", Method: http.MethodPost, Path: pointURL + "/close",
		Summary: "Close the control point: the run moves on, what nothing was decided on is left alone", Tags: tags, DefaultStatus: http.StatusOK},
		func(ctx context.Context, in *PointInput) (*runOutput, error) {
			p, err := a.seen(ctx, in)
			if err != nil {
				return nil, err
			}
			if err := a.App.Proceed(ctx, in.Run, p.Hash, actor(caller(ctx))); err != nil {
				return nil, err
			}
			return a.runView(ctx, in.RunPath)
		})
	register(a, need(access.DecisionsTake), huma.Operation{OperationID: "ask-more", Method: http.MethodPost, Path: pointURL + "/more",
		Summary: "Have the stage look for more like an insight; the same control point opens again with what is found, decisions stand", Tags: tags,
		DefaultStatus: http.StatusOK}, a.askMore)
	register(a, need(access.PointsClose), huma.Operation{OperationID: "send-back", Method: http.MethodPost, Path: pointURL + "/send-back",
		Summary: "Have the stage begin anew, with options", Tags: tags, DefaultStatus: http.StatusOK},
		func(ctx context.Context, in *struct {
			PointInput
			Body struct {
				Options map[string]any `json:"options" doc:"What to do otherwise: reception takes overrides of its facts."`
			}
		},
		) (*runOutput, error) {
			p, err := a.seen(ctx, &in.PointInput)
			if err != nil {
				return nil, err
			}
			if p.Stage == flow.Reception {
				if err := a.readable(ctx, in.Run, in.Body.Options); err != nil {
					return nil, err
				}
			}
			if err := a.App.SendBack(ctx, in.Run, in.Body.Options, actor(caller(ctx))); err != nil {
				return nil, err
			}
			return a.runView(ctx, in.RunPath)
		})
}

func (a *API) decide(ctx context.Context, in *struct {
	PointInput
	Body struct {
		Decisions []DecisionBody `json:"decisions" minItems:"1" maxItems:"5000"`
	}
},
) (*pointOutput, error) {
	p, err := a.seen(ctx, &in.PointInput)
	if err != nil {
		return nil, err
	}
	by := actor(caller(ctx))
	take := make([]flow.Decision, len(in.Body.Decisions))
	for i, d := range in.Body.Decisions {
		take[i] = flow.Decision{Item: d.Item, Choice: d.Choice, Option: d.Option, Params: d.Params, Rows: d.Rows, Reason: d.Reason, Due: d.Due,
			Supersedes: d.Supersedes, Actor: by, Seen: p.Hash}
	}
	if err := a.App.Decide(ctx, in.Run, take); err != nil {
		return nil, err
	}
	return a.point(ctx, in.RunPath)
}

func (a *API) askMore(ctx context.Context, in *struct {
	PointInput
	Body struct {
		Item string        `json:"item" minLength:"1" maxLength:"200" doc:"Id of an insight."`
		Like flow.Likeness `json:"like" enum:"kind,columns" doc:"kind: of the same kind, about anything; columns: of any kind, about the same columns."`
	}
},
) (*runOutput, error) {
	p, err := a.seen(ctx, &in.PointInput)
	if err != nil {
		return nil, err
	}
	if err := a.App.AskMore(ctx, in.Run, p.Hash, stage.Ask{Item: in.Body.Item, Like: in.Body.Like}, actor(caller(ctx))); err != nil {
		return nil, err
	}
	return a.runView(ctx, in.RunPath)
}
