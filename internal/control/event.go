package control

import (
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// EventKind names what happened. Kinds are stored and sent: they are never renamed.
type EventKind string

// The events.
const (
	RunRequested      EventKind = "run.requested"
	StagePlanned      EventKind = "stage.planned"
	TaskDone          EventKind = "task.done"
	TaskFailed        EventKind = "task.failed"
	StageAssembled    EventKind = "stage.assembled"
	DecisionTaken     EventKind = "decision.taken"
	DecisionWithdrawn EventKind = "decision.withdrawn"
	PointClosed       EventKind = "point.closed"
	PointSentBack     EventKind = "point.sent_back"
	PointAsked        EventKind = "point.asked" // for more like an item of it
	PointExpired      EventKind = "point.expired"
	PointRenewed      EventKind = "point.renewed"
	StageConcluded    EventKind = "stage.concluded"
	StageReopened     EventKind = "stage.reopened"
	RunRetried        EventKind = "run.retried"
	RunAborted        EventKind = "run.aborted"
)

// FromPerson says whether the event is asked for from outside: one that does not fit is refused, while a late
// event of the flow itself is dropped.
func (k EventKind) FromPerson() bool {
	switch k {
	case RunRequested, DecisionTaken, DecisionWithdrawn, PointClosed, PointSentBack, PointAsked, PointRenewed, StageReopened,
		RunRetried, RunAborted:
		return true
	default:
		return false
	}
}

// Event is something that happened to a run. Which of the fields are set depends on the kind. It carries ids of
// documents and files, never their content.
type Event struct {
	Kind  EventKind  `json:"kind"`
	Run   string     `json:"run"`
	Stage flow.Stage `json:"stage,omitempty"`
	Round int        `json:"round,omitempty"`
	Try   int        `json:"try,omitempty"`
	At    time.Time  `json:"at"`
	Actor flow.Actor `json:"actor,omitzero"`

	StopAfter flow.Stage        `json:"stop_after,omitempty"` // run.requested
	PointTTL  time.Duration     `json:"point_ttl,omitempty"`  // run.requested
	FourEyes  bool              `json:"four_eyes,omitempty"`  // run.requested
	Route     []flow.RouteEntry `json:"route,omitempty"`      // run.requested and stage.concluded: the way from here on
	Waves     [][]string        `json:"waves,omitempty"`      // stage.planned
	Apply     string            `json:"apply,omitempty"`      // stage.planned
	Handler   string            `json:"handler,omitempty"`    // task.*, point.asked
	Document  string            `json:"document,omitempty"`   // task.done, stage.concluded
	Files     map[string]string `json:"files,omitempty"`      // task.done
	Message   string            `json:"message,omitempty"`    // task.failed, run.aborted
	Columns   int               `json:"columns,omitempty"`    // stage.concluded of reception
	Refused   bool              `json:"refused,omitempty"`    // task.failed
	Proposal  *flow.Proposal    `json:"proposal,omitempty"`   // stage.assembled
	Decision  *flow.Decision    `json:"decision,omitempty"`   // decision.taken
	Item      string            `json:"item,omitempty"`       // decision.withdrawn, point.asked
	Like      flow.Likeness     `json:"like,omitempty"`       // point.asked
	Seen      string            `json:"seen,omitempty"`       // point.closed, point.asked: hash of the proposal
	Options   map[string]any    `json:"options,omitempty"`    // point.sent_back
}

// Moved is a change of a run's state. Before is of no status where the run begins with it.
type Moved struct {
	Run           *store.Run
	Event         EventKind
	At            time.Time
	Before, After *State
}

// CommandKind names what the CPM wants done.
type CommandKind string

// The commands.
const (
	Plan     CommandKind = "stage.plan"     // the stage's manager answers with stage.planned
	Task     CommandKind = "task.start"     // the queue answers with task.done or task.failed
	Assemble CommandKind = "stage.assemble" // the manager answers with stage.assembled
	Conclude CommandKind = "stage.conclude" // the manager answers with stage.concluded
	Decide   CommandKind = "point.decide"   // what was written before to decide in the place of a person does so
	Cancel   CommandKind = "task.cancel"    // unfinished tasks of the stage's round and try are cancelled
	Announce CommandKind = "run.changed"    // whoever watches the run may want to know
)

// Command is one thing that the CPM wants done.
type Command struct {
	Kind    CommandKind `json:"kind"`
	Run     string      `json:"run"`
	Stage   flow.Stage  `json:"stage,omitempty"`
	Round   int         `json:"round,omitempty"`
	Try     int         `json:"try,omitempty"`
	Handler string      `json:"handler,omitempty"` // task.start
	Status  Status      `json:"status,omitempty"`  // run.changed
	Phase   Phase       `json:"phase,omitempty"`   // run.changed
}
