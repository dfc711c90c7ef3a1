package app_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/object/objecttest"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// TestTheDatabaseGoesAndComesBack stops the real PostgreSQL while a task runs and another run is under way, and starts it again: the
// same process goes on by itself, no try is counted, nothing is set aside.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	t.Parallel()
	db := storetest.PostgresOfItsOwn(t)
	s := apart{home: filepath.Join(t.TempDir(), "home"), postgres: db.Address, nats: brokertest.Server(t)}
	a := begun(t, &s)
	db.Stop()
	a.letGo(t) // and its result cannot be recorded
	until(t, a.App, false)
	db.Start(t)
	until(t, a.App, true)
	a.allDone(t)
	if since, down := a.Records().Outage(); down {
		t.Errorf("the records are taken for gone since %s", since)
	}
}

// underWay is an instance with two runs: one whose task waits for a file to be there, and one somewhere between its messages and tasks.
type underWay struct {
	*app.App
	marker, held, moving string
}

// begun starts an instance, which is stopped at the end, and its two runs.
func begun(t *testing.T, s *apart) *underWay {
	t.Helper()
	opt, err := s.options()
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, a) })
	u := &underWay{App: a, marker: filepath.Join(t.TempDir(), "go")}
	u.held = submit(t, a, file(t, "a", "#until-there:"+u.marker), app.Request{})
	untilWorked(t, a, u.held)
	u.moving = submit(t, a, file(t, "a", "b"), app.Request{})
	return u
}

// letGo lets the task that waits end.
func (u *underWay) letGo(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(u.marker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// allDone waits for both runs: each must be done, and nothing set aside.
func (u *underWay) allDone(t *testing.T) {
	t.Helper()
	for name, run := range map[string]string{"held": u.held, "moving": u.moving} {
		if r, err := finish(t.Context(), u.App, run); err != nil || r.Status != control.Done {
			t.Errorf("the run %s: %+v, %v", name, r, err)
		}
	}
	if dead, err := u.DeadTasks(t.Context()); err != nil || len(dead) != 0 {
		t.Errorf("set aside: %+v, %v", dead, err)
	}
	if b, err := u.BrokerStats(t.Context()); err != nil || b.Dead != 0 {
		t.Errorf("dead messages: %+v, %v", b, err)
	}
}

// until waits until the instance is ready, or notices that it is not.
func until(t *testing.T, a *app.App, ready bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		_, down := a.Records().Outage()
		if err := a.Ready(ctx); (err == nil) == ready && down == !ready {
			return
		} else if ctx.Err() != nil {
			t.Fatalf("ready: %v, down: %v", err, down)
		}
		<-tick.C
	}
}

// TestTheDiskFillsAndEmpties fills the disk of the state while a task runs, and makes room again: the same process goes on by itself.
func TestTheDiskFillsAndEmpties(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	small := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", small).CombinedOutput(); err != nil {
		t.Skipf("this system mounts no small disk: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", small).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	a := start(t, filepath.Join(small, "home"))
	defer stop(t, a)
	marker := filepath.Join(t.TempDir(), "go")
	held := submit(t, a, file(t, "a", "#until-there:"+marker), app.Request{})
	untilWorked(t, a, held)
	filler := filepath.Join(small, "filler")
	fill(t, filler)
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, a, false)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	until(t, a, true)
	for name, run := range map[string]string{"held": held, "later": submit(t, a, file(t, "a", "b"), app.Request{})} {
		if u, err := finish(t.Context(), a, run); err != nil || u.Status != control.Done {
			t.Errorf("the run %s: %+v, %+v, %v", name, u, u.Failure, err)
		}
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // the disk is full, which is the purpose
	piece := make([]byte, 4096)
	for {
		if _, err := f.Write(piece); err != nil {
			return
		}
	}
}

// TestTheObjectStorageGoesAndComesBack stops the real object storage while a task runs and another run is under way, and starts it
// again: the same process goes on by itself, no try is counted, nothing is set aside.
func TestTheObjectStorageGoesAndComesBack(t *testing.T) {
	storage := objecttest.Start(t)
	s := apart{home: filepath.Join(t.TempDir(), "home"), postgres: storetest.Postgres(t), nats: brokertest.Server(t), objects: storage.URL("p")}
	a := begun(t, &s)
	storage.Stop()
	a.letGo(t) // and its result cannot be kept
	for a.Ready(t.Context()) == nil {
		if t.Context().Err() != nil {
			t.Fatal("nobody notices")
		}
	}
	storage.Resume()
	a.allDone(t)
}
