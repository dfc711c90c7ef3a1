package system_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"
)

// canary is a text that stands in the file, in its name and in the goal; twelve bytes of it must be nowhere.
const canary = "Quokkazephyr"

func TestNothingReadableAtRest(t *testing.T) {
	for _, c := range []struct {
		name, mode string
		code       int
	}{{"finished", "recommended", 0}, {"waiting", "ask", 3}} {
		t.Run(c.name, func(t *testing.T) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			d := newDesk(t)
			d.run(t, d.file(t, canary+".csv", canaries(200)), "--goal", "less "+canary, "--decide", c.mode, "--stage", "quality").want(t, c.code)
			d.searched(t, tmp)
		})
	}
}

// A process that is killed leaves its files as they are; they tell nothing, neither where it was killed nor once the run
// has come to its end.
func TestNothingReadableAfterAKill(t *testing.T) {
	moments := []int{1, 2, 4, 6, 9, 12, 16, 20, 25, 30}
	if testing.Short() {
		moments = []int{3, 14}
	}
	for _, n := range moments {
		t.Run(fmt.Sprintf("after line %d", n), func(t *testing.T) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			d := newDesk(t)
			file := d.file(t, canary+".csv", canaries(200))
			killAfter(t, n, "run", file, "--data", d.data, "--out", d.out, "--goal", "less "+canary, "--decide", "recommended", "--json")
			d.searched(t, tmp)
			call(t, "resume", d.runID(t), "--data", d.data, "--out", d.out, "--decide", "recommended").want(t, 0)
			d.searched(t, tmp)
		})
	}
}

// What the engine spills is encrypted as well: the binary is killed while spilled data is on the disk.
func TestNothingReadableInASpill(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a table that does not fit into memory")
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	d := newDesk(t)
	cmd := exec.CommandContext(t.Context(), binary, "run", d.file(t, canary+".csv", canaries(600_000)), "--data", d.data, "--out", d.out,
		"--decide", "recommended", "--memory", "160MiB", "--json")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for d.spilled(t) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("it came to its end and spilled nothing: %v", err)
		default:
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("it came to its end before it was killed")
	}
	if d.spilled(t) == 0 {
		t.Error("the spill is gone, so that there is nothing to search")
	}
	d.searched(t, tmp)
}

// canaries is a table of 2 rows for each of n, with a text of its own in every other.
func canaries(n int) string {
	var b strings.Builder
	b.WriteString("id," + canary + ",number\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%s-cell-%d,%d\n%d, other ,3\n", 2*i, canary, i*7919%1_000_003, i%97, 2*i+1)
	}
	return b.String()
}

// spilled is how many bytes lie in the folders for spills.
func (d desk) spilled(t *testing.T) int64 {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(d.data, "runs", "*", "spill", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, p := range paths {
		_ = filepath.WalkDir(p, func(_ string, e os.DirEntry, err error) error { // what goes meanwhile does not count
			if err == nil && e.Type().IsRegular() {
				if info, err := e.Info(); err == nil {
					n += info.Size()
				}
			}
			return nil
		})
	}
	return n
}

// searched looks for the canary wherever the binary could have left something.
func (d desk) searched(t *testing.T, tmp string) {
	t.Helper()
	unreadable(t, d.data)
	unreadable(t, tmp, d.data, d.in, d.out)
	for _, shared := range []string{"/dev/shm", "/run/shm"} {
		if _, err := os.Stat(shared); err == nil {
			unreadable(t, shared)
		}
	}
}

// unreadable searches every file below a folder for the canary, in UTF-8 and UTF-16, but for the folders left out.
func unreadable(t *testing.T, dir string, without ...string) {
	t.Helper()
	var little, big []byte
	for _, u := range utf16.Encode([]rune(canary)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // others use the folders for temporary files too
			return nil
		}
		if err != nil {
			return err
		}
		for _, w := range without {
			if path == w {
				return filepath.SkipDir
			}
		}
		if strings.Contains(filepath.Base(path), canary) {
			t.Errorf("the name %s tells the data", path)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		for _, form := range [][]byte{[]byte(canary), little, big} {
			if bytes.Contains(raw, form) {
				t.Errorf("%s holds data in plain text", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
