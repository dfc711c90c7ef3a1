//go:build unix

package app

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/analytix-flow/analytix/internal/dataset"
)

// leastRoom is how much free space the records need to go on, in bytes.
const leastRoom = 1 << 20

// Room says whether the disk of the state has room to go on; the error wraps dataset.ErrDiskFull. With none, nothing can
// be recorded any more, not even that a task failed.
func (a *App) Room() error {
	free, _, err := a.Disk()
	if err != nil {
		return err
	}
	if free < leastRoom {
		return fmt.Errorf("%s has %d bytes left: %w", a.opt.Home, free, dataset.ErrDiskFull)
	}
	return nil
}

// Disk says how much room the disk of the state has left, and how much it has in all, in bytes.
func (a *App) Disk() (free, size uint64, err error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(a.opt.Home, &fs); err != nil {
		return 0, 0, fmt.Errorf("looking for room below %s: %w", a.opt.Home, err)
	}
	return fs.Bavail * uint64(fs.Bsize), fs.Blocks * uint64(fs.Bsize), nil
}
