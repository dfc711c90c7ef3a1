package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Whoever removes files holds the lock together with others, whoever freezes them holds it alone, in all processes that
// share the folder: so no file goes between the moment of a snapshot of the records and the moment of the files.
const (
	freezeLock = ".lock" // beside the folder
	lockPoll   = 10 * time.Millisecond
)

// removing waits until files may be removed. What it returns must be called.
func (s *Store) removing(ctx context.Context) (release func(), err error) {
	lock := flock.New(s.dir + freezeLock)
	if ok, err := lock.TryRLockContext(ctx, lockPoll); err != nil || !ok {
		return nil, fmt.Errorf("waiting until files may be removed: %w", errors.Join(err, ctx.Err()))
	}
	return func() { _ = lock.Unlock() }, nil // closing the file gives the lock back in any case
}

// Freeze calls during, in which no file is removed, and then makes the folder to, in which every file lies under its path
// as it was at that moment, by hard links where the file system has them. Files are never changed, but for uploads that come
// in pieces, which only grow behind what the records say of them.
func (s *Store) Freeze(ctx context.Context, to string, during func() error) (err error) {
	lock := flock.New(s.dir + freezeLock)
	if ok, err := lock.TryLockContext(ctx, lockPoll); err != nil || !ok {
		return fmt.Errorf("waiting until no file is being removed: %w", errors.Join(err, ctx.Err()))
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := during(); err != nil {
		return err
	}
	err = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			if errors.Is(err, fs.ErrNotExist) { // of a task that came to nothing
				return nil
			}
			return err
		}
		rel, err := filepath.Rel(s.dir, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case !d.Type().IsRegular(), strings.HasPrefix(d.Name(), prefixNew):
			return nil
		}
		return hold(path, filepath.Join(to, rel))
	})
	if err != nil {
		return fmt.Errorf("holding the files as they are: %w", roomOr(err))
	}
	return nil
}

// hold keeps a file under a second name.
func hold(path, as string) error {
	err := os.Link(path, as)
	if err == nil || errors.Is(err, fs.ErrNotExist) { // the latter of a task that came to nothing
		return nil
	}
	from, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // only read
	f, err := os.OpenFile(as, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
