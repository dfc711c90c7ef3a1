package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// AuditEntry is one link of a run's audit chain. Package audit gives Prev, Hash and Body their meaning.
type AuditEntry struct {
	Run  string
	Seq  int64 // from 1, without gaps
	Kind string
	Prev string
	Hash string
	Body []byte
	At   time.Time // when it was recorded here; what is hashed is in Body
}

// AuditLast returns the last entry of a run's chain, or nil where it has none.
func (t *Tx) AuditLast(ctx context.Context, run string) (*AuditEntry, error) {
	e, err := t.s.scanAudit(t.tx.QueryRowContext(ctx, "SELECT run, seq, kind, prev, hash, body, created FROM audit "+
		"WHERE run = $1 ORDER BY seq DESC LIMIT 1", run).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // an empty chain is no error
	}
	if err != nil {
		return nil, fmt.Errorf("reading the audit chain of run %s: %w", run, err)
	}
	return &e, nil
}

// AddAudit adds an entry to a run's chain.
func (t *Tx) AddAudit(ctx context.Context, e AuditEntry) error {
	body, err := t.s.seal(e.Body)
	if err != nil {
		return fmt.Errorf("encrypting an audit entry of run %s: %w", e.Run, err)
	}
	_, err = t.exec(ctx, "INSERT INTO audit (run, seq, kind, prev, hash, body, created) VALUES ($1,$2,$3,$4,$5,$6,$7)",
		e.Run, e.Seq, e.Kind, e.Prev, e.Hash, body, t.s.now())
	if err != nil {
		return fmt.Errorf("adding to the audit chain of run %s: %w", e.Run, err)
	}
	return nil
}

// Audit lists a run's chain from its beginning.
func (s *Store) Audit(ctx context.Context, run string) ([]AuditEntry, error) {
	return s.AuditSince(ctx, run, 0)
}

// AuditSince lists what follows in a run's chain after the entry with the number.
func (s *Store) AuditSince(ctx context.Context, run string, seq int64) ([]AuditEntry, error) {
	all, err := list(ctx, s.read, s.scanAudit,
		"SELECT run, seq, kind, prev, hash, body, created FROM audit WHERE run = $1 AND seq > $2 ORDER BY seq", run, seq)
	if err != nil {
		return nil, fmt.Errorf("reading the audit chain of run %s: %w", run, err)
	}
	return all, nil
}

func (s *Store) scanAudit(scan func(...any) error) (AuditEntry, error) {
	var e AuditEntry
	var at int64
	if err := scan(&e.Run, &e.Seq, &e.Kind, &e.Prev, &e.Hash, &e.Body, &at); err != nil {
		return e, err
	}
	e.At = moment(at)
	var err error
	e.Body, err = s.unseal(e.Body)
	return e, err
}
