package trace

import (
	"context"
	"log/slog"
)

// Logs has the lines of a log bear the trace and the run of the context in which they are written.
func Logs(h slog.Handler) slog.Handler { return handler{Handler: h} }

type handler struct {
	slog.Handler
	run bool // the lines have a run already
}

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	id, run := ID(ctx), ""
	if !h.run {
		run, _ = ctx.Value(runKey).(string)
	}
	if id == "" && run == "" {
		return h.Handler.Handle(ctx, r)
	}
	if run != "" {
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "run" {
				run = ""
			}
			return run != ""
		})
	}
	r = r.Clone()
	if id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	if run != "" {
		r.AddAttrs(slog.String("run", run))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	run := h.run
	for _, a := range attrs {
		run = run || a.Key == "run"
	}
	return handler{Handler: h.Handler.WithAttrs(attrs), run: run}
}

// WithGroup implements slog.Handler. What is added stands in the group then, as everything that follows.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{Handler: h.Handler.WithGroup(name), run: h.run}
}
