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
	var fs unix.Statfs_t
	if err := unix.Statfs(a.opt.Home, &fs); err != nil {
		return fmt.Errorf("looking for room below %s: %w", a.opt.Home, err)
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < leastRoom {
		return fmt.Errorf("%s has %d bytes left: %w", a.opt.Home, free, dataset.ErrDiskFull)
	}
	return nil
}
