package control

import (
	"context"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	relayBatch = 100
	// relayEvery is how often the outbox is looked into without having been told to: for what another process put in,
	// and for what could not be sent. Where there is no other process, that is all it is for, and relayRest does.
	relayEvery = 200 * time.Millisecond
	relayRest  = 5 * time.Second
	relayTime  = 30 * time.Second
)

// relay publishes the outbox until ctx ends.
func (s *Service) relay(ctx context.Context) {
	rest := relayEvery
	if s.store.Dialect() == store.SQLite {
		rest = relayRest
	}
	again := time.NewTimer(rest)
	defer again.Stop()
	failed := 0
	for {
		again.Reset(rest)
		for {
			n, err := s.relayOnce(ctx)
			if err != nil && ctx.Err() == nil {
				if failed == 0 { // told once, however long it lasts
					s.log.Warn("sending messages; it is tried again", "error", err)
				}
				again.Reset(min(relayEvery<<min(failed, 10), relayRest))
				failed++
			} else {
				failed = 0
			}
			if n < relayBatch || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-s.store.OutboxFilled():
		case <-again.C:
		}
	}
}

// relayOnce publishes the oldest messages that were not sent, in their order, and says how many. A crash between
// publishing and marking sends them again, which the broker and the inboxes notice.
func (s *Service) relayOnce(ctx context.Context) (int, error) {
	more, err := s.store.HasPending(ctx)
	if err != nil || !more {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, relayTime)
	defer cancel()
	n := 0
	err = s.store.InOwnTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n = 0
		mine, err := tx.LockRelay(ctx)
		if err != nil || !mine {
			return err
		}
		pending, err := tx.Pending(ctx, relayBatch)
		if err != nil {
			return err
		}
		for i := range pending {
			m := &pending[i]
			sent, span := sending(ctx, m)
			err := s.broker.Publish(sent, broker.Message{ID: m.ID, Run: m.Run, Kind: string(m.Channel) + "." + m.Kind, Trace: stepOf(sent, m)})
			span.End(err)
			if err != nil {
				return err
			}
			if err := tx.MarkSent(ctx, m.ID); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
