package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/trace"
)

// lookEvery is how often the parent looks at the child's memory: at the speed of memory some 100 MB may be taken meanwhile.
const lookEvery = 20 * time.Millisecond

// run gives the child a job and waits for what comes of it.
func (c *child) run(ctx context.Context, job *stage.Job, progress func(float64, string)) (*stage.Result, error) {
	c.serial++
	c.peak, c.used = 0, 0
	defer c.account()
	serial := c.serial
	sent, written := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(written)
		sent <- c.out.write(&frame{Kind: kindJob, Serial: serial, Job: job, Trace: trace.Carry(ctx)})
	}()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	cancelled := ctx.Done()
	var grace <-chan time.Time
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				c.broken = true
				return nil, c.crashed(ctx, job.Handler)
			}
			if f.Serial != serial {
				continue
			}
			if f.Kind == kindProgress {
				progress(f.Fraction, f.Sentence)
				continue
			}
			return c.answer(ctx, f, job.Handler)
		case err := <-sent:
			if errors.Is(err, errFrameSize) {
				return nil, stage.Permanent(fmt.Errorf("%s: its input is too large for one message: %w", job.Handler, err))
			}
			if err != nil && !isEnd(err) { // otherwise the child has ended, which frames will tell
				c.kill()
			}
		case <-look.C:
			if over := c.look(); over != nil {
				c.kill()
				c.drain()
				return nil, lost(ErrMemory, job.Handler, over.Error(),
					"try again with more memory, or with less data, or while less else runs")
			}
		case <-cancelled:
			cancelled = nil
			go func() {
				<-written                                                 // a cancel that overtakes its job finds nothing to stop
				_ = c.out.write(&frame{Kind: kindCancel, Serial: serial}) // grace ends it where that fails
			}()
			t := time.NewTimer(c.cfg.Grace)
			defer t.Stop()
			grace = t.C
		case <-grace:
			c.kill()
			c.drain()
			return nil, lost(errors.Join(context.Cause(ctx), ErrHung), job.Handler,
				fmt.Sprintf("it did not stop within %s of being told to and was killed", c.cfg.Grace), "start it again when you want it")
		}
	}
}

// answer makes the caller's result of the child's last frame about a job.
func (c *child) answer(ctx context.Context, f *frame, handler string) (*stage.Result, error) {
	c.used = f.Processor
	_ = c.look() // a short job ends between two looks; what it held is for the records, not for the limit
	trace.Relay(ctx, f.Spans)
	switch {
	case f.Kind == kindResult && f.Result != nil:
		return f.Result, nil
	case f.Kind == kindFailure && f.Failure != nil:
		c.broken = c.broken || f.Failure.Broken || f.Failure.Memory
		err := f.Failure.err()
		if cause := context.Cause(ctx); cause != nil && f.Failure.Cancelled && !errors.Is(err, cause) {
			err = fmt.Errorf("%w (%w)", cause, err)
		}
		return nil, err
	}
	c.broken = true
	return nil, lost(ErrCrashed, handler, "it gave an answer that is none", "try again")
}

// look takes the child's memory and says what is wrong where it holds too much.
func (c *child) look() error {
	used, err := usedMemory(c.cmd.Process.Pid)
	if err != nil {
		return nil //nolint:nilerr // it has just ended, or this system cannot tell
	}
	c.peak = max(c.peak, used)
	if c.cfg.MemoryLimit <= 0 || used <= c.cfg.MemoryLimit {
		return nil
	}
	return fmt.Errorf("it held %d MB of memory, may hold %d MB, and was stopped", used>>20, c.cfg.MemoryLimit>>20)
}

// account adds up what jobs took of a processor. Of a child that died in one it is what the system counted until then.
func (c *child) account() {
	if c.used == 0 && c.cmd.ProcessState != nil {
		c.used = max(0, c.cmd.ProcessState.UserTime()+c.cmd.ProcessState.SystemTime()-c.spent)
	}
	c.spent += c.used
}

// light says whether the child gave its memory back after a job, so that it can wait for another.
func (c *child) light() bool {
	if c.cfg.MemoryLimit <= 0 {
		return true
	}
	used, err := usedMemory(c.cmd.Process.Pid)
	return err == nil && used <= max(c.cfg.MemoryLimit/4, heaviestIdle)
}

// heaviestIdle is what a child with a fresh engine may hold in any case, in bytes.
const heaviestIdle = 192 << 20

// crashed explains the end of a child in the middle of a job.
func (c *child) crashed(ctx context.Context, handler string) error {
	if err := context.Cause(ctx); err != nil {
		return lost(errors.Join(err, ErrCrashed), handler, c.epitaph(), "start it again when you want it")
	}
	if c.said.outOfMemory() || c.cfg.MemoryLimit > 0 && c.peak > c.cfg.MemoryLimit*9/10 {
		return lost(errors.Join(ErrMemory, ErrCrashed), handler, c.epitaph(),
			"try again with more memory, or with less data, or while less else runs")
	}
	return lost(ErrCrashed, handler, c.epitaph(), "try again")
}

// epitaph says how the child ended. It quotes nothing of what the child wrote but phrases that are known.
func (c *child) epitaph() string {
	state := c.cmd.ProcessState
	words := "the process ended in a way that is not known"
	if state != nil {
		words = "the process ended with " + strings.TrimPrefix(state.String(), "signal: ")
		if why := describeSignal(state); why != "" {
			words += " (" + why + ")"
		}
	}
	if said := c.said.last(); said != "" {
		words += "; its last words: " + said
	}
	return words
}

func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isBrokenPipe(err)
}
