package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// setAttributes makes the kernel kill the child when the parent dies, and keeps a terminal's Ctrl-C from it: what is to be
// stopped is the parent's decision.
func setAttributes(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// usedMemory is what a process holds in bytes: its anonymous memory, and files that live in memory (memfd), which no limit
// of the process counts. The program's own code and mapped files are not in it.
func usedMemory(pid int) (int64, error) {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	raw, err := os.ReadFile(filepath.Join(proc, "statm"))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(raw)
	if len(fields) < 3 {
		return 0, errors.New("statm is not as it should be")
	}
	resident, err1 := strconv.ParseInt(string(fields[1]), 10, 64)
	shared, err2 := strconv.ParseInt(string(fields[2]), 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return 0, err
	}
	return (resident-shared)*int64(os.Getpagesize()) + memoryFiles(filepath.Join(proc, "fd")), nil
}

// memoryFiles adds up the memory files that a process has open, each once.
func memoryFiles(fds string) int64 {
	entries, err := os.ReadDir(fds)
	if err != nil {
		return 0
	}
	seen := map[uint64]bool{}
	var total int64
	for _, e := range entries {
		path := filepath.Join(fds, e.Name())
		target, err := os.Readlink(path)
		if err != nil || !strings.HasPrefix(target, "/memfd:") {
			continue
		}
		var st syscall.Stat_t
		if syscall.Stat(path, &st) == nil && !seen[st.Ino] {
			seen[st.Ino] = true
			total += st.Blocks * 512
		}
	}
	return total
}

// dataLimit is the backstop behind the watchdog. It counts address space that is reserved for writing, of which engine and
// runtime take far more than they use.
func dataLimit(limit int64) uint64 {
	const slack = 2 << 30
	if limit <= 0 {
		return 0
	}
	return uint64(limit)*2 + slack
}

func describeSignal(state *os.ProcessState) string {
	ws, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !ws.Signaled() {
		return ""
	}
	switch ws.Signal() {
	case syscall.SIGKILL:
		return "killed from outside: most likely the machine ran out of memory"
	case syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGILL, syscall.SIGFPE:
		return "a fault in the engine or the program"
	case syscall.SIGABRT:
		return "the engine or the program gave up"
	default:
		return fmt.Sprintf("signal %d", ws.Signal())
	}
}

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed)
}
