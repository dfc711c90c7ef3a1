package insight

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/tier"
)

// Manager plans the insight stage and assembles what its handlers found.
type Manager struct{}

var (
	_ stage.Manager = (*Manager)(nil)
	_ stage.Widener = (*Manager)(nil)
)

// New returns the manager of the stage.
func New() *Manager { return &Manager{} }

// Stage implements stage.Manager.
func (*Manager) Stage() flow.Stage { return flow.Insight }

// Route implements stage.Manager: a handler runs where at least one of its kinds applies.
func (*Manager) Route(facts *flow.Facts, goal flow.Goal) flow.RouteEntry {
	var handlers, why []string
	for _, name := range searching() {
		var use []string
		for _, k := range handled(name) {
			ok := facts == nil
			if !ok {
				ok, _ = k.Applies(facts, goal)
			}
			if ok {
				use = append(use, k.ID())
			}
		}
		handlers = append(handlers, name)
		if len(use) > 0 {
			why = append(why, strings.TrimPrefix(name, "insight.")+" looks for "+list(use))
		} else {
			why = append(why, strings.TrimPrefix(name, "insight.")+" has nothing to look at")
		}
	}
	sentence := strings.Join(why, "; ")
	if goal.Text != "" || goal.KPI != "" {
		sentence += "; ranked by the goal"
	}
	return flow.RouteEntry{Stage: flow.Insight, Handlers: append(handlers, handlerSelect), Why: sentence}
}

// Waves implements stage.Manager: the searching handlers run side by side, then the choice is made.
func (*Manager) Waves(route flow.RouteEntry) [][]string {
	first := slices.DeleteFunc(slices.Clone(route.Handlers), func(h string) bool { return h == handlerSelect })
	return [][]string{first, {handlerSelect}}
}

// ApplyHandler implements stage.Manager: deciding on insights changes nothing in the data.
func (*Manager) ApplyHandler() string { return "" }

// MoreHandler implements stage.Widener.
func (*Manager) MoreHandler() string { return handlerMore }

// Handlers implements stage.Manager.
func (*Manager) Handlers() []stage.Handler {
	return []stage.Handler{search{handlerGroups}, search{handlerTime}, search{handlerRelations}, choose{}, further{}}
}

// Assemble implements stage.Manager: the document is that of insight.select, as far as the tier shows it, with an item for
// each insight.
func (*Manager) Assemble(docs stage.Documents) (json.RawMessage, []flow.Item, error) {
	var found flow.InsightList
	if ok, err := docs.Decode(handlerSelect, &found); err != nil || !ok {
		return nil, nil, fmt.Errorf("assembling the insights: what %s chose is missing or cannot be read: %w", handlerSelect, orMissing(err))
	}
	if err := merge(docs, &found); err != nil {
		return nil, nil, err
	}
	document, err := withhold(docs, &found)
	if err != nil {
		return nil, nil, err
	}
	items := make([]flow.Item, 0, len(found.Insights))
	taken := map[string]bool{}
	for i := range found.Insights {
		f := &found.Insights[i]
		mark := fingerprint(f)
		if taken[mark] { // another value of the same breakdown stands out, which only the id tells
			mark += "|" + f.ID
		}
		taken[mark] = true
		items = append(items, flow.Item{
			ID: f.ID, Kind: flow.ItemInsight, Options: []string{flow.OptionKeep}, Recommended: flow.OptionKeep, Fingerprint: mark,
		})
	}
	return document, items, nil
}

// merge adds what was found because somebody asked for more. It comes last: what was shown before stays where it was.
func merge(docs stage.Documents, found *flow.InsightList) error {
	var more flow.InsightList
	if _, err := docs.Decode(handlerMore, &more); err != nil {
		return fmt.Errorf("assembling the insights: what %s found cannot be read: %w", handlerMore, err)
	}
	found.Insights = append(found.Insights, more.Insights...)
	found.Skipped = append(found.Skipped, more.Skipped...)
	found.Asked = more.Asked
	return nil
}

// withhold cuts the list to what the tier shows, and says in it how many more there are. The list is ranked: the best stay.
func withhold(docs stage.Documents, found *flow.InsightList) (json.RawMessage, error) {
	var limits tier.Limits
	if _, err := docs.Decode(stage.DocumentTier, &limits); err != nil {
		return nil, fmt.Errorf("assembling the insights: reading what the tier shows: %w", err)
	}
	shown, note := limits.WithholdInsights(len(found.Insights))
	if note == "" && len(found.Asked) == 0 {
		return docs[handlerSelect], nil
	}
	if note != "" {
		found.Insights = found.Insights[:shown]
		found.Skipped = append(found.Skipped, flow.Skipped{Check: "tier", Why: note})
	}
	document, err := json.Marshal(found)
	if err != nil {
		return nil, fmt.Errorf("assembling the insights: %w", err)
	}
	return document, nil
}

// Decide implements stage.Manager: the decision is written beside each insight; the last one on an item counts.
func (*Manager) Decide(document json.RawMessage, decisions []flow.Decision) (json.RawMessage, error) {
	var found flow.InsightList
	if err := json.Unmarshal(document, &found); err != nil {
		return nil, fmt.Errorf("writing the decisions on insights: reading the document: %w", err)
	}
	for i := range decisions {
		for k := range found.Insights {
			if found.Insights[k].ID == decisions[i].Item {
				found.Insights[k].Decision = &decisions[i]
			}
		}
	}
	out, err := json.Marshal(found)
	if err != nil {
		return nil, fmt.Errorf("writing the decisions on insights: %w", err)
	}
	return out, nil
}

// fingerprint identifies an insight across files: its kind, measure, dimensions and subspace.
func fingerprint(f *flow.InsightFinding) string {
	parts := []string{f.Kind, f.Measure, strings.Join(f.Dimensions, "+")}
	keys := make([]string, 0, len(f.Subspace))
	for k := range f.Subspace {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		parts = append(parts, k+"="+f.Subspace[k])
	}
	return strings.Join(parts, "|")
}

func orMissing(err error) error {
	if err == nil {
		return errMissing
	}
	return err
}

var errMissing = errors.New("it is not there")
