package process

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// harden prepares the child: no core dumps (they would hold a user's data and keys), the first to go when the machine
// runs out of memory, and standard output free for the protocol. It returns where the protocol goes.
func harden() (*os.File, error) {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return nil, fmt.Errorf("switching core dumps off: %w", err)
	}
	const first = "900" // of -1000 (never) to 1000 (first of all)
	// Some sandboxes mount /proc read-only. The watchdog of the parent holds the limit all the same.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte(first), 0o600)
	fd, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("keeping standard output for the protocol: %w", err)
	}
	if err := unix.Dup3(2, 1, 0); err != nil {
		return nil, fmt.Errorf("keeping standard output for the protocol: %w", err)
	}
	return os.NewFile(uintptr(fd), "protocol"), nil
}

// limitData bounds the process's private writable memory: a backstop for what grows faster than the watchdog looks.
func limitData(limit uint64) error {
	if limit == 0 {
		return nil
	}
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: limit, Max: limit})
}

// processorTime is how long the process has had a processor, in all its threads.
func processorTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
