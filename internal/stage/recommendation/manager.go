package recommendation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

const handlerActions = "recommendation.actions"

// Manager plans the recommendation stage.
type Manager struct{}

var _ stage.Manager = (*Manager)(nil)

// New returns the manager of the stage.
func New() *Manager { return &Manager{} }

// Stage implements stage.Manager.
func (*Manager) Stage() flow.Stage { return flow.Recommendation }

// Route implements stage.Manager.
func (*Manager) Route(_ *flow.Facts, goal flow.Goal) flow.RouteEntry {
	why := "turns the insights that were kept, and what is wrong with the data, into things to do"
	if goal.Text != "" || goal.KPI != "" {
		why += ", ranked by what they promise for the goal"
	}
	return flow.RouteEntry{Stage: flow.Recommendation, Handlers: []string{handlerActions}, Why: why}
}

// Waves implements stage.Manager.
func (*Manager) Waves(route flow.RouteEntry) [][]string { return [][]string{route.Handlers} }

// ApplyHandler implements stage.Manager: what is decided here is done by people.
func (*Manager) ApplyHandler() string { return "" }

// Handlers implements stage.Manager.
func (*Manager) Handlers() []stage.Handler { return []stage.Handler{actions{}} }

// Assemble implements stage.Manager: an item for each action; those above recommendFrom are recommended.
func (*Manager) Assemble(docs stage.Documents) (json.RawMessage, []flow.Item, error) {
	var list flow.ActionList
	ok, err := docs.Decode(handlerActions, &list)
	if err == nil && !ok {
		err = errors.New("it is not there")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("assembling the recommendations: reading what %s found: %w", handlerActions, err)
	}
	items := make([]flow.Item, 0, len(list.Recommendations))
	for i := range list.Recommendations {
		a := &list.Recommendations[i]
		item := flow.Item{ID: a.ID, Kind: flow.ItemRecommendation, Options: []string{flow.OptionKeep}, Fingerprint: a.Kind + "|" + a.ID}
		if a.Priority >= recommendFrom {
			item.Recommended = flow.OptionKeep
		}
		items = append(items, item)
	}
	return docs[handlerActions], items, nil
}

// Decide implements stage.Manager: the decision is written beside each action; the last one on an item counts.
func (*Manager) Decide(document json.RawMessage, decisions []flow.Decision) (json.RawMessage, error) {
	var list flow.ActionList
	if err := json.Unmarshal(document, &list); err != nil {
		return nil, fmt.Errorf("writing the decisions on recommendations: reading the document: %w", err)
	}
	for i := range decisions {
		for k := range list.Recommendations {
			if list.Recommendations[k].ID == decisions[i].Item {
				list.Recommendations[k].Decision = &decisions[i]
			}
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("writing the decisions on recommendations: %w", err)
	}
	return out, nil
}

// actions is the handler recommendation.actions; it needs no engine.
type actions struct{}

// Name implements stage.Handler.
func (actions) Name() string { return handlerActions }

// Run implements stage.Handler.
func (actions) Run(_ context.Context, job *stage.Job, _ *stage.Env) (*stage.Result, error) {
	var issues flow.IssueList
	if _, err := job.Documents.Decode(string(flow.Quality), &issues); err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading the issues to make recommendations: %w", err))
	}
	var insights flow.InsightList
	if _, err := job.Documents.Decode(string(flow.Insight), &insights); err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading the insights to make recommendations: %w", err))
	}
	var facts struct {
		Rows int64 `json:"rows"`
	}
	if _, err := job.Documents.Decode(string(flow.Reception), &facts); err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading the facts to make recommendations: %w", err))
	}
	raw, err := json.Marshal(propose(table{facts.Rows, job.Goal.KPI}, issues.Issues, insights.Insights))
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("writing down the recommendations: %w", err))
	}
	return &stage.Result{Document: raw}, nil
}
