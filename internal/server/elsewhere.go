package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	// tellEvery is how often a process says again what it finds out of order.
	tellEvery = 30 * time.Second
	// believed is for how long what it said is told by others: it may have ended.
	believed = 2 * time.Minute
)

// told is what the processes that share the records were told by this one.
type told struct {
	mu   sync.Mutex
	name string // of this process; empty before there was anything to tell
	last time.Time
	all  []condition.Condition
}

// due says whether there is something to tell: another state of affairs than was told last, or the same since long.
func (t *told) due(all []condition.Condition, now time.Time) bool {
	if !slices.EqualFunc(all, t.all, alike) {
		return true
	}
	return len(all) > 0 && now.Sub(t.last) >= tellEvery
}

// alike says whether two conditions are the same one, however often it was found meanwhile.
func alike(x, y condition.Condition) bool {
	return x.Part == y.Part && x.Which == y.Which && x.Since.Equal(y.Since) && x.Why == y.Why
}

// tellOthers records what is out of order, for the other processes to tell: those that work tasks send the mails, and others serve the
// API. While everything is in order nothing is written.
func (s *Server) tellOthers(ctx context.Context) {
	t := &s.told
	t.mu.Lock()
	defer t.mu.Unlock()
	all := s.board.Now()
	if s.cfg.Postgres == "" || !t.due(all, time.Now()) {
		return
	}
	if t.name == "" {
		t.name = identifier.New("prc")
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	err := s.app.Records().InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveConditions(ctx, t.name, all, time.Now().Add(-believed))
	})
	if err != nil {
		s.parts.Log.Debug("other processes are not told of what is out of order", "error", err)
		return
	}
	t.all, t.last = all, time.Now()
}

// elsewhere reads what other processes have found out of order; nil where there are none.
func (s *Server) elsewhere() func(context.Context) ([]condition.Condition, error) {
	if s.cfg.Postgres == "" {
		return nil
	}
	return func(ctx context.Context) ([]condition.Condition, error) {
		s.told.mu.Lock()
		name := s.told.name
		s.told.mu.Unlock()
		return s.app.Records().Conditions(ctx, name, time.Now().Add(-believed))
	}
}
