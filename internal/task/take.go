package task

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/analytix-flow/analytix/internal/store"
)

// take makes tasks run in this process, those of them that are still to be had, and returns what River has to know of them: all in one
// statement. Should it be forgotten in a power cut, they are available again: that is what they should be then.
func (q *Queue) take(ctx context.Context, ids []int64) (jobs []*rivertype.JobRow, err error) {
	d := q.dialect
	query := "UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = " + d.now + ", attempted_by = " + d.only +
		" WHERE id IN (SELECT id FROM river_job WHERE state = 'available' AND " + d.among + d.lock + ") " +
		"RETURNING id, attempt, max_attempts, kind, queue, priority, " + d.text("args") + ", " + d.text("metadata") + ", " + d.epoch("created_at") + ", " +
		d.epoch("scheduled_at") + ", " + d.failures
	begun := time.Now()
	err = q.cfg.Store.Lightly(ctx, func(db store.Queries) error {
		rows, err := db.QueryContext(ctx, query, q.id, d.list(ids))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			j := &rivertype.JobRow{State: rivertype.JobStateRunning, AttemptedAt: &begun, AttemptedBy: []string{q.id}}
			var created, scheduled float64
			var failures int
			if err := rows.Scan(&j.ID, &j.Attempt, &j.MaxAttempts, &j.Kind, &j.Queue, &j.Priority, &j.EncodedArgs, &j.Metadata, &created, &scheduled,
				&failures); err != nil {
				return err
			}
			j.CreatedAt, j.ScheduledAt = moment(created), moment(scheduled)
			j.Errors = make([]rivertype.AttemptError, failures) // the pause before the next try follows from how many there are
			jobs = append(jobs, j)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(jobs, func(x, y *rivertype.JobRow) int { return cmp.Compare(x.ID, y.ID) })
	return jobs, nil
}

// moment is the time so many seconds after the beginning of 1970.
func moment(seconds float64) time.Time {
	return time.UnixMicro(int64(seconds * 1e6)).UTC()
}

// completed records that tasks have ended that made nothing: should it be forgotten in a power cut they are worked again, which makes
// nothing either. It returns those that were running, of which River asks the id and the state.
func (q *Queue) completed(ctx context.Context, ids []int64) (jobs []*rivertype.JobRow, err error) {
	d := q.dialect
	err = q.cfg.Store.Lightly(ctx, func(db store.Queries) error {
		rows, err := db.QueryContext(ctx, "UPDATE river_job SET state = $1, finalized_at = "+d.now+" WHERE state = 'running' AND "+d.among+" RETURNING id",
			string(rivertype.JobStateCompleted), d.list(ids))
		if err != nil {
			return err
		}
		ended, err := column[int64](rows)
		for _, id := range ended {
			jobs = append(jobs, &rivertype.JobRow{ID: id, State: rivertype.JobStateCompleted})
		}
		return err
	})
	return jobs, err
}

// onlyCompleted says whether tasks have ended, all of them well, with nothing to be written beside that.
func onlyCompleted(p *riverdriver.JobSetStateIfRunningManyParams) bool {
	for i, state := range p.State {
		if state != rivertype.JobStateCompleted || p.MetadataDoMerge[i] || p.ErrData[i] != nil || p.Attempt[i] != nil {
			return false
		}
	}
	return true
}
