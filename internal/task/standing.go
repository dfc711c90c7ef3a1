package task

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/admission"
)

// Standing is how the queue stands in this process.
type Standing struct {
	Budget admission.Budget
	Load   admission.Load
	// Delay is how long the oldest task has waited that had no room at the last look; 0 where all had.
	Delay time.Duration
}

// Standing says what runs and what waits. It asks nobody.
func (q *Queue) Standing() Standing {
	s := Standing{Budget: q.Budget(), Load: q.gate.Load()}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.oldest.IsZero() {
		s.Delay = max(0, time.Since(q.oldest))
	}
	return s
}

// Budget is what tasks may take together now.
func (q *Queue) Budget() admission.Budget {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.budget
}

// SetWorkers changes how many tasks run at the same time. Those that run go on.
func (q *Queue) SetWorkers(n int) {
	q.mu.Lock()
	q.budget.Workers = n
	q.mu.Unlock()
	q.wake.nudge(shared)
}

// Looks is how often tasks were looked for in the database since the queue was opened.
func (q *Queue) Looks() int64 { return q.looks.Load() }

// Stirred receives after tasks were found that might begin. It is a nudge: it may be missed.
func (q *Queue) Stirred() <-chan struct{} { return q.stir }

// Queued is of the tasks of a kind and a tier that are due and have not begun.
type Queued struct {
	Kind, Tier string
	N          int64
	Memory     int64 // that they will take, in bytes
}

// mostQueued is how many tasks are looked at for what they will take.
const mostQueued = 10000

// Queued lists the tasks that wait, in the whole instance.
func (q *Queue) Queued(ctx context.Context) ([]Queued, error) {
	rows, err := q.cfg.Store.Reader().QueryContext(ctx, "SELECT "+q.dialect.text("args")+" FROM river_job WHERE state = 'available' AND queue = $1 AND "+
		"scheduled_at <= "+q.dialect.now+" LIMIT $2", shared, mostQueued)
	if err != nil {
		return nil, fmt.Errorf("looking at the tasks that wait: %w", err)
	}
	raw, err := column[[]byte](rows)
	if err != nil {
		return nil, fmt.Errorf("looking at the tasks that wait: %w", err)
	}
	type key struct{ kind, tier string }
	at := map[key]int{}
	var all []Queued
	for _, r := range raw {
		var t Task
		if json.Unmarshal(r, &t) != nil { // its try will say so
			continue
		}
		k := key{t.Kind, t.Tier}
		i, ok := at[k]
		if !ok {
			i = len(all)
			at[k] = i
			all = append(all, Queued{Kind: t.Kind, Tier: t.Tier})
		}
		all[i].N++
		if !q.kinds[t.Kind].Light {
			all[i].Memory += q.cfg.Needs.Of(t.Kind, t.Size).Memory
		}
	}
	return all, nil
}
