package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/admission"
)

const needColumns = "kind, class, memory, processors, samples"

func scanNeed(scan func(...any) error) (r admission.Record, err error) {
	return r, scan(&r.Kind, &r.Class, &r.Memory, &r.Processors, &r.Samples)
}

// Needs lists what tasks took so far.
func (s *Store) Needs(ctx context.Context) ([]admission.Record, error) {
	all, err := list(ctx, s.read, scanNeed, "SELECT "+needColumns+" FROM task_need ORDER BY kind, class")
	if err != nil {
		return nil, fmt.Errorf("reading what tasks took: %w", err)
	}
	return all, nil
}

// LearnNeed adds what a task took to the record of its kind and class, and gives the record.
func (t *Tx) LearnNeed(ctx context.Context, kind string, class int, took admission.Took) (admission.Record, error) {
	r, err := scanNeed(t.tx.QueryRowContext(ctx, "SELECT "+needColumns+" FROM task_need WHERE kind = $1 AND class = $2", kind, class).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		r, err = admission.Record{Kind: kind, Class: class}, nil
	}
	if err == nil {
		r = r.Learn(took)
		_, err = t.exec(ctx, "INSERT INTO task_need ("+needColumns+", updated) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (kind, class) DO UPDATE SET "+
			"memory = excluded.memory, processors = excluded.processors, samples = excluded.samples, updated = excluded.updated",
			r.Kind, r.Class, r.Memory, r.Processors, r.Samples, t.s.now())
	}
	if err != nil {
		return r, fmt.Errorf("recording what a task of kind %s took: %w", kind, err)
	}
	return r, nil
}
