// Package server is `analytix serve`: it opens the instance and the services around it, serves the API and the page, and
// closes everything in the order in which nothing is lost.
package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
)

// Role is what a process does.
type Role string

// The roles. All is every role in one process.
const (
	RoleAll     Role = "all"
	RoleAPI     Role = "api"
	RoleControl Role = "control"
	RoleWorker  Role = "worker"
)

// Config is everything that the operator decides. It is filled from flags, the environment and a file.
type Config struct {
	Listen string `yaml:"listen"` // address; 127.0.0.1:8080 by default
	// Origin is the address as users see it, such as https://flow.example.org; by default that of Listen.
	Origin string `yaml:"origin"`
	Roles  []Role `yaml:"roles"` // all by default
	TLS    TLS    `yaml:"tls"`
	// Insecure lets the server be reached from other machines without TLS: behind a proxy that has it.
	Insecure       bool           `yaml:"insecure"`
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"` // whose X-Forwarded-For is believed
	PerCaller      int            `yaml:"per_caller"`      // requests of one account that are worked on at the same time; 64 by default
	PointTTL       time.Duration  `yaml:"point_ttl"`       // how long control points stay open; 0 is for ever
	Auth           auth.Config    `yaml:"auth"`
	Audit          Audit          `yaml:"audit"`
	// AllowTargets are ranges, addresses and names on the premises that webhooks may lead to.
	AllowTargets []string `yaml:"allow_targets"`
	// DrainWithin is how long requests may take that are under way when the server ends; 20 s by default.
	DrainWithin time.Duration `yaml:"drain_within"`
}

// TLS says where the certificate comes from; the zero value is no TLS. At most one of CertFile, Domains and SelfMade is set.
type TLS struct {
	CertFile  string   `yaml:"cert_file"` // PEM, the chain; read again when it changes
	KeyFile   string   `yaml:"key_file"`
	Domains   []string `yaml:"domains"` // by ACME, from Let's Encrypt or another authority
	Email     string   `yaml:"email"`
	Directory string   `yaml:"directory"` // of another authority
	SelfMade  bool     `yaml:"self_made"` // for local use: nobody vouches for it but its fingerprint
}

func (t *TLS) on() bool { return t.CertFile != "" || len(t.Domains) > 0 || t.SelfMade }

func (t *TLS) check() error {
	ways := 0
	for _, way := range []bool{t.CertFile != "", len(t.Domains) > 0, t.SelfMade} {
		if way {
			ways++
		}
	}
	if ways > 1 {
		return errors.New("the certificate comes from files, from an authority, or is self-made: choose one")
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return errors.New("a certificate from files needs both, the certificate and its key")
	}
	return nil
}

// Audit is what the operator decides about the access log.
type Audit struct {
	KeepDays int    `yaml:"keep_days"` // entries that are older are dropped, with a summary; 0 is never, otherwise 30 at least
	Syslog   string `yaml:"syslog"`    // where entries are sent as well, such as tls://logs.example.org:6514
	CEF      bool   `yaml:"cef"`       // what is sent has the Common Event Format as its text
}

// Parts are what the command line brings along.
type Parts struct {
	App     app.Options // Home, Keys, Managers and Command at least
	Version string
	Log     *slog.Logger
	// Tell is told what the operator has to know, in words: the address, the link of the first start.
	Tell func(format string, args ...any)
}

// check fills in the defaults and says what cannot be so.
func (c *Config) check() error {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8080"
	}
	if c.DrainWithin == 0 {
		c.DrainWithin = 20 * time.Second
	}
	if len(c.Roles) == 0 {
		c.Roles = []Role{RoleAll}
	}
	for _, r := range c.Roles {
		if !slices.Contains([]Role{RoleAll, RoleAPI, RoleControl, RoleWorker}, r) {
			return fmt.Errorf("there is no role %q: use all, api, control or worker", r)
		}
	}
	if err := c.TLS.check(); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("the address to listen on, %q: %w", c.Listen, err)
	}
	if !c.Insecure && !loopback(host) && !c.TLS.on() {
		return fmt.Errorf("%s can be reached from other machines, and there is no TLS: give a certificate (--tls-cert and --tls-key, "+
			"--tls-domain, --tls-self-made), or listen on 127.0.0.1, or put a proxy with TLS in front and say so with --insecure and an --origin that begins with https", c.Listen)
	}
	if c.Origin == "" {
		return nil
	}
	u, err := url.Parse(c.Origin)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
		return errors.New("the origin is an address such as https://flow.example.org, without a path")
	}
	return nil
}

// secure says whether users come over TLS.
func (c *Config) secure() bool { return c.TLS.on() || strings.HasPrefix(c.Origin, "https://") }

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
