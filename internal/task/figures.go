package task

import (
	"context"
	"fmt"
	"time"
)

// Outcome is what became of a try of a task.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"
	Retried   Outcome = "retried"   // failed, and tried again
	Dead      Outcome = "dead"      // failed for good
	Cancelled Outcome = "cancelled" // by somebody, or since the process ends
)

// Tried tells of a try of a task that has ended.
type Tried struct {
	Kind    string
	Outcome Outcome
	Waited  time.Duration // from when it might have begun until it did
	Took    time.Duration
	Trace   string // id of its trace, where that is recorded
}

// Oldest says how long the task that waits longest for a worker has been waiting; 0 where none waits.
func (q *Queue) Oldest(ctx context.Context) (time.Duration, error) {
	d := q.dialect
	var seconds float64
	err := q.cfg.Store.Reader().QueryRowContext(ctx, "SELECT coalesce("+d.epoch(d.now)+" - "+d.epoch("min(scheduled_at)")+", 0) FROM river_job "+
		"WHERE state = 'available'").Scan(&seconds)
	if err != nil {
		return 0, fmt.Errorf("asking how long tasks wait: %w", err)
	}
	return max(0, time.Duration(seconds*float64(time.Second))), nil
}
