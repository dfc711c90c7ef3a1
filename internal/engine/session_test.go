package engine_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
)

func open(t *testing.T, cfg engine.Config) *engine.Session {
	t.Helper()
	cfg.ExtensionDir = filepath.Join(os.TempDir(), "analytix-test-extension")
	s, err := engine.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestParquetIsEncryptedAndReadBack(t *testing.T) {
	dir := t.TempDir()
	s := open(t, engine.Config{Folders: []string{dir}})
	ctx := context.Background()
	f := engine.File{Path: filepath.Join(dir, "v.parquet"), Key: bytes.Repeat([]byte{7}, 32)}
	if err := s.WriteParquet(ctx, "SELECT i AS __row, 'canary' || i AS name FROM range(1, 1001) t(i)", f); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("canary")) {
		t.Error("the file holds plain text")
	}
	if err := s.AttachData(ctx, true, f); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := s.QueryRow(ctx, "SELECT count(DISTINCT name) FROM data", &n); err != nil || n != 1000 {
		t.Errorf("read %d distinct names, %v", n, err)
	}
	if err := s.AttachData(ctx, false, engine.File{Path: f.Path, Key: bytes.Repeat([]byte{8}, 32)}); err == nil {
		t.Error("a wrong key opened the file")
	}
}

func TestSpillIsEncrypted(t *testing.T) {
	dir := t.TempDir()
	s := open(t, engine.Config{SpillDir: dir, MemoryLimit: 150 << 20, Threads: 1})
	ctx := context.Background()
	if err := s.Exec(ctx, "CREATE TEMP TABLE t AS SELECT 'canary' || i AS s, hash(i) h FROM range(6000000) t(i)"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing was spilled (%v): the test proves nothing", err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("canary")) {
			t.Errorf("%s holds plain text", filepath.Base(f))
		}
	}
}

func TestSessionSeesOnlyItsFolders(t *testing.T) {
	dir := t.TempDir()
	s := open(t, engine.Config{Folders: []string{dir}})
	ctx := context.Background()
	for _, q := range []string{
		"SELECT * FROM read_text('/etc/passwd')",
		"SELECT * FROM read_text('/proc/self/environ')",
		"SELECT * FROM read_text('/proc/self/fd/../environ')",
		"SELECT * FROM read_text('" + dir + "/../../etc/passwd')",
		"COPY (SELECT 1) TO '/tmp/analytix-escape.csv'",
		"SET allowed_directories=['/']",
		"INSTALL json",
		"ATTACH '/tmp/analytix-escape.db'",
	} {
		if err := s.Exec(ctx, q); err == nil {
			t.Errorf("allowed: %s", q)
		}
	}
}

func TestLiteralAndIdentSurviveHostileText(t *testing.T) {
	s := open(t, engine.Config{})
	ctx := context.Background()
	for _, text := range []string{"", "it's", `"; DROP TABLE x; --`, "\\", "a\x00b", "日本\u200b"} {
		var got string
		if err := s.QueryRow(ctx, "SELECT "+engine.Literal(text), &got); err != nil || got != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
		if text == "" || text == "a\x00b" {
			continue
		}
		if err := s.QueryRow(ctx, "SELECT "+engine.Ident(text)+" FROM (SELECT 'v' AS "+engine.Ident(text)+")", &got); err != nil || got != "v" {
			t.Errorf("identifier %q: %q, %v", text, got, err)
		}
	}
}

func TestVersionIsTrue(t *testing.T) {
	s := open(t, engine.Config{})
	var got string
	if err := s.QueryRow(context.Background(), "SELECT version()", &got); err != nil || got != engine.Version {
		t.Errorf("the engine is %s, %v", got, err)
	}
}
