package task

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// driver is River's driver of the database with two things of our own: River is told within the process of what there is to
// fetch, and of the shared queue it is handed only what was admitted.
type driver struct {
	riverdriver.Driver[*sql.Tx]
	q *Queue
}

// SupportsListener implements riverdriver.Driver.
func (driver) SupportsListener() bool { return true }

// SupportsListenNotify implements riverdriver.Driver.
func (driver) SupportsListenNotify() bool { return true }

// GetListener implements riverdriver.Driver.
func (d driver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return listener{d.q.wake}
}

// GetExecutor implements riverdriver.Driver.
func (d driver) GetExecutor() riverdriver.Executor { return executor{d.Driver.GetExecutor(), d.q} }

// UnwrapExecutor implements riverdriver.Driver.
func (d driver) UnwrapExecutor(tx *sql.Tx) riverdriver.ExecutorTx {
	return &executorTx{ExecutorTx: d.Driver.UnwrapExecutor(tx), q: d.q}
}

// UnwrapTx implements riverdriver.Driver.
func (d driver) UnwrapTx(tx riverdriver.ExecutorTx) *sql.Tx {
	if ours, ok := tx.(*executorTx); ok {
		tx = ours.ExecutorTx
	}
	return d.Driver.UnwrapTx(tx)
}

// executor works outside of transactions.
type executor struct {
	riverdriver.Executor
	q *Queue
}

// Begin implements riverdriver.Executor.
func (e executor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := e.Executor.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &executorTx{ExecutorTx: tx, q: e.q}, nil
}

// NotifyMany implements riverdriver.Executor.
func (e executor) NotifyMany(_ context.Context, p *riverdriver.NotifyManyParams) error {
	return e.q.notified(p)
}

// JobGetAvailable implements riverdriver.Executor: it hands River the tasks that may begin.
func (e executor) JobGetAvailable(ctx context.Context, p *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	e.q.looks.Add(1)
	var r *riverdriver.JobGetAvailableResult
	var err error
	if p.Queue == shared {
		r, err = e.q.admit(ctx, p)
	} else {
		r, err = e.Executor.JobGetAvailable(ctx, p)
	}
	if err == nil {
		e.q.blind.Store(false)
		if len(r.Jobs) > 0 { // they are what matters now
			e.q.wake.in(p.Queue, lookBehind)
		} else {
			e.q.awaitNext(ctx, p.Queue)
		}
		return r, nil
	}
	// A database that is gone would be asked many times a second, and each time be told of.
	if !e.q.blind.Swap(true) {
		e.q.cfg.Log.Warn("looking for tasks; it is tried again until it can be done", "queue", p.Queue, "error", err)
	}
	e.q.wake.in(p.Queue, lookAgain)
	return &riverdriver.JobGetAvailableResult{}, nil
}

// lookBehind is when a queue that had something is looked at for what is to begin later.
const lookBehind = 250 * time.Millisecond

// lookAgain is when tasks are looked for again after that could not be done.
const lookAgain = time.Second

// JobSetStateIfRunningMany implements riverdriver.Executor. A task that is tried again is due some time after it has failed.
func (e executor) JobSetStateIfRunningMany(ctx context.Context, p *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	if onlyCompleted(p) {
		return e.q.completed(ctx, p.ID)
	}
	rows, err := e.Executor.JobSetStateIfRunningMany(ctx, p)
	if slices.Contains(p.State, rivertype.JobStateAvailable) {
		e.q.nudgeAll()
	}
	return rows, err
}

// executorTx works in a transaction.
type executorTx struct {
	riverdriver.ExecutorTx
	q      *Queue
	filled []string // the queues to tell of once it is committed
}

// told marks the context of an insertion that is told of after its commit.
type told struct{}

// NotifyMany implements riverdriver.Executor.
func (e *executorTx) NotifyMany(ctx context.Context, p *riverdriver.NotifyManyParams) error {
	if ctx.Value(told{}) != nil {
		return nil
	}
	queues, err := named(p)
	e.filled = append(e.filled, queues...)
	return err
}

// Commit implements riverdriver.ExecutorTx.
func (e *executorTx) Commit(ctx context.Context) error {
	err := e.ExecutorTx.Commit(ctx)
	if err == nil {
		e.q.tellAll(e.filled)
	}
	return err
}

// notified takes River's word of what was put into queues.
func (q *Queue) notified(p *riverdriver.NotifyManyParams) error {
	queues, err := named(p)
	q.tellAll(queues)
	return err
}

// tellAll has queues looked at, here and by others.
func (q *Queue) tellAll(queues []string) {
	for _, queue := range queues {
		q.wake.nudge(queue)
		q.spread(queue)
	}
}

// named lists the queues that something was put into. What River tells of else, such as who leads, it looks for by itself.
func named(p *riverdriver.NotifyManyParams) ([]string, error) {
	if p.Topic != topicInserted {
		return nil, nil
	}
	var queues []string
	for _, payload := range p.Payload {
		var in struct {
			Queue string `json:"queue"`
		}
		if err := json.Unmarshal([]byte(payload), &in); err != nil {
			return queues, err
		}
		queues = append(queues, in.Queue)
	}
	return queues, nil
}

func (q *Queue) nudgeAll() {
	q.wake.nudge(shared)
	for _, k := range q.cfg.Kinds {
		if k.Limit > 0 {
			q.wake.nudge(k.queue())
		}
	}
}
