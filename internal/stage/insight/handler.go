package insight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// The handlers of the stage.
const (
	handlerGroups    = "insight.groups"    // what differs between groups of rows
	handlerTime      = "insight.time"      // what changes over time
	handlerRelations = "insight.relations" // what moves together
	handlerSelect    = "insight.select"    // what of all that is shown
	handlerMore      = "insight.more"      // what else there is like something that is shown
)

// search runs the kinds of one handler.
type search struct{ name string }

// searched is the document of a searching handler.
type searched struct {
	Candidates []Candidate      `json:"candidates"`
	Tests      map[string]int64 `json:"tests"`
	Skipped    []flow.Skipped   `json:"skipped,omitempty"`
	Rows       int              `json:"rows"`  // looked at
	Total      int64            `json:"total"` // in the data
}

// Name implements stage.Handler.
func (s search) Name() string { return s.name }

// Run implements stage.Handler: it loads the frame and runs the kinds of the handler on it.
func (s search) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	facts, goal, err := attach(ctx, job, env)
	if err != nil {
		return nil, err
	}
	env.Progress(0.05, "reading the rows")
	f, err := Load(ctx, env.Engine, facts, goal)
	if err != nil {
		return nil, err
	}
	doc := searched{Candidates: []Candidate{}, Tests: map[string]int64{}, Rows: f.Rows, Total: f.Total}
	for _, limit := range f.limits {
		doc.Skipped = append(doc.Skipped, flow.Skipped{Check: "insights", Why: limit})
	}
	for i, k := range handled(s.name) {
		env.Progress(0.2+0.8*float64(i)/float64(len(kinds)), "looking for insights of the kind "+k.ID())
		if ok, why := k.Applies(facts, goal); !ok {
			doc.Skipped = append(doc.Skipped, flow.Skipped{Check: k.ID(), Why: why})
			continue
		}
		found, err := k.Run(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("looking for insights of the kind %s: %w", k.ID(), err)
		}
		for family, n := range found.Tests {
			doc.Tests[family] += n
		}
		for _, c := range found.Candidates {
			c.Notes = append(c.Notes, f.Note(c.columns())...)
			doc.Candidates = append(doc.Candidates, c)
		}
	}
	return result(doc)
}

func handled(handler string) []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return k.Handler() != handler })
}

func result(doc any) (*stage.Result, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("writing down the insights: %w", err))
	}
	return &stage.Result{Document: raw}, nil
}

// smallCells is up to how many cells the data is read into memory once.
const smallCells = 20_000_000

// attach reads the facts of reception and makes the cleaned version available as the table data.
func attach(ctx context.Context, job *stage.Job, env *stage.Env) (*flow.Facts, flow.Goal, error) {
	var facts flow.Facts
	if ok, err := job.Documents.Decode(string(flow.Reception), &facts); err != nil || !ok {
		return nil, flow.Goal{}, stage.Permanent(errors.Join(errors.New("the facts of reception are missing or cannot be read: send the run back to reception"), err))
	}
	file, ok := job.Files[stage.FileData]
	if !ok {
		return nil, flow.Goal{}, stage.Permanent(errors.New("the insight stage was given no data: send the run back to reception"))
	}
	small := facts.Rows*int64(len(facts.Columns)) <= smallCells
	if err := env.Engine.AttachData(ctx, small, file); err != nil {
		return nil, flow.Goal{}, fmt.Errorf("opening the cleaned data: %w", err)
	}
	env.Engine.Narrow(facts.Names(), facts.Rows)
	return &facts, reading(job.Goal, facts.Context.Goal), nil
}

// reading is the goal as reception read it, with what the person gave kept as given.
func reading(given, read flow.Goal) flow.Goal {
	if given.Text != read.Text {
		return given
	}
	if given.KPI != "" {
		read.KPI = given.KPI
	}
	if given.Direction != "" {
		read.Direction = given.Direction
	}
	return read
}
