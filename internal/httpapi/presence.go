package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/discussion"
)

// Talk is what the events comment and assignment tell: what is said stands in the discussion of the run.
type Talk struct {
	Action string `json:"action"`
	Item   string `json:"item,omitempty"`
	Remark string `json:"remark,omitempty"`
}

// passTalk tells of an entry of the audit that is about what people said or assigned.
func passTalk(events *events, body []byte) error {
	var e struct {
		Action, Object string
		Details        struct{ Remark string }
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return fmt.Errorf("reading an entry of the audit: %w", err)
	}
	t := Talk{Action: e.Action, Item: e.Object, Remark: e.Details.Remark}
	switch e.Action {
	case discussion.ActionSaid, discussion.ActionEdited, discussion.ActionUnsaid:
		return said(events, "comment", t)
	case discussion.ActionAssigned, discussion.ActionUnassigned:
		return said(events, "assignment", t)
	default:
		return nil
	}
}

// said tells what happened, and that the discussion of the run is another than before.
func said(e *events, event string, data any) error {
	return errors.Join(e.add(0, event, data), e.add(0, "discussion", struct{}{}))
}

// Presence is what the event presence tells.
type Presence struct {
	People []Someone `json:"people"`
}

// room is where those are who look at a run, seen by one stream.
type room struct {
	*API
	s     *stream
	run   string
	moved <-chan discussion.Signal
	leave func()
	told  []string
}

// enter shows whoever follows a run to the others: people, and not programs with an API token.
func (a *API) enter(ctx context.Context, s *stream, run string, who *auth.Identity) *room {
	r := &room{API: a, s: s, run: run, moved: a.App.Discussion().Watch(ctx, discussion.Signal{Run: run})}
	account := ""
	if who.Kind == auth.KindSession {
		account = who.Account
	}
	r.leave = a.App.Discussion().Enter(run, account) //nolint:contextcheck // the records are told after the stream too
	return r
}

// tell says who is here, where that is another than was told before.
func (r *room) tell(ctx context.Context) error {
	all, err := r.App.Discussion().Present(ctx, r.run)
	if err != nil || slices.Equal(all, r.told) {
		return err
	}
	r.told = all
	var e events
	if err := said(&e, "presence", Presence{People: r.names(ctx).all(all)}); err != nil {
		return err
	}
	return r.s.write(e)
}
