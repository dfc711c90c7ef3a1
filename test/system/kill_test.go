package system_test

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/analytix-flow/analytix/internal/audit"
)

// killable is how many lines of progress a small run certainly writes.
const killable = 40

func TestKilledAtRandomMoments(t *testing.T) {
	moments := 50
	if testing.Short() {
		moments = 10
	}
	calm := newDesk(t)
	calm.run(t, calm.file(t, "people.csv", people()), "--decide", "recommended").want(t, 0)
	r := rand.New(rand.NewPCG(7, 7))
	for range moments {
		n := 1 + r.IntN(killable)
		d := newDesk(t)
		file := d.file(t, "people.csv", people())
		killAfter(t, n, "run", file, "--data", d.data, "--out", d.out, "--decide", "recommended", "--json")
		run := d.runID(t)
		call(t, "resume", run, "--data", d.data, "--out", d.out, "--decide", "recommended").want(t, 0)
		for _, name := range []string{"data.csv", "cells.csv"} {
			if text(t, d.out, name) != text(t, calm.out, name) {
				t.Errorf("killed after line %d: %s differs from that of an undisturbed run", n, name)
			}
		}
		if got, want := found(t, d.out), found(t, calm.out); !reflect.DeepEqual(got, want) {
			t.Errorf("killed after line %d: found and decided\n%v\nwant\n%v", n, got, want)
		}
		if _, err := audit.VerifySealed(strings.NewReader(text(t, d.out, "audit.jsonl"))); err != nil {
			t.Errorf("killed after line %d: %v", n, err)
		}
	}
}

// killAfter kills the binary and all of its children when it has written n lines, unless it has ended before.
func killAfter(t *testing.T, n int, args ...string) {
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
			break
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	_ = cmd.Wait() // that it was killed is the purpose
}

// found is what a run found and decided, without ids and times.
func found(t *testing.T, dir string) []string {
	t.Helper()
	f := findings(t, dir)
	var all []string
	for _, i := range f.Issues {
		all = append(all, i.Check+" "+strings.Join(i.Columns, ",")+" "+i.Title)
		if i.Decision != nil {
			all = append(all, string(i.Decision.Choice)+" "+i.Decision.Option)
		}
	}
	for _, i := range f.Insights {
		all = append(all, i.Title)
	}
	for _, a := range f.Recommendations {
		all = append(all, a.Title)
	}
	return all
}
