package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/mail"
)

// has says whether the process has a role.
func (c *Config) has(r Role) bool {
	return slices.Contains(c.Roles, r) || slices.Contains(c.Roles, RoleAll)
}

// roleNames are the roles as they are shown.
func (c *Config) roleNames() []string {
	names := make([]string, len(c.Roles))
	for i, r := range c.Roles {
		names[i] = string(r)
	}
	return names
}

// openApp opens the instance for the roles of the process: one without control leaves events and commands to others, one
// without worker leaves all tasks to them. What a worker has under way when it ends may come to its end where others can
// take up the rest.
func (s *Server) openApp(ctx context.Context) (err error) {
	opt := s.parts.App
	opt.PointTTL, opt.Log, opt.PostgresURL, opt.NATSURL, opt.Workers = s.cfg.PointTTL, s.parts.Log, s.cfg.Postgres, s.cfg.NATS, s.cfg.Workers
	opt.NATSReplicas = s.cfg.NATSReplicas
	opt.LeastWorkers, opt.Processors, opt.Idle = s.cfg.WorkersMin, float64(s.cfg.Processors), s.cfg.ChildIdle
	opt.ObjectsURL = s.cfg.Objects
	opt.WorkOnly, opt.Observer = !s.cfg.has(RoleControl), s.metrics
	if !s.cfg.has(RoleWorker) {
		opt.Workers = -1
	}
	if opt.PostgresURL != "" && opt.NATSURL != "" {
		opt.Drain = s.cfg.DrainWithin
	}
	if opt.Webhooks, err = s.webhooks(); err != nil {
		return err
	}
	opt.Conditions = s.board
	sender, err := s.cfg.Mail.open(s.tells(condition.Mail))
	if err != nil {
		return err
	}
	if sender != nil {
		s.outside[condition.Mail] = func(ctx context.Context, _ string) error { return sender.Check(ctx) }
		opt.Mail = &discussion.MailConfig{Send: sender.Send, Refused: mail.ErrRefused, Origin: strings.TrimRight(s.cfg.Origin, "/")}
	}
	s.app, err = app.Open(ctx, opt)
	return err
}

// listen opens the port. A process without the role api has its own figures and state to tell there, and nothing else.
func (s *Server) listen(ctx context.Context) (err error) {
	if s.net, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.cfg.Listen); err != nil {
		return fmt.Errorf("listening on %s: %w", s.cfg.Listen, err)
	}
	if s.cfg.Origin == "" {
		s.cfg.Origin = s.origin()
	}
	return nil
}

// watch answers whoever watches over the process: probes and Prometheus.
func (s *Server) watch(mux *http.ServeMux) {
	mux.Handle("GET /metrics", s.metrics.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", s.ready)
}

// errDraining is why a process that is to end is not ready.
var errDraining = errors.New("it is ending")

// errSilent is what a probe is told of a process whose parts do not answer; the log says which.
var errSilent = errors.New("the records, the message broker or the object storage do not answer")

// errFull and errNotRecorded are why work waits; it goes on by itself when that is over.
var (
	errFull        = errors.New("degraded: the storage is full; work waits and goes on when there is room")
	errNotRecorded = errors.New("degraded: nothing can be recorded, the database is gone or full; work waits and goes on when it is back")
)

// why says in words that give nothing away why the process is not ready.
func why(err error) error {
	switch {
	case errors.Is(err, dataset.ErrDiskFull):
		return errFull
	case errors.Is(err, app.ErrNotRecorded):
		return errNotRecorded
	}
	return errSilent
}

// readyWithin bounds how long the records may take to answer a probe.
const readyWithin = 2 * time.Second

// ready says whether the process can do its work: it is not ending, its records and its broker answer, and what it must
// record it can.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	err := s.fit(r.Context())
	if err == nil {
		answer(w, http.StatusOK, "ready\n")
		return
	}
	answer(w, http.StatusServiceUnavailable, err.Error()+"\n")
}

// fit says why the process cannot do its work, in words that give nothing away; nil where it can.
func (s *Server) fit(ctx context.Context) error {
	if s.draining.Load() {
		return errDraining
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	err := s.app.Ready(ctx)
	if err == nil && s.access != nil {
		err = s.access.Ready()
	}
	if err != nil {
		s.parts.Log.Warn("not ready", "error", err)
		return why(err)
	}
	return nil
}

// drain has probes told that the process is ending, and gives whoever hands out requests the time to notice.
func (s *Server) drain(ctx context.Context) {
	s.draining.Store(true)
	if s.cfg.DrainDelay <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(s.cfg.DrainDelay):
	}
}
