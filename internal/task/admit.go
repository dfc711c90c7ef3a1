package task

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river/riverdriver"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/store"
)

// candidates is how many tasks of each place in the queue are looked at at a time.
const candidates = 200

// waiting is a task that might begin.
type waiting struct {
	admission.Candidate
	age time.Duration
}

// admit hands River the tasks of the shared queue that the gate lets begin. The others stay available: they hold no worker, and
// other processes may take them.
func (q *Queue) admit(ctx context.Context, exec riverdriver.Executor, p *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	all, err := q.available(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for tasks: %w", err)
	}
	plan := q.gate.Plan(q.Budget(), bare(all), p.MaxToLock)
	q.remember(all, plan)
	if len(all) > 0 {
		select {
		case q.stir <- struct{}{}:
		default:
		}
	}
	ids := plan.Begin
	for id := range plan.Refuse {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return &riverdriver.JobGetAvailableResult{}, nil
	}
	r, err := q.lock(ctx, exec, p, ids)
	locked := map[int64]bool{}
	if err == nil {
		for _, job := range r.Jobs {
			job.Queue = shared
			locked[job.ID] = true
		}
	}
	for _, id := range ids { // somebody else was quicker
		if !locked[id] {
			q.release(id)
		}
	}
	return r, err
}

func bare(all []waiting) []admission.Candidate {
	out := make([]admission.Candidate, len(all))
	for i := range all {
		out[i] = all[i].Candidate
	}
	return out
}

// words are how the database is asked for a task as JSON, and for the time.
func (q *Queue) words() (text, now string) {
	if q.cfg.Store.Dialect() == store.Postgres {
		return "args::text", "now()"
	}
	return "json(args)", "datetime('now', 'subsec')"
}

// available lists the tasks of the shared queue that are due, oldest first, so many of each priority.
func (q *Queue) available(ctx context.Context) ([]waiting, error) {
	text, now := q.words()
	age := "(julianday('now') - julianday(scheduled_at)) * 86400"
	if q.cfg.Store.Dialect() == store.Postgres {
		age = "extract(epoch FROM now() - scheduled_at)::float8"
	}
	rows, err := q.cfg.Store.DB().QueryContext(ctx, "SELECT id, "+text+", priority, "+age+" FROM (SELECT id, args, priority, scheduled_at, "+
		"row_number() OVER (PARTITION BY priority ORDER BY scheduled_at, id) AS n FROM river_job WHERE state = 'available' AND queue = $1 "+
		"AND scheduled_at <= "+now+") due WHERE n <= "+strconv.Itoa(candidates)+" ORDER BY scheduled_at, id", shared)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []waiting
	for rows.Next() {
		var w waiting
		var raw []byte
		var seconds float64
		if err := rows.Scan(&w.ID, &raw, &w.Place, &seconds); err != nil {
			return nil, err
		}
		w.age = max(0, time.Duration(seconds*float64(time.Second)))
		q.weigh(&w.Candidate, raw)
		all = append(all, w)
	}
	return all, rows.Err()
}

// weigh says what a task will take. One that cannot be read, or of a kind that is not known, begins, so that it ends as failed.
func (q *Queue) weigh(c *admission.Candidate, raw []byte) {
	var t Task
	k, known := Kind{}, false
	if json.Unmarshal(raw, &t) == nil {
		k, known = q.kinds[t.Kind]
	}
	if !known || k.Light || k.Every > 0 {
		c.Light = true
		return
	}
	c.Size = t.Size
	c.Need = q.cfg.Needs.Of(t.Kind, t.Size)
}

// remember keeps what Work and Standing need of a plan.
func (q *Queue) remember(all []waiting, plan admission.Plan) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, u := range plan.Refuse {
		q.refused[id] = u
	}
	gone := map[int64]bool{}
	for _, id := range plan.Begin {
		gone[id] = true
	}
	q.oldest = time.Time{}
	for _, w := range all {
		if plan.Refuse[w.ID] == nil && !gone[w.ID] && !w.Light {
			q.oldest = time.Now().Add(-w.age)
			break
		}
	}
}

// lock has River take exactly the tasks of the ids: for that moment they are in a queue of this process's own.
func (q *Queue) lock(ctx context.Context, exec riverdriver.Executor, p *riverdriver.JobGetAvailableParams, ids []int64) (r *riverdriver.JobGetAvailableResult, err error) {
	tx, err := exec.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("taking tasks: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback(ctx) // err says what matters
		}
	}()
	mine := *p
	mine.Queue, mine.MaxToLock = "admitted-"+p.ClientID, len(ids)
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(id, 10)
	}
	err = tx.Exec(ctx, "UPDATE river_job SET queue = $1 WHERE state = 'available' AND queue = $2 AND id IN ("+strings.Join(list, ",")+")", mine.Queue, shared)
	if err != nil {
		return nil, fmt.Errorf("taking tasks: %w", err)
	}
	if r, err = tx.JobGetAvailable(ctx, &mine); err != nil {
		return nil, fmt.Errorf("taking tasks: %w", err)
	}
	if err = tx.Exec(ctx, "UPDATE river_job SET queue = $1 WHERE queue = $2", shared, mine.Queue); err != nil {
		return nil, fmt.Errorf("taking tasks: %w", err)
	}
	if err = tx.Commit(ctx); err != nil {
		return nil, fmt.Errorf("taking tasks: %w", err)
	}
	return r, nil
}

// release gives back what was promised to a task that has ended, and lets others begin.
func (q *Queue) release(id int64) {
	q.gate.Done(id)
	q.mu.Lock()
	delete(q.refused, id)
	q.mu.Unlock()
	q.wake.nudge(shared)
}

// unfit says why a task can never begin; nil where it can.
func (q *Queue) unfit(id int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if u := q.refused[id]; u != nil {
		return u
	}
	return nil
}

// awaitNext has a queue looked at when the next of its tasks is due that is to begin later.
func (q *Queue) awaitNext(ctx context.Context, queue string) {
	if q.cfg.Store.Dialect() == store.Postgres { // which is looked at often, for what other processes put in
		return
	}
	var seconds *float64
	err := q.cfg.Store.DB().QueryRowContext(ctx, "SELECT (julianday(min(scheduled_at)) - julianday('now')) * 86400 FROM river_job "+
		"WHERE state = 'available' AND queue = $1 AND scheduled_at > datetime('now', 'subsec')", queue).Scan(&seconds)
	if err == nil && seconds != nil { // otherwise the fallback finds it
		q.wake.in(queue, max(time.Millisecond, time.Duration(*seconds*float64(time.Second))+time.Millisecond))
	}
}
