package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/identifier"
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
		if kind == webhook.PointExpired && st != nil {
			e.Notice = &webhook.Notice{Due: due(st.Deadline)}
		}
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
	case control.Expired:
		kinds = append(kinds, webhook.PointExpired)
	case control.Running, control.Aborted, control.Erased:
	}
	return kinds
}

// happened has webhooks told of what people did with a run: whom they mentioned, what they assigned.
func (a *App) happened(ctx context.Context, tx *store.Tx, x *discussion.Happening) error {
	if a.hooks == nil || x.Place.Workspace == "" {
		return nil
	}
	kind := map[discussion.Kind]webhook.Kind{discussion.Mentioned: webhook.PersonMentioned, discussion.Assigned: webhook.ItemAssigned}[x.Kind]
	if kind == "" {
		return nil
	}
	r, err := tx.Run(ctx, x.Place.Run)
	if err != nil {
		return err
	}
	n := webhook.Notice{Item: x.Place.Item, Remark: x.Remark, By: x.By, People: x.People, Due: due(x.Due)}
	return a.hook(ctx, tx, r, kind, r.ID+" "+identifier.New("hpn"), x.Place.Stage, n)
}

// hook has webhooks told of something that concerns people; about tells it from others of its kind, and begins with the run's id,
// by which deliveries are erased with its data.
func (a *App) hook(ctx context.Context, tx *store.Tx, r *store.Run, kind webhook.Kind, about, stage string, n webhook.Notice) error {
	if a.hooks == nil {
		return nil
	}
	n.People = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(n.People))), func(account string) bool { return account == "" })
	return a.hooks.Tell(ctx, tx, webhook.Event{Kind: kind, Workspace: r.Workspace, At: a.opt.Now(), About: about, Notice: &n,
		Run: webhook.Run{ID: r.ID, File: r.Head.File, Status: r.Status, Stage: cmp.Or(stage, r.Stage)}})
}

// due is a deadline where there is one.
func due(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}
