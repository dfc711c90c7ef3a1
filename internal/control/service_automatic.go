package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// kindDecide decides at a control point that was just opened, by what people wrote before: the recipe, the policies
// and the mode of the run.
const kindDecide = "control.decide"

// Automatic says whether something written down decides on a run in the place of people: a recipe, policies, a mode.
func Automatic(h *store.Head) bool {
	return h.Recipe != "" || (h.Decide != "" && h.Decide != string(flow.ModeAsk))
}

// decideAlone takes the decisions that were written before, and closes the point where nothing is left for a person. A
// person who was quicker is not overruled.
func (s *Service) decideAlone(ctx context.Context, t task.Task, _ task.Report) (task.Finish, error) {
	record, state, err := s.load(ctx, t.Run)
	if err != nil {
		return nil, err
	}
	st := state.current()
	if state.Status != Waiting || state.Stage != t.Stage || st.Round != t.Round || st.Try != t.Try {
		return nil, nil // the run has gone on
	}
	taken, err := s.written(ctx, record, state)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *store.Tx) error {
		m, err := s.move(ctx, tx, t.Run)
		if err != nil {
			return err
		}
		for i := range taken.Decisions {
			d := &taken.Decisions[i]
			d.ID, d.At = newID(), s.now().UTC()
			e := Event{Kind: DecisionTaken, Run: t.Run, Stage: t.Stage, Round: t.Round, Try: t.Try, At: s.now(), Actor: d.Actor, Decision: d}
			if err := m.step(ctx, e); err != nil && !IsConflict(err) {
				return err
			}
		}
		if taken.Closer.Kind == "" {
			return m.end(ctx)
		}
		e := Event{Kind: PointClosed, Run: t.Run, Stage: t.Stage, Round: t.Round, Try: t.Try, At: s.now(), Actor: taken.Closer,
			Seen: st.Proposal.Hash}
		if err := m.step(ctx, e); err != nil && !IsConflict(err) {
			return err
		}
		return m.end(ctx)
	}, nil
}

// written is what the run's recipe, policies and mode say about the open control point.
func (s *Service) written(ctx context.Context, record *store.Run, state *State) (*recipe.Taken, error) {
	p := state.current().Proposal
	a := recipe.Automatic{Mode: flow.Mode(record.Head.Decide)}
	if record.Head.Recipe != "" {
		r, err := recipe.Parse([]byte(record.Head.Recipe))
		if err != nil {
			return nil, fmt.Errorf("reading the recipe of run %s: %w", record.ID, err)
		}
		a.Recipe = r
	}
	raw, err := s.document(ctx, record, p.Document)
	if err != nil {
		return nil, err
	}
	point := recipe.Point{Target: recipe.Target{Proposal: p, SHA256: record.Head.SHA256}, Decided: state.current().Decisions}
	facts := raw
	if p.Stage != flow.Reception {
		if facts, err = s.document(ctx, record, state.Stages[flow.Reception].Concluded); err != nil {
			return nil, err
		}
	}
	var f flow.Facts
	if err := json.Unmarshal(facts, &f); err != nil {
		return nil, fmt.Errorf("reading the facts of run %s: %w", record.ID, err)
	}
	point.Rows, point.Columns = f.Rows, f.Names()
	if p.Stage == flow.Quality {
		var list flow.IssueList
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("reading the issues of run %s: %w", record.ID, err)
		}
		point.Issues = list.Issues
	}
	taken, err := a.At(point, s.now().UTC())
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("the recipe of run %s: %w; a person has to decide", record.ID, err))
	}
	err = s.checkEdits(ctx, record.ID, taken.Decisions)
	if errors.Is(err, flow.ErrInvalid) {
		return nil, stage.Permanent(fmt.Errorf("the recipe of run %s: %w; a person has to decide", record.ID, err))
	}
	return taken, err
}
