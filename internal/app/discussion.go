package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// Discussion is how people work on runs together.
func (a *App) Discussion() *discussion.Service { return a.discussion }

func (a *App) newDiscussion() *discussion.Service {
	cfg := discussion.Config{Store: a.records, Log: a.opt.Log, Happened: a.happened}
	if a.opt.Mail != nil {
		m := *a.opt.Mail
		m.Address, m.Name = a.mailAddress, a.nameOf
		cfg.Mail = &m
	}
	return discussion.New(cfg)
}

// noted records what people said or assigned in the audit of the run.
func (a *App) noted(ctx context.Context, run string, by flow.Actor, f func(ctx context.Context, tx *store.Tx) (*discussion.Entry, error)) error {
	return a.control.Note(ctx, run, by, func(ctx context.Context, tx *store.Tx) (*control.Note, error) {
		e, err := f(ctx, tx)
		if err != nil {
			return nil, err
		}
		return &control.Note{Action: e.Action, Object: e.Object, Details: e.Details}, nil
	})
}

// mailAddress is where an account gets its mail; those that cannot sign in get none.
func (a *App) mailAddress(ctx context.Context, account string) (string, bool, error) {
	x, err := auth.ReadAccount(ctx, a.records, account)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return x.Email, x.Status == auth.Active && x.Email != "", nil
}

func (a *App) nameOf(ctx context.Context, account string) string {
	x, err := auth.ReadAccount(ctx, a.records, account)
	if err != nil {
		return "Somebody"
	}
	return x.Name
}

// tellPeople tells of a run that waits, was not decided in time, failed or is done: whoever began it, and those of the workspace
// whom it waits for. Where something is written down that decides in the place of people, they are told by Remind, of what
// that left open.
func (a *App) tellPeople(ctx context.Context, tx *store.Tx, m *control.Moved) error {
	if m.Run.Workspace == "" || m.Before.Status == m.After.Status {
		return nil
	}
	x := discussion.Told{Place: placeOf(m.Run), Stage: string(m.After.Stage)}
	owner := m.Run.Head.Account
	switch m.After.Status {
	case control.Waiting:
		if control.Automatic(&m.Run.Head) {
			return nil
		}
		return a.tellWaits(ctx, tx, m.Run, m.After)
	case control.Expired:
		x.Kind, x.About, x.Here = discussion.Escalated, roundOf(m.Run, m.After), true
		admins, err := a.roleHolders(ctx, tx, m.Run.Workspace, access.Administrator)
		if err != nil {
			return err
		}
		return a.discussion.Tell(ctx, tx, x, admins...)
	case control.Failed:
		x.Kind = discussion.Failed
		stewards, err := a.roleHolders(ctx, tx, m.Run.Workspace, access.Steward)
		if err != nil {
			return err
		}
		return a.discussion.Tell(ctx, tx, x, append(stewards, owner)...)
	case control.Done:
		x.Kind = discussion.Done
		return a.discussion.Tell(ctx, tx, x, owner)
	case control.Running, control.Aborted, control.Erased:
	}
	return nil
}

func placeOf(r *store.Run) discussion.Place {
	return discussion.Place{Workspace: r.Workspace, Run: r.ID, File: r.Head.File}
}

// roundOf tells one opening of a control point from another.
func roundOf(r *store.Run, s *control.State) string {
	st := s.Stages[s.Stage]
	if st == nil {
		return r.ID
	}
	return fmt.Sprintf("%s %s %d %d %d", r.ID, s.Stage, st.Round, st.Try, st.Deadline.Unix())
}

// tellWaits tells the stewards, and whoever began the run, that it waits at a control point.
func (a *App) tellWaits(ctx context.Context, tx *store.Tx, r *store.Run, s *control.State) error {
	stewards, err := a.roleHolders(ctx, tx, r.Workspace, access.Steward)
	if err != nil {
		return err
	}
	x := discussion.Told{Place: placeOf(r), Kind: discussion.Waits, Stage: string(s.Stage), About: roundOf(r, s)}
	return a.discussion.Tell(ctx, tx, x, append(stewards, r.Head.Account)...)
}

// roleHolders lists who has a role in a workspace, and no higher one.
func (a *App) roleHolders(ctx context.Context, tx *store.Tx, workspace string, role access.Role) ([]string, error) {
	all, err := tx.Members(ctx, workspace)
	if err != nil {
		return nil, err
	}
	var of []string
	for _, m := range all {
		if m.Role == string(role) {
			of = append(of, m.Account)
		}
	}
	return of, nil
}

// A deadline is near when a quarter of the time is left, a day at most.
const (
	nearPart = 4
	nearMost = 24 * time.Hour
)

// Expire has control points end whose time has passed, of which people are told. It is done by itself every half minute.
func (a *App) Expire(ctx context.Context) error { return a.control.Expire(ctx) }

// Remind tells people of what waits for them: of control points that were left open by what decides in the place of people, of
// deadlines that are near. Each is told once. What was not decided in time is told as it expires.
func (a *App) Remind(ctx context.Context, now time.Time) error {
	waiting, err := a.records.RunsIn(ctx, string(control.Waiting))
	if err != nil {
		return err
	}
	for i := range waiting {
		if waiting[i].Workspace == "" {
			continue
		}
		_, state, err := a.State(ctx, waiting[i].ID)
		if err != nil {
			return err
		}
		if state.Status != control.Waiting {
			continue
		}
		err = a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return a.remind(ctx, tx, &waiting[i], state, now) })
		if err != nil {
			return fmt.Errorf("reminding people of run %s: %w", waiting[i].ID, err)
		}
	}
	return nil
}

func (a *App) remind(ctx context.Context, tx *store.Tx, r *store.Run, s *control.State, now time.Time) error {
	if control.Automatic(&r.Head) && now.Sub(r.Updated) > time.Minute { // what was written down has decided by now
		if err := a.tellWaits(ctx, tx, r, s); err != nil {
			return err
		}
	}
	assigned, err := tx.Assignments(ctx, r.ID)
	if err != nil {
		return err
	}
	st := s.Stages[s.Stage]
	var open []string // who is to see to something that is still to be decided
	for _, x := range assigned {
		if _, decided := st.Decisions[x.Item]; decided || st.Proposal == nil || st.Proposal.Item(x.Item) == nil {
			continue
		}
		open = append(open, x.Account)
		if x.Due.IsZero() || now.Before(x.Due.Add(-nearMost)) {
			continue
		}
		told := discussion.Told{Place: placeOf(r), Kind: discussion.Deadline, Stage: string(s.Stage), Due: x.Due, Here: true,
			About: fmt.Sprintf("%s %s %d", r.ID, x.Item, x.Due.Unix())}
		told.Place.Item = x.Item
		if err := a.tellDeadline(ctx, tx, r, &told, x.Account); err != nil {
			return err
		}
	}
	if st.Deadline.IsZero() || now.Before(st.Deadline.Add(-min(s.PointTTL/nearPart, nearMost))) {
		return nil
	}
	stewards, err := a.roleHolders(ctx, tx, r.Workspace, access.Steward)
	if err != nil {
		return err
	}
	told := discussion.Told{Place: placeOf(r), Kind: discussion.Deadline, Stage: string(s.Stage), Due: st.Deadline, About: roundOf(r, s), Here: true}
	return a.tellDeadline(ctx, tx, r, &told, slices.Concat(open, stewards, []string{r.Head.Account})...)
}

// tellDeadline tells people and other systems of a deadline that is near.
func (a *App) tellDeadline(ctx context.Context, tx *store.Tx, r *store.Run, x *discussion.Told, accounts ...string) error {
	if err := a.discussion.Tell(ctx, tx, *x, accounts...); err != nil {
		return err
	}
	return a.hook(ctx, tx, r, webhook.DeadlineNear, x.About, x.Stage, webhook.Notice{Item: x.Place.Item, People: accounts, Due: due(x.Due)})
}
