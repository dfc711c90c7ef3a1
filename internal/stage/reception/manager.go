package reception

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// ItemFacts is the id of the one item on which reception asks for a decision.
const ItemFacts = "facts"

// Manager plans reception and turns what was found into the facts to decide on.
type Manager struct {
	handlers []stage.Handler
}

// New makes the manager of reception; open opens received files, see NewParse.
func New(open Opener) *Manager {
	m := newManager(NewParse(open))
	m.handlers = append(m.handlers, NewPreview(open))
	return m
}

// newManager makes the manager around the handler that parses.
func newManager(parse stage.Handler) *Manager {
	return &Manager{handlers: []stage.Handler{parse, NewProfile(), NewContext()}}
}

// Stage implements stage.Manager.
func (*Manager) Stage() flow.Stage { return flow.Reception }

// Route implements stage.Manager. Nothing is known yet, so that every handler runs.
func (*Manager) Route(_ *flow.Facts, goal flow.Goal) flow.RouteEntry {
	why := "the file is read to find its format, every column is profiled over all rows, and keys, domain and grain are worked out"
	if goal.Text != "" || goal.KPI != "" {
		why += "; the goal is compared with the columns"
	}
	return flow.RouteEntry{Stage: flow.Reception, Handlers: []string{HandlerParse, HandlerProfile, HandlerContext}, Why: why}
}

// Waves implements stage.Manager: each handler needs what the one before found.
func (*Manager) Waves(route flow.RouteEntry) [][]string {
	waves := make([][]string, len(route.Handlers))
	for i, h := range route.Handlers {
		waves[i] = []string{h}
	}
	return waves
}

// ApplyHandler implements stage.Manager: deciding is all there is.
func (*Manager) ApplyHandler() string { return "" }

// Handlers implements stage.Manager.
func (m *Manager) Handlers() []stage.Handler { return m.handlers }

// Assemble implements stage.Manager: the document is the flow.Facts, and the one item is to keep or to correct them.
func (*Manager) Assemble(docs stage.Documents) (json.RawMessage, []flow.Item, error) {
	var facts flow.Facts
	ok, err := docs.Decode(HandlerContext, &facts)
	if err != nil {
		return nil, nil, fmt.Errorf("assembling reception: the context's document cannot be read: %w", err)
	}
	if !ok {
		return nil, nil, errors.New("assembling reception: the context was not determined")
	}
	document, err := json.Marshal(&facts)
	if err != nil {
		return nil, nil, fmt.Errorf("assembling reception: %w", err)
	}
	return document, []flow.Item{{
		ID: ItemFacts, Kind: flow.ItemFacts, Options: []string{flow.OptionKeep}, Recommended: flow.OptionKeep, Fingerprint: fingerprint(&facts),
	}}, nil
}

// fingerprint identifies a table across files by the names and types of its columns, in their order.
func fingerprint(facts *flow.Facts) string {
	h := sha256.New()
	for i := range facts.Columns {
		c := &facts.Columns[i]
		_, _ = fmt.Fprintf(h, "%d:%s=%s\n", len(c.Name), c.Name, c.Type) // a hash takes everything
	}
	return "facts:" + hex.EncodeToString(h.Sum(nil)[:16])
}

// Check implements stage.Checker: a correction must be one that Decide can write into the facts.
func (m *Manager) Check(document json.RawMessage, _ stage.Documents, d flow.Decision) error {
	_, err := m.Decide(document, []flow.Decision{d})
	return err
}

// Decide implements stage.Manager: an edit corrects the facts, every other choice keeps them. The last decision counts.
func (*Manager) Decide(document json.RawMessage, decisions []flow.Decision) (json.RawMessage, error) {
	var last *flow.Decision
	for i := range decisions {
		if decisions[i].Item == ItemFacts {
			last = &decisions[i]
		}
	}
	if last == nil || last.Choice != flow.Edit {
		return document, nil
	}
	var facts flow.Facts
	if err := json.Unmarshal(document, &facts); err != nil {
		return nil, fmt.Errorf("correcting the facts: the document cannot be read: %w", err)
	}
	if err := correct(&facts, last.Params); err != nil {
		return nil, err
	}
	decided, err := json.Marshal(&facts)
	if err != nil {
		return nil, fmt.Errorf("correcting the facts: %w", err)
	}
	return decided, nil
}
