package control

import (
	"maps"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Status is where a run stands.
type Status string

// The statuses of a run.
const (
	Running Status = "running" // work is being done
	Waiting Status = "waiting" // a control point is open
	Expired Status = "expired" // a control point's deadline passed before it was closed
	Failed  Status = "failed"  // a task failed for good
	Done    Status = "done"
	Aborted Status = "aborted"
	Erased  Status = "erased" // its data and its key are gone for good
)

// Phase is where a stage of a run stands.
type Phase string

// The phases of a stage.
const (
	Planning   Phase = "planning"   // the manager plans the work
	Working    Phase = "working"    // handlers run
	Assembling Phase = "assembling" // the manager puts the proposal together
	Open       Phase = "open"       // the control point waits for decisions
	Concluding Phase = "concluding" // the manager writes the decisions into the stage's document
	Applying   Phase = "applying"   // the decisions are carried out
	Finished   Phase = "finished"
	Stale      Phase = "stale" // an earlier control point was re-opened
)

// State is everything that the CPM knows of a run. It is a value: Step returns a new one.
type State struct {
	Run       string                     `json:"run"`
	Status    Status                     `json:"status"`
	Stage     flow.Stage                 `json:"stage"` // the stage that the run is in
	StopAfter flow.Stage                 `json:"stop_after,omitempty"`
	Route     []flow.RouteEntry          `json:"route"`
	Stages    map[flow.Stage]*StageState `json:"stages"`
	Failure   *Failure                   `json:"failure,omitempty"`
	// Columns is how many the table has; 0 before reception has counted them.
	Columns int `json:"columns,omitempty"`
	// PointTTL is how long a control point stays open; 0 means for ever.
	PointTTL time.Duration `json:"point_ttl,omitempty"`
	// FourEyes has who decided at a control point not close it.
	FourEyes bool `json:"four_eyes,omitempty"`
}

// StageState is one stage of a run.
type StageState struct {
	Phase Phase `json:"phase"`
	// Round counts how often the stage was begun (sent back, or an earlier point re-opened), Try how often work of
	// the round was given out anew (a retry, or a second closing). Together they tell a late event from a current one.
	Round     int               `json:"round"`
	Try       int               `json:"try"`
	Options   map[string]any    `json:"options,omitempty"` // asked for by whom sent the stage back
	Asks      []stage.Ask       `json:"asks,omitempty"`    // for more than the plan of the stage looked for
	Waves     [][]string        `json:"waves,omitempty"`
	Wave      int               `json:"wave"`
	Pending   []string          `json:"pending,omitempty"` // handlers of the wave that have not finished
	Apply     string            `json:"apply,omitempty"`   // handler that carries the decisions out
	Documents map[string]string `json:"documents,omitempty"`
	Files     map[string]string `json:"files,omitempty"`
	// Applied are the files that the apply handler wrote. They are kept apart, so that a point that is re-opened
	// is applied again to what its proposal spoke of.
	Applied   map[string]string        `json:"applied,omitempty"`
	Proposal  *flow.Proposal           `json:"proposal,omitempty"`
	Decisions map[string]flow.Decision `json:"decisions,omitempty"` // the one in force, by item
	Closed    *Closing                 `json:"closed,omitempty"`
	Concluded string                   `json:"concluded,omitempty"` // id of the stage's document with the decisions
	Deadline  time.Time                `json:"deadline,omitzero"`
	Past      []Past                   `json:"past,omitempty"`
}

// Closing is who closed a control point. Items without a decision were left alone by that.
type Closing struct {
	Actor flow.Actor `json:"actor"`
	At    time.Time  `json:"at"`
	Seen  string     `json:"seen"`
}

// Past keeps the decisions of a round that was begun anew, or that were withdrawn or superseded.
type Past struct {
	Round     int             `json:"round"`
	Why       string          `json:"why"` // superseded, withdrawn, sent_back, stale
	Decisions []flow.Decision `json:"decisions"`
}

// Failure is why a run stands still.
type Failure struct {
	Stage   flow.Stage `json:"stage"`
	Handler string     `json:"handler"`
	Message string     `json:"message"`
	Refused bool       `json:"refused"` // the input cannot be worked on
}

// Inputs returns the ids of the files by name as the work of the current stage sees them: those of the stages
// before it, in order, and its own. After the run it is what the run has made.
func (s *State) Inputs() map[string]string {
	files := map[string]string{}
	for _, st := range flow.Stages() {
		if x := s.Stages[st]; x != nil {
			maps.Copy(files, x.Files)
			maps.Copy(files, x.Applied)
		}
		if st == s.Stage {
			break
		}
	}
	return files
}

// clone copies the state so deeply that changing the copy leaves s as it is.
func (s *State) clone() State {
	c := *s
	c.Route = slices.Clone(s.Route)
	c.Stages = make(map[flow.Stage]*StageState, len(s.Stages))
	for name, st := range s.Stages {
		x := *st
		x.Pending = slices.Clone(st.Pending)
		x.Waves, x.Asks = slices.Clone(st.Waves), slices.Clone(st.Asks)
		x.Documents = maps.Clone(st.Documents)
		x.Files = maps.Clone(st.Files)
		x.Applied = maps.Clone(st.Applied)
		x.Decisions = maps.Clone(st.Decisions)
		x.Past = slices.Clone(st.Past)
		c.Stages[name] = &x
	}
	return c
}
