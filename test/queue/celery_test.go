package queue_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/tooltest"
)

// celery is a Redis and a Celery of Debian's, and programs that send.
type celery struct {
	*testing.T
	env   []string
	notes string // the folder in which its workers note what they did
	read  int    // how many notes were read
	from  []sender
}

// sender is a program that sends tasks.
type sender struct {
	in  io.Writer
	out *bufio.Reader
}

// steady is how many programs send at a rate: more would only take the processors from the workers.
const steady = 2

func newCelery(t *testing.T, workers int) system {
	t.Helper()
	_, port, err := net.SplitHostPort(tooltest.FreeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	c := &celery{T: t, notes: t.TempDir()}
	c.env = append(os.Environ(), "NOOP_BROKER=redis://127.0.0.1:"+port+"/0", "NOOP_NOTES="+c.notes)
	redis := []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", c.notes, "--loglevel", "warning"}
	if *durable {
		redis = append(redis, "--appendonly", "yes", "--appendfsync", "always")
	}
	c.start(exec.CommandContext(context.WithoutCancel(t.Context()), "redis-server", redis...))
	c.start(exec.CommandContext(context.WithoutCancel(t.Context()), "/usr/bin/python3", "-m", "celery", "-A", "noop", "worker", "--concurrency", fmt.Sprint(workers),
		"--loglevel", "ERROR", "--without-gossip", "--without-mingle"))
	for range senders {
		c.from = append(c.from, c.sender())
	}
	for _, s := range c.from { // they are all connected before any of them sends
		c.expect(s, "ready")
	}
	return c.send
}

// start starts a program that is ended with the test.
func (c *celery) start(cmd *exec.Cmd) {
	c.Helper()
	c.run(cmd)
	c.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // that it was ended is the purpose
	})
}

func (c *celery) run(cmd *exec.Cmd) {
	c.Helper()
	cmd.Env = c.env
	if err := cmd.Start(); err != nil {
		c.Fatalf("%v (apt-get install redis-server python3-celery python3-redis)", err)
	}
}

func (c *celery) sender() sender {
	c.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(c.Context()), "/usr/bin/python3", "noop.py")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err, err2); err != nil {
		c.Fatal(err)
	}
	c.run(cmd)
	c.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			c.Error(err)
		}
	})
	return sender{in, bufio.NewReader(out)}
}

func (c *celery) expect(s sender, word string) {
	c.Helper()
	if line, err := s.out.ReadString('\n'); err != nil || line != word+"\n" {
		c.Fatalf("of a sender of Celery's: %q, %v", line, err)
	}
}

// send is the system.
func (c *celery) send(t *testing.T, count int, rate float64) []span {
	t.Helper()
	from := c.from
	if rate > 0 {
		from = from[:steady]
	}
	begin := float64(time.Now().Add(100*time.Millisecond).UnixMicro()) / 1e6
	for i, s := range from {
		if _, err := fmt.Fprintf(s.in, "%d %f %d %d %f\n", count, rate, i, len(from), begin); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range from {
		c.expect(s, "sent")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		spans := noted(t, c.notes)
		if len(spans) >= c.read+count {
			slices.SortFunc(spans, func(x, y span) int { return x.sent.Compare(y.sent) })
			fresh := spans[c.read:]
			c.read = len(spans)
			return fresh
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d of %d came", len(spans)-c.read, count)
		}
	}
}

// noted reads what Celery's workers noted: seconds since 1970, when each was due, sent and begun.
func noted(t *testing.T, dir string) []span {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*"))
	if err != nil {
		t.Fatal(err)
	}
	var all []span
	at := func(b []byte) time.Time {
		return time.UnixMicro(int64(math.Float64frombits(binary.LittleEndian.Uint64(b)) * 1e6))
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for ; len(b) >= 24; b = b[24:] {
			all = append(all, span{at(b), at(b[8:]), at(b[16:])})
		}
	}
	return all
}
