package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync/atomic"
	"time"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/telemetry"
)

// own is what the process tells of itself among its figures.
func (s *Server) own() telemetry.Own {
	o := telemetry.Own{Conditions: s.board.Now, Version: s.parts.Version, Roles: s.cfg.roleNames(), Ready: time.Now(), Expiry: s.expiry}
	if s.access == nil {
		return o
	}
	o.Intact = s.intact
	o.Audit = func(ctx context.Context) (entries, unsent int64, forwarded bool, err error) {
		var target accesslog.Target
		if s.cfg.Audit.Syslog != "" {
			if target, err = accesslog.ParseTarget(s.cfg.Audit.Syslog); err != nil {
				return 0, 0, false, err
			}
		}
		entries, unsent, err = s.access.Lag(ctx, target)
		return entries, unsent, s.cfg.Audit.Syslog != "", err
	}
	return o
}

// checks keep what is looked at now and then, so that a scrape need not.
type checks struct {
	tampered atomic.Pointer[bool]      // nil before the first check
	expires  atomic.Pointer[time.Time] // nil without a certificate
}

func (s *Server) intact() (intact, checked bool) {
	t := s.checks.tampered.Load()
	return t != nil && !*t, t != nil
}

func (s *Server) expiry() (time.Time, bool) {
	t := s.checks.expires.Load()
	if t == nil {
		return time.Time{}, false
	}
	return *t, true
}

// How often the access log is verified as a whole, and the certificate looked at.
const (
	verifyEvery  = 6 * time.Hour
	certifyEvery = 10 * time.Minute
)

// check looks at the access log and the certificate until ctx ends.
func (s *Server) check(ctx context.Context) {
	log, cert := time.NewTicker(verifyEvery), time.NewTicker(certifyEvery)
	defer log.Stop()
	defer cert.Stop()
	s.checkCertificate()
	s.checkLog(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-log.C:
			s.checkLog(ctx)
		case <-cert.C:
			s.checkCertificate()
		}
	}
}

func (s *Server) checkLog(ctx context.Context) {
	_, err := s.access.Verify(ctx)
	tampered := errors.Is(err, accesslog.ErrTampered)
	if err != nil && !tampered {
		if ctx.Err() == nil {
			s.parts.Log.Warn("checking the access log", "error", err)
		}
		return
	}
	if tampered {
		s.parts.Log.Error("the access log is not what was written", "error", err)
	}
	s.checks.tampered.Store(&tampered)
}

func (s *Server) checkCertificate() {
	end, err := certificateEnd(s.secured)
	if err != nil {
		s.parts.Log.Warn("looking at the certificate", "error", err)
		return
	}
	if !end.IsZero() {
		s.checks.expires.Store(&end)
	}
}

// certificateEnd says when the certificate that clients get ends; the zero time where there is none.
func certificateEnd(c *tls.Config) (time.Time, error) {
	if c == nil {
		return time.Time{}, nil
	}
	var certificate *tls.Certificate
	switch {
	case len(c.Certificates) > 0:
		certificate = &c.Certificates[0]
	case c.GetCertificate != nil:
		var err error
		// The name is of no matter: a certificate by ACME, which would be asked for by name, is looked at by its clients.
		if certificate, err = c.GetCertificate(&tls.ClientHelloInfo{}); err != nil {
			return time.Time{}, err
		}
	}
	if certificate == nil || len(certificate.Certificate) == 0 {
		return time.Time{}, nil
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		return time.Time{}, err
	}
	return leaf.NotAfter, nil
}
