package control

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
)

// Decide takes decisions on items of the open control point, all of them or, where one cannot be taken, none. Seen,
// Actor, Item and Choice are set; ID and At are filled in where they are empty. The error wraps ErrConflict,
// flow.ErrStale or flow.ErrInvalid.
func (s *Service) Decide(ctx context.Context, run string, decisions []flow.Decision) error {
	events := make([]Event, len(decisions))
	for i := range decisions {
		d := decisions[i]
		if d.ID == "" {
			d.ID = newID()
		}
		if d.At.IsZero() {
			d.At = s.now().UTC()
		}
		events[i] = Event{Kind: DecisionTaken, Run: run, Actor: d.Actor, Decision: &d}
	}
	if err := s.checkEdits(ctx, run, decisions); err != nil {
		return err
	}
	return s.take(ctx, run, events...)
}

// checkEdits has the manager of the open control point look at parameters that a decider made up, so that they are refused
// while there is somebody to correct them, and not when the decisions are carried out. Whether the decisions fit the
// control point at all is for Step to say.
func (s *Service) checkEdits(ctx context.Context, run string, decisions []flow.Decision) error {
	if !slices.ContainsFunc(decisions, func(d flow.Decision) bool { return d.Choice == flow.Edit }) {
		return nil
	}
	record, state, err := s.load(ctx, run)
	if err != nil || state.Status != Waiting {
		return err
	}
	checker, ok := s.managers[state.Stage].(stage.Checker)
	if !ok {
		return nil
	}
	p := state.current().Proposal
	document, err := s.document(ctx, record, p.Document)
	if err != nil {
		return err
	}
	earlier, err := s.documents(ctx, record, state)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if d.Choice != flow.Edit || d.Seen != p.Hash {
			continue
		}
		if err := checker.Check(document, earlier, d); err != nil {
			return &flow.ItemError{Item: d.Item, Err: err}
		}
	}
	return nil
}

// Withdraw takes the decision on an item back.
func (s *Service) Withdraw(ctx context.Context, run, item string, actor flow.Actor) error {
	return s.take(ctx, run, Event{Kind: DecisionWithdrawn, Item: item, Actor: actor})
}

// Close closes the open control point: the run moves on, and items without a decision are left alone. Seen is the hash
// of the proposal.
func (s *Service) Close(ctx context.Context, run, seen string, actor flow.Actor) error {
	return s.take(ctx, run, Event{Kind: PointClosed, Seen: seen, Actor: actor})
}

// SendBack has the stage whose control point is open begin anew, with options. The error wraps ErrConflict, or flow.ErrInvalid where
// the goal cannot be read as they ask.
func (s *Service) SendBack(ctx context.Context, run string, options map[string]any, actor flow.Actor) error {
	r, state, err := s.load(ctx, run)
	if err != nil {
		return err
	}
	if reads, ok := s.managers[state.Stage].(stage.Rereader); ok {
		docs, err := s.documents(ctx, r, state)
		if err != nil {
			return err
		}
		if _, err := reads.Reread(docs[string(flow.Reception)], options); err != nil {
			return fmt.Errorf("sending run %s back: %w", run, err)
		}
	}
	return s.take(ctx, run, Event{Kind: PointSentBack, Options: options, Actor: actor})
}

// AskMore has the stage whose control point is open look for more like an item. Seen is the hash of the proposal. The error
// wraps ErrConflict, flow.ErrStale or flow.ErrInvalid; the last one too where the stage cannot be asked.
func (s *Service) AskMore(ctx context.Context, run, seen string, ask stage.Ask, actor flow.Actor) error {
	_, state, err := s.load(ctx, run)
	if err != nil {
		return err
	}
	e := Event{Kind: PointAsked, Item: ask.Item, Like: ask.Like, Seen: seen, Actor: actor}
	if w, ok := s.managers[state.Stage].(stage.Widener); ok {
		e.Handler = w.MoreHandler()
	}
	return s.take(ctx, run, e)
}

// Reopen opens a control point again that was closed; what came after it becomes stale.
func (s *Service) Reopen(ctx context.Context, run string, name flow.Stage, actor flow.Actor) error {
	return s.take(ctx, run, Event{Kind: StageReopened, Stage: name, Actor: actor})
}

// Renew gives an expired control point new time.
func (s *Service) Renew(ctx context.Context, run string, actor flow.Actor) error {
	return s.take(ctx, run, Event{Kind: PointRenewed, Actor: actor})
}

// Retry takes up again what a failure stopped.
func (s *Service) Retry(ctx context.Context, run string, actor flow.Actor) error {
	return s.take(ctx, run, Event{Kind: RunRetried, Actor: actor})
}

// Abort ends a run for good; work under way is cancelled. What was made is kept.
func (s *Service) Abort(ctx context.Context, run, why string, actor flow.Actor) error {
	return s.take(ctx, run, Event{Kind: RunAborted, Message: why, Actor: actor})
}

// State reads where a run stands.
func (s *Service) State(ctx context.Context, run string) (*store.Run, *State, error) {
	return s.load(ctx, run)
}

// Proposal returns the proposal of the open control point and its document. The error wraps ErrConflict where no
// control point is open.
func (s *Service) Proposal(ctx context.Context, run string) (*flow.Proposal, []byte, error) {
	record, state, err := s.load(ctx, run)
	if err != nil {
		return nil, nil, err
	}
	if state.Status != Waiting {
		return nil, nil, fmt.Errorf("the proposal of run %s: %w: no control point is open, the run is %s", run, ErrConflict, state.Status)
	}
	p := state.current().Proposal
	document, err := s.document(ctx, record, p.Document)
	return p, document, err
}

// Document returns the decided document of a stage; before it is decided, the proposed one. The error wraps
// store.ErrNotFound where the stage has made none.
func (s *Service) Document(ctx context.Context, run string, name flow.Stage) ([]byte, error) {
	record, state, err := s.load(ctx, run)
	if err != nil {
		return nil, err
	}
	st := state.Stages[name]
	switch {
	case st != nil && st.Concluded != "":
		return s.document(ctx, record, st.Concluded)
	case st != nil && st.Proposal != nil:
		return s.document(ctx, record, st.Proposal.Document)
	default:
		return nil, fmt.Errorf("the document of the %s stage of run %s: %w", name, run, store.ErrNotFound)
	}
}

// IsConflict says whether an error is about a run that is in another state than the caller thought.
func IsConflict(err error) bool {
	return errors.Is(err, ErrConflict) || errors.Is(err, flow.ErrStale) || errors.Is(err, store.ErrConflict)
}
