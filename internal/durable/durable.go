// Package durable writes small files that are whole after a crash or a power cut. All of them are for the owner alone.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// Write puts content in the place of the file: after a crash it holds the old or the new content, whole.
func Write(path string, content []byte) error {
	return place(path, content, os.Rename)
}

// Create writes a file that is not there yet, as Write does. The error wraps fs.ErrExist where another process was faster.
func Create(path string, content []byte) error {
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
	return Sync(dir)
}

// Sync makes what was done to a folder, or written to a file, last.
func Sync(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
