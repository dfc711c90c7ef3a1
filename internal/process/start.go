package process

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// The shares of a child's memory that the engine and Go's own memory get, in percent; the rest is for what neither of
// the two counts.
const (
	enginePercent = 65
	goPercent     = 20
)

// child is a child process, as its parent sees it. One goroutine at a time uses it.
type child struct {
	cfg    *Config
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *writer
	frames chan *frame   // closed when the child has ended
	ending chan struct{} // closed by kill and stop: frames are no longer wanted
	end    sync.Once
	said   *stderr
	serial uint64
	broken bool // not to be used again
	peak   int64
	used   time.Duration // of a processor, by the last job
	spent  time.Duration // of a processor, by all jobs
	rest   *time.Timer   // set while idle
}

// environment is all that the child gets to see.
func environment(cfg *Config) []string {
	env := []string{"LANG=C.UTF-8", "TZ=UTC", "GOTRACEBACK=single", "MALLOC_ARENA_MAX=2"}
	if cfg.MemoryLimit > 0 {
		env = append(env, "GOMEMLIMIT="+strconv.FormatInt(cfg.MemoryLimit*goPercent/100, 10))
	}
	return append(env, cfg.Env...)
}

// start starts a child and waits until it is ready. alive counts it as long as it lives.
func start(ctx context.Context, cfg *Config, alive *sync.WaitGroup) (*child, error) {
	c := &child{cfg: cfg, frames: make(chan *frame), ending: make(chan struct{}), said: &stderr{log: cfg.Log}}
	c.cmd = exec.Command(cfg.Command[0], cfg.Command[1:]...) //nolint:noctx // our own binary; stopped by kill and stop
	c.cmd.Env = environment(cfg)
	c.cmd.Stderr = c.said
	c.cmd.WaitDelay = time.Second
	setAttributes(c.cmd)
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	// The kernel ties the child to the thread that starts it; a goroutine of our own is locked to none that could end.
	started := make(chan error, 1)
	go func() { started <- c.cmd.Start() }()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("%w: %w: check that the program is still where it was", ErrStart, err)
	}
	c.stdin, c.out = stdin, &writer{w: stdin}
	alive.Add(1)
	go func() {
		defer alive.Done()
		c.receive(stdout)
	}()
	if err := c.greet(ctx); err != nil {
		c.kill()
		c.drain()
		return nil, err
	}
	return c, nil
}

// receive passes frames on until the child ends, and then waits for it.
func (c *child) receive(stdout io.Reader) {
	defer close(c.frames)
	for {
		f, err := read(stdout)
		if err != nil {
			if f == nil && !isEnd(err) {
				c.said.note(err.Error())
				_ = c.cmd.Process.Kill() // it does not speak the protocol any more
			}
			break
		}
		select {
		case c.frames <- f:
		case <-c.ending:
		}
	}
	_ = c.cmd.Wait() // how it ended is read from ProcessState
}

// greet sends the settings and waits for the answer.
func (c *child) greet(ctx context.Context) error {
	s := &settings{
		MemoryLimit: c.cfg.MemoryLimit * enginePercent / 100, Threads: c.cfg.Threads, SpillDir: c.cfg.SpillDir,
		ExtensionDir: c.cfg.ExtensionDir, Folders: c.cfg.Folders, DataLimit: dataLimit(c.cfg.MemoryLimit),
		Every: 100 * time.Millisecond,
	}
	if err := c.out.write(&frame{Kind: kindSettings, Settings: s}); err != nil {
		c.kill()
		c.drain()
		return fmt.Errorf("%w: %s", ErrStart, c.epitaph())
	}
	late := time.NewTimer(c.cfg.StartTime)
	defer late.Stop()
	select {
	case f, ok := <-c.frames:
		switch {
		case !ok:
			return fmt.Errorf("%w: %s", ErrStart, c.epitaph())
		case f.Kind == kindFailure && f.Failure != nil:
			return fmt.Errorf("%w: %w", ErrStart, f.Failure.err())
		case f.Kind != kindReady:
			return fmt.Errorf("%w: it answers with something else: is another program in its place?", ErrStart)
		}
		return nil
	case <-late.C:
		return fmt.Errorf("%w: it was not ready after %s: is the machine overloaded?", ErrStart, c.cfg.StartTime)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// wake takes a child out of its rest and says whether it still lives.
func (c *child) wake() bool {
	if c.rest != nil {
		c.rest.Stop()
	}
	select {
	case _, ok := <-c.frames: // a late word about the job before is of no interest
		return ok
	default:
		return true
	}
}

// kill ends the child at once.
func (c *child) kill() {
	c.broken = true
	c.end.Do(func() { close(c.ending) })
	_ = c.cmd.Process.Kill() // it may have ended by itself
}

// stop ends the child and waits for it. An idle child goes by itself when its standard input ends.
func (c *child) stop() {
	c.end.Do(func() { close(c.ending) })
	_ = c.stdin.Close() // it may have ended by itself
	late := time.AfterFunc(2*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	c.drain()
}

// drain waits until the child has ended.
func (c *child) drain() {
	for range c.frames { // what comes is of no interest any more
	}
}
