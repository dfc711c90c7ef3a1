// Package machine says what memory the process can have: that of the machine, or of the control group (container) that it is
// in, whichever is less.
package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// Memory is what there is, in bytes.
type Memory struct {
	Total int64
	Free  int64 // that could be had without anybody losing theirs
}

// Look reads the memory of this machine.
func Look() (Memory, error) { return read(os.DirFS("/")) }

func read(root fs.FS) (Memory, error) {
	info, err := fields(root, "proc/meminfo")
	if err != nil {
		return Memory{}, fmt.Errorf("reading how much memory there is: %w", err)
	}
	m := Memory{Total: info["MemTotal:"] << 10, Free: info["MemAvailable:"] << 10}
	if m.Total <= 0 {
		return Memory{}, errors.New("reading how much memory there is: the system does not say")
	}
	for dir := group(root); ; dir = path.Dir(dir) { // each group is bounded by those around it
		m.within(root, path.Join("sys/fs/cgroup", dir))
		if dir == "/" || dir == "." {
			return m, nil
		}
	}
}

// within bounds the memory by a control group's limit. What the group holds of files can be had back.
func (m *Memory) within(root fs.FS, dir string) {
	limit, err := number(root, path.Join(dir, "memory.max"))
	if err != nil || limit <= 0 {
		return
	}
	used, err := number(root, path.Join(dir, "memory.current"))
	if err != nil {
		return
	}
	stat, err := fields(root, path.Join(dir, "memory.stat"))
	if err == nil {
		used -= stat["inactive_file"] + stat["active_file"]
	}
	m.Total = min(m.Total, limit)
	m.Free = min(m.Free, max(0, limit-max(used, 0)))
}

// group is the process's control group (version 2).
func group(root fs.FS) string {
	raw, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return "/"
	}
	for line := range strings.Lines(string(raw)) {
		if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			return path.Clean("/" + dir)
		}
	}
	return "/"
}

func number(root fs.FS, name string) (int64, error) {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64) // "max" is an error: no limit
}

// fields reads lines of a name and a number.
func fields(root fs.FS, name string) (map[string]int64, error) {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) >= 2 {
			if n, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				all[f[0]] = n
			}
		}
	}
	return all, nil
}
