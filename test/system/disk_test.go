package system_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A disk that is full ends the command with words; with room again the run goes on to its end.
func TestDiskFullIsSurvived(t *testing.T) {
	if testing.Short() {
		t.Skip("filling a disk takes some seconds")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	d := newDesk(t)
	small := t.TempDir()
	mount := func(args ...string) {
		if out, err := exec.Command("mount", append(args, small)...).CombinedOutput(); err != nil {
			t.Skipf("this system mounts no small disk: %v: %s", err, out)
		}
	}
	mount("-t", "tmpfs", "-o", "size=24m", "tmpfs")
	t.Cleanup(func() {
		if out, err := exec.Command("umount", small).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	d.data = small
	file, _ := d.orders(t, 4000)
	r := d.run(t, file, "--decide", "recommended").want(t, 1)
	if !strings.Contains(r.errors, "the disk is full") || !strings.Contains(r.errors, "resume") || strings.Contains(r.errors, "goroutine") {
		t.Errorf("%s", r.errors)
	}
	mount("-o", "remount,size=400m")
	call(t, "resume", d.runID(t), "--data", d.data, "--out", d.out, "--decide", "recommended").want(t, 0)
	call(t, "verify", d.out, "--data", d.data).want(t, 0)
}
