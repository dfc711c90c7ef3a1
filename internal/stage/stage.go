// Package stage is the contract between the control point manager and the four stages. A stage is a Manager that
// plans and assembles, and Handlers that do the work. Stages never import one another, nor package control: they
// return what they found, and control decides what follows.
//
// A handler runs as one task of the queue, inside a child process with an engine of its own. It must be idempotent:
// it may be killed at any moment and run again, and it writes only below Job.OutDir, which is fresh for every try.
package stage

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// Manager plans the work of a stage and turns what its handlers found into a proposal. Its methods are pure.
type Manager interface {
	// Stage names the stage.
	Stage() flow.Stage
	// Route says which handlers run for this data and why. Facts is nil before reception has finished.
	Route(facts *flow.Facts, goal flow.Goal) flow.RouteEntry
	// Waves groups the routed handlers: a wave starts when the wave before is done, its handlers run side by side.
	Waves(route flow.RouteEntry) [][]string
	// ApplyHandler names the handler that carries out the decisions, after which the stage is done; empty where
	// deciding is all there is.
	ApplyHandler() string
	// Handlers returns everything that the stage can run, ApplyHandler included.
	Handlers() []Handler
	// Assemble merges the documents of the handlers (by handler name) into the stage's document and the items to
	// decide on. Same input, same output.
	Assemble(docs Documents) (document json.RawMessage, items []flow.Item, err error)
	// Decide writes the decisions into the stage's document: the form in which later stages and the results see it.
	Decide(document json.RawMessage, decisions []flow.Decision) (json.RawMessage, error)
}

// Checker is a Manager that can say of a decision with parameters of a person's own whether it can be carried out, before
// it is taken. Document is that of the open control point, earlier are those of the stages before. It is pure; its errors
// wrap flow.ErrInvalid and say which parameter is wrong.
type Checker interface {
	Check(document json.RawMessage, earlier Documents, d flow.Decision) error
}

// Widener is a Manager of a stage that can be asked for more like something that it found.
type Widener interface {
	// MoreHandler names the handler that looks for it. It is not part of the route; it finds what is asked for in
	// Job.Asks, of which the last one is new, and its document is merged by Assemble like those of the others.
	MoreHandler() string
}

// Rereader is a Manager of a stage at whose control point the goal can be read otherwise: the stage is sent back with options that say
// how, and it and the stages after it find the facts so.
type Rereader interface {
	// Reread gives the document of reception with the goal read as the options ask, which may say nothing of it. It is pure; its
	// errors wrap flow.ErrInvalid and say what is wrong.
	Reread(facts json.RawMessage, options map[string]any) (json.RawMessage, error)
}

// Ask is what somebody asks for more of.
type Ask struct {
	Item string        `json:"item"` // of the proposal
	Like flow.Likeness `json:"like"`
}

// Handler does one kind of work.
type Handler interface {
	// Name is stage.word, such as "quality.formats"; it is the kind of the queue's task.
	Name() string
	// Run does the work. Errors are wrapped: say what happened, to what, and what to do next. An error that a second
	// try cannot mend is wrapped in Permanent; input that must be refused (exit code 4) in Refused.
	Run(ctx context.Context, job *Job, env *Env) (*Result, error)
}

// Documents are JSON documents by name: "reception", "quality", ... for the decided document of an earlier stage,
// and a handler's name for what it found in this round of this stage. Managers also find DocumentTier.
type Documents map[string]json.RawMessage

// DocumentTier names the document in which Manager.Assemble finds what the run's tier allows (tier.Limits).
const DocumentTier = "tier"

// Decode unmarshals the named document into v; a document that is not there leaves v as it is and returns false.
func (d Documents) Decode(name string, v any) (bool, error) {
	raw, ok := d[name]
	if !ok || len(raw) == 0 {
		return false, nil
	}
	return true, json.Unmarshal(raw, v)
}

// Job is everything that a handler is given. It crosses a process boundary as JSON, through a pipe.
type Job struct {
	Run       string          `json:"run"`
	Stage     flow.Stage      `json:"stage"`
	Handler   string          `json:"handler"`
	Round     int             `json:"round"` // how often the stage was begun: sent back, or re-opened
	Goal      flow.Goal       `json:"goal"`
	Options   map[string]any  `json:"options,omitempty"`   // what the person who sent the stage back asks for
	Asks      []Ask           `json:"asks,omitempty"`      // see Widener
	Documents Documents       `json:"documents,omitempty"` // see Documents
	Decisions []flow.Decision `json:"decisions,omitempty"` // of this stage's control point, for its apply handler
	// Received is the file as received, encrypted by package dataset; for reception.
	Received *Received `json:"received,omitempty"`
	// Files are the encrypted Parquet files that earlier handlers wrote, by the name they gave them ("data" is the
	// dataset version under study; the queue's worker has attached nothing: call Env.Engine.AttachData).
	Files map[string]engine.File `json:"files,omitempty"`
	// OutDir is where the handler writes its files; Key is what it encrypts them with.
	OutDir string `json:"out_dir"`
	Key    []byte `json:"key"`
	// Params is for jobs outside of a stage's plan, such as a preview or an export.
	Params json.RawMessage `json:"params,omitempty"`
}

// Received is a file as it was received, kept encrypted.
type Received struct {
	Name   string `json:"name"` // base name as received
	Path   string `json:"path"` // of the encrypted file
	Key    []byte `json:"key"`
	Bytes  int64  `json:"bytes"`  // before encryption
	SHA256 string `json:"sha256"` // before encryption, hex
}

// Env is what a handler works with.
type Env struct {
	Engine *engine.Session
	Log    *slog.Logger // carries the run's id; never log values of a user's data
	// Progress tells how far the work is (0..1) and what is being done. It may be called from any goroutine.
	Progress func(fraction float64, sentence string)
}

// Result is what a handler returns.
type Result struct {
	// Document is what it found; it becomes Documents[handler name] for later handlers of the round.
	Document json.RawMessage `json:"document"`
	// Files it wrote below OutDir, by the name under which later handlers get them in Job.Files. A file named
	// FileData becomes a new dataset version.
	Files map[string]OutFile `json:"files,omitempty"`
}

// FileData is the name of the file that holds the dataset version under study.
const FileData = "data"

// OutFile is an encrypted Parquet file that a handler wrote.
type OutFile struct {
	Path        string `json:"path"`
	Rows        int64  `json:"rows"`
	ContentHash string `json:"content_hash"` // SHA-256 over the rows in order, hex, independent of encryption and layout
}
