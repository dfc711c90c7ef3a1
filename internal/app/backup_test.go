package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// restoreInto restores a backup of one home into another, to which it brings the master key.
func restoreInto(t *testing.T, from, home, file string, opt app.Options) {
	t.Helper()
	key, err := os.ReadFile(from + ".key")
	if err == nil {
		err = os.WriteFile(home+".key", key, 0o600)
	}
	if err == nil {
		opt.Home = home
		opt.Keys, err = keys.Load(home + ".key")
	}
	if err == nil {
		_, err = app.Restore(t.Context(), opt, file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// holds checks every stored file of every run, and says how the runs stand.
func holds(t *testing.T, a *app.App) map[string]int {
	t.Helper()
	all, err := a.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	statuses := map[string]int{}
	for _, r := range all {
		statuses[r.Status]++
		if _, err := a.Verify(t.Context(), r.ID); err != nil {
			t.Errorf("run %s, which is %s: %v", r.ID, r.Status, err)
		}
	}
	return statuses
}

// TestBackupUnderLoad makes backups while runs go on and one is erased. Each must restore into a whole instance, in which a run
// that waited goes on to the same end as in the one that was backed up.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	a := start(t, home)
	waiting := submit(t, a, file(t, "canary-one", "two", "three"), app.Request{ID: theRun, Goal: "canary-goal"})
	next(t, a, waiting, nil)
	_, erased := uploaded(t, a, "w", "canary-gone\n")
	done := make(chan error, 1)
	go func() {
		var errs []error
		for i := range 3 {
			run, err := a.Submit(t.Context(), file(t, fmt.Sprint("canary-", i), "b"), app.Request{Actor: person, Goal: "load"})
			if err == nil {
				_, err = finish(t.Context(), a, run)
			}
			errs = append(errs, err)
			if i == 1 {
				_, err = a.EraseRun(t.Context(), erased, person, "asked for")
				errs = append(errs, err)
			}
		}
		done <- errors.Join(errs...)
	}()
	var files []string
	back := func() {
		b, err := a.BackupTo(t.Context(), dir, "test")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b.File)
	}
	for range 5 {
		back()
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	back()
	if last, err := a.LastBackup(); err != nil || last == nil || last.File != files[len(files)-1] {
		t.Errorf("the last backup: %+v, %v", last, err)
	}
	searchPlain(t, dir, "canary")
	if left, err := filepath.Glob(filepath.Join(dir, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	var restored string
	for i, at := range []int{0, 2, len(files) - 1} {
		restored = filepath.Join(dir, fmt.Sprint("restored-", i))
		restoreInto(t, home, restored, files[at], app.Options{})
		b := start(t, restored)
		t.Logf("backup %d: %v", at, holds(t, b))
		stop(t, b)
	}
	sameEnd(t, a, restored)
}

// sameEnd takes the waiting run to its end in both instances, and all else in the restored one.
func sameEnd(t *testing.T, a *app.App, restored string) {
	t.Helper()
	b := start(t, restored)
	defer stop(t, b)
	all, err := b.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Status == string(control.Erased) {
			continue
		}
		if u, err := finish(t.Context(), b, r.ID); err != nil || u.Status != control.Done {
			t.Fatalf("run %s after the restore: %+v, %v", r.ID, u, err)
		}
	}
	if u, err := finish(t.Context(), a, theRun); err != nil || u.Status != control.Done {
		t.Fatalf("%+v, %v", u, err)
	}
	want, got := effects(t, a), effects(t, b)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("as it was:\n%s\nrestored:\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
	holds(t, b)
	stop(t, a)
}

func TestBackupOfPostgresIsRestoredIntoAnother(t *testing.T) {
	t.Parallel()
	s := newApart(t)
	a := s.control(t)
	s.worker(t)
	run := submit(t, a, file(t, "canary-one", "two", "three"), app.Request{ID: theRun, Goal: "canary-goal"})
	next(t, a, run, nil)
	dir := t.TempDir()
	b, err := a.BackupTo(t.Context(), dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	searchPlain(t, dir, "canary")
	other := apart{home: filepath.Join(t.TempDir(), "home"), postgres: storetest.Postgres(t), nats: brokertest.Server(t)}
	restoreInto(t, s.home, other.home, b.File, app.Options{PostgresURL: other.postgres})
	if _, err := app.Restore(t.Context(), app.Options{Home: filepath.Join(dir, "sqlite"), Keys: master(t, s.home)}, b.File); err == nil ||
		!strings.Contains(err.Error(), "records on postgres") {
		t.Errorf("without a database: %v", err)
	}
	if u, err := finish(t.Context(), a, run); err != nil || u.Status != control.Done {
		t.Fatalf("%+v, %v", u, err)
	}
	c := other.control(t)
	defer stop(t, c)
	other.worker(t)
	if u, err := finish(t.Context(), c, run); err != nil || u.Status != control.Done {
		t.Fatalf("%+v, %v", u, err)
	}
	if want, got := effects(t, a), effects(t, c); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("as it was:\n%s\nrestored:\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
	holds(t, c)
	stop(t, a)
}

func master(t *testing.T, home string) *keys.Master {
	t.Helper()
	m, err := keys.Load(home + ".key")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOnlyAWholeBackupIsRestoredAndOnlyIntoAnEmptyHome(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	a := start(t, home)
	run := submit(t, a, file(t, "one", "two"), app.Request{})
	next(t, a, run, nil)
	b, err := a.BackupTo(t.Context(), filepath.Join(dir, "b"), "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.BackupTo(t.Context(), b.File, "test"); err == nil {
		t.Error("a backup was written over another")
	}
	stop(t, a)
	whole, err := os.ReadFile(b.File)
	if err != nil {
		t.Fatal(err)
	}
	into := app.Options{Home: filepath.Join(dir, "into"), Keys: master(t, home)}
	random := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		altered := bytes.Clone(whole)
		altered[random.IntN(len(altered))] ^= 1 << random.IntN(8)
		path := filepath.Join(dir, "altered")
		if err := os.WriteFile(path, altered, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Restore(t.Context(), into, path); err == nil {
			t.Fatal("an altered backup was restored")
		}
		if _, err := os.Stat(into.Home); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("something was written before the backup was known to be whole: %v", err)
		}
	}
	other := into
	other.Keys = master(t, filepath.Join(dir, "other"))
	if _, err := app.Restore(t.Context(), other, b.File); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("under another master key: %v", err)
	}
	into.Home = home
	if _, err := app.Restore(t.Context(), into, b.File); !errors.Is(err, app.ErrOccupied) {
		t.Errorf("over a home: %v", err)
	}
	interrupted(t, home, b.File)
}

// interrupted holds that what a restore left that was ended in the middle is not taken for an instance.
func interrupted(t *testing.T, home, file string) {
	t.Helper()
	opt := app.Options{Home: filepath.Join(t.TempDir(), "half"), Keys: master(t, home)}
	if _, err := app.Restore(t.Context(), opt, file); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(opt.Home)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left { // as if it had ended after the first of its files
		if e.Name() != "keys.json" {
			if err := os.RemoveAll(filepath.Join(opt.Home, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(opt.Home, "restoring"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Restore(t.Context(), opt, file); !errors.Is(err, app.ErrRestoring) {
		t.Errorf("restored once more: %v", err)
	}
	if _, err := app.Open(t.Context(), opt); !errors.Is(err, app.ErrRestoring) {
		t.Errorf("opened: %v", err)
	}
}
