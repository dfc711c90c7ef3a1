package discussion

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// hereFor is how long somebody counts as present after they were last seen: longer than two heartbeats of a stream.
const hereFor = 40 * time.Second

// Here records that an account looks at a run; say it again with each heartbeat.
func (s *Service) Here(ctx context.Context, run, account string) error {
	before, err := s.store.Present(ctx, run)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutPresence(ctx, run, account, s.now().Add(hereFor))
	})
	if err == nil && !slices.Contains(before, account) {
		s.hub.publish(Signal{Run: run})
	}
	return err
}

// Gone records that an account looks at a run no more.
func (s *Service) Gone(ctx context.Context, run, account string) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DropPresence(ctx, run, account) })
	if err == nil {
		s.hub.publish(Signal{Run: run})
	}
	return err
}

// Present lists the accounts that look at a run.
func (s *Service) Present(ctx context.Context, run string) ([]string, error) {
	return s.store.Present(ctx, run)
}

// Mark is another whenever the discussion of a run or who is present there is: what other processes did is told by it.
func (s *Service) Mark(ctx context.Context, run string) (string, error) {
	said, err := s.store.DiscussionMark(ctx, run)
	if err != nil {
		return "", err
	}
	here, err := s.store.Present(ctx, run)
	return said + " " + strings.Join(here, " "), err
}
