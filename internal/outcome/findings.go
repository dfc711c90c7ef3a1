package outcome

import (
	"encoding/json"
	"io"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Schema names the format of findings.json.
const Schema = "analytix/findings/v1"

// Findings is findings.json: everything that a run found and what was decided on it. Within v1 fields are only added.
type Findings struct {
	Schema          string                `json:"schema"`
	Run             Run                   `json:"run"`
	Reception       Reception             `json:"reception"`
	Issues          []flow.Issue          `json:"issues"`
	Insights        []flow.InsightFinding `json:"insights"`
	Recommendations []flow.ActionItem     `json:"recommendations"`
	Tests           int64                 `json:"tests"`             // statistical tests made
	Skipped         []flow.Skipped        `json:"skipped,omitempty"` // checks and insight kinds that did not run

	reached map[flow.Stage]bool // the stages that have made a document
}

// Run says what was run.
type Run struct {
	ID         string    `json:"id"`
	File       string    `json:"file"`   // base name as received
	Bytes      int64     `json:"bytes"`  // as received
	SHA256     string    `json:"sha256"` // as received, hex
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	Goal       string    `json:"goal"`
	KPI        string    `json:"kpi"`
	// Status and Stage say where the run stands when it is not done.
	Status string     `json:"status,omitempty"`
	Stage  flow.Stage `json:"stage,omitempty"`
}

// Reception is what was learned of the file.
type Reception struct {
	Format      string            `json:"format"`
	Compression string            `json:"compression,omitempty"`
	Encoding    string            `json:"encoding"`
	Delimiter   string            `json:"delimiter"`
	Quote       string            `json:"quote"`
	Header      bool              `json:"header"`
	Rows        int64             `json:"rows"`
	Columns     []flow.Column     `json:"columns"`
	Context     flow.Context      `json:"context"`
	Route       []flow.RouteEntry `json:"route"`
	Problems    map[string]int64  `json:"problems,omitempty"`
	Decision    *flow.Decision    `json:"decision,omitempty"`
}

// Parts are the documents of a run from which Compose makes findings; those of stages that were not reached are nil.
type Parts struct {
	Run      Run
	Facts    *flow.Facts
	Decision *flow.Decision // on the facts
	Route    []flow.RouteEntry
	Issues   *flow.IssueList
	Insights *flow.InsightList
	Actions  *flow.ActionList
}

// Compose puts findings together. Lists that the contract names are never null in JSON.
func Compose(p Parts) *Findings {
	f := &Findings{Schema: Schema, Run: p.Run, reached: map[flow.Stage]bool{
		flow.Reception: p.Facts != nil, flow.Quality: p.Issues != nil, flow.Insight: p.Insights != nil, flow.Recommendation: p.Actions != nil,
	}}
	f.Run.StartedAt, f.Run.FinishedAt = p.Run.StartedAt.UTC(), p.Run.FinishedAt.UTC()
	f.Reception.Route, f.Reception.Decision = p.Route, p.Decision
	if p.Facts != nil {
		x := p.Facts.Format
		f.Reception = Reception{Format: x.Format, Compression: x.Compression, Encoding: x.Encoding, Delimiter: x.Delimiter,
			Quote: x.Quote, Header: x.Header, Rows: p.Facts.Rows, Columns: p.Facts.Columns, Context: p.Facts.Context,
			Problems: p.Facts.Problems, Route: p.Route, Decision: p.Decision}
	}
	if p.Issues != nil {
		f.Issues, f.Skipped = p.Issues.Issues, append(f.Skipped, p.Issues.Skipped...)
	}
	if p.Insights != nil {
		f.Insights, f.Tests, f.Skipped = p.Insights.Insights, p.Insights.Tests, append(f.Skipped, p.Insights.Skipped...)
	}
	if p.Actions != nil {
		f.Recommendations = p.Actions.Recommendations
	}
	f.complete()
	return f
}

// Reached says whether a stage has found what it had to find, so that nothing found means something.
func (f *Findings) Reached(s flow.Stage) bool { return f.reached[s] }

// complete gives empty lists and maps in the place of absent ones, without touching what the caller handed in.
func (f *Findings) complete() {
	r := &f.Reception
	r.Columns, r.Route = list(r.Columns), list(r.Route)
	for i := range r.Columns {
		r.Columns[i].Examples = some(r.Columns[i].Examples)
	}
	for i := range r.Route {
		r.Route[i].Handlers = some(r.Route[i].Handlers)
	}
	c := &r.Context
	c.Keys, c.Measures, c.Dimensions = some(c.Keys), some(c.Measures), some(c.Dimensions)
	c.Goal.Columns = some(c.Goal.Columns)
	f.Issues, f.Insights, f.Recommendations = list(f.Issues), list(f.Insights), list(f.Recommendations)
	for i := range f.Issues {
		x := &f.Issues[i]
		x.Columns, x.Examples, x.Resolutions = some(x.Columns), some(x.Examples), list(x.Resolutions)
		x.Evidence.Numbers = someMap(x.Evidence.Numbers)
		for k := range x.Resolutions {
			x.Resolutions[k].Params = someMap(x.Resolutions[k].Params)
		}
	}
	for i := range f.Insights {
		x := &f.Insights[i]
		x.Dimensions, x.Subspace, x.Chart = some(x.Dimensions), someMap(x.Subspace), someMap(x.Chart)
		x.Evidence.Numbers = someMap(x.Evidence.Numbers)
	}
	for i := range f.Recommendations {
		f.Recommendations[i].Insights = some(f.Recommendations[i].Insights)
	}
}

// list copies, so that completing elements does not change the caller's.
func list[T any](in []T) []T { return append(make([]T, 0, len(in)), in...) }

func some[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

func someMap[V any](in map[string]V) map[string]V {
	if in == nil {
		return map[string]V{}
	}
	return in
}

// WriteJSON writes findings as indented JSON; texts stand as they are, not escaped for HTML.
func (f *Findings) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(f)
}
