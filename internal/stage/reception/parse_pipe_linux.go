package reception

import (
	"os"

	"golang.org/x/sys/unix"
)

// widen makes a pipe hold a megabyte, the most that is allowed without privileges: with the usual 64 KB both ends
// spend their time waking one another. Where it is not allowed the pipe works as it is.
func widen(w *os.File) {
	_, _ = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 1<<20)
}
