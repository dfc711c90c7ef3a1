package dataset_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFrozenFilesStayWhileOthersAreRemoved(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, d := range []string{"d1", "d2"} {
		if _, err := s.keys.Make(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if _, err := s.PutReceived(t.Context(), d, bytes.NewReader([]byte("content of "+d)), "x"); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), "frozen")
	removed := make(chan error, 1)
	err := s.Freeze(t.Context(), to, func() error {
		go func() { removed <- s.Remove(t.Context(), "d1") }()
		select {
		case err := <-removed:
			return errors.Join(err, errors.New("a file was removed while the records were copied"))
		default:
			return nil
		}
	})
	if err = errors.Join(err, <-removed); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.Folder(), "d1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not removed: %v", err)
	}
	for _, d := range []string{"d1", "d2"} {
		if files, err := filepath.Glob(filepath.Join(to, d, "received-*")); err != nil || len(files) != 1 {
			t.Errorf("%s: %v, %v", d, files, err)
		}
	}
}
