package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/httpapi"
	"github.com/analytix-flow/analytix/internal/outbound"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// AnchorFile is the file of a home that knows the end of the access log.
const AnchorFile = "access.anchor"

// OpenAccess opens the access log of an instance. keep is for how long entries are kept; 0 is for ever.
func OpenAccess(ctx context.Context, a *app.App, home string, keep time.Duration, log *slog.Logger) (*accesslog.Log, error) {
	return accesslog.Open(ctx, accesslog.Config{Store: a.Records(), Ring: a.Ring(), Anchor: filepath.Join(home, AnchorFile), Keep: keep, Log: log})
}

// openAccess opens the access log, and begins what runs beside it: forwarding, and the dropping of what is old.
func (s *Server) openAccess(ctx context.Context) error {
	cfg := s.cfg.Audit
	var err error
	s.access, err = OpenAccess(ctx, s.app, s.parts.App.Home, time.Duration(cfg.KeepDays)*24*time.Hour, s.parts.Log)
	if err != nil {
		return err
	}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var beside sync.WaitGroup
	s.closing = func() { cancel(); beside.Wait() }
	beside.Go(func() { s.retainAccess(background) })
	if cfg.Syslog == "" {
		return nil
	}
	target, err := accesslog.ParseTarget(cfg.Syslog)
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		s.parts.Log.Debug("the machine has no name", "error", err)
	}
	o := accesslog.SendOptions{Source: accesslog.Source{Version: s.parts.Version, Host: host}}
	o.Told = s.tells(condition.Syslog)
	if cfg.CEF {
		o.Format = accesslog.CEF
	}
	beside.Go(func() { s.access.Send(background, target, o) })
	return nil
}

// retainEvery is how often old entries of the access log are looked for.
const retainEvery = 6 * time.Hour

func (s *Server) retainAccess(ctx context.Context) {
	tick := time.NewTicker(retainEvery)
	defer tick.Stop()
	for {
		n, err := s.access.Retain(ctx)
		if err != nil && ctx.Err() == nil {
			s.parts.Log.Warn("dropping old entries of the access log", "error", err)
		}
		if n > 0 {
			s.parts.Log.Info("old entries of the access log were dropped", "entries", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// webhooks say where webhooks may lead.
func (s *Server) webhooks() (*webhook.Config, error) {
	policy, err := outbound.ParsePolicy(s.cfg.AllowTargets)
	if err != nil {
		return nil, err
	}
	w := s.cfg.Webhooks
	return &webhook.Config{Outbound: outbound.Options{Policy: policy}, Origin: strings.TrimRight(s.cfg.Origin, "/"), Version: s.parts.Version, First: w.FirstPause, WaitingAfter: w.WaitingAfter, Keep: w.Keep}, nil
}

// authEvent is told of what happens to accounts: sign-ins, failures, changes.
func (s *Server) authEvent(ctx context.Context, e auth.Event) {
	s.metrics.Account(string(e.Kind), e.OK)
	if err := RecordEvent(ctx, s.access, e); err != nil && !errors.Is(err, context.Canceled) {
		s.parts.Log.Error("what happened to an account cannot be recorded", "kind", string(e.Kind), "error", err)
	}
	s.parts.Log.LogAttrs(ctx, slog.LevelInfo, "account", slog.String("kind", string(e.Kind)), slog.String("account", e.Account), slog.Bool("ok", e.OK))
}

// RecordEvent writes what happened to an account into the access log.
func RecordEvent(ctx context.Context, log *accesslog.Log, e auth.Event) error {
	a := accesslog.Access{Account: e.Actor, Operation: string(e.Kind), Session: e.Session, Agent: e.Agent, Note: words(e.Detail), Status: http.StatusOK}
	if e.Account != "" {
		a.Object = "account:" + e.Account
	}
	if !e.OK {
		a.Status = http.StatusUnauthorized
	}
	if e.Address.IsValid() {
		a.Address = e.Address.String()
	}
	return log.Happened(context.WithoutCancel(ctx), a)
}

// words are the details of an event in one line, in an order that is always the same.
func words(detail map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(detail)) {
		parts = append(parts, name+"="+detail[name])
	}
	return strings.Join(parts, " ")
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
