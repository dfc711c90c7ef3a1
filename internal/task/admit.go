package task

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river/riverdriver"

	"github.com/analytix-flow/analytix/internal/admission"
)

// candidates is how many tasks of each place in the queue are looked at at a time.
const candidates = 200

// waiting is a task that might begin.
type waiting struct {
	admission.Candidate
	age time.Duration
}

// looksApart is how long a process whose workers all have a task waits before it looks again for tasks that are light.
const looksApart = 10 * time.Millisecond

// admit hands River the tasks of the shared queue that the gate lets begin, or takes ahead. The others stay available: they hold
// no worker, and other processes may take them.
func (q *Queue) admit(ctx context.Context, p *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	if q.gate.Full() && time.Since(q.looked) < looksApart {
		q.wake.in(shared, looksApart)
		q.share(true)
		return &riverdriver.JobGetAvailableResult{}, nil
	}
	q.looked = time.Now()
	all, known := q.offers.take()
	if !known {
		var err error
		if all, err = q.available(ctx); err != nil {
			return nil, fmt.Errorf("looking for tasks: %w", err)
		}
	}
	plan := q.gate.Plan(q.Budget(), bare(all), p.MaxToLock)
	q.remember(all, plan)
	q.share(plan.Waiting > 0)
	if len(all) > 0 {
		select {
		case q.stir <- struct{}{}:
		default:
		}
	}
	ids := slices.AppendSeq(slices.Concat(plan.Begin, plan.Ahead), maps.Keys(plan.Refuse))
	if len(ids) == 0 {
		q.settle(all, plan, p.MaxToLock)
		return &riverdriver.JobGetAvailableResult{}, nil
	}
	jobs, err := q.take(ctx, ids)
	taken := map[int64]bool{}
	for _, job := range jobs {
		taken[job.ID] = true
	}
	for _, id := range ids { // somebody else was quicker
		if !taken[id] {
			q.release(id)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("taking tasks: %w", err)
	}
	q.settle(all, plan, p.MaxToLock)
	return &riverdriver.JobGetAvailableResult{Jobs: jobs}, nil
}

// settle remembers that nobody waits, where the plan shows it.
func (q *Queue) settle(all []waiting, plan admission.Plan, limit int) {
	if plan.Waiting == 0 && len(all) < min(candidates, limit) {
		q.offers.settle()
	}
}

func bare(all []waiting) []admission.Candidate {
	out := make([]admission.Candidate, len(all))
	for i := range all {
		out[i] = all[i].Candidate
	}
	return out
}

// available lists the tasks of the shared queue that are due, oldest first, so many of each priority.
func (q *Queue) available(ctx context.Context) ([]waiting, error) {
	d := q.dialect
	var each []string // read from the index, however many wait
	for place := 1; place <= admission.Places; place++ {
		each = append(each, fmt.Sprintf("SELECT * FROM (SELECT id, args, priority, scheduled_at FROM river_job WHERE state = 'available' AND queue = $1 "+
			"AND priority = %d AND scheduled_at <= %s ORDER BY scheduled_at, id LIMIT %d) p%d", place, d.now, candidates, place))
	}
	rows, err := q.cfg.Store.Reader().QueryContext(ctx, "SELECT id, "+d.text("args")+", priority, "+d.epoch(d.now)+" - "+d.epoch("scheduled_at")+" FROM ("+strings.Join(each, " UNION ALL ")+
		") due ORDER BY scheduled_at, id", shared)
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
	c.Brief = q.pace.of(t)
}

// remember keeps what Work and Standing need of a plan.
func (q *Queue) remember(all []waiting, plan admission.Plan) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, u := range plan.Refuse {
		q.refused[id] = u
	}
	gone := map[int64]bool{}
	for _, id := range slices.Concat(plan.Begin, plan.Ahead) {
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

// release gives back what was promised to a task that has ended, and lets others begin.
func (q *Queue) release(id int64) {
	room := q.gate.Done(id)
	q.mu.Lock()
	delete(q.refused, id)
	q.mu.Unlock()
	if room {
		q.wake.nudge(shared)
	}
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
	d := q.dialect
	var seconds *float64
	err := q.cfg.Store.Reader().QueryRowContext(ctx, "SELECT "+d.epoch("min(scheduled_at)")+" - "+d.epoch(d.now)+
		" FROM river_job WHERE state = 'available' AND queue = $1 AND scheduled_at > "+d.now, queue).Scan(&seconds)
	if err == nil && seconds != nil { // otherwise the fallback finds it
		q.wake.in(queue, max(time.Millisecond, time.Duration(*seconds*float64(time.Second))+time.Millisecond))
	}
}
