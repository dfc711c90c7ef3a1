package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The states of a dataset.
const (
	DatasetOpen     = "open"     // its file is on its way in
	DatasetReceived = "received" // its file is there: version 0
	DatasetErased   = "erased"   // its key is forgotten
)

// Dataset is the record of a file that was sent to the server, or is being sent. Body is package upload's, opaque here.
type Dataset struct {
	ID        string
	Workspace string
	Account   string // who sent it
	Status    string
	Size      int64 // declared by the sender; -1 where it was not yet
	Received  int64 // bytes that have come
	Body      []byte
	Created   time.Time
	Updated   time.Time
	Expires   time.Time // zero for what stays
}

const datasetColumns = "id, workspace, account, status, size, received, body, created, updated, expires"

func (s *Store) scanDataset(scan func(...any) error) (Dataset, error) {
	var d Dataset
	var created, updated, expires int64
	if err := scan(&d.ID, &d.Workspace, &d.Account, &d.Status, &d.Size, &d.Received, &d.Body, &created, &updated, &expires); err != nil {
		return d, err
	}
	var err error
	if d.Body, err = s.unseal(d.Body); err != nil {
		return d, fmt.Errorf("decrypting the record of dataset %s: %w", d.ID, err)
	}
	d.Created, d.Updated = moment(created), moment(updated)
	if expires != 0 {
		d.Expires = moment(expires)
	}
	return d, nil
}

func expiry(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// InsertDataset records a new dataset.
func (t *Tx) InsertDataset(ctx context.Context, d Dataset) error {
	body, err := t.s.seal(d.Body)
	if err != nil {
		return fmt.Errorf("encrypting the record of dataset %s: %w", d.ID, err)
	}
	now := t.s.now()
	_, err = t.exec(ctx, "INSERT INTO dataset ("+datasetColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
		d.ID, d.Workspace, d.Account, d.Status, d.Size, d.Received, body, now, now, expiry(d.Expires))
	if err != nil {
		return fmt.Errorf("recording dataset %s: %w", d.ID, err)
	}
	return nil
}

// SaveDataset writes what has changed of a dataset where it is still as it was read: in the status and with the number of
// bytes given. The error wraps ErrConflict where it is not.
func (t *Tx) SaveDataset(ctx context.Context, d Dataset, status string, received int64) error {
	body, err := t.s.seal(d.Body)
	if err != nil {
		return fmt.Errorf("encrypting the record of dataset %s: %w", d.ID, err)
	}
	n, err := t.exec(ctx, "UPDATE dataset SET status = $1, size = $2, received = $3, body = $4, updated = $5, expires = $6 "+
		"WHERE id = $7 AND status = $8 AND received = $9", d.Status, d.Size, d.Received, body, t.s.now(), expiry(d.Expires),
		d.ID, status, received)
	if err != nil {
		return fmt.Errorf("saving dataset %s: %w", d.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("saving dataset %s: %w", d.ID, ErrConflict)
	}
	return nil
}

// DropDataset removes the record of a dataset; one that is not there is no error.
func (t *Tx) DropDataset(ctx context.Context, id string) error {
	if _, err := t.exec(ctx, "DELETE FROM dataset WHERE id = $1", id); err != nil {
		return fmt.Errorf("removing the record of dataset %s: %w", id, err)
	}
	return nil
}

// Dataset reads a dataset; the error wraps ErrNotFound where there is none.
func (s *Store) Dataset(ctx context.Context, id string) (*Dataset, error) {
	return s.dataset(ctx, s.read, id)
}

// Dataset reads a dataset; the error wraps ErrNotFound where there is none.
func (t *Tx) Dataset(ctx context.Context, id string) (*Dataset, error) {
	return t.s.dataset(ctx, t.tx, id)
}

func (s *Store) dataset(ctx context.Context, q querier, id string) (*Dataset, error) {
	d, err := s.scanDataset(q.QueryRowContext(ctx, "SELECT "+datasetColumns+" FROM dataset WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("dataset %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading dataset %s: %w", id, err)
	}
	return &d, nil
}

// DatasetsOf lists the datasets of a workspace, the latest first: at most limit, those that come after the one given,
// whose zero value begins at the beginning.
func (s *Store) DatasetsOf(ctx context.Context, workspace string, after Dataset, limit int) ([]Dataset, error) {
	before := int64(1) << 62
	if !after.Created.IsZero() {
		before = after.Created.UnixMicro()
	}
	all, err := list(ctx, s.read, s.scanDataset, "SELECT "+datasetColumns+" FROM dataset WHERE workspace = $1 AND "+
		"(created < $2 OR (created = $3 AND id < $4)) ORDER BY created DESC, id DESC LIMIT $5", workspace, before, before, after.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the datasets of workspace %s: %w", workspace, err)
	}
	return all, nil
}

// Datasets lists all datasets of a status.
func (s *Store) Datasets(ctx context.Context, status string) ([]Dataset, error) {
	all, err := list(ctx, s.read, s.scanDataset, "SELECT "+datasetColumns+" FROM dataset WHERE status = $1 ORDER BY created, id", status)
	if err != nil {
		return nil, fmt.Errorf("listing the datasets that are %s: %w", status, err)
	}
	return all, nil
}

// DatasetsDue lists datasets of a status whose time had passed at the moment given, at most limit.
func (s *Store) DatasetsDue(ctx context.Context, status string, now time.Time, limit int) ([]Dataset, error) {
	all, err := list(ctx, s.read, s.scanDataset, "SELECT "+datasetColumns+" FROM dataset WHERE status = $1 AND expires > 0 AND "+
		"expires <= $2 ORDER BY expires, id LIMIT $3", status, now.UnixMicro(), limit)
	if err != nil {
		return nil, fmt.Errorf("listing the datasets whose time has passed: %w", err)
	}
	return all, nil
}

// CountDatasets says how many datasets of an account are in a status.
func (t *Tx) CountDatasets(ctx context.Context, account, status string) (int64, error) {
	var n int64
	err := t.tx.QueryRowContext(ctx, "SELECT count(*) FROM dataset WHERE account = $1 AND status = $2", account, status).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the datasets of %s: %w", account, err)
	}
	return n, nil
}
