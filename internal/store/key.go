package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// PutDataKey records the wrapped data key of a dataset.
func (t *Tx) PutDataKey(ctx context.Context, dataset string, wrapped []byte) error {
	_, err := t.exec(ctx, "INSERT INTO data_key (dataset, wrapped, created) VALUES ($1,$2,$3) "+
		"ON CONFLICT (dataset) DO UPDATE SET wrapped = excluded.wrapped", dataset, wrapped, t.s.now())
	if err != nil {
		return fmt.Errorf("recording the key of dataset %s: %w", dataset, err)
	}
	return nil
}

// ReplaceDataKey puts a wrapped key in the place of the one that was read, and says whether it was still there.
func (t *Tx) ReplaceDataKey(ctx context.Context, dataset string, read, wrapped []byte) (bool, error) {
	n, err := t.exec(ctx, "UPDATE data_key SET wrapped = $1 WHERE dataset = $2 AND wrapped = $3", wrapped, dataset, read)
	if err != nil {
		return false, fmt.Errorf("replacing the key of dataset %s: %w", dataset, err)
	}
	return n > 0, nil
}

// DataKey reads the wrapped data key of a dataset; the error wraps ErrNotFound where there is none.
func (s *Store) DataKey(ctx context.Context, dataset string) ([]byte, error) {
	return dataKey(ctx, s.read, dataset)
}

// DataKey reads the wrapped data key of a dataset; the error wraps ErrNotFound where there is none.
func (t *Tx) DataKey(ctx context.Context, dataset string) ([]byte, error) {
	return dataKey(ctx, t.tx, dataset)
}

func dataKey(ctx context.Context, q querier, dataset string) ([]byte, error) {
	var wrapped []byte
	err := q.QueryRowContext(ctx, "SELECT wrapped FROM data_key WHERE dataset = $1", dataset).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("the key of dataset %s: %w", dataset, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key of dataset %s: %w", dataset, err)
	}
	return wrapped, nil
}

// DataKeys returns all wrapped data keys by dataset, for rotation.
func (s *Store) DataKeys(ctx context.Context) (map[string][]byte, error) {
	type pair struct {
		dataset string
		wrapped []byte
	}
	all, err := list(ctx, s.read, func(scan func(...any) error) (pair, error) {
		var p pair
		return p, scan(&p.dataset, &p.wrapped)
	}, "SELECT dataset, wrapped FROM data_key ORDER BY dataset")
	if err != nil {
		return nil, fmt.Errorf("reading the keys of the datasets: %w", err)
	}
	keys := make(map[string][]byte, len(all))
	for _, p := range all {
		keys[p.dataset] = p.wrapped
	}
	return keys, nil
}

// DropDataKey forgets the wrapped data key of a dataset; one that is not there is no error.
func (t *Tx) DropDataKey(ctx context.Context, dataset string) error {
	if _, err := t.exec(ctx, "DELETE FROM data_key WHERE dataset = $1", dataset); err != nil {
		return fmt.Errorf("forgetting the key of dataset %s: %w", dataset, err)
	}
	return nil
}
