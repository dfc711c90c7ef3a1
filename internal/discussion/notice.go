package discussion

import (
	"context"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// Kind says of what a notice tells. Kinds are stored: they are never renamed.
type Kind string

// The kinds of notices.
const (
	Mentioned Kind = "mentioned" // somebody was named in a remark
	Remarked  Kind = "remarked"  // a remark on an item that somebody spoke about or is to see to
	Assigned  Kind = "assigned"  // somebody is to see to an item
	Waits     Kind = "waits"     // a run that somebody began waits at a control point
	Failed    Kind = "failed"    // it failed
	Done      Kind = "done"      // it is done
)

// Kinds lists the kinds of notices.
func Kinds() []Kind { return []Kind{Mentioned, Remarked, Assigned, Waits, Failed, Done} }

// keepFor is how long notices are kept.
const keepFor = 90 * 24 * time.Hour

func insert(ctx context.Context, tx *store.Tx, at Place, k Kind, n store.Notice) error {
	n.ID, n.Workspace, n.Run, n.Kind = identifier.New("ntc"), at.Workspace, at.Run, string(k)
	return tx.InsertNotice(ctx, n)
}

// Moved tells whoever began a run that it waits, failed or is done, in the transaction that brings it about; not whoever
// looks at it at this moment. Who watches the run's workspace hears of the move itself.
func (s *Service) Moved(ctx context.Context, tx *store.Tx, at Place, k Kind, account, stage string) error {
	if account == "" {
		return nil
	}
	here, err := tx.Present(ctx, at.Run)
	if err != nil || slices.Contains(here, account) {
		return err
	}
	return insert(ctx, tx, at, k, store.Notice{Account: account, NoticeBody: store.NoticeBody{File: at.File, Stage: stage}})
}

// Notices lists what an account was told of, the latest first.
func (s *Service) Notices(ctx context.Context, account string) ([]store.Notice, error) {
	return s.store.Notices(ctx, account, MostNotices)
}

// See marks notices of an account as read: those of the ids, or all where there are none. Old ones go.
func (s *Service) See(ctx context.Context, account string, ids []string) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SeeNotices(ctx, account, ids); err != nil {
			return err
		}
		_, err := tx.DropNotices(ctx, s.now().Add(-keepFor))
		return err
	})
	if err == nil {
		s.hub.publish(Signal{Account: account})
	}
	return err
}
