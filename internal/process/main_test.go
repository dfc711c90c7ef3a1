package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/stage"
)

const childVariable = "ANALYTIX_TEST_CHILD"

// TestMain makes the test binary its own child.
func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		goleak.VerifyTestMain(m)
	case "stranger": // another program in the child's place
		fmt.Println("Usage: stranger [flags]")
		os.Exit(2)
	case "dies":
		os.Exit(3)
	case "silent":
		select {}
	case "parent": // a parent that is killed in the middle of a job
		beParent()
	default:
		if err := process.Child(context.Background(), handlers()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

type handler struct {
	name string
	run  func(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error)
}

func (h handler) Name() string { return "test." + h.name }

func (h handler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	return h.run(ctx, job, env)
}

func document(v any) (*stage.Result, error) {
	raw, err := json.Marshal(v)
	return &stage.Result{Document: raw}, err
}

var errCanary = errors.New("canary value of a user")

func handlers() []stage.Handler {
	fails := func(err error) func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) {
		return func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) { return nil, err }
	}
	return []stage.Handler{
		handler{"echo", func(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
			var n int
			if err := env.Engine.QueryRow(ctx, "SELECT count(*) FROM range(10)", &n); err != nil || n != 10 {
				return nil, fmt.Errorf("the engine counts %d: %w", n, err)
			}
			if err := env.Engine.Exec(ctx, "CREATE TABLE left_over (i INT)"); err != nil {
				return nil, err // it is there from the job before: the session was not fresh
			}
			return &stage.Result{Document: job.Params, Files: map[string]stage.OutFile{
				"data": {Path: job.OutDir, Rows: int64(len(job.Key))}}}, nil
		}},
		handler{"pid", func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) { return document(os.Getpid()) }},
		handler{"ordinary", fails(errors.New("it did not work"))},
		handler{"permanent", fails(stage.Permanent(errors.New("it never works")))},
		handler{"refused", fails(fmt.Errorf("reading: %w", stage.Refused(errors.New("it is junk"))))},
		handler{"out-of-memory", fails(fmt.Errorf("grouping: %w", engine.ErrMemory))},
		handler{"nothing", fails(nil)},
		handler{"panic", func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) { panic(errCanary) }},
		handler{"panic-aside", func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) {
			go panic(errCanary)
			select {}
		}},
		handler{"exit", func(context.Context, *stage.Job, *stage.Env) (*stage.Result, error) {
			os.Exit(7)
			return nil, nil //nolint:nilnil // not reached
		}},
		handler{"signal", func(_ context.Context, job *stage.Job, _ *stage.Env) (*stage.Result, error) {
			var n int
			if err := json.Unmarshal(job.Params, &n); err != nil {
				return nil, err
			}
			if err := syscall.Kill(os.Getpid(), syscall.Signal(n)); err != nil {
				return nil, err
			}
			select {}
		}},
		handler{"wait", func(ctx context.Context, _ *stage.Job, env *stage.Env) (*stage.Result, error) {
			env.Progress(0.5, "waiting")
			<-ctx.Done()
			return nil, fmt.Errorf("interrupted: %w", ctx.Err())
		}},
		handler{"query", func(ctx context.Context, _ *stage.Job, env *stage.Env) (*stage.Result, error) {
			env.Progress(0.5, "querying")
			var n int64
			err := env.Engine.QueryRow(ctx, "SELECT count(*) FROM range(100000000000) a(i) WHERE hash(i) = 7", &n)
			return nil, err
		}},
		handler{"hang", func(_ context.Context, _ *stage.Job, env *stage.Env) (*stage.Result, error) {
			env.Progress(0.5, "hanging")
			select {}
		}},
		handler{"eat", func(_ context.Context, _ *stage.Job, _ *stage.Env) (*stage.Result, error) {
			var all [][]byte
			for {
				b := make([]byte, 16<<20)
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				all = append(all, b)
				if len(all) > 1000 {
					return document(len(all))
				}
				time.Sleep(time.Millisecond)
			}
		}},
		handler{"eat-memfd", func(_ context.Context, _ *stage.Job, _ *stage.Env) (*stage.Result, error) {
			fd, err := unix.MemfdCreate("test", 0)
			if err != nil {
				return nil, err
			}
			f := os.NewFile(uintptr(fd), "memfd")
			for range 1000 {
				if _, err := f.Write(make([]byte, 4<<20)); err != nil {
					return nil, err
				}
			}
			return document(true)
		}},
		handler{"eat-engine", func(ctx context.Context, _ *stage.Job, env *stage.Env) (*stage.Result, error) {
			return nil, env.Engine.Exec(ctx, "CREATE TABLE t AS SELECT i, hash(i) h, i || 'abcdefghijklmnop' s FROM range(100000000) t(i)")
		}},
		handler{"burst", func(_ context.Context, _ *stage.Job, _ *stage.Env) (*stage.Result, error) {
			b := make([]byte, 64<<30)
			return document(len(b))
		}},
		handler{"progress", func(_ context.Context, _ *stage.Job, env *stage.Env) (*stage.Result, error) {
			for i := range 1001 {
				env.Progress(float64(i)/1000, fmt.Sprintf("step %d", i))
			}
			return document(true)
		}},
		handler{"noise", func(_ context.Context, _ *stage.Job, env *stage.Env) (*stage.Result, error) {
			fmt.Println("noise on standard output")
			fmt.Fprintln(os.Stderr, "noise on standard error: canary")
			env.Log.Info("a word", "count", 3)
			return document(true)
		}},
		handler{"state", func(_ context.Context, _ *stage.Job, _ *stage.Env) (*stage.Result, error) {
			score, err := os.ReadFile("/proc/self/oom_score_adj")
			if err != nil {
				return nil, err
			}
			var core unix.Rlimit
			err = unix.Getrlimit(unix.RLIMIT_CORE, &core)
			return &stage.Result{Document: mustJSON(map[string]any{"environment": os.Environ(), "score": strings.TrimSpace(string(score)), "core": core.Max})}, err
		}},
	}
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

func config(t testing.TB) process.Config {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return process.Config{
		Command: []string{exe}, Env: []string{childVariable + "=1"}, Children: 2, Threads: 1,
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), SpillDir: t.TempDir(),
	}
}

func pool(t testing.TB, change func(*process.Config)) *process.Pool {
	t.Helper()
	cfg := config(t)
	if change != nil {
		change(&cfg)
	}
	p, err := process.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func job(name string) *stage.Job {
	return &stage.Job{Run: "r1", Handler: "test." + name, Params: json.RawMessage(`"x"`), Key: make([]byte, 32)}
}

// beParent runs a job that hangs, says the child's id, and waits to be killed.
func beParent() {
	exe, err := os.Executable()
	if err != nil {
		os.Exit(1)
	}
	p, err := process.New(process.Config{Command: []string{exe}, Env: []string{childVariable + "=1"}, Children: 1, Threads: 1,
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension")})
	if err != nil {
		os.Exit(1)
	}
	r, err := p.Run(context.Background(), job("pid"), nil)
	if err != nil {
		os.Exit(1)
	}
	_, _ = p.Run(context.Background(), job("hang"), func(float64, string) { fmt.Println(string(r.Document)) })
}
