package control

import (
	"fmt"
	"maps"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// mostAsks is how often more can be asked for in a round: each time the stage works.
const mostAsks = 50

// ask has the stage look for more like an item, as one more wave of its work. What was found and decided stays, and the same
// control point opens again with what was found in addition.
func (s *step) ask(st *StageState) error {
	switch {
	case s.e.Seen != st.Proposal.Hash:
		return fmt.Errorf("asking for more at the %s control point: %w: look at it again", s.Stage, flow.ErrStale)
	case s.e.Actor.Kind == "" || s.e.Actor.Name == "":
		return fmt.Errorf("%w: nobody is named as asking for more at the %s control point", flow.ErrInvalid, s.Stage)
	case s.e.Handler == "":
		return fmt.Errorf("%w: there is nothing to ask for more of at the %s control point", flow.ErrInvalid, s.Stage)
	case st.Proposal.Item(s.e.Item) == nil:
		return fmt.Errorf("%w: the %s control point has no item %q", flow.ErrInvalid, s.Stage, s.e.Item)
	case s.e.Like != flow.LikeKind && s.e.Like != flow.LikeColumns:
		return fmt.Errorf("%w: more can be like an item in its %s or its %s, not in %q", flow.ErrInvalid, flow.LikeKind, flow.LikeColumns, s.e.Like)
	case len(st.Asks) >= mostAsks:
		return fmt.Errorf("%w: more was asked for %d times at this control point; close it, or send the stage back", flow.ErrInvalid, mostAsks)
	}
	st.Asks = append(st.Asks, stage.Ask{Item: s.e.Item, Like: s.e.Like})
	st.Waves = append(st.Waves, []string{s.e.Handler})
	st.Wave = len(st.Waves) - 1
	st.Phase, s.Status = Working, Running
	st.Try++
	s.startWave(st)
	s.announce()
	return nil
}

// widen opens a control point again after more was asked for. Decisions on what is still there stand, and so does the
// deadline: asking gives no new time.
func (s *step) widen(st *StageState, before *flow.Proposal) {
	now := *st.Proposal
	now.Earlier = append(slices.Clone(before.Earlier), before.Hash)
	st.Proposal = &now
	for _, item := range slices.Sorted(maps.Keys(st.Decisions)) {
		if now.Item(item) == nil {
			s.keepPast(st, "stale", st.Decisions[item])
			delete(st.Decisions, item)
		}
	}
	s.Status = Waiting
	s.announce()
}
