package control_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
)

// world plays the flow around the CPM: it keeps the commands that were not answered yet and answers them.
type world struct {
	state control.State
	open  []control.Command
	taken map[string]string // decision id -> item, of every decision that was accepted
	clock time.Time
}

func newWorld(t fatalf, stopAfter flow.Stage) *world {
	w := &world{taken: map[string]string{}, clock: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	w.must(t, control.Event{Kind: control.RunRequested, StopAfter: stopAfter, PointTTL: time.Hour})
	return w
}

type fatalf interface {
	Fatalf(format string, args ...any)
}

// send steps by the event, filled in for the current stage, round and try.
func (w *world) send(e control.Event) error {
	w.clock = w.clock.Add(time.Second)
	e.Run, e.At = "r1", w.clock
	if e.Stage == "" {
		e.Stage = w.state.Stage
	}
	if st := w.state.Stages[w.state.Stage]; st != nil && e.Round == 0 {
		e.Round, e.Try = st.Round, st.Try
	}
	before, _ := json.Marshal(w.state)
	next, commands, err := control.Step(w.state, e)
	if after, _ := json.Marshal(w.state); string(before) != string(after) {
		panic("Step changed the state that it was given")
	}
	w.state = next
	for _, c := range commands {
		switch c.Kind {
		case control.Announce, control.Decide:
		case control.Cancel:
			w.open = slices.DeleteFunc(w.open, func(o control.Command) bool { return o.Kind == control.Task })
		default:
			w.open = append(w.open, c)
		}
	}
	return err
}

func (w *world) must(t fatalf, e control.Event) {
	if err := w.send(e); err != nil {
		t.Fatalf("%s: %v", e.Kind, err)
	}
}

// answer answers an outstanding command; fail makes a task fail.
func (w *world) answer(i int, fail bool) error {
	c := w.open[i]
	w.open = slices.Delete(w.open, i, i+1)
	e := control.Event{Stage: c.Stage, Round: c.Round, Try: c.Try, Handler: c.Handler}
	switch c.Kind {
	case control.Plan:
		e.Kind, e.Waves = control.StagePlanned, [][]string{{string(c.Stage) + ".a", string(c.Stage) + ".b"}, {}, {string(c.Stage) + ".c"}}
		if c.Stage == flow.Quality {
			e.Apply = "quality.apply"
		}
	case control.Task:
		e.Kind, e.Document = control.TaskDone, "doc-"+c.Handler
		if c.Stage == flow.Reception || c.Handler == "quality.apply" {
			e.Files = map[string]string{"data": fmt.Sprintf("%s-%d-%d", c.Handler, c.Round, c.Try)}
		}
		if fail {
			e.Kind, e.Message = control.TaskFailed, "broke"
		}
	case control.Assemble:
		e.Kind, e.Proposal = control.StageAssembled, w.proposal(c.Stage, c.Round)
	case control.Conclude:
		e.Kind, e.Document = control.StageConcluded, "decided-"+string(c.Stage)
	}
	return w.send(e)
}

func proposal(stage flow.Stage, round int) *flow.Proposal {
	return &flow.Proposal{Stage: stage, Hash: fmt.Sprintf("%s-%d", stage, round), Items: []flow.Item{
		{ID: "i1", Options: []string{"a", "b"}, Recommended: "a"}, {ID: "i2", Options: []string{flow.OptionKeep}},
	}}
}

// proposal is what the present work of a stage comes to: with every time that more was asked for, one item more.
func (w *world) proposal(stage flow.Stage, round int) *flow.Proposal {
	p := proposal(stage, round)
	for i := range w.state.Stages[stage].Asks {
		p.Items = append(p.Items, flow.Item{ID: fmt.Sprint("more", i+1), Options: []string{flow.OptionKeep}})
		p.Hash += "+"
	}
	return p
}

// ask asks for more like an item of the open control point.
func (w *world) ask(item string) control.Event {
	return control.Event{Kind: control.PointAsked, Item: item, Like: flow.LikeKind, Handler: string(w.state.Stage) + ".more",
		Seen: w.state.Stages[w.state.Stage].Proposal.Hash, Actor: flow.Actor{Kind: flow.ActorPerson, Name: "ann"}}
}

func (w *world) decision(item string, choice flow.Choice, option string) control.Event {
	d := &flow.Decision{
		ID: fmt.Sprint("d", len(w.taken)+1), Item: item, Choice: choice, Option: option, At: w.clock,
		Actor: flow.Actor{Kind: flow.ActorPerson, Name: "ann"}, Seen: w.state.Stages[w.state.Stage].Proposal.Hash,
	}
	return control.Event{Kind: control.DecisionTaken, Decision: d}
}

func (w *world) decide(t fatalf, item string, choice flow.Choice, option string) {
	e := w.decision(item, choice, option)
	w.must(t, e)
	w.taken[e.Decision.ID] = item
}

func (w *world) closePoint() control.Event {
	return control.Event{
		Kind: control.PointClosed, Seen: w.state.Stages[w.state.Stage].Proposal.Hash,
		Actor: flow.Actor{Kind: flow.ActorPerson, Name: "ann"},
	}
}

// finish drives the run to its end, answering everything and closing every point.
func (w *world) finish(t fatalf) {
	for range 500 {
		switch {
		case w.state.Status == control.Done || w.state.Status == control.Aborted:
			return
		case w.state.Status == control.Failed:
			w.must(t, control.Event{Kind: control.RunRetried})
		case w.state.Status == control.Expired:
			w.must(t, control.Event{Kind: control.PointRenewed})
		case w.state.Status == control.Waiting:
			w.must(t, w.closePoint())
		case len(w.open) == 0:
			t.Fatalf("no way out: the run is %s in %s (%s) and nothing is under way", w.state.Status, w.state.Stage,
				w.state.Stages[w.state.Stage].Phase)
		default:
			if err := w.answer(0, false); err != nil {
				t.Fatalf("answering: %v", err)
			}
		}
	}
	t.Fatalf("no end in sight: %s in %s", w.state.Status, w.state.Stage)
}

func (w *world) check(t fatalf) {
	for _, st := range flow.Stages() {
		x := w.state.Stages[st]
		if st.Before(w.state.Stage) && (x == nil || x.Phase != control.Finished || x.Closed == nil) {
			t.Fatalf("%s was entered without a decision on %s", w.state.Stage, st)
		}
	}
	kept := map[string]bool{}
	for _, x := range w.state.Stages {
		for _, d := range x.Decisions {
			kept[d.ID] = true
		}
		for _, p := range x.Past {
			for _, d := range p.Decisions {
				kept[d.ID] = true
			}
		}
	}
	for id, item := range w.taken {
		if !kept[id] {
			t.Fatalf("decision %s on %s was lost", id, item)
		}
	}
}

func TestRandomWalksKeepTheRulesAndFindAWayOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, "")
		aborted := false
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			w.randomStep(t, &aborted)
			w.check(t)
		}
		w.finish(t)
		w.check(t)
		if want := control.Done; !aborted && w.state.Status != want {
			t.Fatalf("ended as %s", w.state.Status)
		}
	})
}

// randomStep does one thing that the flow, a person or a fault might do.
func (w *world) randomStep(t *rapid.T, aborted *bool) {
	before := w.state
	switch rapid.IntRange(0, 12).Draw(t, "what") {
	case 0, 1, 2, 3:
		if len(w.open) > 0 {
			i := rapid.IntRange(0, len(w.open)-1).Draw(t, "which")
			_ = w.answer(i, rapid.IntRange(0, 6).Draw(t, "fail") == 0)
		}
	case 4: // a repeated or late event of an earlier round
		_ = w.send(control.Event{Kind: control.TaskDone, Handler: "quality.a", Round: 99})
		if diff := cmp.Diff(before, w.state); diff != "" {
			t.Fatalf("a late event changed the state: %s", diff)
		}
	case 5, 6:
		if w.state.Status == control.Waiting {
			item := rapid.SampledFrom([]string{"i1", "i2"}).Draw(t, "item")
			option := map[string]string{"i1": "b", "i2": flow.OptionKeep}[item]
			w.decide(t, item, rapid.SampledFrom([]flow.Choice{flow.Accept, flow.Reject}).Draw(t, "choice"), option)
		}
	case 7:
		_ = w.send(control.Event{Kind: control.DecisionWithdrawn, Item: "i1"})
	case 8:
		if w.state.Status == control.Waiting {
			w.must(t, w.closePoint())
		}
	case 9:
		_ = w.send(control.Event{Kind: control.PointSentBack, Options: map[string]any{"delimiter": ";"}})
	case 10:
		_ = w.send(control.Event{Kind: control.StageReopened, Stage: rapid.SampledFrom(flow.Stages()).Draw(t, "stage")})
	case 12:
		if w.state.Status == control.Waiting && len(w.state.Stages[w.state.Stage].Asks) < 3 {
			w.must(t, w.ask("i2"))
		}
	case 11:
		kind := rapid.SampledFrom([]control.EventKind{
			control.RunRetried, control.PointExpired, control.PointRenewed, control.RunAborted,
		}).Draw(t, "kind")
		if kind == control.RunAborted && rapid.IntRange(0, 9).Draw(t, "really") > 0 {
			return
		}
		*aborted = w.send(control.Event{Kind: kind}) == nil && kind == control.RunAborted || *aborted
	}
}

func TestRunPassesAllStagesInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.finish(t)
	for _, st := range flow.Stages() {
		if x := w.state.Stages[st]; x.Phase != control.Finished || x.Closed.Actor.Name != "ann" {
			t.Errorf("%s ended %s, closed by %+v", st, x.Phase, x.Closed)
		}
	}
	if got := w.state.Stages[flow.Quality].Applied["data"]; got != "quality.apply-1-0" {
		t.Errorf("applied file is %q", got)
	}
}

func TestRunStopsAfterTheNamedStage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, flow.Quality)
	w.finish(t)
	if w.state.Stage != flow.Quality || w.state.Stages[flow.Insight] != nil {
		t.Errorf("went on to %s", w.state.Stage)
	}
}

func (w *world) until(t fatalf, stage flow.Stage) {
	for range 100 {
		if w.state.Stage == stage && w.state.Status == control.Waiting {
			return
		}
		if w.state.Status == control.Waiting {
			w.must(t, w.closePoint())
			continue
		}
		if err := w.answer(0, false); err != nil {
			t.Fatalf("answering: %v", err)
		}
	}
	t.Fatalf("%s never opened", stage)
}

func TestReopenedPointIsAppliedToWhatItSpokeOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.until(t, flow.Quality)
	w.decide(t, "i1", flow.Accept, "a")
	want := w.state.Inputs()["data"]
	w.until(t, flow.Insight)
	if got := w.state.Inputs()["data"]; got != "quality.apply-1-0" {
		t.Fatalf("insight reads %q", got)
	}
	w.must(t, control.Event{Kind: control.StageReopened, Stage: flow.Quality})
	if got := w.state.Inputs()["data"]; got != want {
		t.Errorf("the re-opened stage reads %q in the place of %q", got, want)
	}
	if w.state.Stages[flow.Insight].Phase != control.Stale {
		t.Errorf("insight is %s", w.state.Stages[flow.Insight].Phase)
	}
	if d := w.state.Stages[flow.Quality].Decisions["i1"]; d.Option != "a" {
		t.Errorf("the decision of the re-opened point is gone: %+v", d)
	}
	w.finish(t)
	if got := w.state.Stages[flow.Insight].Round; got != 2 {
		t.Errorf("insight was made %d times", got)
	}
}

func TestRetryKeepsDecisionsWhenApplyFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.until(t, flow.Quality)
	w.decide(t, "i1", flow.Accept, "a")
	w.must(t, w.closePoint())
	if err := w.answer(0, false); err != nil { // conclude
		t.Fatal(err)
	}
	if err := w.answer(0, true); err != nil { // apply
		t.Fatal(err)
	}
	if w.state.Status != control.Failed || w.state.Failure.Handler != "quality.apply" {
		t.Fatalf("%s, %+v", w.state.Status, w.state.Failure)
	}
	w.must(t, control.Event{Kind: control.RunRetried})
	w.finish(t)
	if len(w.state.Stages[flow.Quality].Decisions) != 1 {
		t.Error("the decision was lost")
	}
}

func TestRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	if err := w.send(control.Event{Kind: control.PointClosed}); !errors.Is(err, control.ErrConflict) {
		t.Errorf("closing a point that is not open: %v", err)
	}
	w.until(t, flow.Reception)
	stale := w.decision("i1", flow.Accept, "a")
	stale.Decision.Seen = "something else"
	if err := w.send(stale); !errors.Is(err, flow.ErrStale) {
		t.Errorf("deciding on what is no longer shown: %v", err)
	}
	for name, e := range map[string]control.Event{
		"unknown item":   w.decision("i9", flow.Accept, "a"),
		"unknown option": w.decision("i1", flow.Accept, "z"),
		"unknown choice": w.decision("i1", "perhaps", "a"),
		"empty edit":     w.decision("i1", flow.Edit, "a"),
		"no rows":        w.decision("i1", flow.Partial, "a"),
	} {
		if err := w.send(e); !errors.Is(err, flow.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.send(control.Event{Kind: control.StageReopened, Stage: flow.Insight}); !errors.Is(err, control.ErrConflict) {
		t.Errorf("re-opening what never was open: %v", err)
	}
	w.must(t, control.Event{Kind: control.RunAborted})
	if err := w.send(w.closePoint()); !errors.Is(err, control.ErrConflict) {
		t.Errorf("going on after the abort: %v", err)
	}
}
