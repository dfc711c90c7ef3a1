package control_test

import (
	"errors"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
)

// answerAll answers what is under way until nothing is.
func (w *world) answerAll(t *testing.T) {
	t.Helper()
	for len(w.open) > 0 {
		if err := w.answer(0, false); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAskingForMoreOpensTheSamePointWithItsDecisions(t *testing.T) {
	t.Parallel()
	w := atPoint(t, control.Event{PointTTL: time.Hour})
	w.decide(t, "i1", flow.Accept, "a")
	st := w.state.Stages[w.state.Stage]
	round, deadline, seen := st.Round, st.Deadline, st.Proposal.Hash
	w.must(t, w.ask("i2"))
	if w.state.Status != control.Running || w.state.Stages[w.state.Stage].Phase != control.Working {
		t.Fatalf("after asking the run is %s", w.state.Status)
	}
	if err := w.send(w.closePoint()); !errors.Is(err, control.ErrConflict) {
		t.Errorf("a point that is being added to was closed: %v", err)
	}
	w.answerAll(t)
	st = w.state.Stages[w.state.Stage]
	if w.state.Status != control.Waiting || st.Round != round || !st.Deadline.Equal(deadline) {
		t.Fatalf("the point is %s, of round %d, until %s", w.state.Status, st.Round, st.Deadline)
	}
	if len(st.Proposal.Items) != 3 || st.Decisions["i1"].Option != "a" {
		t.Fatalf("it has %d items, and the decisions %+v", len(st.Proposal.Items), st.Decisions)
	}
	if st.Proposal.Hash == seen || !st.Proposal.Shows(seen) {
		t.Errorf("the proposal %q does not say that it adds to %q", st.Proposal.Hash, seen)
	}
	w.decide(t, "more1", flow.Accept, flow.OptionKeep)
	w.must(t, w.closePoint())
}

func TestAFailedLookForMoreIsTriedAgainAndLosesNothing(t *testing.T) {
	t.Parallel()
	w := atPoint(t, control.Event{})
	w.decide(t, "i1", flow.Accept, "a")
	w.must(t, w.ask("i2"))
	if err := w.answer(0, true); err != nil {
		t.Fatal(err)
	}
	if w.state.Status != control.Failed {
		t.Fatalf("it is %s", w.state.Status)
	}
	w.must(t, control.Event{Kind: control.RunRetried})
	w.answerAll(t)
	st := w.state.Stages[w.state.Stage]
	if w.state.Status != control.Waiting || len(st.Proposal.Items) != 3 || st.Decisions["i1"].Option != "a" {
		t.Errorf("it is %s with %d items and the decisions %+v", w.state.Status, len(st.Proposal.Items), st.Decisions)
	}
}

func TestDecisionsOnWhatIsNoLongerThereAreKeptAsPast(t *testing.T) {
	t.Parallel()
	w := atPoint(t, control.Event{})
	w.decide(t, "i1", flow.Accept, "a")
	w.must(t, w.ask("i2"))
	for len(w.open) > 0 && w.open[0].Kind != control.Assemble {
		if err := w.answer(0, false); err != nil {
			t.Fatal(err)
		}
	}
	w.must(t, control.Event{Kind: control.StageAssembled, Proposal: &flow.Proposal{Stage: w.state.Stage, Hash: "other",
		Items: []flow.Item{{ID: "i2", Options: []string{flow.OptionKeep}}}}})
	w.check(t) // no decision is lost
	if n := len(w.state.Stages[w.state.Stage].Decisions); n != 0 {
		t.Errorf("%d decisions are in force", n)
	}
}

func TestRefusesToLookForMoreOfNothing(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		change func(*control.Event)
		want   error
	}{
		"of what is not there":     {func(e *control.Event) { e.Item = "i9" }, flow.ErrInvalid},
		"in no known respect":      {func(e *control.Event) { e.Like = "colour" }, flow.ErrInvalid},
		"where nobody can look":    {func(e *control.Event) { e.Handler = "" }, flow.ErrInvalid},
		"by nobody":                {func(e *control.Event) { e.Actor = flow.Actor{} }, flow.ErrInvalid},
		"of what was not seen":     {func(e *control.Event) { e.Seen = "before" }, flow.ErrStale},
		"at another control point": {func(e *control.Event) { e.Stage = flow.Recommendation }, control.ErrConflict},
	} {
		w := atPoint(t, control.Event{})
		e := w.ask("i2")
		x.change(&e)
		if err := w.send(e); !errors.Is(err, x.want) || w.state.Status != control.Waiting {
			t.Errorf("asking %s: %v, and the run is %s", name, err, w.state.Status)
		}
	}
}
