package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// handleEvent takes an event of the flow itself from the broker: inbox, state, audit and what is sent in one transaction.
func (s *Service) handleEvent(ctx context.Context, m *store.Message) error {
	var e Event
	if err := json.Unmarshal(m.Body, &e); err != nil {
		return broker.Poison(fmt.Errorf("reading event %s of run %s: %w", m.Kind, m.Run, err))
	}
	return s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		fresh, err := tx.Take(ctx, consumerControl, *m)
		if err != nil || !fresh {
			return err
		}
		err = s.apply(ctx, tx, e)
		if errors.Is(err, ErrConflict) { // such as a task that ended as the run was aborted
			s.log.Debug("an event came too late", "run", e.Run, "kind", e.Kind)
			return nil
		}
		return err
	})
}

// apply steps the run's state by the event, and carries out what follows, all in the transaction.
func (s *Service) apply(ctx context.Context, tx *store.Tx, e Event) error {
	run, err := tx.Run(ctx, e.Run)
	if err != nil {
		return err
	}
	state, err := decodeState(run)
	if err != nil {
		return err
	}
	next, commands, err := Step(*state, e)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("writing the state of run %s: %w", e.Run, err)
	}
	if bytes.Equal(encoded, run.State) {
		return nil // late, and dropped
	}
	run.State, run.Status, run.Stage = encoded, string(next.Status), string(next.Stage)
	if err := tx.SaveState(ctx, run); err != nil {
		return err
	}
	if e.Kind == DecisionTaken {
		if err := tx.AddDecision(ctx, run.ID, e.Stage, e.Round, *e.Decision); err != nil {
			return err
		}
	}
	if e.Kind == RunRetried {
		if err := tx.DropDeadTasks(ctx, run.ID); err != nil {
			return err
		}
	}
	if err := s.record(ctx, tx, e, state, &next); err != nil {
		return err
	}
	if e.Kind == DecisionTaken || e.Kind == DecisionWithdrawn {
		u := updateOf(run, &next)
		u.Kind, u.Proposal = Decided, nil
		tx.AfterCommit(func() { s.hub.publish(u) })
	}
	if s.onMove != nil {
		if err := s.onMove(ctx, tx, Moved{Run: run, Event: e.Kind, At: e.At, Before: state, After: &next}); err != nil {
			return err
		}
	}
	for _, c := range commands {
		if err := s.carryOut(ctx, tx, run, &next, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) carryOut(ctx context.Context, tx *store.Tx, run *store.Run, state *State, c Command) error {
	switch c.Kind {
	case Plan, Assemble, Conclude:
		return s.put(ctx, tx, store.Command, c.Run, string(c.Kind), c)
	case Task:
		return s.queue.Insert(ctx, tx, task.Task{Run: c.Run, Stage: c.Stage, Round: c.Round, Try: c.Try, Tier: run.Tier,
			Kind: c.Handler}, time.Time{})
	case Decide:
		if !automatic(&run.Head) {
			return nil
		}
		return s.queue.Insert(ctx, tx, task.Task{Run: c.Run, Stage: c.Stage, Round: c.Round, Try: c.Try, Tier: run.Tier,
			Kind: kindDecide}, time.Time{})
	case Cancel:
		return s.queue.Cancel(ctx, tx, c.Run, c.Stage)
	case Announce:
		u := updateOf(run, state)
		tx.AfterCommit(func() { s.hub.publish(u) })
		return nil
	default:
		return fmt.Errorf("command %q of run %s is not known", c.Kind, c.Run)
	}
}

// expire posts the expiry of control points whose time has passed; a periodic task.
func (s *Service) expire(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
	waiting, err := s.store.RunsIn(ctx, string(Waiting))
	if err != nil {
		return nil, err
	}
	var due []Event
	for i := range waiting {
		state, err := decodeState(&waiting[i])
		if err != nil {
			return nil, err
		}
		st := state.current()
		if !st.Deadline.IsZero() && !s.now().Before(st.Deadline) {
			due = append(due, Event{Kind: PointExpired, Run: state.Run, Stage: state.Stage, Round: st.Round, Try: st.Try, At: s.now()})
		}
	}
	return func(ctx context.Context, tx *store.Tx) error {
		for _, e := range due {
			if err := s.post(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
