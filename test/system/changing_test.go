package system_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A file that changes under the reader is refused, whatever happens to it: nobody could say what was received.
func TestInputThatChangesWhileItIsRead(t *testing.T) {
	for _, c := range []struct {
		name, says string
		change     func(path string) error
	}{
		{"grows", "grew while it was read", func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				return err
			}
			if _, err := f.WriteString("9,late\n"); err != nil {
				return err
			}
			return f.Close()
		}},
		{"is cut", "shrank while it was read", func(path string) error { return os.Truncate(path, 100) }},
		{"vanishes", "was removed while it was read", os.Remove},
		{"is replaced", "was replaced by another file while it was read", func(path string) error {
			if err := os.WriteFile(path+".new", []byte("id\n1\n"), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for size := int64(64 << 20); ; size *= 2 { // the larger, the longer it is read
				d := newDesk(t)
				path := d.file(t, "moving.csv", "id,name\n1,ann\n")
				if err := os.Truncate(path, size); err != nil { // a hole takes no room
					t.Fatal(err)
				}
				r, inTime := d.disturbed(t, path, size, c.change)
				if !inTime && size < 4<<30 {
					continue
				}
				refused(t, r, "moving.csv")
				for _, want := range []string{c.says, "nothing was kept", "try again when nothing writes to it"} {
					if !strings.Contains(r.errors, want) {
						t.Errorf("%q is not said: %s", want, r.errors)
					}
				}
				if left, err := os.ReadDir(filepath.Join(d.data, "runs")); err != nil || len(left) > 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
				return
			}
		})
	}
}

// disturbed runs the binary on a file and changes that while the binary, half through it, is stopped. It says whether it
// came in time.
func (d desk) disturbed(t *testing.T, path string, size int64, change func(string) error) (result, bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "run", path, "--data", d.data, "--out", d.out, "--decide", "recommended")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is looked at below
		close(ended)
	}()
	for !begun(d.stored(t), size) {
		select {
		case <-ended:
			return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}, false
		default:
		}
	}
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return result{}, false
	}
	inTime := begun(d.stored(t), size)
	if err := change(path); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Error(err)
	}
	<-ended
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}, inTime
}

// begun says whether a part of a file of the size is stored, and not all of it.
func begun(stored, size int64) bool { return stored > 0 && stored < size }

// stored is how many bytes the files of all runs have.
func (d desk) stored(t *testing.T) int64 {
	t.Helper()
	var n int64
	paths, err := filepath.Glob(filepath.Join(d.data, "runs", "*", "files", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		_ = filepath.WalkDir(p, func(_ string, e fs.DirEntry, err error) error { // what goes meanwhile does not count
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

// A user who may not read a file, or not enter its folder, is told so. As root, who may do everything, the test has the
// binary run as somebody else.
func TestInputThatMayNotBeRead(t *testing.T) {
	for _, c := range []struct {
		name         string
		folder, file os.FileMode
	}{{"file", 0o755, 0}, {"folder", 0, 0o644}} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			path := d.file(t, "shut.csv", people())
			if err := os.Mkdir(d.data, 0o700); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), binary, "run", path, "--data", d.data, "--out", d.out, "--decide", "recommended")
			cmd.Dir = d.data
			if os.Geteuid() == 0 {
				const nobody = 65534
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
				if err := os.Chown(d.data, nobody, nobody); err != nil {
					t.Fatal(err)
				}
				for dir := filepath.Dir(d.data); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) { // so that nothing else is in its way
					if err := os.Chmod(dir, 0o755); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := os.Chmod(path, c.file); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(d.in, c.folder); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(d.in, 0o700) }) // or the folder could not be removed
			r := finished(t, cmd)
			refused(t, r, "shut.csv")
			if !strings.Contains(r.errors, "may not be read by this user; change its mode or owner") {
				t.Errorf("what to do is not said: %s", r.errors)
			}
		})
	}
}
