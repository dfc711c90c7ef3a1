package recipe

import (
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// Run is what a recipe is made from: everything that was proposed and decided in a run.
type Run struct {
	ID        string
	File      string // base name as received
	SHA256    string
	Goal      string
	KPI       string
	Facts     *flow.Facts
	Overrides map[string]any // what was set by hand about reading the file
	// Proposals are the last one of each stage that was decided, in the order of the stages.
	Proposals       []flow.Proposal
	Decisions       []flow.Decision // in the order in which they were taken; the last one on an item of a proposal counts
	Issues          []flow.Issue
	Insights        []flow.InsightFinding
	Recommendations []flow.ActionItem
	Policies        []Policy // to be carried on
}

// FromRun makes the recipe of a run. Items that were not decided are left out.
func FromRun(run *Run) *Recipe {
	r := &Recipe{Version: Version, Run: run.ID, Goal: Goal{Text: run.Goal, KPI: run.KPI},
		Reception: run.Overrides, Policies: run.Policies,
		Source: Source{File: run.File, SHA256: run.SHA256}}
	if run.Facts != nil {
		r.Source.Rows = run.Facts.Rows
		for _, c := range run.Facts.Columns {
			r.Source.Columns = append(r.Source.Columns, Column{Name: c.Name, Type: c.Type})
		}
	}
	for i := range run.Proposals {
		p := &run.Proposals[i]
		for _, item := range p.Items {
			if d := last(run.Decisions, p, item.ID); d != nil {
				r.Decisions = append(r.Decisions, run.entry(p.Stage, item, d))
			}
		}
	}
	return r
}

// last returns the decision on an item that counts: the last one on this very proposal, or on what it adds to.
func last(decisions []flow.Decision, p *flow.Proposal, item string) *flow.Decision {
	for i := len(decisions) - 1; i >= 0; i-- {
		if decisions[i].Item == item && p.Shows(decisions[i].Seen) {
			return &decisions[i]
		}
	}
	return nil
}

func (run *Run) entry(stage flow.Stage, item flow.Item, d *flow.Decision) Entry {
	e := Entry{Stage: stage, Item: item.Kind, Fingerprint: item.Fingerprint, Choice: d.Choice, Reason: d.Reason,
		Rows: slices.Clone(d.Rows), By: By{Kind: d.Actor.Kind, Name: d.Actor.Name}, At: d.At}
	switch item.Kind {
	case flow.ItemIssue:
		run.describeIssue(&e, item.ID, d)
	case flow.ItemInsight:
		for i := range run.Insights {
			if f := &run.Insights[i]; f.ID == item.ID {
				e.Check, e.Title = f.Kind, f.Title
				e.Columns = slices.DeleteFunc(append([]string{f.Measure}, f.Dimensions...), func(s string) bool { return s == "" })
				e.Notes = []string{fmt.Sprintf("%s = %.4g, q = %.3g, score %.2f.", f.Effect.Name, f.Effect.Value, f.QValue, f.Score)}
			}
		}
	case flow.ItemRecommendation:
		for i := range run.Recommendations {
			if a := &run.Recommendations[i]; a.ID == item.ID {
				e.Check, e.Title = a.Kind, a.Title
				e.Notes = []string{fmt.Sprintf("Priority %.2f. %s", a.Priority, a.Why)}
			}
		}
	case flow.ItemFacts:
		e.Title = "how the file is read, and what its columns are"
	}
	if e.Operation == nil && d.Choice == flow.Edit {
		e.Operation = &Operation{Kind: d.Option, Params: d.Params}
	}
	return e
}

func (run *Run) describeIssue(e *Entry, id string, d *flow.Decision) {
	k := slices.IndexFunc(run.Issues, func(i flow.Issue) bool { return i.ID == id })
	if k < 0 {
		return
	}
	issue := &run.Issues[k]
	e.Check, e.Title, e.Columns = issue.Check, issue.Title, slices.Clone(issue.Columns)
	e.Notes = []string{phrase.Count(issue.Cells, "%d {cell|cells}", issue.Cells) + phrase.Count(issue.Rows, " in %d {row|rows}, severity %s, confidence %.2f.", issue.Rows, issue.Severity, issue.Confidence)}
	for i := range issue.Resolutions {
		res := &issue.Resolutions[i]
		if res.Recommended && res.Why != "" {
			e.Notes = append(e.Notes, "Recommended: "+res.Label+". "+res.Why)
		}
		if d.Applies() && res.ID == d.Option {
			e.Operation = &Operation{Kind: res.Kind, Params: res.Params}
			if len(d.Params) > 0 {
				e.Operation.Params = d.Params
			}
		}
	}
}
