package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// moving is a store on PostgreSQL with runs that move.
type moving struct {
	*store.Store
	t     *testing.T
	tries atomic.Int64
}

// begun opens one, with so many runs.
func begun(t *testing.T, runs int) *moving {
	t.Helper()
	s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	m := &moving{Store: s, t: t}
	for i := range runs {
		err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return tx.InsertRun(ctx, store.Run{ID: m.run(i), Status: "running", State: []byte("{}")})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m *moving) run(i int) string { return fmt.Sprintf("20261124-1200%02d-x", i) }

// move does what the control point manager does with an event, on the run's turn.
func (m *moving) move(run string, step int64) {
	message := store.Message{ID: fmt.Sprintf("%s-%d", run, step), Run: run, Channel: store.Event, Kind: "x"}
	err := m.InRunTx(m.t.Context(), run, func(ctx context.Context, tx *store.Tx) error {
		m.tries.Add(1)
		r, err := tx.Run(ctx, run)
		if err != nil {
			return err
		}
		last, err := tx.AuditLast(ctx, run)
		if err != nil {
			return err
		}
		entry := store.AuditEntry{Run: run, Seq: 1, Kind: "x", Body: []byte("x")}
		if last != nil {
			entry.Seq = last.Seq + 1
		}
		if _, err := tx.Take(ctx, "me", store.Message{ID: message.ID, Run: run, Seq: step}); err != nil {
			return err
		}
		if err := tx.AddAudit(ctx, entry); err != nil {
			return err
		}
		if _, err := tx.AddUsage(ctx, "a workspace", time.Time{}, "tasks", 1); err != nil {
			return err
		}
		if err := tx.Post(ctx, &message); err != nil {
			return err
		}
		return tx.SaveState(ctx, r)
	})
	if err != nil {
		m.t.Error(err)
	}
}

// relay does what the relay does, and says how many messages it sent.
func (m *moving) relay() (sent int) {
	err := m.InOwnTx(m.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		m.tries.Add(1)
		pending, err := tx.Pending(ctx, 100)
		if err != nil {
			return err
		}
		sent = len(pending)
		for _, p := range pending {
			if err := tx.MarkSent(ctx, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		m.t.Error(err)
	}
	return sent
}

// Runs that move at once, and the relay of their messages, have nothing to do with one another: none is ever done again.
func TestRunsThatMoveAtOnceAreNotInOneAnothersWay(t *testing.T) {
	const runs, steps = 24, 10
	m := begun(t, runs)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() {
			for k := range steps {
				m.move(m.run(i), int64(k)+1)
			}
		})
	}
	relays := int64(0)
	for sent := 0; sent < runs*steps && !t.Failed(); relays++ {
		sent += m.relay()
	}
	all.Wait()
	if got, want := m.tries.Load(), runs*steps+relays; got != want {
		t.Errorf("%d transactions took %d tries", want, got)
	}
}

// The transactions of a run wait for one another: nothing that one reads is old when it writes.
func TestTheTransactionsOfARunWaitForOneAnother(t *testing.T) {
	m := begun(t, 1)
	const people, times = 8, 10
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			for range times {
				err := m.InRunTx(t.Context(), m.run(0), func(ctx context.Context, tx *store.Tx) error {
					m.tries.Add(1)
					r, err := tx.Run(ctx, m.run(0))
					if err != nil {
						return err
					}
					r.Stage += "."
					return tx.SaveState(ctx, r)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	r, err := m.Run(t.Context(), m.run(0))
	if err != nil || len(r.Stage) != people*times || m.tries.Load() != people*times {
		t.Errorf("%d changes after %d tries, %v", len(r.Stage), m.tries.Load(), err)
	}
}
