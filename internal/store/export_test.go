package store

import (
	"context"
	"testing"
	"time"
)

// MostIdle is how many statements a connection keeps.
const MostIdle = mostIdle

// Up migrates to the newest form.
func (s *Store) Up(ctx context.Context) error { return s.migrate(ctx) }

// Down takes every migration back.
func (s *Store) Down(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	_, err = p.DownTo(ctx, 0)
	return err
}

// AwaitGathered returns when so many transactions wait for the one that is written, and has all of them be written together.
func AwaitGathered(t *testing.T, s *Store, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		s.gathering.mu.Lock()
		waiting := len(s.gathering.waiting)
		s.gathering.long = time.Hour
		s.gathering.mu.Unlock()
		if waiting == n {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Error("they did not come")
			return
		}
	}
}
