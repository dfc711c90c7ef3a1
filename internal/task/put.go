package task

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// JobInsertFastMany implements riverdriver.Executor. River's statement takes arrays, whatever there is to insert, and returns rows: for
// one task, which is what there is, that takes more processor time than all else about it.
func (e *executorTx) JobInsertFastMany(ctx context.Context, p *riverdriver.JobInsertFastManyParams) ([]*riverdriver.JobInsertFastResult, error) {
	if len(p.Jobs) == 1 && plain(p.Jobs[0]) {
		job, err := e.q.put(ctx, e.q.database.UnwrapTx(e.ExecutorTx), p.Jobs[0])
		if err != nil {
			return nil, err
		}
		if job != nil {
			return []*riverdriver.JobInsertFastResult{{Job: job}}, nil
		}
	}
	return e.ExecutorTx.JobInsertFastMany(ctx, p)
}

// plain says whether a task has nothing that put does not write.
func plain(p *riverdriver.JobInsertFastParams) bool {
	return p.ID == nil && p.CreatedAt == nil && len(p.Tags) == 0
}

// put inserts a task; nil where it is there already.
func (q *Queue) put(ctx context.Context, tx *sql.Tx, p *riverdriver.JobInsertFastParams) (*rivertype.JobRow, error) {
	job := &rivertype.JobRow{CreatedAt: time.Now(), EncodedArgs: p.EncodedArgs, Kind: p.Kind, MaxAttempts: p.MaxAttempts, Metadata: p.Metadata,
		Priority: p.Priority, Queue: p.Queue, State: p.State, UniqueKey: p.UniqueKey}
	job.ScheduledAt = job.CreatedAt
	if len(job.Metadata) == 0 {
		job.Metadata = []byte("{}")
	}
	var due any
	if p.ScheduledAt != nil {
		job.ScheduledAt = *p.ScheduledAt
		due = q.dialect.time(*p.ScheduledAt)
	}
	err := tx.QueryRowContext(ctx, q.dialect.insert, string(job.EncodedArgs), job.Kind, job.MaxAttempts, string(job.Metadata), job.Priority, job.Queue, due,
		string(job.State), job.UniqueKey, int64(p.UniqueStates)).Scan(&job.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return job, err
}
