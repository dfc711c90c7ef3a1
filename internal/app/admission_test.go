package app_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/machine"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/scaling"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// openWith starts an instance with options of the test's own.
func openWith(t *testing.T, home string, change func(*app.Options)) *app.App {
	t.Helper()
	opt, err := parts(home).options()
	if err != nil {
		t.Fatal(err)
	}
	change(&opt)
	a, err := app.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestLongTasksOverTheirMemoryStarveNobody has a hundred runs whose children take more memory than they may stand in the queue between
// ordinary ones. Each ends after two tries, with an error that says so; the ordinary ones come through in their order.
func TestLongTasksOverTheirMemoryStarveNobody(t *testing.T) {
	t.Parallel()
	greedy, every := 100, 10
	if testing.Short() {
		greedy, every = 10, 5
	}
	a := openWith(t, filepath.Join(t.TempDir(), "home"), func(o *app.Options) { o.MemoryLimit, o.Workers = 160<<20, 2 })
	defer stop(t, a)
	// Both workers are held until all stand in the queue, so that the order is that of the queue.
	marker := filepath.Join(t.TempDir(), "go")
	holding := []string{submit(t, a, file(t, "#until-there:"+marker), app.Request{}), submit(t, a, file(t, "#until-there:"+marker), app.Request{})}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	moves := a.WatchAll(ctx)
	position := map[string]int{} // of the greedy runs
	before := map[string]int{}   // of the ordinary ones: how many greedy ones came first
	eat, plain := file(t, "a", "#eat"), file(t, "a", "b")
	for i := range greedy {
		position[submit(t, a, eat, app.Request{})] = i
		if (i+1)%every == 0 {
			before[submit(t, a, plain, app.Request{})] = i + 1
		}
	}
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ended, waiting := 0, 0
	for ended < greedy || waiting < len(before) {
		u, open := <-moves
		if !open {
			t.Fatalf("only %d greedy runs ended and %d ordinary ones came through", ended, waiting)
		}
		_, isGreedy := position[u.Run]
		behind, isPlain := before[u.Run]
		switch {
		case isGreedy && u.Status == control.Failed:
			ended++
			if u.Failure == nil || !strings.Contains(u.Failure.Message, "of memory, may hold 160 MB, and was stopped") || u.Failure.Handler != "reception.parse" {
				t.Fatalf("a failure that does not say why: %+v", u.Failure)
			}
		case isPlain && u.Status == control.Waiting:
			waiting++
			// Greedy ones that came later need two tries, of which the first comes after this run's: none can have ended but for the
			// few that are told of at the same time.
			if slack := 5; ended > behind+slack {
				t.Errorf("an ordinary run behind %d greedy ones came through only after %d had ended", behind, ended)
			}
		}
	}
	dead, err := a.DeadTasks(t.Context())
	if err != nil || len(dead) != greedy || slices.ContainsFunc(dead, func(d store.DeadTask) bool { return d.Attempts != 2 }) {
		t.Errorf("%d dead tasks, %v", len(dead), err)
	}
	for _, run := range append(holding, submit(t, a, plain, app.Request{})) { // the process is up, and its children work
		if u, err := finish(t.Context(), a, run); err != nil || u.Status != control.Done {
			t.Errorf("afterwards: %+v, %v", u, err)
		}
	}
}

func TestWhatCanNeverFitEndsWithBothFigures(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := openWith(t, home, func(o *app.Options) { o.MemoryBudget = 16 << 20 })
	run := submit(t, a, file(t, "a", "b"), app.Request{})
	u := next(t, a, run, nil)
	if u.Status != control.Failed || u.Failure == nil || !strings.Contains(u.Failure.Message, "needs at least 48 MiB of memory") ||
		!strings.Contains(u.Failure.Message, "all tasks together may have 16 MiB (setting memory_budget)") {
		t.Fatalf("%+v, %+v", u, u.Failure)
	}
	if dead, err := a.DeadTasks(t.Context()); err != nil || len(dead) != 1 || dead[0].Attempts != 1 {
		t.Errorf("%+v, %v", dead, err)
	}
	stop(t, a)
	a = openWith(t, home, func(o *app.Options) { o.MemoryBudget = 1 << 30 }) // what the error says to do
	defer stop(t, a)
	if err := a.Retry(t.Context(), run, person); err != nil {
		t.Fatal(err)
	}
	if u = next(t, a, run, u); u.Status != control.Waiting {
		t.Errorf("with more memory: %+v", u)
	}
}

func TestWhatTasksTookIsKnownAfterARestart(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := openWith(t, home, func(*app.Options) {})
	run := submit(t, a, file(t, "a", "b"), app.Request{})
	if u, err := finish(t.Context(), a, run); err != nil || u.Status != control.Done {
		t.Fatalf("%+v, %v", u, err)
	}
	stop(t, a)
	a = openWith(t, home, func(*app.Options) {})
	defer stop(t, a)
	known, err := a.Records().Needs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, r := range known {
		kinds[r.Kind] = true
		if r.Memory < 4<<20 || r.Memory > 2<<30 || r.Samples < 1 || r.Class != 0 || r.Processors < 0 {
			t.Errorf("%+v", r)
		}
	}
	for _, kind := range []string{"reception.parse", "reception.profile", "quality.apply", "recommendation.rank"} {
		if !kinds[kind] {
			t.Errorf("nothing is known of %s: %v", kind, known)
		}
	}
}

// scaled remembers decisions about the number of workers.
type scaled struct {
	mu  sync.Mutex
	all []scaling.Reason
	up  chan struct{}
}

func (s *scaled) Tried(task.Tried)      {}
func (s *scaled) Worked(process.Worked) {}
func (s *scaled) Scaled(before, after int, why scaling.Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, why)
	if after > before {
		s.up <- struct{}{}
	}
}

// TestWorkersGrowWhileTasksWait has one worker held by a run that does not end before the task behind it has begun: it begins
// since there is a second worker by then.
func TestWorkersGrowWhileTasksWait(t *testing.T) {
	t.Parallel()
	seen := &scaled{up: make(chan struct{}, 8)}
	a := openWith(t, filepath.Join(t.TempDir(), "home"), func(o *app.Options) {
		o.Workers, o.LeastWorkers, o.Observer = 2, 1, seen
		o.Memory = func() (machine.Memory, error) { return machine.Memory{Total: 8 << 30, Free: 6 << 30}, nil }
	})
	defer stop(t, a)
	if s := a.Standing(); s.Budget.Workers != 1 {
		t.Errorf("%+v", s)
	}
	marker := filepath.Join(t.TempDir(), "go")
	held := submit(t, a, file(t, "#until-there:"+marker), app.Request{})
	run := submit(t, a, file(t, "a", "b"), app.Request{})
	if u := next(t, a, run, nil); u.Status != control.Waiting {
		t.Errorf("%+v", u)
	}
	if s := a.Standing(); s.Budget.Workers != 2 {
		t.Errorf("%+v", s)
	}
	<-seen.up
	seen.mu.Lock()
	if len(seen.all) != 1 || seen.all[0] != scaling.QueueDelay {
		t.Errorf("%v", seen.all)
	}
	seen.mu.Unlock()
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if u := next(t, a, held, nil); u.Status != control.Waiting {
		t.Errorf("%+v", u)
	}
}
