package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/tier"
)

// The test binary plays three parts: the tests, the child processes that run handlers, and an instance to be killed.
const part = "ANALYTIX_APP_PART"

func TestMain(m *testing.M) {
	switch os.Getenv(part) {
	case "":
		goleak.VerifyTestMain(storetest.Main(m))
	case "child":
		if err := process.Child(context.Background(), handlers()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	case workerPart:
		os.Exit(beWorker())
	default:
		os.Exit(beVictim(os.Getenv(part)))
	}
}

var person = flow.Actor{Kind: flow.ActorPerson, Name: "ann"}

// patience is how long a run may stand still before a test gives up: far longer than any busy machine needs.
const patience = 5 * time.Minute

// open starts an instance in the folder, whose master key is kept beside it; its other parts are those of the environment.
func open(ctx context.Context, home string) (*app.App, error) {
	opt, err := parts(home).options()
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, opt)
}

func start(t *testing.T, home string) *app.App {
	t.Helper()
	a, err := open(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func stop(t *testing.T, a *app.App) {
	t.Helper()
	if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func file(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lines.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func submit(t *testing.T, a *app.App, path string, r app.Request) string {
	t.Helper()
	r.Actor = person
	run, err := a.Submit(t.Context(), path, r)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// await returns the first final update of a run that is not the one that was seen before.
func await(ctx context.Context, a *app.App, run string, seen *control.Update) (*control.Update, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	updates, err := a.Watch(ctx, run)
	if err != nil {
		return nil, err
	}
	for u := range updates {
		if u.Final() && (seen == nil || u.Status != seen.Status || u.Stage != seen.Stage || u.Round != seen.Round || u.Kind != seen.Kind) {
			return &u, nil
		}
	}
	return nil, fmt.Errorf("run %s stands still: %w", run, ctx.Err())
}

func next(t *testing.T, a *app.App, run string, seen *control.Update) *control.Update {
	t.Helper()
	u, err := await(t.Context(), a, run, seen)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func choose(p *flow.Proposal) []flow.Decision {
	return []flow.Decision{
		{Item: p.Items[0].ID, Choice: flow.Accept, Option: "keep", Actor: person, Seen: p.Hash, Reason: "it is right"},
		{Item: p.Items[1].ID, Choice: flow.Leave, Actor: person, Seen: p.Hash},
	}
}

// proceed decides what is open, unless it was decided before, and closes the control point.
func proceed(ctx context.Context, a *app.App, run string) error {
	p, _, err := a.Proposal(ctx, run)
	if err != nil {
		return err
	}
	_, state, err := a.State(ctx, run)
	if err != nil {
		return err
	}
	if len(state.Stages[p.Stage].Decisions) == 0 {
		if err := a.Decide(ctx, run, choose(p)); err != nil {
			return err
		}
	}
	return a.Proceed(ctx, run, p.Hash, person)
}

// finish takes the run through all its control points.
func finish(ctx context.Context, a *app.App, run string) (*control.Update, error) {
	var seen *control.Update
	for {
		u, err := await(ctx, a, run, seen)
		if err != nil || u.Status != control.Waiting {
			return u, err
		}
		if err := proceed(ctx, a, run); err != nil {
			return nil, err
		}
		seen = u
	}
}

func TestAWholeRun(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	begun := time.Now()
	path := file(t, "canary-a", "b", "canary-c", "dd")
	run := submit(t, a, path, app.Request{Goal: "fewer canary lines"})
	u := next(t, a, run, nil)
	if u.Status != control.Waiting || u.Stage != flow.Reception || u.Proposal == nil || len(u.Proposal.Items) != 2 {
		t.Fatalf("first update %+v", u)
	}
	if err := proceed(t.Context(), a, run); err != nil {
		t.Fatal(err)
	}
	next(t, a, run, u)
	asked, err := a.Preview(t.Context(), run, "quality-1", "keep", map[string]any{"x": 1}, 5)
	if err != nil || string(asked) != `{"asked":{"issue":"quality-1","limit":5,"params":{"x":1},"resolution":"keep"},"seen":true}` {
		t.Errorf("preview %s, %v", asked, err)
	}
	u, err = finish(t.Context(), a, run)
	if err != nil || u.Status != control.Done || u.Stage != flow.Recommendation {
		t.Fatalf("the end: %+v, %v", u, err)
	}
	t.Logf("8 tasks, 4 control points: %s", time.Since(begun))
	checkResults(t, a, run, path)
	stop(t, a)
	searchPlain(t, home, "canary")
}

func checkResults(t *testing.T, a *app.App, run, path string) {
	t.Helper()
	ctx := t.Context()
	doc, err := a.Document(ctx, run, flow.Recommendation)
	if err != nil || !strings.Contains(string(doc), `"goal":"read"`) || !strings.Contains(string(doc), `"n":4`) {
		t.Errorf("document %s, %v", doc, err)
	}
	versions, err := a.Versions(ctx, run)
	if err != nil || len(versions) != 3 || versions[0].Kind != "received" || versions[1].Parent != versions[0].ID ||
		versions[2].Kind != "cleaned" || versions[2].Parent != versions[1].ID || versions[2].Rows != 4 ||
		versions[2].ContentHash == versions[1].ContentHash {
		t.Errorf("versions %+v, %v", versions, err)
	}
	decisions, err := a.Decisions(ctx, run)
	if err != nil || len(decisions) != 8 {
		t.Errorf("%d decisions, %v", len(decisions), err)
	}
	var made []string
	if err := json.Unmarshal(versions[2].Decisions, &made); err != nil || len(made) != 2 || made[0] != decisions[2].Decision.ID {
		t.Errorf("the cleaned version was made by %v, %v", made, err)
	}
	in, err := a.Received(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(in)
	want, _ := os.ReadFile(path)
	if err := errors.Join(err, in.Close()); err != nil || !bytes.Equal(got, want) {
		t.Errorf("received %q, %v", got, err)
	}
	links, err := a.Audit(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	var chain bytes.Buffer
	for _, l := range links {
		chain.Write(l.Line())
	}
	report, err := audit.VerifySealed(&chain)
	if err != nil || report.Run != run {
		t.Errorf("audit %+v, %v", report, err)
	}
	_, state, err := a.State(ctx, run)
	if err != nil || len(state.Route) != 4 || state.Route[1].Why != "the table has 4 rows" {
		t.Errorf("route %+v, %v", state.Route, err)
	}
}

func searchPlain(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			t.Errorf("%s holds plain text", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// The goal is read otherwise at the control point of the insights: that stage and those after it find it so, and reception's facts stay.
func TestTheGoalIsReadOtherwiseAtTheInsights(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	run := submit(t, a, file(t, "one", "three"), app.Request{Goal: "more lines"})
	var u *control.Update
	for u = next(t, a, run, nil); u.Stage != flow.Insight; u = next(t, a, run, u) {
		if err := proceed(t.Context(), a, run); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.SendBack(t.Context(), run, map[string]any{"goal": map[string]any{"kpi": "none"}}, person); !errors.Is(err, flow.ErrInvalid) {
		t.Errorf("a column that is not there: %v", err)
	}
	if err := a.SendBack(t.Context(), run, map[string]any{"goal": map[string]any{"direction": "up"}}, person); err != nil {
		t.Fatal(err)
	}
	u = next(t, a, run, u)
	if doc, err := a.Document(t.Context(), run, flow.Insight); err != nil || u.Round != 2 || !strings.Contains(string(doc), `"goal":"chosen at`) {
		t.Errorf("round %d found %s, %v", u.Round, doc, err)
	}
	if err := proceed(t.Context(), a, run); err != nil {
		t.Fatal(err)
	}
	next(t, a, run, u)
	if doc, err := a.Document(t.Context(), run, flow.Recommendation); err != nil || !strings.Contains(string(doc), `"direction":"up"`) {
		t.Errorf("the stage after it found %s, %v", doc, err)
	}
	if doc, err := a.Document(t.Context(), run, flow.Reception); err != nil || strings.Contains(string(doc), `"direction":"up"`) {
		t.Errorf("the facts are now %s, %v", doc, err)
	}
}

func TestARunWaitsOverARestartAndCanBeSentBackAndReopened(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	run := submit(t, a, file(t, "one", "three"), app.Request{StopAfter: flow.Quality})
	u := next(t, a, run, nil)
	if _, err := open(t.Context(), home); !errors.Is(err, app.ErrInUse) {
		t.Errorf("a second process: %v", err)
	}
	stop(t, a)
	a = start(t, home)
	defer func() { stop(t, a) }()
	if err := proceed(t.Context(), a, run); err != nil {
		t.Fatal(err)
	}
	u = next(t, a, run, u)
	stale := *u.Proposal
	if err := a.SendBack(t.Context(), run, map[string]any{"strict": true}, person); err != nil {
		t.Fatal(err)
	}
	u = next(t, a, run, u)
	if u.Round != 2 || u.Stage != flow.Quality {
		t.Fatalf("sent back: %+v", u)
	}
	if err := a.Decide(t.Context(), run, choose(&stale)); !control.IsConflict(err) {
		t.Errorf("a decision on what is no longer proposed: %v", err)
	}
	if doc, err := a.Document(t.Context(), run, flow.Quality); err != nil || !strings.Contains(string(doc), `"strict":true`) {
		t.Errorf("document %s, %v", doc, err)
	}
	done, err := finish(t.Context(), a, run)
	if err != nil || done.Status != control.Done || done.Stage != flow.Quality {
		t.Fatalf("done: %+v, %v", done, err)
	}
	if err := a.Reopen(t.Context(), run, flow.Quality, person); err != nil {
		t.Fatal(err)
	}
	u = next(t, a, run, nil)
	if err := a.Decide(t.Context(), run, []flow.Decision{{Item: "quality-1", Choice: flow.Reject, Actor: person, Seen: u.Proposal.Hash}}); err != nil {
		t.Fatal(err)
	}
	if done, err = finish(t.Context(), a, run); err != nil || done.Status != control.Done {
		t.Fatalf("done again: %+v, %v", done, err)
	}
	versions, err := a.Versions(t.Context(), run)
	if err != nil || len(versions) != 4 || versions[3].Parent != versions[1].ID || versions[3].ContentHash != versions[1].ContentHash {
		t.Errorf("versions after the rejection: %+v, %v", versions, err)
	}
}

// However many decisions come at once, the run's state is written once, and whoever watches is told once, with every entry.
func TestDecisionsThatComeTogetherAreOneChange(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	run := submit(t, a, file(t, "one", "three"), app.Request{StopAfter: flow.Quality})
	u := next(t, a, run, nil)
	before, _, err := a.State(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := a.Audit(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	updates, err := a.Watch(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	<-updates // where it stands
	if err := a.Decide(t.Context(), run, choose(u.Proposal)); err != nil {
		t.Fatal(err)
	}
	told := <-updates
	after, state, err := a.State(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if after.Version != before.Version+1 || len(state.Stages[u.Stage].Decisions) != 2 {
		t.Errorf("version %d after %d, %d decisions", after.Version, before.Version, len(state.Stages[u.Stage].Decisions))
	}
	if told.Kind != control.Decided || len(told.Entries) != 2 || told.Entries[0].Seq != chain[len(chain)-1].Seq+1 {
		t.Errorf("told %+v after entry %d", told, chain[len(chain)-1].Seq)
	}
}

func TestFailuresAreToldAndCanBeMended(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	marker := filepath.Join(t.TempDir(), "marker")
	for name, c := range map[string]struct {
		line    string
		status  control.Status
		refused bool
		message string
	}{
		"Refused":   {"#refuse", control.Failed, true, "this is no table"},
		"Transient": {"#once:" + marker + "1", control.Waiting, false, ""},
		"Mendable":  {"#until:" + marker + "2", control.Failed, false, "the table is not to be had"},
	} {
		run := submit(t, a, file(t, "a", c.line), app.Request{})
		u := next(t, a, run, nil)
		if u.Status != c.status {
			t.Errorf("%s: %+v", name, u)
		}
		if c.message != "" && (u.Failure == nil || u.Failure.Message != c.message || u.Failure.Refused != c.refused || u.Failure.Handler != "reception.parse") {
			t.Errorf("%s: failure %+v", name, u.Failure)
		}
		if name == "Mendable" {
			if dead, err := a.DeadTasks(t.Context()); err != nil || len(dead) == 0 {
				t.Errorf("dead tasks %v, %v", dead, err)
			}
			if err := os.WriteFile(marker+"2", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := a.Retry(t.Context(), run, person); err != nil {
				t.Fatal(err)
			}
			if u = next(t, a, run, u); u.Status != control.Waiting {
				t.Errorf("after mending: %+v", u)
			}
		}
	}
}

func TestAbortReachesTheWork(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	run := submit(t, a, file(t, "#wait"), app.Request{})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	updates, err := a.Watch(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	aborted := false
	for u := range updates {
		if u.Kind == control.Progress && u.Handler == "reception.parse" && !aborted {
			if u.Fraction != 0.5 || u.Sentence != "half of reception.parse" {
				t.Errorf("progress %+v", u)
			}
			aborted = true
			if err := a.Abort(ctx, run, "enough", person); err != nil {
				t.Fatal(err)
			}
		}
		if u.Status == control.Aborted {
			cancel()
		}
	}
	if !aborted {
		t.Error("no progress was told")
	}
	if err := a.Abort(t.Context(), run, "again", person); !control.IsConflict(err) {
		t.Errorf("aborted twice: %v", err)
	}
}

func TestInputThatCannotBeReceivedIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	defer stop(t, a)
	empty := filepath.Join(t.TempDir(), "empty.csv")
	big := filepath.Join(t.TempDir(), "big.csv")
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(big, nil, 0o600), os.Truncate(big, 10<<20+1)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{empty, t.TempDir(), filepath.Join(t.TempDir(), "none"), "/dev/null"} {
		if _, err := a.Submit(t.Context(), path, app.Request{Actor: person}); !stage.IsRefused(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := a.Submit(t.Context(), big, app.Request{Actor: person, Tier: tier.Demo}); !errors.Is(err, tier.ErrLimit) {
		t.Errorf("too big for the tier: %v", err)
	}
	if _, err := a.Submit(t.Context(), file(t, "a"), app.Request{Actor: person, StopAfter: "lunch"}); !errors.Is(err, flow.ErrInvalid) {
		t.Errorf("an unknown stage: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(home, "files", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if runs, err := a.Runs(t.Context()); err != nil || len(runs) > 0 {
		t.Errorf("runs %v, %v", runs, err)
	}
}

func TestARunOfTheDemoTierEndsAfterItsInsights(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	path := file(t, "a")
	if _, err := a.Submit(t.Context(), path, app.Request{Actor: person, Tier: tier.Demo, StopAfter: flow.Recommendation}); !errors.Is(err, tier.ErrLimit) {
		t.Errorf("a stage that the tier has not: %v", err)
	}
	run := submit(t, a, path, app.Request{Tier: tier.Demo})
	var u *control.Update
	for u = next(t, a, run, nil); u.Status == control.Waiting; u = next(t, a, run, u) {
		if err := proceed(t.Context(), a, run); err != nil {
			t.Fatal(err)
		}
	}
	if u.Status != control.Done || u.Stage != flow.Insight {
		t.Errorf("ended as %+v", u)
	}
}

func TestAManagerThatFailsFailsTheRun(t *testing.T) {
	t.Parallel()
	a := start(t, filepath.Join(t.TempDir(), "home"))
	defer stop(t, a)
	run := submit(t, a, file(t, "a"), app.Request{})
	u := next(t, a, run, nil)
	if err := proceed(t.Context(), a, run); err != nil {
		t.Fatal(err)
	}
	u = next(t, a, run, u)
	if err := a.SendBack(t.Context(), run, map[string]any{"say": "unspeakable"}, person); err != nil {
		t.Fatal(err)
	}
	if u = next(t, a, run, u); u.Status != control.Failed || u.Failure == nil || !strings.Contains(u.Failure.Message, "no telling what was found") {
		t.Fatalf("after a failed proposal: %+v", u)
	}
	if err := a.Reopen(t.Context(), run, flow.Reception, person); err != nil {
		t.Fatal(err)
	}
	if u = next(t, a, run, u); u.Status != control.Waiting || u.Stage != flow.Reception {
		t.Errorf("re-opened: %+v", u)
	}
}
