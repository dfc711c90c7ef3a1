package task

import (
	"context"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// Task names a piece of work. It is stored with the queue and carries ids only.
type Task struct {
	Run   string     `json:"run" river:"unique"`
	Stage flow.Stage `json:"stage,omitempty" river:"unique"`
	Round int        `json:"round,omitempty" river:"unique"`
	Try   int        `json:"try,omitempty" river:"unique"`
	Tier  string     `json:"tier,omitempty"`
	Kind  string     `json:"kind" river:"unique"` // a handler's name, or another registered kind
	// Size is how much data the task is about, from which follows what it will take.
	Size admission.Size `json:"size,omitzero"`
	// Trace is the step that asked for it, as package trace carries it; Insert fills it in.
	Trace string `json:"trace,omitempty"`
}

// ID is the task's name: the same task has the same id wherever and whenever it is inserted.
func (t Task) ID() string {
	return fmt.Sprintf("%s/%s/%d/%d/%s", t.Run, t.Stage, t.Round, t.Try, t.Kind)
}

// between is the priority of tasks that belong to no tier.
const between = 2

// priority is River's: 1 is taken first.
func (t Task) priority() int {
	if t.Tier == "" {
		return between
	}
	l, err := tier.Of(tier.Name(t.Tier))
	if err != nil { // a tier that is declared no more
		return between
	}
	return l.Queue
}

// Report tells how far a task is: a fraction (0..1) and what is being done. It may be called from any goroutine.
type Report func(fraction float64, sentence string)

// Finish records what a task has made, in the transaction that completes it. It may be called more than once, as
// transactions are repeated, and must have no effect but through tx.
type Finish func(ctx context.Context, tx *store.Tx) error

// Work does a task. An error made by stage.Permanent is not tried again. A nil Finish records nothing.
type Work func(ctx context.Context, t Task, report Report) (Finish, error)

// Kind is a kind of task.
type Kind struct {
	Name string
	Work Work
	// Limit is how many tasks of the kind run at the same time; 0 means as many as there are workers. A limited kind
	// has a queue and workers of its own.
	Limit int
	// Light says that tasks of the kind take next to nothing: they begin at once, whatever else runs. Periodic ones are light.
	Light bool
	// Timeout ends a try that takes longer, as an error that is tried again; 0 means none.
	Timeout time.Duration
	// Every makes the kind periodic: a task without a run is inserted at this interval, and at the start.
	Every time.Duration
}

// Update is a change in how far a task is.
type Update struct {
	Task     Task
	Fraction float64
	Sentence string
}
