package store

import (
	"context"
	"fmt"
	"time"
)

// Erasure is what is left of a dataset that was erased: the proof, sealed.
type Erasure struct {
	Dataset   string
	Workspace string
	Body      []byte
	At        time.Time
}

// Erased says how many records of a run were emptied or removed.
type Erased struct {
	Decisions, Messages, Documents, Files, Progress, DeadTasks, Deliveries int64
}

// RunsOn lists the runs on a dataset, oldest first.
func (t *Tx) RunsOn(ctx context.Context, dataset string) ([]Run, error) {
	all, err := list(ctx, t.tx, t.s.scanRun, "SELECT "+runColumns+" FROM run WHERE id IN (SELECT run FROM version WHERE dataset = $1) ORDER BY created, id", dataset)
	if err != nil {
		return nil, fmt.Errorf("listing the runs on dataset %s: %w", dataset, err)
	}
	return all, nil
}

// EraseRun puts r in the place of a run's record, whatever version it is at, and empties or removes every other record of
// the run that holds something of its data or of the words of people: but for its audit chain and its versions, of which
// hashes and counts stay. Undelivered messages go too.
func (t *Tx) EraseRun(ctx context.Context, r Run) (e Erased, err error) {
	head, err := t.s.sealJSON(r.Head)
	if err != nil {
		return e, fmt.Errorf("erasing run %s: %w", r.ID, err)
	}
	state, err := t.s.seal(r.State)
	if err != nil {
		return e, fmt.Errorf("erasing run %s: %w", r.ID, err)
	}
	none, err := t.s.seal([]byte("[]"))
	if err != nil {
		return e, fmt.Errorf("erasing run %s: %w", r.ID, err)
	}
	var runs, versions, said, attempts int64
	for _, x := range []struct {
		n     *int64
		query string
		args  []any
	}{
		{&runs, "UPDATE run SET status = $1, head = $2, state = $3, updated = $4, version = version + 1 WHERE id = $5", []any{r.Status, head, state, t.s.now(), r.ID}},
		{&versions, "UPDATE version SET decisions = $1 WHERE run = $2", []any{none, r.ID}},
		{&e.Decisions, "DELETE FROM decision WHERE run = $1", []any{r.ID}},
		{&e.Messages, "DELETE FROM outbox WHERE run = $1", []any{r.ID}},
		{&e.Documents, "DELETE FROM document WHERE run = $1", []any{r.ID}},
		{&e.Files, "DELETE FROM file WHERE run = $1", []any{r.ID}},
		{&e.Progress, "DELETE FROM progress WHERE run = $1", []any{r.ID}},
		{&said, "DELETE FROM remark WHERE run = $1", []any{r.ID}},
		{&said, "DELETE FROM assignment WHERE run = $1", []any{r.ID}},
		{&said, "DELETE FROM notice WHERE run = $1", []any{r.ID}},
		{&said, "DELETE FROM presence WHERE run = $1", []any{r.ID}},
		{&attempts, "DELETE FROM delivery_attempt WHERE delivery IN (SELECT id FROM delivery WHERE about LIKE $1)", []any{"% " + r.ID + "%"}},
		{&e.Deliveries, "DELETE FROM delivery WHERE about LIKE $1", []any{"% " + r.ID + "%"}}, // they name the file
		{&e.DeadTasks, "DELETE FROM dead_task WHERE run = $1", []any{r.ID}},
	} {
		if *x.n, err = t.exec(ctx, x.query, x.args...); err != nil {
			return e, fmt.Errorf("erasing run %s: %w", r.ID, err)
		}
	}
	if runs == 0 {
		return e, fmt.Errorf("erasing run %s: %w", r.ID, ErrNotFound)
	}
	return e, nil
}

// PutErasure records that a dataset was erased.
func (t *Tx) PutErasure(ctx context.Context, e Erasure) error {
	body, err := t.s.seal(e.Body)
	if err != nil {
		return fmt.Errorf("encrypting the proof of an erasure: %w", err)
	}
	_, err = t.exec(ctx, "INSERT INTO erasure (dataset, workspace, body, created) VALUES ($1,$2,$3,$4) ON CONFLICT (dataset) DO NOTHING",
		e.Dataset, e.Workspace, body, t.s.now())
	if err != nil {
		return fmt.Errorf("recording the erasure of dataset %s: %w", e.Dataset, err)
	}
	return nil
}

// Erasures lists what was erased in a workspace, the latest first.
func (s *Store) Erasures(ctx context.Context, workspace string) ([]Erasure, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (Erasure, error) {
		var e Erasure
		var at int64
		if err := scan(&e.Dataset, &e.Workspace, &e.Body, &at); err != nil {
			return e, err
		}
		e.At = moment(at)
		var err error
		e.Body, err = s.unseal(e.Body)
		return e, err
	}, "SELECT dataset, workspace, body, created FROM erasure WHERE workspace = $1 ORDER BY created DESC, dataset", workspace)
	if err != nil {
		return nil, fmt.Errorf("listing the erasures of workspace %s: %w", workspace, err)
	}
	return all, nil
}

// Scrub sees to it that what was deleted is not kept in the database's log either. On PostgreSQL the server's own settings
// (vacuum, archiving) decide how long a deleted row can be dug out.
func (s *Store) Scrub(ctx context.Context) error {
	if s.dialect != SQLite {
		return nil
	}
	if _, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("clearing the log of the records: %w", err)
	}
	return nil
}
