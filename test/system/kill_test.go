package system_test

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os/exec"
	"syscall"
	"testing"
)

// steps bounds how many lines of progress a process writes before it is killed; a whole run writes some forty.
const steps = 20

// The binary is killed again and again, each time at another moment, and told to go on. What it ends with must be what a
// run ends with that nobody disturbed, to the last cell and message.
func TestKilledAtRandomMoments(t *testing.T) {
	kills := 50
	if testing.Short() {
		kills = 5
	}
	calm := newDesk(t)
	calm.run(t, calm.file(t, "people.csv", people()), "--decide", "recommended").want(t, 0)
	want := calm.ending(t)
	r := rand.New(rand.NewPCG(7, 7))
	killed, runs := 0, 0
	for killed < kills {
		d := newDesk(t)
		args := []string{"run", d.file(t, "people.csv", people()), "--data", d.data, "--out", d.out, "--decide", "recommended", "--json"}
		moments := []int{}
		for killed < kills {
			n := 1 + r.IntN(steps)
			if !killAfter(t, n, args...) {
				break
			}
			killed++
			moments = append(moments, n)
			args = []string{"resume", d.runID(t), "--data", d.data, "--out", d.out, "--decide", "recommended", "--json"}
		}
		call(t, "resume", d.runID(t), "--data", d.data, "--out", d.out, "--decide", "recommended").want(t, 0)
		call(t, "verify", d.out, "--data", d.data).want(t, 0)
		d.ending(t).same(t, want, moments)
		runs++
	}
	t.Logf("killed %d times in %d runs", killed, runs)
}

// killAfter kills the binary and all of its children when it has written n lines. It returns false where the binary came
// to its end before.
func killAfter(t *testing.T, n int, args ...string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for range n {
		if _, err := lines.ReadString('\n'); err != nil {
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v: %v", args, err)
			}
			return false
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	_ = cmd.Wait() // that it was killed is the purpose
	return true
}
