package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/stage"
)

// Received is the record of a file as received: version 0 of a dataset. It holds no key.
type Received struct {
	Ref    string `json:"ref"`
	Name   string `json:"name"`   // base name as received
	Bytes  int64  `json:"bytes"`  // before encryption
	SHA256 string `json:"sha256"` // before encryption, hex
}

// ReceiveFile stores the file at path as it is. Where it cannot be received, the error wraps ErrSource, is refused, and
// says why; nothing is left in the store.
func (s *Store) ReceiveFile(ctx context.Context, dataset, path string) (*Received, error) {
	info, err := os.Stat(path) // before opening: to open a named pipe would wait for a writer
	if err == nil && !info.Mode().IsRegular() {
		return nil, refuse(path, describeMode(info.Mode()))
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse(path, "it is not there; check the name")
	case errors.Is(err, fs.ErrPermission):
		return nil, refuse(path, "it may not be read by this user; change its mode or owner")
	case err != nil:
		return nil, stage.Refused(fmt.Errorf("%w: %w", ErrSource, err))
	}
	defer f.Close() //nolint:errcheck // only read
	return s.PutReceived(ctx, dataset, f, filepath.Base(path))
}

func describeMode(m fs.FileMode) string {
	if m.IsDir() {
		return "it is a folder; name a file in it"
	}
	return "it is no regular file; copy its content to one"
}

func refuse(path, why string) error {
	return stage.Refused(fmt.Errorf("%w: %s: %s; nothing was kept", ErrSource, path, why))
}

// PutReceived stores what src holds as it is, encrypted. A source that is a file (has Stat) must not change meanwhile:
// the error then wraps ErrSource. The error wraps ErrDiskFull where there is no room. Nothing half is ever left.
func (s *Store) PutReceived(ctx context.Context, dataset string, src io.Reader, name string) (*Received, error) {
	dir, err := s.datasetDir(dataset)
	if err != nil {
		return nil, err
	}
	r := &Received{Ref: prefixReceived + random(), Name: filepath.Base(name)}
	key, err := s.fileKey(ctx, dataset, r.Ref)
	if err != nil {
		return nil, fmt.Errorf("storing %s: %w", r.Name, err)
	}
	unchanged, err := watch(src)
	if err != nil {
		return nil, stage.Refused(fmt.Errorf("%w: %s: %w; nothing was kept", ErrSource, r.Name, err))
	}
	sum := sha256.New()
	counted := &counter{r: io.TeeReader(src, sum)}
	err = writeEncrypted(ctx, filepath.Join(dir, r.Ref), key, counted, func(written string) error {
		if err := unchanged(counted.n); err != nil {
			return err
		}
		return s.put(ctx, dataset, r.Ref, written)
	})
	if _, ok := errors.AsType[readError](err); ok && ctx.Err() == nil {
		return nil, stage.Refused(fmt.Errorf("%w: reading %s failed after %d bytes (%w); nothing was kept",
			ErrSource, r.Name, counted.n, err))
	}
	if err != nil {
		return nil, fmt.Errorf("storing %s (%d bytes were read, nothing was kept): %w", r.Name, counted.n, err)
	}
	r.Bytes, r.SHA256 = counted.n, hex.EncodeToString(sum.Sum(nil))
	return r, nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// watch notes how a source file is and returns the check, after n bytes were read, that it still is so. What is no file
// cannot be watched.
func watch(src io.Reader) (unchanged func(n int64) error, err error) {
	f, ok := src.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return func(int64) error { return nil }, nil
	}
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return func(int64) error { return nil }, nil // a pipe
	}
	return func(n int64) error { return compare(src, f.Stat, before, n) }, nil
}

func compare(src io.Reader, stat func() (fs.FileInfo, error), before fs.FileInfo, n int64) error {
	changed := func(what string) error {
		return stage.Refused(fmt.Errorf("%w: it %s while it was read (%d bytes at first, %d read); "+
			"try again when nothing writes to it", ErrSource, what, before.Size(), n))
	}
	after, err := stat()
	if err != nil {
		return stage.Refused(fmt.Errorf("%w: looking at it again: %w", ErrSource, err))
	}
	switch {
	case after.Size() > before.Size():
		return changed("grew")
	case after.Size() < before.Size():
		return changed("shrank")
	case !after.ModTime().Equal(before.ModTime()):
		return changed("was written to")
	}
	named, ok := src.(interface{ Name() string })
	if !ok {
		return nil
	}
	now, err := os.Stat(named.Name())
	if errors.Is(err, fs.ErrNotExist) {
		return changed("was removed")
	}
	if err == nil && !os.SameFile(now, after) {
		return changed("was replaced by another file")
	}
	return nil
}

// Received is the file as a handler gets it: with its path and key.
func (s *Store) Received(ctx context.Context, dataset string, r *Received) (*stage.Received, error) {
	f, err := s.File(ctx, dataset, r.Ref)
	if err != nil {
		return nil, err
	}
	return &stage.Received{Name: r.Name, Path: f.Path, Key: f.Key, Bytes: r.Bytes, SHA256: r.SHA256}, nil
}
