package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/trace"
)

// Child is the whole of a child process: it takes jobs from standard input until that ends. Standard output carries the
// protocol, so whatever else writes there goes to standard error from now on. It never returns while a handler hangs:
// when standard input ends the process exits at once.
func Child(ctx context.Context, handlers []stage.Handler) error {
	out, err := harden()
	if err != nil {
		return fmt.Errorf("setting up the child process: %w", err)
	}
	// The parent keeps of it what its own log is for.
	log := slog.New(trace.Logs(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})))
	in := &endsProcess{r: os.Stdin}
	return Serve(ctx, in, out, handlers, log)
}

// endsProcess exits when the parent is gone: a handler that does not listen must not live on without one.
type endsProcess struct{ r io.Reader }

func (e *endsProcess) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if n == 0 && err != nil {
		os.Exit(0)
	}
	return n, err
}

// server is the child's side of the protocol.
type server struct {
	out      *writer
	handlers map[string]stage.Handler
	log      *slog.Logger
	settings settings

	spans *trace.Collector

	mu      sync.Mutex
	cancels map[uint64]context.CancelCauseFunc // stop the jobs that were received and are not answered, by serial
}

// task is a job that was received, with the context that a cancel reaches from then on.
type task struct {
	*frame
	ctx context.Context //nolint:containedctx // it goes with the job from the goroutine that listens to the one that works
}

// Serve takes jobs from in and answers on out until in ends. Each job gets an engine session of its own. It is what Child
// does once the process is set up; the log must not write to out.
func Serve(ctx context.Context, in io.Reader, out io.Writer, handlers []stage.Handler, log *slog.Logger) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &server{out: &writer{w: out}, handlers: map[string]stage.Handler{}, log: log, cancels: map[uint64]context.CancelCauseFunc{}}
	for _, h := range handlers {
		s.handlers[h.Name()] = h
	}
	var err error
	if s.spans, err = trace.Collect(ctx); err != nil {
		return err
	}
	r := bufio.NewReaderSize(in, 1<<16)
	first, err := read(r)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil || first.Kind != kindSettings || first.Settings == nil {
		return errors.New("a child process is started by the program itself and not by hand")
	}
	s.settings = *first.Settings
	if err := limitData(s.settings.DataLimit); err != nil {
		return fmt.Errorf("limiting the child's memory: %w", err)
	}
	jobs := make(chan task)
	done := make(chan error, 1)
	go func() { done <- s.listen(ctx, r, jobs) }()
	err = s.work(ctx, jobs)
	stop()
	if err == nil {
		err = <-done
	}
	return err
}

// listen passes jobs on and carries out cancels, until in ends.
func (s *server) listen(ctx context.Context, in io.Reader, jobs chan<- task) error {
	defer close(jobs)
	defer s.interruptAll()
	for {
		f, err := read(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch f.Kind {
		case kindCancel:
			s.interrupt(f.Serial)
		case kindJob:
			// A cancel may follow at once: it has to find the job, whether or not the handler has begun.
			select {
			case jobs <- task{f, s.begin(ctx, f.Serial)}:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// interrupt stops the job of the serial, where it is not answered yet.
func (s *server) interrupt(serial uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[serial]; cancel != nil {
		cancel(context.Canceled)
	}
}

func (s *server) interruptAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cancel := range s.cancels {
		cancel(context.Canceled)
	}
}

// begin makes the context of a job, so that a cancel can reach it; end must follow.
func (s *server) begin(ctx context.Context, serial uint64) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancels[serial] = cancel
	return ctx
}

func (s *server) end(serial uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[serial]; cancel != nil {
		cancel(nil)
		delete(s.cancels, serial)
	}
}

func (s *server) work(ctx context.Context, jobs <-chan task) error {
	session, err := s.open(ctx)
	if err != nil {
		return errors.Join(err, s.out.write(&frame{Kind: kindFailure, Failure: newFailure(err)}))
	}
	defer func() { s.close(session) }()
	if err := s.out.write(&frame{Kind: kindReady}); err != nil {
		return err
	}
	for f := range jobs {
		answer := s.do(f, session) //nolint:contextcheck // a job has a context of its own, which a cancel reaches
		answer.Spans = s.spans.Take()
		s.close(session)
		session = nil
		debug.FreeOSMemory()
		if err := s.out.write(answer); err != nil {
			// A result that cannot be sent is the handler's failure; a parent that is gone ends us by the end of in.
			broken := newFailure(stage.Permanent(fmt.Errorf("sending the result of %s: %w", f.Job.Handler, err)))
			if err := s.out.write(&frame{Kind: kindFailure, Serial: f.Serial, Failure: broken}); err != nil {
				return err
			}
		}
		if session, err = s.open(ctx); err != nil { // the next job has it at once
			return err
		}
	}
	return nil
}

func (s *server) open(ctx context.Context) (*engine.Session, error) {
	session, err := engine.Open(ctx, engine.Config{
		MemoryLimit: s.settings.MemoryLimit, Threads: s.settings.Threads, SpillDir: s.settings.SpillDir,
		ExtensionDir: s.settings.ExtensionDir, Folders: s.settings.Folders,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the engine for the next job: %w", err)
	}
	return session, nil
}

func (s *server) close(session *engine.Session) {
	if session == nil {
		return
	}
	if err := session.Close(); err != nil {
		s.log.Warn("closing the engine", "error", err.Error())
	}
}

// do runs one job and makes the answer of what comes of it.
func (s *server) do(f task, session *engine.Session) *frame {
	defer s.end(f.Serial)
	start, used := time.Now(), processorTime()
	failed := func(err error) *frame {
		return &frame{Kind: kindFailure, Serial: f.Serial, Failure: newFailure(err), Processor: processorTime() - used}
	}
	if f.Job == nil {
		return failed(stage.Permanent(errors.New("a job without content")))
	}
	h, ok := s.handlers[f.Job.Handler]
	if !ok {
		return failed(stage.Permanent(fmt.Errorf("this program has no handler %q", f.Job.Handler)))
	}
	env := &stage.Env{
		Engine:   session,
		Log:      s.log.With("run", f.Job.Run, "handler", f.Job.Handler),
		Progress: s.progress(f.Serial),
	}
	ctx, span := s.trace(f)
	result, err := s.guarded(ctx, h, f.Job, env)
	trace.Queries(ctx, span)
	span.End(err)
	env.Log.DebugContext(ctx, "a handler has ended", "seconds", time.Since(start).Seconds(), "processor_seconds", (processorTime() - used).Seconds(), "failed", err != nil)
	if err == nil && result == nil {
		err = stage.Permanent(fmt.Errorf("handler %s returned neither a result nor an error", f.Job.Handler))
	}
	if err != nil {
		if cause := context.Cause(f.ctx); cause != nil && !stage.IsPermanent(err) {
			err = fmt.Errorf("%w (%w)", cause, err) // an interrupted query may fail with words of its own
		}
		return failed(err)
	}
	return &frame{Kind: kindResult, Serial: f.Serial, Result: result, Processor: processorTime() - used}
}

// trace has the steps of a job recorded, where those are that led to it.
func (s *server) trace(f task) (context.Context, trace.Span) {
	if f.Trace == "" {
		return trace.Run(f.ctx, f.Job.Run), trace.Span{}
	}
	return trace.Start(trace.Continue(s.spans.With(f.ctx), f.Trace, f.Job.Run), "handler", trace.Text("handler", f.Job.Handler))
}

// guarded turns a panic of the handler into an error. Panics of goroutines that the handler started crash the process.
func (s *server) guarded(ctx context.Context, h stage.Handler, job *stage.Job, env *stage.Env) (r *stage.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value may hold a user's data: what is logged is the place only.
			env.Log.Error("a handler panicked", "kind", fmt.Sprintf("%T", p), "place", panicPlace())
			r, err = nil, fmt.Errorf("%s: %w; nothing that was stored before is lost; try again, and report it if it happens again",
				job.Handler, errPanic)
		}
	}()
	return h.Run(ctx, job, env)
}

// progress sends what the handler tells, not more often than wanted; the beginning and the end always.
func (s *server) progress(serial uint64) func(float64, string) {
	var mu sync.Mutex
	var last time.Time
	return func(fraction float64, sentence string) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if fraction < 1 && now.Sub(last) < s.settings.Every {
			return
		}
		last = now
		if math.IsNaN(fraction) {
			fraction = 0
		}
		if err := s.out.write(&frame{Kind: kindProgress, Serial: serial, Fraction: min(max(fraction, 0), 1), Sentence: sentence}); err != nil {
			s.log.Warn("telling the progress", "error", err.Error())
		}
	}
}
