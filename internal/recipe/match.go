package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Target is the control point of another run that the recipe is laid beside.
type Target struct {
	Proposal *flow.Proposal
	Issues   []flow.Issue // the document's, for the quality stage; nil for the others
	SHA256   string       // of the file as received, hex
	Rows     int64        // of the table, for policies with a share
}

// Matched is what a recipe says about a control point.
type Matched struct {
	// Decisions are complete save ID and At; their actor is the recipe or one of its policies.
	Decisions []flow.Decision
	// New are the items that nothing in the recipe covers, in the proposal's order.
	New []New
	// Unused are the fingerprints of this stage's entries that met no item: what was wrong last time and is not now.
	Unused []string
}

// New is an item that the recipe does not cover, or not wholly.
type New struct {
	Item flow.Item
	Why  string // in words, for the person who decides
	// Covered is the decision on the part that the recipe covers; nil where it covers nothing.
	Covered *flow.Decision
	// Proposed is Covered with what the check proposes for the rest; nil where Covered is.
	Proposed *flow.Decision
}

// Match says which items of a control point the recipe decides, and which are new. It is pure.
func (r *Recipe) Match(t Target) Matched {
	m := matcher{recipe: r, actor: r.Actor(), target: t, used: make([]bool, len(r.Decisions))}
	var out Matched
	for _, item := range t.Proposal.Items {
		d, fresh := m.item(item)
		switch {
		case fresh != nil:
			out.New = append(out.New, *fresh)
		default:
			out.Decisions = append(out.Decisions, *d)
		}
	}
	for i, e := range r.Decisions {
		if !m.used[i] && e.Stage == t.Proposal.Stage {
			out.Unused = append(out.Unused, e.Fingerprint)
		}
	}
	return out
}

type matcher struct {
	recipe *Recipe
	actor  flow.Actor
	target Target
	used   []bool
}

func (m *matcher) item(item flow.Item) (*flow.Decision, *New) {
	issue := m.issue(item)
	i := m.entry(item, issue)
	if i < 0 {
		if d := m.policy(item, issue); d != nil {
			return d, nil
		}
		return nil, &New{Item: item, Why: "the recipe says nothing about it"}
	}
	m.used[i] = true
	return m.replay(item, issue, &m.recipe.Decisions[i])
}

func (m *matcher) issue(item flow.Item) *flow.Issue {
	if item.Kind != flow.ItemIssue {
		return nil
	}
	for i := range m.target.Issues {
		if m.target.Issues[i].ID == item.ID {
			return &m.target.Issues[i]
		}
	}
	return nil
}

// entry finds the entry for an item that no item before it has used. Several entries may share a fingerprint: one
// whose operation the issue offers goes first. The facts of reception are one item a run and match whatever their
// fingerprint is: that the columns fit was checked before.
func (m *matcher) entry(item flow.Item, issue *flow.Issue) int {
	found := -1
	for i := range m.recipe.Decisions {
		e := &m.recipe.Decisions[i]
		if m.used[i] || e.Stage != m.target.Proposal.Stage || e.Item != item.Kind {
			continue
		}
		if e.Fingerprint != item.Fingerprint && item.Kind != flow.ItemFacts {
			continue
		}
		if e.Operation == nil || issue == nil || offered(issue, e.Operation.Kind) != nil {
			return i
		}
		if found < 0 {
			found = i
		}
	}
	return found
}

func offered(issue *flow.Issue, kind string) *flow.Resolution {
	for i := range issue.Resolutions {
		if issue.Resolutions[i].Kind == kind {
			return &issue.Resolutions[i]
		}
	}
	return nil
}

func (m *matcher) decision(item flow.Item, choice flow.Choice, reason string) *flow.Decision {
	return &flow.Decision{Item: item.ID, Choice: choice, Actor: m.actor, Reason: reason, Seen: m.target.Proposal.Hash}
}

func (m *matcher) replay(item flow.Item, issue *flow.Issue, e *Entry) (*flow.Decision, *New) {
	if e.Choice == flow.Reject || e.Choice == flow.Leave {
		return m.decision(item, e.Choice, e.Reason), nil
	}
	if issue == nil {
		return m.keep(item, e)
	}
	res := offered(issue, e.Operation.Kind)
	if res == nil || !slices.Contains(item.Options, res.ID) {
		return nil, &New{Item: item, Why: fmt.Sprintf("the recorded operation %s is not among its resolutions here", e.Operation.Kind)}
	}
	if e.Choice == flow.Partial {
		if m.target.SHA256 == "" || m.target.SHA256 != m.recipe.Source.SHA256 {
			return nil, &New{Item: item, Why: "it was decided on single rows of another file"}
		}
		d := m.decision(item, flow.Partial, e.Reason)
		d.Option, d.Rows, d.Params = res.ID, slices.Clone(e.Rows), paramsOf(res, e)
		return d, nil
	}
	d := m.decision(item, flow.Accept, e.Reason)
	d.Option = res.ID
	if d.Params = paramsOf(res, e); d.Params != nil {
		d.Choice = flow.Edit
	}
	if merged, fresh := unlisted(e.Operation.Params, res.Params); fresh > 0 {
		all := *d
		all.Choice, all.Params = flow.Edit, merged
		return nil, &New{Item: item, Covered: d, Proposed: &all,
			Why: fmt.Sprintf("%d values that the recorded %s does not list", fresh, e.Operation.Kind)}
	}
	return d, nil
}

// keep replays the acceptance of an item without resolutions.
func (m *matcher) keep(item flow.Item, e *Entry) (*flow.Decision, *New) {
	if !slices.Contains(item.Options, flow.OptionKeep) {
		return nil, &New{Item: item, Why: "what was accepted is not on offer here"}
	}
	d := m.decision(item, flow.Accept, e.Reason)
	d.Option = flow.OptionKeep
	if e.Choice == flow.Edit && e.Operation != nil && len(e.Operation.Params) > 0 {
		d.Choice, d.Params = flow.Edit, e.Operation.Params
	}
	return d, nil
}

// paramsOf returns the recorded parameters where they differ from the proposed ones, else nil.
func paramsOf(res *flow.Resolution, e *Entry) map[string]any {
	if same(res.Params, e.Operation.Params) {
		return nil
	}
	return e.Operation.Params
}

func same(a, b map[string]any) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}

// unlisted compares tables of values (parameter map) and lists of values (parameter values): it returns the recorded
// parameters with the proposed values that they lack, and how many those are.
func unlisted(recorded, proposed map[string]any) (merged map[string]any, fresh int) {
	recorded, proposed = plain(recorded), plain(proposed)
	if have, ok := recorded["map"].(map[string]any); ok {
		more, _ := proposed["map"].(map[string]any)
		for k, v := range more {
			if _, ok := have[k]; !ok {
				have[k] = v
				fresh++
			}
		}
	}
	if have, ok := recorded["values"].([]any); ok {
		more, _ := proposed["values"].([]any)
		for _, v := range more {
			if !slices.ContainsFunc(have, func(x any) bool { return reflect.DeepEqual(x, v) }) {
				have = append(have, v)
				fresh++
			}
		}
		recorded["values"] = have
	}
	return recorded, fresh
}

// policy returns the decision of the first policy that holds for an issue.
func (m *matcher) policy(item flow.Item, issue *flow.Issue) *flow.Decision {
	if issue == nil {
		return nil
	}
	for i := range m.recipe.Policies {
		p := &m.recipe.Policies[i]
		res := issue.Recommended()
		if !p.holds(issue, res, m.target.Rows) || p.Choice == flow.Accept && (res == nil || !slices.Contains(item.Options, res.ID)) {
			continue
		}
		d := m.decision(item, p.Choice, p.Reason)
		d.Actor = flow.Actor{Kind: flow.ActorPolicy, Name: p.Name}
		if p.Choice == flow.Accept {
			d.Option = res.ID
		}
		return d
	}
	return nil
}

func (p *Policy) holds(issue *flow.Issue, res *flow.Resolution, rows int64) bool {
	if p.Check != "" && p.Check != issue.Check {
		return false
	}
	if p.Operation != "" && (res == nil || res.Kind != p.Operation) {
		return false
	}
	for _, c := range issue.Columns {
		if len(p.Columns) > 0 && !slices.Contains(p.Columns, c) {
			return false
		}
	}
	return p.MaxShare == 0 || rows > 0 && float64(issue.Rows) <= p.MaxShare*float64(rows)
}
