package terminal

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// entry is one item of the control point as it is shown.
type entry struct {
	item    flow.Item
	title   string
	badge   string                   // severity, kind or priority
	cells   int64                    // that an issue concerns
	amount  string                   // right of the title in the list
	facts   []string                 // lines of the detail
	body    func(width int) []string // a table or drawing below the options; nil for none
	notes   []string                 // caveats and other explanations
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
			r.Label = "Keep it"
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
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(v.Numbers)) {
		parts = append(parts, fmt.Sprintf("%s %.6g", strings.ReplaceAll(n, "_", " "), v.Numbers[n]))
	}
	if len(parts) > 0 {
		e.facts = append(e.facts, strings.Join(parts, " · "))
	}
	e.notes, e.sql = v.Notes, v.SQL
}

func (e *entry) describeIssue(i *flow.Issue) {
	e.title, e.badge, e.options = i.Title, string(i.Severity), slices.Clone(i.Resolutions)
	e.cells = i.Cells
	e.amount = phrase.Count(i.Cells, "%3.0f%% %5d {cell |cells}", 100*i.Confidence, i.Cells)
	e.facts = append(e.facts, fmt.Sprintf("%s in %s · %s · confidence %.0f%%", i.Check, strings.Join(i.Columns, ", "), extent(i), 100*i.Confidence))
	e.numbers(i.Evidence)
}

// extent says how much an issue touches.
func extent(i *flow.Issue) string {
	return phrase.Count(i.Cells, "%d {cell|cells}", i.Cells) + phrase.Count(i.Rows, " in %d {row|rows}", i.Rows)
}

func (e *entry) describeInsight(i *flow.InsightFinding) {
	e.title, e.badge, e.amount = i.Title, strings.ReplaceAll(i.Kind, "_", " "), fmt.Sprintf("%s  score %.2f", chance("q", i.QValue), i.Score)
	effect := fmt.Sprintf("%s %.4g", strings.ReplaceAll(i.Effect.Name, "_", " "), i.Effect.Value)
	if i.Effect.Unit != "" {
		effect += " " + i.Effect.Unit
	}
	if i.Effect.Low != nil && i.Effect.High != nil {
		effect += fmt.Sprintf(" (95%%: %.4g to %.4g)", *i.Effect.Low, *i.Effect.High)
	}
	e.facts = append(e.facts, fmt.Sprintf("%s · %s · %s · bears on the goal %.0f%%", effect, chance("p", i.PValue), chance("q", i.QValue), 100*i.GoalRelevance))
	var where []string
	for _, column := range slices.Sorted(maps.Keys(i.Subspace)) {
		where = append(where, column+" = "+i.Subspace[column])
	}
	if len(where) > 0 {
		e.facts = append(e.facts, "where "+strings.Join(where, ", "))
	}
	e.numbers(i.Evidence)
	e.body = func(width int) []string { return drawing(i.Chart, width) }
}

// chance names a p- or q-value; nothing is quite impossible.
func chance(name string, value float64) string {
	if value < 1e-300 {
		return name + " < 1e-300"
	}
	return fmt.Sprintf("%s %.2g", name, value)
}

var efforts = map[float64]string{1: "small", 2: "medium", 3: "large"}

func (e *entry) describeAction(a *flow.ActionItem) {
	effort := efforts[a.Effort]
	if effort == "" {
		effort = fmt.Sprintf("%.1f of 3", a.Effort)
	}
	e.title, e.badge, e.amount = a.Title, strings.ReplaceAll(a.Kind, "_", " "), fmt.Sprintf("priority %.2f", a.Priority)
	e.facts = append(e.facts, a.Why, "rests on "+strings.Join(a.Insights, ", "))
	e.body = func(width int) []string {
		gauge := func(name string, value float64, word string) string {
			n := int(min(max(value, 0), 1)*20 + 0.5)
			return cut("  "+pad(name, 12)+blue.Render(strings.Repeat("█", n))+soft.Render(strings.Repeat("░", 20-n))+" "+word, width)
		}
		return []string{"", gauge("impact", a.Impact, fmt.Sprintf("%.0f%%", 100*a.Impact)), gauge("confidence", a.Confidence, fmt.Sprintf("%.0f%%", 100*a.Confidence)),
			gauge("effort", a.Effort/3, effort)}
	}
}
