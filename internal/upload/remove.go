package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

var noTime time.Time

// Terminate ends an unfinished upload of the owner and forgets what has come, with its key.
func (s *Service) Terminate(ctx context.Context, o Owner, id string) error {
	u, err := s.own(ctx, o, id)
	if err != nil {
		return err
	}
	if u.Status != store.DatasetOpen {
		return fmt.Errorf("%w: %s is a dataset now; erase the dataset", ErrReceived, id)
	}
	return s.remove(ctx, id)
}

// remove forgets an upload. The record goes first: whatever is left of the rest after a crash is swept.
func (s *Service) remove(ctx context.Context, id string) error {
	err := s.cfg.Records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DropDataset(ctx, id); err != nil {
			return err
		}
		return tx.DropDataKey(ctx, id)
	})
	if err != nil {
		return fmt.Errorf("removing upload %s: %w", id, err)
	}
	return s.forget(ctx, id)
}

func (s *Service) forget(ctx context.Context, id string) error {
	return errors.Join(s.cfg.Keys.Forget(ctx, id), s.cfg.Files.Remove(ctx, id))
}

// expireBatch is how many uploads are removed before the list is read again.
const expireBatch = 100

// Expire removes the unfinished uploads whose time has passed, with their keys, and says how many there were.
func (s *Service) Expire(ctx context.Context) (int, error) {
	n := 0
	for {
		due, err := s.cfg.Records.DatasetsDue(ctx, store.DatasetOpen, s.cfg.Now(), expireBatch)
		if err != nil || len(due) == 0 {
			return n, err
		}
		for _, d := range due {
			if err := s.remove(ctx, d.ID); err != nil {
				return n, err
			}
			s.cfg.Log.Info("an unfinished upload has expired", "dataset", d.ID, "bytes", d.Received)
			n++
		}
	}
}

// Refs lists the files of all uploads and datasets by dataset, so that a sweep of the files spares them.
func (s *Service) Refs(ctx context.Context) (map[string][]string, error) {
	refs := map[string][]string{}
	for _, status := range []string{store.DatasetOpen, store.DatasetReceived} {
		all, err := s.cfg.Records.Datasets(ctx, status)
		if err != nil {
			return nil, err
		}
		for i := range all {
			u, err := fromRecord(&all[i])
			if err != nil {
				return nil, err
			}
			refs[u.ID] = append(refs[u.ID], u.Ref())
		}
	}
	return refs, nil
}
