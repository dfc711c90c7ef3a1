package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/trace"
)

// ErrUnknownKind is wrapped by errors about a task of a kind that was not registered.
var ErrUnknownKind = errors.New("no such kind of task")

// Insert puts a task into the queue, in the transaction. One that is there already is left as it is. A time to come
// as at schedules it; the zero time means at once.
func (q *Queue) Insert(ctx context.Context, tx *store.Tx, t Task, at time.Time) error {
	k, ok := q.kinds[t.Kind]
	if !ok {
		return fmt.Errorf("queueing task %s: %w", t.ID(), ErrUnknownKind)
	}
	if t.Trace == "" {
		t.Trace = trace.Carry(ctx)
	}
	inserted, err := q.client.InsertTx(context.WithValue(ctx, told{}, true), tx.SQL(), args{Task: t}, &river.InsertOpts{
		Queue: k.queue(), Priority: t.priority(), MaxAttempts: q.cfg.Tries, ScheduledAt: at,
		UniqueOpts: river.UniqueOpts{ByArgs: true},
	})
	if err != nil {
		return fmt.Errorf("queueing task %s: %w", t.ID(), err)
	}
	tx.AfterCommit(func() { q.publish(k, inserted, at) })
	return nil
}

// publish has a task begun that was put in: here, and by others where it is not for this process to begin it. One of the shared queue
// need not be looked for.
func (q *Queue) publish(k Kind, inserted *rivertype.JobInsertResult, at time.Time) {
	q.untold.Store(true)
	j, works := inserted.Job, q.cfg.Workers >= 0
	named := k.queue() == shared && j.State == rivertype.JobStateAvailable && !inserted.UniqueSkippedAsDuplicate
	o := offered{ID: j.ID, Place: j.Priority, Args: j.EncodedArgs}
	switch pause := time.Until(at); {
	case pause > 0:
		q.wake.in(k.queue(), pause)
	case named && works:
		q.offer(o)
		return // to be told of where it has to wait
	case named:
		q.spreadTask(o)
		return
	default:
		q.wake.nudge(k.queue())
	}
	if !works || k.Limit > 0 || !at.IsZero() {
		q.spread(k.queue())
	}
}

// offer has a task of the shared queue taken.
func (q *Queue) offer(o offered) {
	w := waiting{Candidate: admission.Candidate{ID: o.ID, Place: o.Place}}
	q.weigh(&w.Candidate, o.Args)
	q.offers.put(w)
	q.wake.offered(shared)
}

// errCancelled is the cause with which the context of a cancelled task ends.
var errCancelled = errors.New("the task was cancelled")

// Cancel cancels the tasks of a run that have not ended; an empty stage means those of all stages. Those that run in
// this process have their context ended when the transaction is committed, those in others within seconds.
func (q *Queue) Cancel(ctx context.Context, tx *store.Tx, run string, stage flow.Stage) error {
	rows, err := tx.SQL().QueryContext(ctx, "SELECT id FROM river_job WHERE state NOT IN "+
		"('cancelled', 'completed', 'discarded') AND "+q.dialect.run+" = $1", run)
	if err != nil {
		return fmt.Errorf("looking for the tasks of run %s: %w", run, err)
	}
	ids, err := column[int64](rows)
	if err != nil {
		return fmt.Errorf("looking for the tasks of run %s: %w", run, err)
	}
	for _, id := range ids {
		if err := q.cancel(ctx, tx, id, stage); err != nil {
			return fmt.Errorf("cancelling the tasks of run %s: %w", run, err)
		}
	}
	return nil
}

func (q *Queue) cancel(ctx context.Context, tx *store.Tx, id int64, stage flow.Stage) error {
	job, err := q.client.JobGetTx(ctx, tx.SQL(), id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var t Task
	if err := json.Unmarshal(job.EncodedArgs, &t); err != nil {
		return fmt.Errorf("reading task %d: %w", id, err)
	}
	if stage != "" && t.Stage != stage {
		return nil
	}
	if _, err := q.client.JobCancelTx(ctx, tx.SQL(), id); err != nil {
		return fmt.Errorf("task %s: %w", t.ID(), err)
	}
	tx.AfterCommit(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if cancel := q.running[t.ID()]; cancel != nil {
			cancel(errCancelled)
		}
	})
	return nil
}

// Dead lists the tasks that were set aside, oldest first.
func (q *Queue) Dead(ctx context.Context) ([]store.DeadTask, error) {
	return q.cfg.Store.DeadTasks(ctx)
}

// Retry takes a task that was set aside up again, with all its tries before it.
func (q *Queue) Retry(ctx context.Context, tx *store.Tx, d store.DeadTask) error {
	had, err := tx.DropDeadTask(ctx, d.ID)
	if err != nil {
		return err
	}
	if !had {
		return fmt.Errorf("taking up task %s: %w", d.ID, store.ErrNotFound)
	}
	return q.Insert(ctx, tx, Task{Run: d.Run, Stage: d.Stage, Round: d.Round, Try: d.Try, Tier: d.Tier, Kind: d.Handler}, time.Time{})
}

// Count is how many tasks of a kind are in a state.
type Count struct {
	Kind  string
	State string // available, scheduled, retryable, running, completed, cancelled, discarded
	N     int64
}

// Counts says how many tasks the queue holds, by kind and state, for whoever watches over it.
func (q *Queue) Counts(ctx context.Context) (counts []Count, err error) {
	rows, err := q.cfg.Store.Reader().QueryContext(ctx, "SELECT kind, CAST(state AS TEXT), count(*) FROM river_job GROUP BY 1, 2 ORDER BY 1, 2")
	if err != nil {
		return nil, fmt.Errorf("counting the tasks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Kind, &c.State, &c.N); err != nil {
			return nil, fmt.Errorf("counting the tasks: %w", err)
		}
		counts = append(counts, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("counting the tasks: %w", err)
	}
	return counts, nil
}
