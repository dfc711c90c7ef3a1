package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
	return s.store.InRunTx(ctx, e.Run, func(ctx context.Context, tx *store.Tx) error {
		fresh, err := tx.Take(ctx, consumerControl, *m)
		if err != nil || !fresh {
			return err
		}
		err = s.apply(ctx, tx, e)
		if errors.Is(err, ErrConflict) { // such as a task that ended as the run was aborted
			s.log.DebugContext(ctx, "an event came too late", "run", e.Run, "kind", e.Kind)
			return nil
		}
		return err
	})
}

// apply moves a run on by one event.
func (s *Service) apply(ctx context.Context, tx *store.Tx, e Event) error {
	m, err := s.move(ctx, tx, e.Run)
	if err != nil {
		return err
	}
	if err := m.step(ctx, e); err != nil {
		return err
	}
	return m.end(ctx)
}

// Expire has control points end whose time has passed. It is done by itself every half minute.
func (s *Service) Expire(ctx context.Context) error {
	finish, err := s.expire(ctx, task.Task{}, nil)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, finish)
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
