package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/object/objecttest"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// TestMachinesApart takes a run through all stages on PostgreSQL, NATS and object storage by processes that share no folder,
// backs it up, restores the backup into other storage, and erases the run there.
func TestMachinesApart(t *testing.T) {
	storage := objecttest.Start(t)
	dir := t.TempDir()
	s := apart{home: filepath.Join(dir, "control"), key: filepath.Join(dir, "master.key"), postgres: storetest.Postgres(t), nats: brokertest.Server(t),
		objects: storage.URL("first")}
	a := s.control(t)
	path := file(t, "canary-a", "b", "canary-c", "dd")
	run := submit(t, a, path, app.Request{Goal: "fewer canary lines"})
	elsewhere := s
	elsewhere.home = filepath.Join(dir, "worker")
	elsewhere.worker(t)
	if u, err := finish(t.Context(), a, run); err != nil || u.Status != control.Done {
		t.Fatalf("the run: %+v, %v", u, err)
	}
	checkResults(t, a, run, path)
	searchPlain(t, dir, "canary")
	if _, err := os.Stat(filepath.Join(s.home, "keys.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the keys lie in the home of one machine: %v", err)
	}
	backup := filepath.Join(dir, "b.axbackup")
	if _, err := a.BackupTo(t.Context(), backup, "v1"); err != nil {
		t.Fatal(err)
	}
	stop(t, a)

	other := apart{home: filepath.Join(dir, "restored"), key: s.key, postgres: storetest.Postgres(t), nats: brokertest.Server(t), objects: storage.URL("second")}
	opt, err := other.options()
	if err != nil {
		t.Fatal(err)
	}
	taken := opt
	taken.ObjectsURL, taken.Home = s.objects, filepath.Join(dir, "taken")
	if _, err := app.Restore(t.Context(), taken, backup); !errors.Is(err, app.ErrOccupied) {
		t.Errorf("restoring over the objects of another instance: %v", err)
	}
	if _, err := app.Restore(t.Context(), opt, backup); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(opt.Home); err != nil { // any machine can go on
		t.Fatal(err)
	}
	b := other.control(t)
	defer func() { stop(t, b) }()
	if got := holds(t, b); got[string(control.Done)] != 1 {
		t.Errorf("restored runs: %v", got)
	}
	checkResults(t, b, run, path)
	if _, err := b.EraseRun(t.Context(), run, person, "asked for"); err != nil {
		t.Fatal(err)
	}
	holds(t, b)
	bucket, err := object.Open(t.Context(), other.objects)
	if err != nil {
		t.Fatal(err)
	}
	err = bucket.List(t.Context(), "", func(name string, _ int64) error {
		if name != "keys.json" {
			t.Errorf("after the erasure there is %s", name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFilesAreKeptAsObjectsOnlyByProcessesThatShareRecords(t *testing.T) {
	t.Parallel()
	opt, err := apart{home: filepath.Join(t.TempDir(), "home"), objects: "s3://bucket/?endpoint=http://127.0.0.1:1"}.options()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Open(t.Context(), opt); err == nil || !strings.Contains(err.Error(), "PostgreSQL and NATS") {
		t.Errorf("objects beside records of one process: %v", err)
	}
}

// TestAHomeWithFilesIsNotTakenForOneOverObjects holds that nobody turns to object storage and leaves files behind unseen.
func TestAHomeWithFilesIsNotTakenForOneOverObjects(t *testing.T) {
	storage := objecttest.Start(t)
	s := newApart(t)
	a := s.control(t)
	submit(t, a, file(t, "x"), app.Request{Goal: "stay"})
	stop(t, a)
	s.objects = storage.URL("p")
	opt, err := s.options()
	if err != nil {
		t.Fatal(err)
	}
	opt.Workers = -1
	if _, err := app.Open(t.Context(), opt); err == nil || !strings.Contains(err.Error(), "has files of datasets in its folder") {
		t.Errorf("opened: %v", err)
	}
}
