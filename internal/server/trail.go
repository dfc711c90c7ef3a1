package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/httpapi"
)

// trail tells the log and the figures of every access.
type trail struct{ s *Server }

func (s *Server) trail() httpapi.Trail { return trail{s} }

// Begin implements httpapi.Trail.
func (t trail) Begin(_ context.Context, x httpapi.Access) (func(context.Context, httpapi.Outcome), error) {
	return func(ctx context.Context, o httpapi.Outcome) {
		account := ""
		if x.Caller != nil {
			account = x.Caller.Account
		}
		t.s.metrics.Answered(x.Operation, strconv.Itoa(o.Status), o.Took)
		t.s.parts.Log.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("request", x.Request), slog.String("operation", x.Operation),
			slog.String("account", account), slog.String("object", x.Object), slog.Int("status", o.Status), slog.Duration("took", o.Took))
	}, nil
}

// authEvent is told of what happens to accounts.
func (s *Server) authEvent(ctx context.Context, e auth.Event) {
	s.parts.Log.LogAttrs(ctx, slog.LevelInfo, "account", slog.String("kind", string(e.Kind)), slog.String("account", e.Account), slog.Bool("ok", e.OK))
}

// jwks serves the public keys of access tokens.
func (s *Server) jwks(w http.ResponseWriter, _ *http.Request) {
	text, err := json.Marshal(s.auth.JWKS())
	if err != nil {
		answer(w, http.StatusInternalServerError, "the keys cannot be shown\n")
		return
	}
	httpapi.SecurityHeaders(w.Header(), s.cfg.secure())
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(text) // a client that is gone needs no answer
}
