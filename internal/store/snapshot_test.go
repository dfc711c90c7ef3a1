package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// insert records a run whose every column has something awkward in it.
func insert(t *testing.T, s *store.Store, id string) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertRun(ctx, store.Run{ID: id, Status: "running\t\\N\n", Head: store.Head{Goal: "canary-goal"}, State: []byte{0, 1, '\\', '\n', 0xff}}); err != nil {
			return err
		}
		return tx.Post(ctx, &store.Message{ID: "m-" + id, Run: id, Channel: store.Event, Kind: "k", Body: []byte("canary-body")})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotOfSQLiteIsOfOneMomentAndEncrypted(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
	closed(t, s)
	insert(t, s, "before")
	dir := filepath.Join(t.TempDir(), "odd ? name #1")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	n, err := s.Snapshot(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	insert(t, s, "after")
	var content []byte
	err = n.Each(t.Context(), func(name string, r io.Reader) (err error) {
		if name != store.SnapshotFile {
			t.Errorf("a part %s", name)
		}
		content, err = io.ReadAll(r)
		return err
	})
	if err = errors.Join(err, n.Close(t.Context())); err != nil || len(content) == 0 {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte("canary")) || bytes.Contains(content, []byte("SQLite format")) {
		t.Error("the copy can be read without its key")
	}
	path := filepath.Join(t.TempDir(), "restored.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	restored := openSQLite(t, path)
	closed(t, restored)
	if r, err := restored.Run(t.Context(), "before"); err != nil || r.Head.Goal != "canary-goal" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := restored.Run(t.Context(), "after"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what came later: %v", err)
	}
}

func TestSnapshotOfPostgresFillsAnother(t *testing.T) {
	t.Parallel()
	open := func() *store.Store {
		s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{Seal: seal, Unseal: unseal})
		if err != nil {
			t.Fatal(err)
		}
		closed(t, s)
		return s
	}
	from, to := open(), open()
	insert(t, from, "before")
	n, err := from.Snapshot(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	insert(t, from, "after")
	load, err := to.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parts := 0
	err = n.Each(t.Context(), func(name string, r io.Reader) error {
		parts++
		content, err := io.ReadAll(r)
		if bytes.Contains(content, []byte("canary")) {
			t.Errorf("%s holds plain text", name)
		}
		return errors.Join(err, load.Part(t.Context(), name, bytes.NewReader(content)))
	})
	if err = errors.Join(err, load.Commit(t.Context()), load.Close(t.Context()), n.Close(t.Context())); err != nil || parts < 10 {
		t.Fatalf("%d parts, %v", parts, err)
	}
	r, err := to.Run(t.Context(), "before")
	if err != nil || r.Head.Goal != "canary-goal" || !bytes.Equal(r.State, []byte{0, 1, '\\', '\n', 0xff}) {
		t.Errorf("%+v, %v", r, err)
	}
	if m, err := to.Message(t.Context(), "m-before"); err != nil || string(m.Body) != "canary-body" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := to.Run(t.Context(), "after"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what came later: %v", err)
	}
	if _, err := to.Load(t.Context()); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("filled twice: %v", err)
	}
}
