package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/certificate"
	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/httpapi"
	"github.com/analytix-flow/analytix/internal/telemetry"
	"github.com/analytix-flow/analytix/internal/trace"
	"github.com/analytix-flow/analytix/web"
)

// Server is a running server.
type Server struct {
	cfg     Config
	parts   Parts
	app     *app.App
	auth    *auth.Service
	access  *accesslog.Log
	metrics *telemetry.Metrics
	tracer  *trace.Tracer // nil where nothing is recorded
	api     *httpapi.API
	http    *http.Server
	net     net.Listener
	local   *http.Server // for the operator's commands
	backups backups
	checks  checks
	board   *condition.Board // of what is out of order
	told    told             // what others were told of it
	// outside asks systems that are out whether they are back, by part.
	outside map[condition.Part]func(ctx context.Context, which string) error
	memory  *memory // of what was complained of
	began   time.Time
	secured *tls.Config // nil without TLS
	// draining says that the process is ending.
	draining atomic.Bool
	closing  context.CancelFunc // ends what runs beside the requests
	served   chan error
}

// Open starts a server; it answers when Open returns. Close must be called.
func Open(ctx context.Context, cfg Config, p Parts) (*Server, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, parts: p, served: make(chan error, 1), closing: func() {}, memory: &memory{}, began: time.Now()}
	s.parts.Log = slog.New(trace.Logs(remembering{Handler: p.Log.Handler(), memory: s.memory}))
	s.backups = backups{s: s, ask: make(chan struct{}, 1)}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close(context.WithoutCancel(ctx)))
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) (err error) {
	if err := s.cfg.useTiers(); err != nil {
		return err
	}
	s.metrics = telemetry.New(s.parts.Log)
	s.openConditions()
	if ctx, err = s.openTracer(ctx); err != nil {
		return err
	}
	if err := s.openApp(ctx); err != nil {
		return err
	}
	if err := s.listen(ctx); err != nil {
		return err
	}
	if s.secured, err = s.tls(ctx); err != nil {
		return err
	}
	mux := http.NewServeMux()
	s.watch(mux)
	if s.cfg.has(RoleAPI) {
		if err := s.openAPI(ctx, mux); err != nil {
			return err
		}
	}
	s.beside(ctx, s.backups.run)
	s.beside(ctx, s.lookAround)
	if !s.app.SharesHome() {
		if err := s.openLocal(ctx); err != nil {
			return err
		}
	}
	s.metrics.Watch(s.app, s.own())
	s.serve(mux) //nolint:contextcheck // requests outlive the start
	if s.cfg.has(RoleAPI) {
		s.parts.Tell("Analytix Flow answers at %s (listening on %s)", s.cfg.Origin, s.net.Addr())
	} else {
		s.parts.Tell("Analytix Flow works as %s; its probes and figures are here (listening on %s)", strings.Join(s.cfg.roleNames(), ", "), s.net.Addr())
	}
	return nil
}

// openTracer begins to record traces, where the operator says where they go; what descends from the context is then traced.
func (s *Server) openTracer(ctx context.Context) (context.Context, error) {
	cfg := trace.Config{Endpoint: s.cfg.Tracing.Endpoint, Percent: s.cfg.Tracing.Percent, Told: s.tells(condition.Traces)}
	if cfg.Endpoint == "" {
		return ctx, nil
	}
	var err error
	s.tracer, err = trace.Open(ctx, cfg, trace.About{Version: s.parts.Version, Roles: s.cfg.roleNames()}, s.parts.Log)
	return trace.With(ctx, s.tracer), err
}

// openAPI opens what the API needs, and adds it and the web application to the routes.
func (s *Server) openAPI(ctx context.Context, mux *http.ServeMux) error {
	if err := s.openAccess(ctx); err != nil {
		return err
	}
	if err := s.openAuth(ctx); err != nil {
		return err
	}
	s.beside(ctx, s.check)
	s.api = httpapi.New(httpapi.Config{App: s.app, Auth: s.auth, Access: s.access, Backups: &s.backups, Self: s.self, Board: s.board, Elsewhere: s.elsewhere(), Doubt: s.doubt, Answered: s.metrics.Answered, Secure: s.cfg.secure(), Version: s.parts.Version,
		Log: s.parts.Log, Limits: httpapi.Limits{PerCaller: s.cfg.Limits.PerCaller, Timeout: s.cfg.Limits.RequestTime, TrustedProxies: s.cfg.TrustedProxies}})
	mux.Handle(httpapi.Prefix+"/", s.api)
	mux.HandleFunc("GET /.well-known/jwks.json", s.jwks)
	files, ok := web.Files()
	if !ok {
		files = nil
	}
	mux.Handle("/", newPage(files, s.cfg.secure()))
	return nil
}

// serve begins to answer.
func (s *Server) serve(mux *http.ServeMux) {
	base := trace.With(context.Background(), s.tracer)
	s.http = &http.Server{Handler: mux, BaseContext: func(net.Listener) context.Context { return base }, ReadHeaderTimeout: s.cfg.Limits.HeaderTime, IdleTimeout: s.cfg.Limits.IdleTime,
		MaxHeaderBytes: s.cfg.Limits.HeaderBytes, TLSConfig: s.secured, ErrorLog: slog.NewLogLogger(s.parts.Log.Handler(), slog.LevelDebug)}
	if s.api != nil {
		s.http.RegisterOnShutdown(s.api.EndStreams)
	}
	go func() {
		if s.secured != nil {
			s.served <- s.http.ServeTLS(s.net, "", "")
			return
		}
		s.served <- s.http.Serve(s.net)
	}()
}

// origin is the address of a server whose operator names none.
func (s *Server) origin() string {
	at := s.net.Addr().String()
	if len(s.cfg.TLS.Domains) > 0 {
		return "https://" + s.cfg.TLS.Domains[0]
	}
	if s.cfg.TLS.on() {
		return "https://" + at
	}
	return "http://" + at
}

// tls is how the server identifies itself; nil where it does not.
func (s *Server) tls(ctx context.Context) (*tls.Config, error) {
	t, dir := s.cfg.TLS, filepath.Join(s.parts.App.Home, "tls")
	switch {
	case t.CertFile != "":
		return certificate.Files(t.CertFile, t.KeyFile, func(err error) { s.parts.Log.Warn("the certificate was not renewed", "error", err) })
	case len(t.Domains) > 0:
		authority := certificate.ACME{Domains: t.Domains, Email: t.Email, Directory: t.Directory, Dir: dir, Told: s.tells(condition.Authority)}
		s.outside[condition.Authority] = func(ctx context.Context, _ string) error { return authority.Check(ctx) }
		return authority.Get(ctx, s.app.Ring())
	case t.SelfMade:
		host, _, err := net.SplitHostPort(s.net.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("reading the server's own address: %w", err)
		}
		c, fingerprint, err := certificate.Self(ctx, s.app.Ring(), dir, []string{"localhost", host}, time.Now())
		if err == nil {
			s.parts.Tell("The certificate is self-made: compare its SHA-256 fingerprint with what your browser shows\n  %s", fingerprint)
		}
		return c, err
	default:
		return nil, nil //nolint:nilnil // without TLS there is no configuration of it
	}
}

func (s *Server) openAuth(ctx context.Context) (err error) {
	cfg, err := s.cfg.Auth.service(s.cfg.Origin)
	if err != nil {
		return err
	}
	s.auth, err = auth.New(ctx, cfg, auth.Parts{Records: s.app.Records(), Keys: s.app.Ring(), Workspaces: s.app.Roles(), OnEvent: s.authEvent, Told: s.tellsOf(condition.SignIn), Log: s.parts.Log})
	if err != nil {
		return err
	}
	s.beside(ctx, s.auth.Run)
	link, err := s.auth.FirstStart(ctx)
	if err != nil || link == nil {
		return err
	}
	s.parts.Tell("There is no account yet. Whoever opens this link within a day becomes the administrator:\n  %s/start#%s", s.cfg.Origin, link.Token.Reveal())
	return nil
}

// beside has f run beside the requests until the server closes, which waits for it.
func (s *Server) beside(ctx context.Context, f func(context.Context)) {
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	before, done := s.closing, make(chan struct{})
	s.closing = func() { cancel(); <-done; before() }
	go func() {
		defer close(done)
		f(background)
	}()
}

func answer(w http.ResponseWriter, status int, text string) {
	httpapi.SecurityHeaders(w.Header(), false)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a client that is gone needs no answer
}

// Origin is the address as users see it.
func (s *Server) Origin() string { return s.cfg.Origin }

// Wait returns when ctx ends, or with an error when the server cannot go on.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.served:
		return fmt.Errorf("serving: %w", err)
	}
}

// Close lets requests under way end, then stops everything; what is under way in the background is taken up by the next
// Open.
func (s *Server) Close(ctx context.Context) error {
	var errs []error
	if s.http != nil {
		s.drain(ctx)
		drain, cancel := context.WithTimeout(ctx, s.cfg.DrainWithin)
		defer cancel()
		if err := s.http.Shutdown(drain); err != nil {
			errs = append(errs, s.http.Close())
		}
	} else if s.net != nil {
		errs = append(errs, s.net.Close())
	}
	s.closing()
	if s.local != nil { // a backup that is being made ends with an error
		errs = append(errs, s.local.Close())
	}
	if s.access != nil { // after the last request, before the records go
		errs = append(errs, s.access.Close(ctx))
	}
	if s.app != nil {
		errs = append(errs, s.app.Close(ctx))
	}
	errs = append(errs, s.tracer.Close(ctx))
	return errors.Join(errs...)
}
