package server

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/analytix-flow/analytix/internal/httpapi"
)

// complaints is how many warnings and errors are remembered.
const complaints = 200

// memory remembers the latest warnings and errors that pass by on their way to the log: their words, and which run, request
// and handler they are about. What else they say, such as the text of an error, may quote data and is left to the log.
type memory struct {
	mu     sync.Mutex
	latest []httpapi.Complaint
}

func (m *memory) keep(c httpapi.Complaint) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.latest); n > 0 {
		last := &m.latest[n-1]
		if last.Level == c.Level && last.Message == c.Message && last.Run == c.Run && last.Handler == c.Handler {
			last.At, last.Request, last.Times = c.At, c.Request, last.Times+1
			return
		}
	}
	if len(m.latest) == complaints {
		m.latest = slices.Delete(m.latest, 0, 1)
	}
	m.latest = append(m.latest, c)
}

func (m *memory) list() []httpapi.Complaint {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]httpapi.Complaint{}, m.latest...)
}

// remembering is the handler in front of the log's own.
type remembering struct {
	slog.Handler
	memory *memory
	known  httpapi.Complaint // of the attributes that the logger has
}

func (h remembering) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		c := h.known
		c.At, c.Level, c.Message, c.Times = r.Time.UTC(), r.Level.String(), r.Message, 1
		r.Attrs(func(a slog.Attr) bool { note(&c, a); return true })
		h.memory.keep(c)
	}
	if !h.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h remembering) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn || h.Handler.Enabled(ctx, l)
}

func (h remembering) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		note(&h.known, a)
	}
	h.Handler = h.Handler.WithAttrs(attrs)
	return h
}

func (h remembering) WithGroup(name string) slog.Handler {
	h.Handler = h.Handler.WithGroup(name)
	return h
}

// note takes up an attribute that says where to look.
func note(c *httpapi.Complaint, a slog.Attr) {
	switch a.Key {
	case "run":
		c.Run = a.Value.String()
	case "request":
		c.Request = a.Value.String()
	case "handler":
		c.Handler = a.Value.String()
	}
}
