//go:build !linux

package process

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

func setAttributes(*exec.Cmd) {}

// usedMemory cannot be had here: the limits of the engine and of Go's own memory hold all the same.
func usedMemory(int) (int64, error) { return 0, errors.ErrUnsupported }

func dataLimit(int64) uint64 { return 0 }

func describeSignal(*os.ProcessState) string { return "" }

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed)
}
