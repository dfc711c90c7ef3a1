package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// The environment of processes that run apart: where the database and the broker are, and the home that they share.
const (
	postgresVariable = "ANALYTIX_APP_POSTGRES"
	natsVariable     = "ANALYTIX_APP_NATS"
	workerPart       = "worker"
	homeVariable     = "ANALYTIX_APP_HOME"
	keyVariable      = "ANALYTIX_APP_KEY"
	objectsVariable  = "ANALYTIX_APP_OBJECTS"
)

// apart are the parts as they are at scale: records on PostgreSQL, messages through a NATS server, and a home that
// processes share, or, with objects, one for each.
type apart struct {
	home, postgres, nats string
	objects              string // address of the object storage; empty where the home is shared
	key                  string // file of the master key; beside the home where empty
}

// environment tells a process where the parts are.
func (s apart) environment() []string {
	return []string{postgresVariable + "=" + s.postgres, natsVariable + "=" + s.nats, homeVariable + "=" + s.home, objectsVariable + "=" + s.objects,
		keyVariable + "=" + s.key}
}

// parts are those that the environment tells of.
func parts(home string) apart {
	return apart{home, os.Getenv(postgresVariable), os.Getenv(natsVariable), os.Getenv(objectsVariable), os.Getenv(keyVariable)}
}

func newApart(t *testing.T) apart {
	t.Helper()
	return apart{home: filepath.Join(t.TempDir(), "home"), postgres: storetest.Postgres(t), nats: brokertest.Server(t)}
}

func (s apart) options() (app.Options, error) {
	if s.key == "" {
		s.key = s.home + ".key"
	}
	master, err := keys.Load(s.key)
	if err != nil {
		return app.Options{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return app.Options{}, err
	}
	return app.Options{Home: s.home, Keys: master, Managers: managers(), Threads: 1, PostgresURL: s.postgres, NATSURL: s.nats, ObjectsURL: s.objects,
		Command: []string{"/usr/bin/env", part + "=child", self}, ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension")}, nil
}

// control opens an instance that leaves all tasks to others.
func (s apart) control(t *testing.T) *app.App {
	t.Helper()
	opt, err := s.options()
	if err != nil {
		t.Fatal(err)
	}
	opt.Workers = -1
	a, err := app.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// worker starts a process that only works, and returns when it does.
func (s apart) worker(t *testing.T) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(append(os.Environ(), part+"="+workerPart), s.environment()...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait() // that it was killed is the purpose
	})
	var said [64]byte
	if n, err := out.Read(said[:]); err != nil || !strings.HasPrefix(string(said[:n]), "working") {
		t.Fatalf("the worker says %q: %v", said[:n], err)
	}
	return c
}

// beWorker works tasks until it is killed.
func beWorker() int {
	opt, err := parts(os.Getenv(homeVariable)).options()
	if err == nil {
		opt.WorkOnly = true
		_, err = app.Open(context.Background(), opt)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, _ = os.Stdout.WriteString("working\n") // the test waits for it
	select {}
}

// TestProcessesApart takes a run through all stages on PostgreSQL and NATS: this process decides and works nothing, another
// works. The worker is killed in the middle of a task, and the controlling process is opened anew.
func TestProcessesApart(t *testing.T) {
	t.Parallel()
	s := newApart(t)
	a := s.control(t)
	path := file(t, "canary-a", "b", "canary-c", "dd")
	run := submit(t, a, path, app.Request{Goal: "fewer canary lines"})
	if _, err := open(t.Context(), s.home); !errors.Is(err, app.ErrInUse) {
		t.Errorf("a process that wants the home for itself: %v", err)
	}
	killed := s.worker(t)
	held := filepath.Join(t.TempDir(), "held")
	stuck := submit(t, a, file(t, "a", "#hold:"+held), app.Request{StopAfter: flow.Reception})
	untilWorked(t, a, stuck)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(held, nil, 0o600); err != nil { // whoever works it next comes through
		t.Fatal(err)
	}
	stop(t, a)
	a = s.control(t)
	defer func() { stop(t, a) }()
	s.worker(t)
	for name, r := range map[string]string{"whole": run, "of the killed worker": stuck} {
		u, err := finish(t.Context(), a, r)
		if err != nil || u.Status != control.Done {
			t.Fatalf("the run %s: %+v, %v", name, u, err)
		}
	}
	checkResults(t, a, run, path)
	searchPlain(t, s.home, "canary")
	if locks, err := filepath.Glob(filepath.Join(s.home, "spill", "*.lock")); err != nil || len(locks) != 2 {
		t.Errorf("folders for spills, of two living processes: %v, %v", locks, err)
	}
}

// untilWorked waits until a task of the run is under way.
func untilWorked(t *testing.T, a *app.App, run string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		all, err := a.Progress(ctx, run)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if p.Fraction > 0 {
				return
			}
		}
	}
}

// TestLongKilledApart kills the process that drives a run on PostgreSQL and NATS, and one that works beside it, again and again.
func TestLongKilledApart(t *testing.T) {
	if testing.Short() {
		t.Skip("needs about a minute")
	}
	s := newApart(t)
	a := s.control(t)
	s.worker(t)
	run := submit(t, a, file(t, "one", "two", "three", "four"), app.Request{ID: theRun, Goal: "survive"})
	u, err := finish(t.Context(), a, run)
	if err != nil || u.Status != control.Done {
		t.Fatalf("%+v, %v", u, err)
	}
	want := effects(t, a)
	stop(t, a)
	other := newApart(t)
	if err := os.WriteFile(other.home+".csv", []byte("one\ntwo\nthree\nfour\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	worker := other.worker(t)
	for _, after := range []int{1, 4, 9} { // messages of the audit chain
		driver, out := other.driver(t)
		observed(t, other, after)
		if err := driver.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = driver.Wait() // that it was killed is the purpose
		if strings.Contains(out.String(), "failed") {
			t.Fatal(out.String())
		}
		if err := worker.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		worker = other.worker(t)
	}
	driver, out := other.driver(t)
	if err := driver.Wait(); err != nil {
		t.Fatalf("the last life: %v\n%s", err, out.String())
	}
	b := other.control(t)
	defer stop(t, b)
	if got := effects(t, b); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("undisturbed:\n%s\nkilled:\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

// driver starts a process that takes the run to its end, from wherever it stands.
func (s apart) driver(t *testing.T) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	c := victim(t.Context(), s.home, &out)
	c.Env = append(c.Env, s.environment()...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, &out
}

// observed waits until so many events of the run are recorded.
func observed(t *testing.T, s apart, events int) {
	t.Helper()
	a := s.control(t)
	defer stop(t, a)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		if links, err := a.Audit(ctx, theRun); err == nil && len(links) >= events {
			return
		}
	}
	t.Fatalf("fewer than %d events: %v", events, ctx.Err())
}
