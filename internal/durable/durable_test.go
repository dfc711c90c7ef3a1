package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/durable"
)

func TestFilesAreWrittenWholeAndForTheOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		info, err2 := os.Stat(path)
		if errors.Join(err, err2) != nil || string(got) != want || info.Mode().Perm() != 0o600 {
			t.Errorf("%q with mode %v, want %q: %v, %v", got, info.Mode(), want, err, err2)
		}
	}
	if err := durable.Create(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	holds("one")
	if err := durable.Create(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there was created: %v", err)
	}
	holds("one")
	if err := durable.Write(path, []byte("three")); err != nil {
		t.Fatal(err)
	}
	holds("three")
	if err := durable.Write(filepath.Join(dir, "nowhere", "f"), nil); err == nil {
		t.Error("a file was written into a folder that is not there")
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}
