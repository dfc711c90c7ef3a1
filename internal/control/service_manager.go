package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// answer is what a manager has to say: an event, and the document that it made.
type answer struct {
	event    Event
	document *store.Document
}

// handleCommand has the stage's manager carry out a command. Managers are pure, so that all that counts happens in the
// transaction that enters the command into the inbox.
func (s *Service) handleCommand(ctx context.Context, m *store.Message) error {
	var c Command
	if err := json.Unmarshal(m.Body, &c); err != nil {
		return broker.Poison(fmt.Errorf("reading command %s of run %s: %w", m.Kind, m.Run, err))
	}
	run, state, err := s.load(ctx, c.Run)
	if err != nil {
		return err
	}
	var a *answer
	if st := state.Stages[c.Stage]; st != nil && state.Stage == c.Stage && st.Round == c.Round && st.Try == c.Try {
		if a, err = s.manage(ctx, run, state, c); err != nil {
			return err
		}
	}
	return s.store.InRunTx(ctx, c.Run, func(ctx context.Context, tx *store.Tx) error {
		fresh, err := tx.Take(ctx, consumerManagers, *m)
		if err != nil || !fresh || a == nil {
			return err
		}
		if err := putDocument(ctx, tx, a.document); err != nil {
			return err
		}
		return s.post(ctx, tx, a.event)
	})
}

// putDocument records a document, if there is one. Inbox and queue see to it that each is made once.
func putDocument(ctx context.Context, tx *store.Tx, d *store.Document) error {
	if d == nil {
		return nil
	}
	fresh, err := tx.PutDocument(ctx, *d)
	if err == nil && !fresh {
		err = fmt.Errorf("document %s of the %s stage of run %s, round %d, try %d was recorded before", d.Name, d.Stage, d.Run, d.Round, d.Try)
	}
	return err
}

// manage asks the manager. A manager that cannot do what it should fails the run, so that a person sees it: asking it
// again would give the same.
func (s *Service) manage(ctx context.Context, run *store.Run, state *State, c Command) (a *answer, err error) {
	ctx, span := managed(ctx, c)
	defer func() { span.End(err) }()
	w := &managing{Service: s, run: run, state: state, st: state.Stages[c.Stage], manager: s.managers[c.Stage], c: c}
	switch c.Kind {
	case Plan:
		a = w.plan()
	case Assemble:
		a, err = w.assemble(ctx)
	case Conclude:
		a, err = w.conclude(ctx)
	default:
		return nil, broker.Poison(fmt.Errorf("command %q of run %s is not known", c.Kind, c.Run))
	}
	if stage.IsPermanent(err) {
		s.log.ErrorContext(ctx, "a manager could not do its part", "run", c.Run, "stage", c.Stage, "command", c.Kind)
		return &answer{event: w.event(TaskFailed, func(e *Event) { e.Message = err.Error() })}, nil
	}
	return a, err
}

// managing is one command under way.
type managing struct {
	*Service
	run     *store.Run
	state   *State
	st      *StageState
	manager stage.Manager
	c       Command
}

func (w *managing) event(kind EventKind, set func(*Event)) Event {
	e := Event{Kind: kind, Run: w.c.Run, Stage: w.c.Stage, Round: w.c.Round, Try: w.c.Try, At: w.now()}
	set(&e)
	return e
}

func (w *managing) plan() *answer {
	route := flow.RouteEntry{Stage: w.c.Stage}
	for _, r := range w.state.Route {
		if r.Stage == w.c.Stage {
			route = r
		}
	}
	return &answer{event: w.event(StagePlanned, func(e *Event) {
		e.Waves, e.Apply = w.manager.Waves(route), w.manager.ApplyHandler()
	})}
}

func (w *managing) assemble(ctx context.Context) (*answer, error) {
	docs, err := w.documents(ctx, w.run, w.state)
	if err != nil {
		return nil, err
	}
	limits, err := tier.Of(tier.Name(w.run.Tier))
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("putting the proposal of the %s stage together: %w", w.c.Stage, err))
	}
	if docs[stage.DocumentTier], err = json.Marshal(limits); err != nil {
		return nil, fmt.Errorf("writing the limits of the tier down: %w", err)
	}
	document, items, err := w.manager.Assemble(docs)
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("putting the proposal of the %s stage together (what was found is kept): %w", w.c.Stage, err))
	}
	record, err := w.keep(ctx, "proposal", document)
	if err != nil {
		return nil, err
	}
	version, err := w.version(ctx, w.run, w.state)
	if err != nil {
		return nil, err
	}
	return &answer{document: record, event: w.event(StageAssembled, func(e *Event) {
		e.Proposal = &flow.Proposal{Stage: w.c.Stage, Items: items, Document: record.ID, Version: version, Hash: record.SHA256}
	})}, nil
}

func (w *managing) conclude(ctx context.Context) (*answer, error) {
	document, err := w.document(ctx, w.run, w.st.Proposal.Document)
	if err != nil {
		return nil, err
	}
	decided, err := w.manager.Decide(document, w.st.inForce())
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("writing the decisions of the %s stage down (they are kept): %w", w.c.Stage, err))
	}
	record, err := w.keep(ctx, string(w.c.Stage), decided)
	if err != nil {
		return nil, err
	}
	var route []flow.RouteEntry
	columns := 0
	if w.c.Stage == flow.Reception {
		if route, columns, err = w.reroute(decided); err != nil {
			return nil, err
		}
	}
	return &answer{document: record, event: w.event(StageConcluded, func(e *Event) {
		e.Document, e.Route, e.Columns = record.ID, route, columns
	})}, nil
}

// reroute plans the way through the later stages from what reception found out, and says how many columns there are.
func (w *managing) reroute(decided json.RawMessage) ([]flow.RouteEntry, int, error) {
	var facts flow.Facts
	if err := json.Unmarshal(decided, &facts); err != nil {
		return nil, 0, stage.Permanent(fmt.Errorf("reading the facts of reception: %w", err))
	}
	var route []flow.RouteEntry
	for _, r := range w.state.Route {
		if r.Stage == flow.Reception {
			route = append(route, r)
		} else {
			route = append(route, w.managers[r.Stage].Route(&facts, facts.Context.Goal))
		}
	}
	return route, len(facts.Columns), nil
}

// inForce lists the decisions in force, in the order of the proposal's items.
func (st *StageState) inForce() []flow.Decision {
	decisions := []flow.Decision{}
	for _, item := range st.Proposal.Items {
		if d, ok := st.Decisions[item.ID]; ok {
			decisions = append(decisions, d)
		}
	}
	return decisions
}

// keep stores a document of the command's round, encrypted, and returns its record, which is not written yet.
func (w *managing) keep(ctx context.Context, name string, document json.RawMessage) (*store.Document, error) {
	return w.keepDocument(ctx, w.run, store.Document{Stage: w.c.Stage, Round: w.c.Round, Try: w.c.Try, Name: name}, document)
}

func (s *Service) keepDocument(ctx context.Context, run *store.Run, d store.Document, content json.RawMessage) (*store.Document, error) {
	ref, err := s.files.PutDocument(ctx, run.Head.Dataset, content)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	d.ID, d.Run, d.Ref, d.SHA256 = newID(), run.ID, ref, hex.EncodeToString(sum[:])
	return &d, nil
}
