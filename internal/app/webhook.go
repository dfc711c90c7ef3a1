package app

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// Webhooks tell other systems of what happens to runs; nil where Options has none.
func (a *App) Webhooks() *webhook.Service { return a.hooks }

// moved has webhooks and people told of what a run's change of state means to people, in the transaction of the change.
func (a *App) moved(ctx context.Context, tx *store.Tx, m control.Moved) error {
	if err := a.tellPeople(ctx, tx, &m); err != nil {
		return err
	}
	if a.hooks == nil {
		return nil
	}
	for _, kind := range meaning(&m) {
		st := m.After.Stages[m.After.Stage]
		if kind == webhook.PointClosed { // the stage that the event was of, which may be done by now
			st = m.Before.Stages[m.Before.Stage]
		}
		r := webhook.Run{ID: m.Run.ID, File: m.Run.Head.File, Status: string(m.After.Status), Stage: string(m.After.Stage)}
		about := m.Run.ID
		if st != nil {
			r.Round = st.Round
			if kind == webhook.PointOpened && st.Proposal != nil {
				r.Items = len(st.Proposal.Items)
			}
		}
		if kind != webhook.RunStarted { // a run may fail, be done, or open the same point more than once
			about = fmt.Sprintf("%s %d", m.Run.ID, m.Run.Version)
		}
		e := webhook.Event{Kind: kind, Workspace: m.Run.Workspace, At: m.At, About: about, Run: r}
		if err := a.hooks.Tell(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// meaning says what a change of state is called outside.
func meaning(m *control.Moved) []webhook.Kind {
	var kinds []webhook.Kind
	before, after := m.Before.Status, m.After.Status
	if before == "" {
		kinds = append(kinds, webhook.RunStarted)
	}
	if m.Event == control.PointClosed {
		kinds = append(kinds, webhook.PointClosed)
	}
	if before == after {
		return kinds
	}
	switch after {
	case control.Waiting:
		kinds = append(kinds, webhook.PointOpened)
	case control.Done:
		kinds = append(kinds, webhook.RunDone)
	case control.Failed:
		kinds = append(kinds, webhook.RunFailed)
	case control.Running, control.Expired, control.Aborted, control.Erased:
	}
	return kinds
}
