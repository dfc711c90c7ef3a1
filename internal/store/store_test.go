package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m).Run()) }

var key = bytes.Repeat([]byte{3}, 32)

func openSQLite(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.OpenSQLite(t.Context(), path, key, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closed(t *testing.T, s *store.Store) {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T) *store.Store {
		t.Helper()
		s := openSQLite(t, filepath.Join(t.TempDir(), "a folder? with #odd 100% signs.db"))
		closed(t, s)
		return s
	})
}

// seal stands for a cipher: enough to see that sealed columns are sealed and come back, and that what is sealed, though it be empty, is
// no text.
func seal(b []byte) ([]byte, error) {
	out := []byte{0xff}
	for i := range b {
		out = append(out, b[i]^0x55)
	}
	return out, nil
}

func unseal(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != 0xff {
		return nil, errors.New("it was not sealed")
	}
	plain, err := seal(b[1:])
	return plain[1:], err
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T) *store.Store {
		t.Helper()
		s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{Seal: seal, Unseal: unseal})
		if err != nil {
			t.Fatal(err)
		}
		closed(t, s)
		return s
	})
}

func TestSQLiteKeepsNothingInPlainText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "records.db")
	s := openSQLite(t, path)
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertRun(ctx, store.Run{ID: "canary-run", Head: store.Head{Goal: "canary-goal"}, State: bytes.Repeat([]byte("canary"), 5000)})
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("canary")) || bytes.Contains(raw, []byte("SQLite format")) {
			t.Errorf("%s holds plain text", filepath.Base(f))
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenSQLite(t.Context(), path, bytes.Repeat([]byte{4}, 32), store.Options{}); err == nil {
		t.Error("a wrong key opened the records")
	}
	if _, err := store.OpenSQLite(t.Context(), path, key[:31], store.Options{}); err == nil {
		t.Error("a short key was taken")
	}
	again := openSQLite(t, path)
	closed(t, again)
	if r, err := again.Run(t.Context(), "canary-run"); err != nil || r.Head.Goal != "canary-goal" {
		t.Errorf("read %+v, %v", r, err)
	}
}

func TestMigrationsGoDownAndUp(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
	closed(t, s)
	if err := s.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Runs(t.Context()); err == nil {
		t.Error("the tables are still there")
	}
	if err := s.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Runs(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("listed %v, %v", all, err)
	}
}
