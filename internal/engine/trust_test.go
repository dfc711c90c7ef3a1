package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
)

// A file in the extension's place is refused also after the right one was loaded in this process.
func TestExtensionIsCheckedWheneverItsFileChanges(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	open := func() (*engine.Session, error) {
		return engine.Open(ctx, engine.Config{ExtensionDir: dir, Folders: []string{dir}})
	}
	first, err := open()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "*.duckdb_extension"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	content, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.duckdb_extension")
	if err := os.WriteFile(other, content, 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := open()
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Exec(ctx, "LOAD "+engine.Literal(other)); err == nil {
		t.Error("a session loaded another extension")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	changed := found[0] + ".new"
	if err := os.WriteFile(changed, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(changed, found[0]); err != nil {
		t.Fatal(err)
	}
	if s, err := open(); err == nil {
		t.Error("a changed extension was loaded", s.Close())
	}
}
