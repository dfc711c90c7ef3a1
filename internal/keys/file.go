package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile puts content in the place of the file: after a crash it holds the old or the new content, whole.
func writeFile(path string, content []byte) error {
	return place(path, content, os.Rename)
}

// createFile writes a file that is not there yet. The error wraps fs.ErrExist where another process was faster.
func createFile(path string, content []byte) error {
	return place(path, content, func(from, to string) error {
		return errors.Join(os.Link(from, to), os.Remove(from))
	})
}

func place(path string, content []byte, move func(from, to string) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // may be gone already
		}
	}()
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = move(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// ErrOpenToOthers is wrapped by errors about key files that other users of the machine could read or change.
var ErrOpenToOthers = errors.New("the key file is open to other users")

// readPrivate reads a file that nobody but its owner may read or write.
func readPrivate(path string) ([]byte, fs.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is no file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("%w: %s has mode %04o: see who could have read it, then run: chmod 600 %s",
			ErrOpenToOthers, path, info.Mode().Perm(), path)
	}
	content, err := os.ReadFile(path)
	return content, info, err
}
