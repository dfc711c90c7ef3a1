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

// Locker is the lock of a store's files: whoever removes files holds it together with others, whoever freezes them holds it
// alone, in all processes that share the files. So no file goes between the moment of a snapshot of the records and the
// moment of the files. What is returned must be called.
type Locker interface {
	Together(ctx context.Context) (release func() error, err error)
	Alone(ctx context.Context) (release func() error, err error)
}

// fileLock is a Locker among processes that share a folder: a file beside it.
type fileLock string

const (
	freezeLock = ".lock"
	lockPoll   = 10 * time.Millisecond
)

// Together implements Locker.
func (l fileLock) Together(ctx context.Context) (func() error, error) {
	lock := flock.New(string(l))
	ok, err := lock.TryRLockContext(ctx, lockPoll)
	return held(ctx, lock, ok, err)
}

// Alone implements Locker.
func (l fileLock) Alone(ctx context.Context) (func() error, error) {
	lock := flock.New(string(l))
	ok, err := lock.TryLockContext(ctx, lockPoll)
	return held(ctx, lock, ok, err)
}

func held(ctx context.Context, lock *flock.Flock, ok bool, err error) (func() error, error) {
	if err != nil || !ok {
		return nil, fmt.Errorf("locking the files: %w", errors.Join(err, ctx.Err()))
	}
	return lock.Unlock, nil
}

// removing waits until files may be removed. What it returns must be called.
func (s *Store) removing(ctx context.Context) (release func(), err error) {
	free, err := s.lock.Together(ctx)
	if err != nil {
		return nil, fmt.Errorf("waiting until files may be removed: %w", err)
	}
	return func() { _ = free() }, nil // what it fails to give back goes with the process or its connection
}

// Freeze calls during, in which no file is removed, and then makes the folder to, in which every file lies under its path
// as it was at that moment, by hard links where the file system has them. Files are never changed, but for uploads that come
// in pieces, which only grow behind what the records say of them.
func (s *Store) Freeze(ctx context.Context, to string, during func() error) (err error) {
	free, err := s.lock.Alone(ctx)
	if err != nil {
		return fmt.Errorf("waiting until no file is being removed: %w", err)
	}
	defer func() { err = errors.Join(err, free()) }()
	if err := during(); err != nil {
		return err
	}
	if s.objects != nil {
		err = s.holdObjects(ctx, to)
	} else {
		err = s.holdFiles(ctx, to)
	}
	if err != nil {
		return fmt.Errorf("holding the files as they are: %w", roomOr(err))
	}
	return nil
}

func (s *Store) holdFiles(ctx context.Context, to string) error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
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
