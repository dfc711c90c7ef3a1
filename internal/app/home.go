package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// shared says whether other processes may work on the same runs: nothing in the home but files and keys is then in use, or,
// where the files are objects, copies of them.
func (a *App) shared() bool { return a.opt.PostgresURL != "" && a.opt.NATSURL != "" }

// SharesHome says whether other processes may have the home open too.
func (a *App) SharesHome() bool { return a.shared() && a.opt.ObjectsURL == "" }

// takeLock makes this process the only one in the home, or, where it is shared, one of those that share it.
func (a *App) takeLock() error {
	lock := flock.New(filepath.Join(a.opt.Home, "lock"))
	try := lock.TryLock
	if a.SharesHome() {
		try = lock.TryRLock
	}
	ok, err := try()
	if err != nil {
		return fmt.Errorf("locking %s: %w", a.opt.Home, err)
	}
	if !ok {
		return fmt.Errorf("opening %s: %w", a.opt.Home, ErrInUse)
	}
	a.lock = lock
	return nil
}

// spillFolder makes the folder in which this process's engines spill, and clears what engines that were killed left.
// Where the home is shared each process has a folder of its own, with a lock beside it that tells who still lives.
func (a *App) spillFolder() (string, error) {
	all := filepath.Join(a.opt.Home, "spill")
	if !a.SharesHome() {
		if err := os.RemoveAll(all); err != nil {
			return "", fmt.Errorf("clearing the folder for spills: %w", err)
		}
	}
	if err := os.MkdirAll(all, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for spills: %w", err)
	}
	if !a.SharesHome() {
		return all, nil
	}
	if err := clearSpills(all); err != nil {
		return "", err
	}
	own := filepath.Join(all, NewRunID()) // a name that nobody else has
	lock := flock.New(own + lockSuffix)
	if ok, err := lock.TryLock(); err != nil || !ok {
		return "", errors.Join(err, fmt.Errorf("taking a folder for spills in %s", all))
	}
	a.spill = lock
	if err := os.Mkdir(own, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for spills: %w", err)
	}
	return own, nil
}

const lockSuffix = ".lock"

// clearSpills removes the folders whose process is gone.
func clearSpills(all string) error {
	locks, err := filepath.Glob(filepath.Join(all, "*"+lockSuffix))
	if err != nil {
		return fmt.Errorf("looking for old spills: %w", err)
	}
	for _, path := range locks {
		lock := flock.New(path)
		if ok, err := lock.TryLock(); err != nil || !ok {
			continue // it is in use
		}
		err := errors.Join(os.RemoveAll(strings.TrimSuffix(path, lockSuffix)), os.Remove(path), lock.Unlock())
		if err != nil {
			return fmt.Errorf("clearing old spills: %w", err)
		}
	}
	return nil
}

// leaveHome removes this process's spills and gives the locks back.
func (a *App) leaveHome() error {
	var errs []error
	if a.spill != nil {
		path := a.spill.Path()
		errs = append(errs, os.RemoveAll(strings.TrimSuffix(path, lockSuffix)), os.Remove(path), a.spill.Unlock())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Unlock())
	}
	return errors.Join(errs...)
}
