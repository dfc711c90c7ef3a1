package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// shelf keeps the wrapped keys of datasets in the records.
type shelf struct{ records *store.Store }

// Get returns a wrapped key.
func (s shelf) Get(ctx context.Context, dataset string) ([]byte, error) {
	wrapped, err := s.records.DataKey(ctx, dataset)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("dataset %s: %w", dataset, keys.ErrNotFound)
	}
	return wrapped, err
}

// Put records a wrapped key.
func (s shelf) Put(ctx context.Context, dataset string, wrapped []byte) error {
	return s.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.PutDataKey(ctx, dataset, wrapped) })
}

// Replace replaces a wrapped key that is still the one that was read.
func (s shelf) Replace(ctx context.Context, dataset string, read, wrapped []byte) (changed bool, err error) {
	err = s.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		changed, err = tx.ReplaceDataKey(ctx, dataset, read, wrapped)
		return err
	})
	return changed, err
}

// Delete forgets a wrapped key.
func (s shelf) Delete(ctx context.Context, dataset string) error {
	return s.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DropDataKey(ctx, dataset) })
}

// All returns every wrapped key.
func (s shelf) All(ctx context.Context) (map[string][]byte, error) { return s.records.DataKeys(ctx) }

// sweep removes files that no record refers to: those of tries that a crash ended, and of submissions that did not
// come to a run.
func (a *App) sweep(ctx context.Context) error {
	runs, err := a.records.Runs(ctx)
	if err != nil {
		return err
	}
	keep, err := a.uploads.Refs(ctx)
	if err != nil {
		return err
	}
	for i := range runs {
		refs, err := a.refs(ctx, &runs[i])
		if err != nil {
			return err
		}
		if runs[i].Status == string(control.Erased) { // whatever came back of it goes
			continue
		}
		keep[runs[i].Head.Dataset] = append(keep[runs[i].Head.Dataset], refs...)
	}
	datasets, err := a.files.Datasets(ctx)
	if err != nil {
		return err
	}
	for _, d := range datasets {
		if refs, known := keep[d]; known {
			_, err = a.files.Sweep(ctx, d, refs)
		} else {
			err = a.forget(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *App) refs(ctx context.Context, run *store.Run) ([]string, error) {
	refs := []string{run.Head.Ref}
	documents, err := a.records.Documents(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		refs = append(refs, d.Ref)
	}
	files, err := a.records.Files(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		refs = append(refs, f.Ref)
	}
	return refs, nil
}

// forget removes a dataset with its key.
func (a *App) forget(ctx context.Context, dataset string) error {
	return errors.Join(a.files.Remove(ctx, dataset), a.keys.Forget(ctx, dataset))
}
