package terminal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// entry is one item of the control point as it is shown.
type entry struct {
	item    flow.Item
	title   string
	badge   string   // severity, kind or priority
	amount  string   // right of the title in the list
	facts   []string // lines of the detail
	sql     string
	options []flow.Resolution
}

func entries(p Point) ([]entry, error) {
	var err error
	find := map[string]func(*entry){}
	switch p.Proposal.Stage {
	case flow.Reception:
		var f flow.Facts
		err = json.Unmarshal(p.Document, &f)
		for _, item := range p.Proposal.Items {
			find[item.ID] = func(e *entry) { e.describeFacts(&f) }
		}
	case flow.Quality:
		var l flow.IssueList
		err = json.Unmarshal(p.Document, &l)
		for i := range l.Issues {
			find[l.Issues[i].ID] = func(e *entry) { e.describeIssue(&l.Issues[i]) }
		}
	case flow.Insight:
		var l flow.InsightList
		err = json.Unmarshal(p.Document, &l)
		for i := range l.Insights {
			find[l.Insights[i].ID] = func(e *entry) { e.describeInsight(&l.Insights[i]) }
		}
	case flow.Recommendation:
		var l flow.ActionList
		err = json.Unmarshal(p.Document, &l)
		for i := range l.Recommendations {
			find[l.Recommendations[i].ID] = func(e *entry) { e.describeAction(&l.Recommendations[i]) }
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading what the %s stage proposes: %w", p.Proposal.Stage, err)
	}
	out := make([]entry, len(p.Proposal.Items))
	for i, item := range p.Proposal.Items {
		e := entry{item: item, title: item.ID}
		if describe := find[item.ID]; describe != nil {
			describe(&e)
		}
		e.offer()
		out[i] = e
	}
	return out, nil
}

// offer keeps the options that the item really has, in the item's order.
func (e *entry) offer() {
	list := make([]flow.Resolution, 0, len(e.item.Options))
	for _, id := range e.item.Options {
		k := slices.IndexFunc(e.options, func(r flow.Resolution) bool { return r.ID == id })
		r := flow.Resolution{ID: id, Label: id}
		if id == flow.OptionKeep {
			r.Label = "take it on"
		}
		if k >= 0 {
			r = e.options[k]
		}
		r.Recommended = id == e.item.Recommended
		list = append(list, r)
	}
	e.options = list
}

func (e *entry) numbers(v flow.Evidence) {
	names := make([]string, 0, len(v.Numbers))
	for n := range v.Numbers {
		names = append(names, n)
	}
	slices.Sort(names)
	var parts []string
	for _, n := range names {
		parts = append(parts, fmt.Sprintf("%s %.6g", strings.ReplaceAll(n, "_", " "), v.Numbers[n]))
	}
	if len(parts) > 0 {
		e.facts = append(e.facts, strings.Join(parts, " · "))
	}
	for _, n := range v.Notes {
		e.facts = append(e.facts, "• "+n)
	}
	e.sql = v.SQL
}

func (e *entry) describeFacts(f *flow.Facts) {
	e.title, e.badge = "How the file is read, and what its columns are", string(flow.Reception)
	e.amount = fmt.Sprintf("%d columns", len(f.Columns))
	e.facts = append(e.facts, fmt.Sprintf("%s, %s, delimiter %q, quote %q; %d rows", f.Format.Format, f.Format.Encoding, f.Format.Delimiter, f.Format.Quote, f.Rows))
	if f.Context.Grain != "" || f.Context.Domain != "" {
		e.facts = append(e.facts, strings.TrimSpace(f.Context.Grain+" "+f.Context.Domain))
	}
	if g := f.Context.Goal; g.KPI != "" {
		e.facts = append(e.facts, fmt.Sprintf("the goal is measured by %s %s", g.KPI, g.Direction))
	}
	for i := range f.Columns {
		c := &f.Columns[i]
		e.facts = append(e.facts, fmt.Sprintf("%s  %s %s %s · %d missing · %d distinct", pad(clean(c.Name), 18), c.Type, c.Role, c.Semantic, c.Missing, c.Distinct))
	}
}

func (e *entry) describeIssue(i *flow.Issue) {
	e.title, e.badge, e.options = i.Title, string(i.Severity), slices.Clone(i.Resolutions)
	e.amount = fmt.Sprintf("%d cells", i.Cells)
	e.facts = append(e.facts, fmt.Sprintf("%s in %s · %d cells in %d rows · confidence %.0f%%", i.Check, strings.Join(i.Columns, ", "), i.Cells, i.Rows, 100*i.Confidence))
	e.numbers(i.Evidence)
}

func (e *entry) describeInsight(i *flow.InsightFinding) {
	e.title, e.badge, e.amount = i.Title, i.Kind, fmt.Sprintf("score %.2f", i.Score)
	e.facts = append(e.facts, fmt.Sprintf("%s %.4g %s · p %.3g · q %.3g · bears on the goal %.0f%%", i.Effect.Name, i.Effect.Value, i.Effect.Unit, i.PValue, i.QValue, 100*i.GoalRelevance))
	e.numbers(i.Evidence)
}

func (e *entry) describeAction(a *flow.ActionItem) {
	e.title, e.badge, e.amount = a.Title, a.Kind, fmt.Sprintf("priority %.2f", a.Priority)
	e.facts = append(e.facts, a.Why, fmt.Sprintf("impact %.0f%% · confidence %.0f%% · effort %.0f of 3 · rests on %s", 100*a.Impact, 100*a.Confidence, a.Effort, strings.Join(a.Insights, ", ")))
}
