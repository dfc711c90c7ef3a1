package process_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/stage"
)

func TestJobGoesThereAndBack(t *testing.T) {
	t.Parallel()
	p := pool(t, nil)
	j := job("echo")
	j.Params = json.RawMessage(`{"text":"` + strings.Repeat("long ", 1<<20) + `"}`)
	j.OutDir = "/out"
	for range 3 { // the second and third on a warm child, with a fresh session each
		r, err := p.Run(context.Background(), j, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(r.Document, j.Params) || r.Files["data"] != (stage.OutFile{Path: "/out", Rows: 32}) {
			t.Errorf("came back changed")
		}
	}
}

func TestErrorsKeepTheirMarks(t *testing.T) {
	t.Parallel()
	p := pool(t, nil)
	for name, c := range map[string]struct {
		says                       string
		permanent, refused, memory bool
	}{
		"ordinary":      {"it did not work", false, false, false},
		"permanent":     {"it never works", true, false, false},
		"refused":       {"reading: it is junk", true, true, false},
		"out-of-memory": {"grouping: ", false, false, true},
		"nothing":       {"neither a result nor an error", true, false, false},
		"unknown":       {`no handler "test.unknown"`, true, false, false},
	} {
		_, err := p.Run(context.Background(), job(name), nil)
		if err == nil || !strings.Contains(err.Error(), c.says) || stage.IsPermanent(err) != c.permanent ||
			stage.IsRefused(err) != c.refused || errors.Is(err, process.ErrMemory) != c.memory ||
			errors.Is(err, engine.ErrMemory) != c.memory || process.IsPanic(err) || errors.Is(err, process.ErrCrashed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPanicIsAnErrorWithoutItsValue(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	p := pool(t, func(c *process.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	_, err := p.Run(context.Background(), job("panic"), nil)
	if !process.IsPanic(err) || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("%v", err)
	}
	p.Close()
	if s := log.String(); !strings.Contains(s, "main_test.go") && !strings.Contains(s, "handlers.func") || strings.Contains(s, "canary") {
		t.Errorf("logged: %s", s)
	}
}

func TestCrashCostsOneJob(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	p := pool(t, func(c *process.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	ctx := context.Background()
	crash := func(name string, params any, says string) {
		t.Helper()
		j := job(name)
		j.Params = mustJSON(params)
		_, err := p.Run(ctx, j, nil)
		if !errors.Is(err, process.ErrCrashed) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "test."+name) {
			t.Errorf("%s: %v", name, err)
		}
		for _, bad := range []string{"canary", "goroutine"} {
			if err != nil && strings.Contains(err.Error(), bad) {
				t.Errorf("the error shows too much: %v", err)
			}
		}
		if _, err := p.Run(ctx, job("echo"), nil); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	crash("exit", nil, "exit status 7")
	crash("panic-aside", nil, "a fault in the program")
	crash("signal", syscall.SIGSEGV, "SIGSEGV")
	crash("signal", syscall.SIGKILL, "killed")
	crash("signal", syscall.SIGABRT, "SIGABRT")
	if strings.Contains(log.String(), "canary") {
		t.Error("logged a value")
	}
}

func TestKillInMidJob(t *testing.T) {
	t.Parallel()
	p := pool(t, func(c *process.Config) { c.Children = 1 })
	r, err := p.Run(context.Background(), job("pid"), nil)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(r.Document))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Run(context.Background(), job("hang"), func(float64, string) { // the job has begun
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	if !errors.Is(err, process.ErrCrashed) {
		t.Errorf("%v", err)
	}
	if _, err := p.Run(context.Background(), job("echo"), nil); err != nil {
		t.Error(err)
	}
}

func TestChildThatDiedIdleIsReplaced(t *testing.T) {
	t.Parallel()
	p := pool(t, func(c *process.Config) { c.Children = 1 })
	r, err := p.Run(context.Background(), job("pid"), nil)
	if err != nil {
		t.Fatal(err)
	}
	pid, _ := strconv.Atoi(string(r.Document))
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for syscall.Kill(pid, 0) == nil { // until it has ended and was waited for
		time.Sleep(time.Millisecond)
	}
	if _, err := p.Run(context.Background(), job("echo"), nil); err != nil && !errors.Is(err, process.ErrCrashed) {
		t.Error(err)
	}
	if _, err := p.Run(context.Background(), job("echo"), nil); err != nil {
		t.Error(err)
	}
}

func TestMemoryIsLimited(t *testing.T) {
	for _, name := range []string{"eat", "eat-memfd", "burst", "eat-engine"} {
		t.Run(name, func(t *testing.T) {
			p := pool(t, func(c *process.Config) { c.MemoryLimit, c.SpillDir = 512<<20, "" })
			_, err := p.Run(context.Background(), job(name), nil)
			told := raceDetector && name == "burst" && errors.Is(err, process.ErrCrashed)
			if !errors.Is(err, process.ErrMemory) && !told {
				t.Errorf("%v", err)
			}
			if _, err := p.Run(context.Background(), job("echo"), nil); err != nil {
				t.Errorf("after: %v", err)
			}
		})
	}
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	patient := pool(t, func(c *process.Config) { c.Grace = time.Minute })
	short := pool(t, func(c *process.Config) { c.Grace = 100 * time.Millisecond })
	why := errors.New("the user pressed stop")
	for _, name := range []string{"wait", "query", "hang"} {
		p := patient
		if name == "hang" {
			p = short
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		_, err := p.Run(ctx, job(name), func(float64, string) { cancel(why) })
		if !errors.Is(err, why) || errors.Is(err, process.ErrHung) != (name == "hang") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := p.Run(context.Background(), job("echo"), nil); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
		cancel(nil)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 100 { // however the free place and the cancellation race
		if _, err := patient.Run(ctx, job("echo"), nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled job was begun: %v", err)
		}
	}
	deadline, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	if _, err := patient.Run(deadline, job("wait"), nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestProgressArrivesInOrder(t *testing.T) {
	t.Parallel()
	p := pool(t, nil)
	var seen []float64
	var last string
	_, err := p.Run(context.Background(), job("progress"), func(f float64, s string) {
		seen, last = append(seen, f), s
	})
	if err != nil || len(seen) < 2 || len(seen) > 500 || seen[0] != 0 || last != "step 1000" {
		t.Errorf("%d, %q, %v", len(seen), last, err)
	}
	for i := 1; i < len(seen); i++ {
		if seen[i] < seen[i-1] {
			t.Errorf("went back from %v to %v", seen[i-1], seen[i])
		}
	}
}

func TestNoiseDoesNotDisturb(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	p := pool(t, func(c *process.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	for range 2 {
		if _, err := p.Run(context.Background(), job("noise"), nil); err != nil {
			t.Fatal(err)
		}
	}
	p.Close()
	if s := log.String(); strings.Count(s, `level=INFO msg="a word" count=3 handler=test.noise run=r1`) != 2 || strings.Contains(s, "canary") {
		t.Errorf("logged: %s", s)
	}
}

func TestChildSeesNothingOfTheParent(t *testing.T) {
	t.Setenv("ANALYTIX_MASTER_KEY", "canary")
	p := pool(t, func(c *process.Config) { c.MemoryLimit = 1 << 30 })
	r, err := p.Run(context.Background(), job("state"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"core":0`, `"score":"900"`, "GOMEMLIMIT="} {
		if !strings.Contains(string(r.Document), want) {
			t.Errorf("no %s in %s", want, r.Document)
		}
	}
	for _, bad := range []string{"canary", "HOME=", "PATH="} {
		if strings.Contains(string(r.Document), bad) {
			t.Errorf("%s in %s", bad, r.Document)
		}
	}
}

func TestHundredJobsAtOnce(t *testing.T) {
	t.Parallel()
	p := pool(t, nil)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			name := []string{"echo", "echo", "progress", "ordinary", "panic"}[i%5]
			if i%50 == 49 {
				name = "exit"
			}
			j := job(name)
			j.Params = mustJSON(i)
			r, err := p.Run(context.Background(), j, nil)
			if name == "echo" && (err != nil || string(r.Document) != strconv.Itoa(i)) {
				t.Errorf("job %d: %v", i, err)
			}
			if good := name == "echo" || name == "progress"; good != (err == nil) {
				t.Errorf("job %d (%s): %v", i, name, err)
			}
		})
	}
	wg.Wait()
}

func TestStrangersAreNoticed(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"stranger", "dies", "silent"} {
		p := pool(t, func(c *process.Config) {
			c.Env, c.StartTime = []string{childVariable + "=" + kind}, 2*time.Second
		})
		if err := p.Warm(context.Background()); !errors.Is(err, process.ErrStart) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	p := pool(t, func(c *process.Config) { c.Command = []string{"/nowhere/analytix"} })
	if _, err := p.Run(context.Background(), job("echo"), nil); !errors.Is(err, process.ErrStart) {
		t.Errorf("%v", err)
	}
	for _, cfg := range []process.Config{{}, {Command: []string{"x"}}} {
		if _, err := process.New(cfg); err == nil {
			t.Error("an incomplete configuration was taken")
		}
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	p := pool(t, func(c *process.Config) { c.Grace = 100 * time.Millisecond })
	begun := make(chan struct{})
	ended := make(chan error)
	go func() {
		_, err := p.Run(context.Background(), job("hang"), func(float64, string) { close(begun) })
		ended <- err
	}()
	<-begun
	go p.Close()
	if err := <-ended; !errors.Is(err, process.ErrClosed) {
		t.Errorf("%v", err)
	}
	p.Close()
	if _, err := p.Run(context.Background(), job("echo"), nil); !errors.Is(err, process.ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestIdleChildrenEnd(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*process.Config){
		"by time":   func(c *process.Config) { c.IdleTime = time.Millisecond },
		"by number": func(c *process.Config) { c.Idle = -1 },
	} {
		p := pool(t, change)
		r, err := p.Run(context.Background(), job("pid"), nil)
		if err != nil {
			t.Fatal(err)
		}
		pid, _ := strconv.Atoi(string(r.Document))
		for syscall.Kill(pid, 0) == nil { // ends with the test's time limit otherwise
			time.Sleep(time.Millisecond)
		}
		if _, err := p.Run(context.Background(), job("echo"), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChildDiesWithItsParent(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(exe)
	parent.Env = append(os.Environ(), childVariable+"=parent")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for alive(pid) {
		time.Sleep(time.Millisecond)
	}
}

// alive tells a running process from one that is gone or a zombie nobody waits for.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(stat, []byte(") Z "))
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func BenchmarkWarmJob(b *testing.B) {
	p := pool(b, func(c *process.Config) { c.Children, c.MemoryLimit = 1, 1<<30 })
	for b.Loop() {
		if _, err := p.Run(context.Background(), job("pid"), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkColdJob(b *testing.B) {
	p := pool(b, func(c *process.Config) { c.Children, c.Idle = 1, -1 })
	for b.Loop() {
		if _, err := p.Run(context.Background(), job("pid"), nil); err != nil {
			b.Fatal(err)
		}
	}
}
