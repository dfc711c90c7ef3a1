package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/trace"
)

// Config sets up a Pool. Only Command and ExtensionDir must be given.
type Config struct {
	// Command starts a child: the program's path and arguments.
	Command []string
	// Env is added to the child's environment (KEY=value), which holds nothing of the parent's.
	Env []string
	// Children is how many run at once; 0 means one for each processor.
	Children int
	// Idle is how many stay warm while there is nothing to do; 0 means all, negative none.
	Idle int
	// IdleTime is how long a child stays warm; 0 means five minutes.
	IdleTime time.Duration
	// MemoryLimit is what one child may hold, in bytes: the engine gets 65% of it, Go's own memory 20%. 0 means no limit.
	MemoryLimit int64
	// Threads is the number of the engine's threads in one child; 0 means one for each processor.
	Threads int
	// SpillDir is where engines spill, encrypted; empty switches it off. ExtensionDir and Folders are as in engine.Config.
	SpillDir     string
	ExtensionDir string
	Folders      []string
	// Grace is how long a child may take to stop after a cancellation before it is killed; 0 means five seconds.
	Grace time.Duration
	// StartTime is how long a child may take to get ready; 0 means thirty seconds.
	StartTime time.Duration
	// OnWorked, when given, is told of every job that has ended. It must return at once.
	OnWorked func(Worked)
	// Log gets what handlers log; nil means slog.Default().
	Log *slog.Logger
}

func (c *Config) complete() error {
	if len(c.Command) == 0 || c.Command[0] == "" {
		return errors.New("setting up child processes: no command is given")
	}
	if c.ExtensionDir == "" {
		return errors.New("setting up child processes: no folder for the engine's extension is given")
	}
	orDefault(&c.Children, runtime.NumCPU())
	orDefault(&c.Idle, c.Children)
	orDefault(&c.IdleTime, 5*time.Minute)
	orDefault(&c.Grace, 5*time.Second)
	orDefault(&c.StartTime, 30*time.Second)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return nil
}

func orDefault[T int | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

// Pool runs jobs in child processes. Its methods may be called from any goroutine.
type Pool struct {
	cfg    Config
	slots  chan struct{}
	ctx    context.Context //nolint:containedctx // the pool's life, which ends the jobs of all callers
	cancel context.CancelCauseFunc
	alive  sync.WaitGroup // children, and jobs

	mu     sync.Mutex
	idle   []*child
	closed bool
}

// New makes a pool. It starts no child before there is a job; Close must be called.
func New(cfg Config) (*Pool, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	p := &Pool{cfg: cfg, slots: make(chan struct{}, cfg.Children)}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p, nil
}

// Warm starts a child ahead of the first job, so that the job need not wait for it.
func (p *Pool) Warm(ctx context.Context) error {
	if err := p.enter(ctx); err != nil {
		return err
	}
	defer p.leave()
	c, err := p.take(ctx)
	if err != nil {
		return err
	}
	p.give(c)
	return nil
}

// Run runs the job's handler in a child and returns what it returned. It waits while all children are busy. Progress may
// be nil; it is called on the caller's goroutine.
//
// An error of the handler comes back with its words and marks (stage.IsPermanent, stage.IsRefused, ErrMemory). A child
// that crashed, was killed for its memory or hung gives an error that wraps ErrCrashed, ErrMemory or ErrHung, and the
// next job gets another child. A cancelled ctx interrupts the running query; a child that does not stop in the time of
// grace is killed, and the error wraps the context's.
func (p *Pool) Run(ctx context.Context, job *stage.Job, progress func(fraction float64, sentence string)) (result *stage.Result, err error) {
	ctx, span := trace.Start(trace.Run(ctx, job.Run), "process.run", trace.Text("handler", job.Handler))
	defer func() { span.End(err) }()
	if progress == nil {
		progress = func(float64, string) {}
	}
	if err := p.enter(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", job.Handler, err)
	}
	defer p.leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(ErrClosed) })() //nolint:contextcheck // the pool's end ends the job too
	c, err := p.take(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", job.Handler, err)
	}
	begun := time.Now()
	result, err = c.run(ctx, job, progress)
	p.tell(c, job, result, err, begun)
	p.give(c)
	return result, err
}

// enter waits for a free place; leave must follow.
func (p *Pool) enter(ctx context.Context) error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	p.alive.Add(1)
	p.mu.Unlock()
	select {
	case <-p.ctx.Done():
		p.alive.Done()
		return ErrClosed
	case <-ctx.Done():
		p.alive.Done()
		return context.Cause(ctx)
	case p.slots <- struct{}{}:
	}
	if ctx.Err() != nil { // with a free place as well select takes either
		p.leave()
		return context.Cause(ctx)
	}
	return nil
}

func (p *Pool) leave() {
	<-p.slots
	p.alive.Done()
}

// take returns a warm child, or a new one.
func (p *Pool) take(ctx context.Context) (*child, error) {
	p.mu.Lock()
	for len(p.idle) > 0 {
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if c.wake() {
			p.mu.Unlock()
			return c, nil
		}
	}
	p.mu.Unlock()
	return start(ctx, &p.cfg, &p.alive)
}

// give puts a child back, or ends it where it is of no further use.
func (p *Pool) give(c *child) {
	p.mu.Lock()
	if p.closed || c.broken || len(p.idle) >= p.cfg.Idle || !c.light() {
		p.mu.Unlock()
		c.stop()
		return
	}
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
	c.rest = time.AfterFunc(p.cfg.IdleTime, func() { p.expire(c) })
}

// expire ends a child that had nothing to do for long.
func (p *Pool) expire(c *child) {
	p.mu.Lock()
	for i := range p.idle {
		if p.idle[i] == c {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.mu.Unlock()
			c.stop()
			return
		}
	}
	p.mu.Unlock()
}

// Close cancels what runs, ends all children, and waits for them. It may be called more than once.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	p.cancel(ErrClosed)
	for _, c := range idle {
		c.wake()
		c.stop()
	}
	p.alive.Wait()
}
