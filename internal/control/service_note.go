package control

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// Note is what people did beside the flow, for the audit of the run. Its details hold none of their words.
type Note struct {
	Action, Object string
	Details        map[string]any
}

// Note does what f does in a transaction, adds the note that it returns to the run's audit, and tells whoever watches. The
// state of the run stays as it is; the chain of one that has ended is sealed again. The error wraps ErrConflict where the run was
// erased. With a nil note nothing is recorded.
func (s *Service) Note(ctx context.Context, run string, actor flow.Actor, f func(ctx context.Context, tx *store.Tx) (*Note, error)) error {
	return s.store.InRunTx(ctx, run, func(ctx context.Context, tx *store.Tx) error {
		m, err := s.move(ctx, tx, run)
		if err != nil {
			return err
		}
		if m.state.Status == Erased {
			return fmt.Errorf("run %s: %w: it was erased", run, ErrConflict)
		}
		note, err := f(ctx, tx)
		if err != nil || note == nil {
			return err
		}
		entry := audit.Entry{At: s.now(), Run: run, Actor: actor.Kind + ":" + actor.Name, Action: note.Action, Object: note.Object, Details: note.Details}
		if err := m.chain(ctx, entry, true); err != nil {
			return err
		}
		u := updateOf(m.run, m.state)
		u.Kind, u.Proposal, u.Entries = Noted, nil, m.entries
		tx.AfterCommit(func() { s.hub.publish(u) })
		return nil
	})
}
