package quality

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Manager plans the quality stage: the check handlers side by side, then the one that consolidates.
type Manager struct{}

var _ stage.Manager = (*Manager)(nil)

// New returns the manager of the quality stage.
func New() *Manager { return &Manager{} }

// Stage names the stage.
func (*Manager) Stage() flow.Stage { return flow.Quality }

// Route takes the handlers of which at least one check makes sense for the data.
func (*Manager) Route(facts *flow.Facts, _ flow.Goal) flow.RouteEntry {
	entry := flow.RouteEntry{Stage: flow.Quality}
	if facts == nil {
		entry.Handlers = append(checkHandlers(), handlerConsolidate)
		entry.Why = "nothing is known of the data yet, so every group of checks is planned"
		return entry
	}
	applying, reasons := map[string]int{}, map[string]string{}
	for _, c := range Checks() {
		ok, why := c.Applies(facts)
		if ok {
			applying[c.Handler()]++
		} else if reasons[c.Handler()] == "" {
			reasons[c.Handler()] = why
		}
	}
	total, left := 0, []string{}
	for _, h := range checkHandlers() {
		if applying[h] > 0 {
			entry.Handlers = append(entry.Handlers, h)
			total += applying[h]
		} else if reasons[h] != "" {
			left = append(left, strings.TrimPrefix(h, "quality.")+" ("+reasons[h]+")")
		}
	}
	entry.Handlers = append(entry.Handlers, handlerConsolidate)
	entry.Why = fmt.Sprintf("%d checks make sense for %d columns and %d rows", total, len(facts.Columns), facts.Rows)
	if len(left) > 0 {
		entry.Why += "; left out: " + strings.Join(left, ", ")
	}
	return entry
}

// Waves runs the check handlers side by side and consolidates afterwards.
func (*Manager) Waves(route flow.RouteEntry) [][]string {
	var checks []string
	for _, h := range route.Handlers {
		if h != handlerConsolidate {
			checks = append(checks, h)
		}
	}
	if len(checks) == 0 {
		return [][]string{{handlerConsolidate}}
	}
	return [][]string{checks, {handlerConsolidate}}
}

// ApplyHandler names the handler that makes the cleaned version.
func (*Manager) ApplyHandler() string { return handlerApply }

// Handlers returns everything that the stage can run.
func (*Manager) Handlers() []stage.Handler {
	var all []stage.Handler
	for _, h := range checkHandlers() {
		all = append(all, checkHandler{name: h})
	}
	return append(all, consolidateHandler{}, applyHandler{}, previewHandler{})
}

// Assemble lays every issue before the control point.
func (*Manager) Assemble(docs stage.Documents) (json.RawMessage, []flow.Item, error) {
	var list flow.IssueList
	ok, err := docs.Decode(handlerConsolidate, &list)
	if err != nil {
		return nil, nil, fmt.Errorf("assembling the issues: %w", err)
	}
	if !ok {
		return nil, nil, errors.New("assembling the issues: the document of " + handlerConsolidate + " is missing")
	}
	items := []flow.Item{}
	seen := map[string]int{}
	for k := range list.Issues {
		i := &list.Issues[k]
		item := flow.Item{ID: i.ID, Kind: flow.ItemIssue, Options: []string{}, Fingerprint: fingerprint(i)}
		for _, r := range i.Resolutions {
			item.Options = append(item.Options, r.ID)
		}
		if r := i.Recommended(); r != nil {
			item.Recommended = r.ID
		}
		seen[item.Fingerprint]++
		if n := seen[item.Fingerprint]; n > 1 {
			item.Fingerprint += fmt.Sprintf("#%d", n)
		}
		items = append(items, item)
	}
	return docs[handlerConsolidate], items, nil
}

// fingerprint says what an issue is about, alike on this file and on next month's: the check, the columns, and what
// determines them.
func fingerprint(i *flow.Issue) string {
	columns := slices.Sorted(slices.Values(i.Columns))
	f := i.Check + "(" + strings.Join(columns, ",") + ")"
	for _, r := range i.Resolutions {
		if det := operation.Determinants(r.Params); len(det) > 0 {
			return f + "<-" + strings.Join(det, ",")
		}
	}
	return f
}

// Decide writes each decision at its issue; the last one on an issue holds.
func (*Manager) Decide(document json.RawMessage, decisions []flow.Decision) (json.RawMessage, error) {
	var list flow.IssueList
	if err := json.Unmarshal(document, &list); err != nil {
		return nil, fmt.Errorf("reading the issues to note decisions at them: %w", err)
	}
	for k := range list.Issues {
		for d := range decisions {
			if decisions[d].Item == list.Issues[k].ID {
				list.Issues[k].Decision = &decisions[d]
			}
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("writing the decided issues: %w", err)
	}
	return out, nil
}
