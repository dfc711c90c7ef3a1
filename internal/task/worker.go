package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/trace"
)

// worker works the tasks of a kind.
type worker struct {
	river.WorkerDefaults[args]
	q    *Queue
	kind Kind
}

// errFailed is all that River is told of an error: its tables are not sealed, and errors may quote a user's data.
var errFailed = errors.New("the task failed; the run's record says why")

// Work does a task and records what became of it.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	t := job.Args.Task
	release := sync.OnceFunc(func() { w.q.release(job.ID) })
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.q.enter(t, cancel)
	defer w.q.leave(t)
	select {
	case <-w.q.gate.Turn(job.ID):
	case <-ctx.Done():
	}
	begun, outcome := time.Now(), Cancelled
	waited := max(0, begun.Sub(job.ScheduledAt))
	ctx, span := traced(ctx, job, waited)
	defer func() { ended(span, outcome) }()
	r := w.q.reporter(ctx, t)
	defer r.close()
	defer func() {
		if w.q.cfg.OnTried != nil {
			w.q.cfg.OnTried(Tried{Kind: t.Kind, Outcome: outcome, Waited: waited, Took: time.Since(begun), Trace: trace.ID(ctx)})
		}
	}()
	finish, err := w.admitted(ctx, job, r.report)
	release() // what it made is recorded while the next one works
	if err == nil {
		w.q.pace.learn(t, time.Since(begun))
	}
	if err == nil && finish != nil { // River records the end of those that made nothing, many at a time
		err = w.complete(ctx, job, finish)
		for err != nil && w.q.cfg.Store.Outlast(ctx) { // the work is done: what it made is recorded as soon as it can be
			err = w.complete(ctx, job, finish)
		}
	}
	if err == nil {
		outcome = Done
		w.q.tell(Update{Task: t, Fraction: 1})
		return nil
	}
	if w.q.cfg.Store.Outlast(ctx) { // it failed since nothing could be read or recorded: that is no try of its own
		outcome = Retried
		return river.JobSnooze(0)
	}
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errCancelled), errors.Is(cause, rivertype.ErrJobCancelledRemotely):
		return river.JobCancel(errCancelled)
	case ctx.Err() != nil: // the process is stopping: River sets the task free without counting the try
		return ctx.Err()
	case stage.IsPermanent(err) || job.Attempt >= job.MaxAttempts || (errors.Is(err, engine.ErrMemory) && job.Attempt >= memoryTries):
		outcome = Dead
		return w.setAside(ctx, job, err)
	}
	outcome = Retried
	w.q.cfg.Log.WarnContext(ctx, "a task failed and is tried again", "run", t.Run, "kind", t.Kind, "try", job.Attempt)
	w.q.tell(Update{Task: t, Sentence: fmt.Sprintf("failed, try %d of %d follows", job.Attempt+1, job.MaxAttempts)})
	return errFailed
}

// memoryTries is how often a task is tried that needs more memory than it may have: once more, for others may have been in its
// way, and not for ever.
const memoryTries = 2

// admitted does a task that was let in; one that can never be ends here.
func (w *worker) admitted(ctx context.Context, job *river.Job[args], report Report) (Finish, error) {
	if err := ctx.Err(); err != nil { // it was cancelled before its turn
		return nil, err
	}
	if unfit := w.q.unfit(job.ID); unfit != nil {
		return nil, stage.Permanent(fmt.Errorf("task %s %w; what was recorded is kept: give tasks more memory, then try the run again",
			job.Args.ID(), unfit))
	}
	return w.try(ctx, job.Args.Task, report)
}

// traced begins the span of a try. What nobody asked for, such as the periodic tasks, has none.
func traced(ctx context.Context, job *river.Job[args], waited time.Duration) (context.Context, trace.Span) {
	t := job.Args.Task
	ctx = trace.Continue(ctx, t.Trace, t.Run)
	if t.Trace == "" {
		return ctx, trace.Span{}
	}
	return trace.StartKind(ctx, "task", trace.Consumer, trace.Text("kind", t.Kind), trace.Text("stage", string(t.Stage)), trace.Count("try", int64(job.Attempt)),
		trace.Count("waited_ms", waited.Milliseconds()))
}

func ended(span trace.Span, outcome Outcome) {
	span.Set(trace.Text("outcome", string(outcome)))
	if outcome == Dead || outcome == Retried {
		span.Fail()
	}
	span.End(nil)
}

// try calls the kind's work; a panic in it is an error of this task and of nothing else.
func (w *worker) try(ctx context.Context, t Task, report Report) (finish Finish, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.q.cfg.Log.ErrorContext(ctx, "a task panicked", "run", t.Run, "kind", t.Kind, "stack", string(debug.Stack()))
			err = fmt.Errorf("task %s stumbled over a fault of the program (%v); nothing of it was kept", t.ID(), p)
		}
	}()
	if w.kind.Timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, w.kind.Timeout)
		defer cancel()
		ctx = limited
	}
	return w.kind.Work(ctx, t, report)
}

// complete records what the task made and completes it in one transaction.
func (w *worker) complete(ctx context.Context, job *river.Job[args], finish Finish) error {
	return w.q.inTx(ctx, job.Args.Task, func(ctx context.Context, tx *store.Tx) error {
		if err := finish(ctx, tx); err != nil {
			return err
		}
		if _, err := river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx.SQL(), job); err != nil {
			return fmt.Errorf("completing task %s: %w", job.Args.ID(), err)
		}
		return nil
	})
}

// inTx records what became of a task: on its run's turn, where it is of one.
func (q *Queue) inTx(ctx context.Context, t Task, f func(ctx context.Context, tx *store.Tx) error) error {
	if t.Run == "" {
		return q.cfg.Store.InTx(ctx, f)
	}
	return q.cfg.Store.InRunTx(ctx, t.Run, f)
}

// setAside records a task that cannot be done.
func (w *worker) setAside(ctx context.Context, job *river.Job[args], cause error) error {
	t := job.Args.Task
	err := w.q.inTx(ctx, t, func(ctx context.Context, tx *store.Tx) error {
		// River would mark the task only after this transaction: whoever takes it up again must not find it running.
		if err := w.q.end(ctx, tx, job.ID); err != nil {
			return err
		}
		fresh, err := tx.PutDeadTask(ctx, store.DeadTask{ID: t.ID(), Run: t.Run, Stage: t.Stage, Round: t.Round, Try: t.Try,
			Handler: t.Kind, Tier: t.Tier, Attempts: job.Attempt, Reason: cause.Error()})
		if err != nil || !fresh || w.q.cfg.OnDead == nil {
			return err
		}
		return w.q.cfg.OnDead(ctx, tx, t, cause)
	})
	if err != nil {
		w.q.cfg.Log.ErrorContext(ctx, "a task that failed for good could not be recorded; it is tried once more", "run", t.Run,
			"kind", t.Kind, "error", err)
		return river.JobSnooze(w.q.cfg.Backoff)
	}
	w.q.cfg.Log.ErrorContext(ctx, "a task failed for good and was set aside", "run", t.Run, "kind", t.Kind, "tries", job.Attempt)
	return river.JobCancel(errFailed)
}

// end marks a task that runs as cancelled.
func (q *Queue) end(ctx context.Context, tx *store.Tx, id int64) error {
	_, err := tx.SQL().ExecContext(ctx, "UPDATE river_job SET state = 'cancelled', finalized_at = "+q.dialect.now+
		" WHERE id = $1 AND state = 'running'", id)
	if err != nil {
		return fmt.Errorf("ending task %d: %w", id, err)
	}
	return nil
}

func (q *Queue) enter(t Task, cancel context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[t.ID()] = cancel
}

func (q *Queue) leave(t Task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, t.ID())
}

func (q *Queue) tell(u Update) {
	if q.cfg.OnUpdate != nil {
		q.cfg.OnUpdate(u)
	}
}

// backoff doubles the pause with every try, up to five minutes, and spreads it by a quarter.
type backoff struct{ first time.Duration }

// NextRetry says when a task that failed is tried again.
func (b *backoff) NextRetry(job *rivertype.JobRow) time.Time {
	pause := min(b.first<<min(len(job.Errors), 20), 5*time.Minute)
	return time.Now().Add(pause + rand.N(pause/4+1)) //nolint:gosec // spreads retries, no secret
}

// reporter passes on how far a task is: at once to whoever watches in this process, and to the records so often that
// others see it move.
type reporter struct {
	q    *Queue
	task Task
	mu   sync.Mutex
	last *store.Progress
	stop chan struct{}
	done sync.WaitGroup
}

const recordEvery = time.Second

func (q *Queue) reporter(ctx context.Context, t Task) *reporter {
	r := &reporter{q: q, task: t, stop: make(chan struct{})}
	if t.Run == "" {
		return r
	}
	r.done.Go(func() {
		tick := time.NewTicker(recordEvery)
		defer tick.Stop()
		for {
			select {
			case <-r.stop:
				return
			case <-tick.C:
				r.record(ctx)
			}
		}
	})
	return r
}

func (r *reporter) report(fraction float64, sentence string) {
	fraction = max(0, min(1, fraction))
	r.mu.Lock()
	r.last = &store.Progress{Run: r.task.Run, Task: r.task.ID(), Fraction: fraction, Sentence: sentence}
	r.mu.Unlock()
	r.q.tell(Update{Task: r.task, Fraction: fraction, Sentence: sentence})
}

func (r *reporter) record(ctx context.Context) {
	r.mu.Lock()
	p := r.last
	r.last = nil
	r.mu.Unlock()
	if p == nil {
		return
	}
	err := r.q.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.PutProgress(ctx, *p) })
	if err != nil && ctx.Err() == nil {
		r.q.cfg.Log.WarnContext(ctx, "recording how far a task is", "run", r.task.Run, "kind", r.task.Kind, "error", err)
	}
}

func (r *reporter) close() {
	close(r.stop)
	r.done.Wait()
}
