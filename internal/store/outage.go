package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// outage is what is known of a time in which nothing can be recorded: the database is gone, or its disk is full.
type outage struct {
	mu    sync.Mutex
	since time.Time // the zero time where there is none
}

// checkTime bounds how long it takes to find out whether something can be recorded.
const checkTime = 5 * time.Second

// Check says whether something can be recorded, by doing so.
func (s *Store) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, "INSERT INTO pulse (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at", s.now())
		return err
	})
	s.outage.mu.Lock()
	defer s.outage.mu.Unlock()
	if err == nil {
		s.outage.since = time.Time{}
		return nil
	}
	if s.outage.since.IsZero() {
		s.outage.since = s.opt.Now()
	}
	return fmt.Errorf("nothing can be recorded: %w", err)
}

// Outage says since when nothing can be recorded, as far as anybody has noticed; false where it can.
func (s *Store) Outage() (since time.Time, down bool) {
	s.outage.mu.Lock()
	defer s.outage.mu.Unlock()
	return s.outage.since, !s.outage.since.IsZero()
}

// Outlast is called after something failed that might have failed since nothing can be recorded. Where that is so it returns true
// once something can be again; then the work is worth another try, which is not to be counted. It returns false where that was not
// the reason, or ctx has ended.
func (s *Store) Outlast(ctx context.Context) bool { return s.recovery.Outlast(ctx, s.Check) }
