package control_test

import (
	"errors"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
)

var (
	ann = flow.Actor{Kind: flow.ActorPerson, Name: "ann"}
	bob = flow.Actor{Kind: flow.ActorPerson, Name: "bob"}
)

// atPoint is a world whose first control point is open.
func atPoint(t *testing.T, request control.Event) *world {
	t.Helper()
	w := &world{taken: map[string]string{}}
	request.Kind = control.RunRequested
	w.must(t, request)
	for w.state.Status != control.Waiting {
		if err := w.answer(0, false); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func TestSecondPersonClosesUnderFourEyes(t *testing.T) {
	t.Parallel()
	w := atPoint(t, control.Event{FourEyes: true})
	w.must(t, w.decision("i1", flow.Accept, "a")) // by ann
	seen := w.state.Stages[w.state.Stage].Proposal.Hash
	for _, actor := range []flow.Actor{ann, {Kind: flow.ActorMode, Name: "accept"}} {
		if err := w.send(control.Event{Kind: control.PointClosed, Seen: seen, Actor: actor}); !errors.Is(err, control.ErrFourEyes) {
			t.Errorf("%v closed the point: %v", actor, err)
		}
	}
	if w.state.Status != control.Waiting || len(w.state.Stages[w.state.Stage].Decisions) != 1 {
		t.Fatalf("a refused closing changed the state: %+v", w.state)
	}
	w.must(t, control.Event{Kind: control.PointClosed, Seen: seen, Actor: bob})
}

func TestWhoeverDecidedMayCloseWithoutFourEyes(t *testing.T) {
	t.Parallel()
	w := atPoint(t, control.Event{})
	w.must(t, w.decision("i1", flow.Accept, "a"))
	w.must(t, control.Event{Kind: control.PointClosed, Seen: w.state.Stages[w.state.Stage].Proposal.Hash, Actor: ann})
}

func TestDecisionDoesNotOverwriteOneThatWasNotSeen(t *testing.T) {
	t.Parallel()
	w := atPoint(t, control.Event{})
	none := ""
	first := w.decision("i1", flow.Accept, "a")
	first.Decision.Supersedes = &none
	w.must(t, first)
	second := w.decision("i1", flow.Reject, "")
	second.Decision.ID, second.Decision.Supersedes = "other", &none
	if err := w.send(second); !errors.Is(err, flow.ErrStale) {
		t.Errorf("the second decider overwrote the first: %v", err)
	}
	second.Decision.Supersedes = &first.Decision.ID
	w.must(t, second)
	if got := w.state.Stages[w.state.Stage].Decisions["i1"]; got.ID != "other" {
		t.Errorf("in force is %q", got.ID)
	}
}

func TestPointAsksForAutomaticDecisions(t *testing.T) {
	t.Parallel()
	state := control.State{}
	asked := 0
	step := func(e control.Event) {
		next, commands, err := control.Step(state, e)
		if err != nil {
			t.Fatal(err)
		}
		state = next
		for _, c := range commands {
			if c.Kind == control.Decide {
				asked++
			}
		}
	}
	step(control.Event{Kind: control.RunRequested, Run: "r"})
	step(control.Event{Kind: control.StagePlanned, Run: "r", Stage: flow.Reception, Round: 1})
	step(control.Event{Kind: control.StageAssembled, Run: "r", Stage: flow.Reception, Round: 1, Proposal: proposal(flow.Reception, 1)})
	if asked != 1 || state.Status != control.Waiting {
		t.Errorf("asked %d times, the run is %s", asked, state.Status)
	}
}

// What was found late before a control point was renewed says nothing of it afterwards.
func TestARenewedControlPointDoesNotExpireByAnOldEvent(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	state := control.State{Run: "r", Status: control.Waiting, Stage: flow.Reception,
		Stages: map[flow.Stage]*control.StageState{flow.Reception: {Round: 1, Deadline: deadline}}}
	for after, want := range map[time.Duration]control.Status{-time.Hour: control.Waiting, 0: control.Expired, time.Hour: control.Expired} {
		next, _, err := control.Step(state, control.Event{Kind: control.PointExpired, Run: "r", Stage: flow.Reception, Round: 1, At: deadline.Add(after)})
		if err != nil || next.Status != want {
			t.Errorf("%s after the deadline it is %s, %v", after, next.Status, err)
		}
	}
}
