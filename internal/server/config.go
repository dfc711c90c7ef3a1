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
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/tier"
	"github.com/analytix-flow/analytix/internal/trace"
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

// Config is everything that the operator decides. Load fills it from flags, the environment and a file.
type Config struct {
	Data   string `yaml:"data"`   // folder of the state; ./analytix-data by default
	Log    string `yaml:"log"`    // file that JSON lines are written to, - for standard error; warnings go there in any case
	Listen string `yaml:"listen"` // address; 127.0.0.1:8080 by default
	// Origin is the address as users see it, such as https://flow.example.org; by default that of Listen.
	Origin string `yaml:"origin"`
	Roles  []Role `yaml:"roles"` // all by default
	TLS    TLS    `yaml:"tls"`
	// Insecure lets the server be reached from other machines without TLS: behind a proxy that has it.
	Insecure       bool           `yaml:"insecure"`
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"` // whose X-Forwarded-For is believed
	Postgres       string         `yaml:"postgres"`        // address of the database of the records; empty is the embedded one
	NATS           string         `yaml:"nats"`            // address of the cluster that carries messages; empty is the embedded one
	// Objects is the address of S3-compatible storage that holds the files, such as s3://bucket/prefix?endpoint=https://host;
	// empty is the folder of the state. The credentials come from the environment (AWS_ACCESS_KEY_ID, …) or the machine's role.
	Objects      string        `yaml:"objects"`
	NATSReplicas int           `yaml:"nats_replicas"` // on how many servers of the cluster messages are kept; 3 by default, 1 without a cluster
	Workers      int           `yaml:"workers"`       // tasks that run at the same time at most; one for each processor by default, 2 at least
	WorkersMin   int           `yaml:"workers_min"`   // that may in any case; 2 by default
	Memory       string        `yaml:"memory"`        // what a child process may take, such as 2GiB
	MemoryBudget string        `yaml:"memory_budget"` // what all of them together may take; three quarters of the machine's by default
	Processors   int           `yaml:"processors"`    // that tasks may take together; all by default
	ChildIdle    time.Duration `yaml:"child_idle"`    // how long a child process stays that has nothing to do; 1 min by default
	Keys         Keys          `yaml:"keys"`
	Tiers        string        `yaml:"tiers"` // file that declares what the tiers allow; empty is what is built in
	Limits       Limits        `yaml:"limits"`
	PointTTL     time.Duration `yaml:"point_ttl"` // how long control points stay open; 0 is for ever
	Auth         Auth          `yaml:"auth"`
	Audit        Audit         `yaml:"audit"`
	Webhooks     Webhooks      `yaml:"webhooks"`
	// AllowTargets are ranges, addresses and names on the premises that webhooks may lead to.
	AllowTargets []string `yaml:"allow_targets"`
	Backups      Backups  `yaml:"backups"`
	Mail         Mail     `yaml:"mail"`
	Tracing      Tracing  `yaml:"tracing"`
	// DrainWithin is how long requests may take that are under way when the server ends; 20 s by default.
	DrainWithin time.Duration `yaml:"drain_within"`
	// DrainDelay is how long the server goes on answering when it is to end and says that it is not ready: a load balancer
	// takes that time to notice.
	DrainDelay time.Duration `yaml:"drain_delay"`
}

// Tracing says where the steps of requests and runs are recorded; with no endpoint they are not.
type Tracing struct {
	// Endpoint of a collector that takes OTLP over HTTP; by default what OTEL_EXPORTER_OTLP_ENDPOINT says.
	Endpoint string `yaml:"endpoint"`
	Percent  int    `yaml:"percent"` // of the traces; 100 by default
}

// Keys says what wraps all keys of the instance.
type Keys struct {
	Provider string `yaml:"provider"` // file (the default; ANALYTIX_MASTER_KEY takes the file's place) or vault
	Vault    Vault  `yaml:"vault"`
}

// Vault says where the transit engine of a Vault is; its token is read from VAULT_TOKEN.
type Vault struct {
	Address    string `yaml:"address"` // VAULT_ADDR by default
	Engine     string `yaml:"engine"`
	Key        string `yaml:"key"`
	RoleID     string `yaml:"role_id"`
	SecretFile string `yaml:"secret_file"`
}

// Webhooks say how webhooks are delivered. Zero values mean the defaults of package webhook.
type Webhooks struct {
	FirstPause   time.Duration `yaml:"first_pause"`   // after a first failure, which triples with each; 10 s
	WaitingAfter time.Duration `yaml:"waiting_after"` // how long a control point is open when run.waiting is told; a day
	Keep         time.Duration `yaml:"keep"`          // how long the log of deliveries is kept; 30 days
}

// Limits bound what clients may take of the server. Zero values mean the defaults.
type Limits struct {
	PerCaller   int           `yaml:"per_caller"`   // requests of one account that are worked on at the same time, streams included; 64
	RequestTime time.Duration `yaml:"request_time"` // of a request that is no stream and no transfer; 60 s
	HeaderBytes int           `yaml:"header_bytes"` // of a request's head; 32 KiB
	HeaderTime  time.Duration `yaml:"header_time"`  // for the head to come in; 10 s
	IdleTime    time.Duration `yaml:"idle_time"`    // of a connection between two requests; 2 min
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
	App     app.Options // Home, Keys, Managers and Command at least; what Config says of it is filled in
	Version string
	Log     *slog.Logger
	// Tell is told what the operator has to know, in words: the address, the link of the first start.
	Tell func(format string, args ...any)
}

// Default is the configuration of a server whose operator decides nothing.
func Default() Config {
	return Config{Data: "analytix-data", Listen: "127.0.0.1:8080", Roles: []Role{RoleAll}, Keys: Keys{Provider: "file"}, DrainWithin: 20 * time.Second, ChildIdle: time.Minute,
		Tracing: Tracing{Percent: 100},
		Limits:  Limits{PerCaller: 64, RequestTime: time.Minute, HeaderBytes: 32 << 10, HeaderTime: 10 * time.Second, IdleTime: 2 * time.Minute}}
}

// withDefaults fills in what is not given.
func (c *Config) withDefaults() {
	d := Default()
	c.Data, c.Listen, c.Keys.Provider = orElse(c.Data, d.Data), orElse(c.Listen, d.Listen), orElse(c.Keys.Provider, d.Keys.Provider)
	c.DrainWithin = orElse(c.DrainWithin, d.DrainWithin)
	c.ChildIdle = orElse(c.ChildIdle, d.ChildIdle)
	c.Processors = orElse(c.Processors, runtime.GOMAXPROCS(0))
	c.Workers = orElse(c.Workers, max(2, c.Processors, c.WorkersMin))
	c.WorkersMin = min(orElse(c.WorkersMin, 2), c.Workers)
	if len(c.Roles) == 0 {
		c.Roles = d.Roles
	}
	l := &c.Limits
	l.PerCaller, l.RequestTime = orElse(l.PerCaller, d.Limits.PerCaller), orElse(l.RequestTime, d.Limits.RequestTime)
	l.HeaderBytes, l.HeaderTime = orElse(l.HeaderBytes, d.Limits.HeaderBytes), orElse(l.HeaderTime, d.Limits.HeaderTime)
	l.IdleTime = orElse(l.IdleTime, d.Limits.IdleTime)
}

func orElse[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// Check fills in the defaults and says what cannot be so.
func (c *Config) Check() error {
	c.withDefaults()
	for _, r := range c.Roles {
		if !slices.Contains([]Role{RoleAll, RoleAPI, RoleControl, RoleWorker}, r) {
			return fmt.Errorf("there is no role %q: use all, api, control or worker", r)
		}
	}
	if err := c.TLS.check(); err != nil {
		return err
	}
	if err := c.Backups.check(); err != nil {
		return err
	}
	if err := (&trace.Config{Endpoint: c.Tracing.Endpoint, Percent: c.Tracing.Percent}).Check(); err != nil {
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
	if c.NATSReplicas < 0 || c.NATSReplicas > 5 {
		return fmt.Errorf("messages are kept on 1 to 5 servers of the cluster, not on %d", c.NATSReplicas)
	}
	if c.Limits.PerCaller < 0 || c.Limits.RequestTime < 0 || c.Limits.HeaderBytes < 0 || c.Limits.HeaderTime < 0 || c.Limits.IdleTime < 0 || c.PointTTL < 0 ||
		c.Webhooks.FirstPause < 0 || c.Workers < 0 || c.WorkersMin < 0 || c.Processors < 0 || c.ChildIdle < 0 || c.Webhooks.WaitingAfter < 0 || c.Webhooks.Keep < 0 {
		return errors.New("a limit is negative")
	}
	if c.Keys.Provider != "file" && c.Keys.Provider != "env" && c.Keys.Provider != "vault" {
		return fmt.Errorf("the provider of keys is %q: use file, env or vault", c.Keys.Provider)
	}
	if err := c.Auth.check(); err != nil {
		return err
	}
	if err := c.Mail.check(c.Origin); err != nil {
		return err
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

// useTiers has the operator's own declaration of the tiers take the place of what is built in.
func (c *Config) useTiers() error {
	if c.Tiers == "" {
		return nil
	}
	text, err := os.ReadFile(c.Tiers)
	if err != nil {
		return fmt.Errorf("reading the declaration of the tiers: %w", err)
	}
	if err := tier.Declare(text); err != nil {
		return fmt.Errorf("the file %s: %w", c.Tiers, err)
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
