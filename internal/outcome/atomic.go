package outcome

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes dir/name whole or not at all.
func writeFile(dir, name string, write func(io.Writer) error) error {
	err := replace(dir, name, func(temporary string) error {
		f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		b := bufio.NewWriterSize(f, 1<<18)
		if err := errors.Join(write(b), b.Flush()); err != nil {
			return errors.Join(err, f.Close())
		}
		return f.Close()
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w; a file that was there before is unchanged", filepath.Join(dir, name), err)
	}
	return nil
}

// replace lets fill write a file of a temporary name in a private folder inside dir, syncs it, and renames it to name.
// Whatever else fill leaves in the folder of the temporary file is removed.
func replace(dir, name string, fill func(temporary string) error) (err error) {
	scratch, err := os.MkdirTemp(dir, ".writing-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	temporary := filepath.Join(scratch, name)
	if err := fill(temporary); err != nil {
		return err
	}
	if err := os.Chmod(temporary, 0o600); err != nil { // the engine writes for everybody to read
		return err
	}
	if err := syncPath(temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncPath(dir)
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
