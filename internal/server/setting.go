package server

import (
	"encoding"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// setting is one that is a single value or a list of texts: it can stand in the environment, and mostly in a flag. What is
// more than that, such as providers, stands in the file alone.
type setting struct {
	path  string // in the file, such as tls.cert_file
	flag  string // empty where there is none
	env   string // ANALYTIX_ and the path in capitals where empty
	usage string
	at    func(*Config) any // a pointer to it
}

// settings lists them in the order in which help shows them.
var settings = []setting{
	{"data", "data", "", "folder of the state", func(c *Config) any { return &c.Data }},
	{"log", "log", "", "write a log to this file, JSON lines; - for standard error", func(c *Config) any { return &c.Log }},
	{"listen", "listen", "", "address to listen on", func(c *Config) any { return &c.Listen }},
	{"origin", "origin", "", "the address as users see it, such as https://flow.example.org (default: that of --listen)", func(c *Config) any { return &c.Origin }},
	{"roles", "role", "", "all|api|control|worker, repeatable; what this process does", func(c *Config) any { return &c.Roles }},
	{"tls.cert_file", "tls-cert", "", "certificate chain, PEM; read again when it changes", func(c *Config) any { return &c.TLS.CertFile }},
	{"tls.key_file", "tls-key", "", "its private key, PEM", func(c *Config) any { return &c.TLS.KeyFile }},
	{"tls.domains", "tls-domain", "", "get a certificate for this domain by ACME (repeatable; port 443 must lead here)", func(c *Config) any { return &c.TLS.Domains }},
	{"tls.email", "tls-email", "", "whom the authority may write to", func(c *Config) any { return &c.TLS.Email }},
	{"tls.directory", "tls-authority", "", "ACME directory of another authority than Let's Encrypt", func(c *Config) any { return &c.TLS.Directory }},
	{"tls.self_made", "tls-self-made", "", "make a certificate for local use, whose fingerprint is shown", func(c *Config) any { return &c.TLS.SelfMade }},
	{"insecure", "insecure", "", "let other machines reach the server without TLS, which a proxy in front has", func(c *Config) any { return &c.Insecure }},
	{"trusted_proxies", "trusted-proxy", "", "range of addresses whose X-Forwarded-For is believed (repeatable)", func(c *Config) any { return &c.TrustedProxies }},
	{"postgres", "postgres", "ANALYTIX_POSTGRES_URL", "keep the records on PostgreSQL at this address", func(c *Config) any { return &c.Postgres }},
	{"nats", "nats", "ANALYTIX_NATS_URL", "send messages through the NATS cluster at this address", func(c *Config) any { return &c.NATS }},
	{"nats_replicas", "nats-replicas", "", "on how many servers of the cluster messages are kept (default: 3, and 1 with a server that is in no cluster)", func(c *Config) any { return &c.NATSReplicas }},
	{"objects", "objects", "ANALYTIX_OBJECTS_URL", "keep the files in S3-compatible storage, such as s3://bucket/prefix?endpoint=https://host (needs --postgres and --nats)", func(c *Config) any { return &c.Objects }},
	{"workers", "workers", "", "how many tasks run at the same time at most (default: one for each processor, 2 at least)", func(c *Config) any { return &c.Workers }},
	{"workers_min", "workers-min", "", "how many may run in any case; between the two the number follows the work and the free memory (default 2)", func(c *Config) any { return &c.WorkersMin }},
	{"memory", "memory", "", "what a child process may take, such as 2GiB (default: half of the machine's memory, 8 GiB at most)", func(c *Config) any { return &c.Memory }},
	{"memory_budget", "memory-budget", "", "what all child processes together may take; a task that does not fit waits (default: three quarters of the machine's memory)", func(c *Config) any { return &c.MemoryBudget }},
	{"processors", "processors", "", "how many processors tasks may take together (default: all)", func(c *Config) any { return &c.Processors }},
	{"child_idle", "child-idle", "", "how long a child process stays that has nothing to do", func(c *Config) any { return &c.ChildIdle }},
	{"keys.provider", "key-provider", "ANALYTIX_KEY_PROVIDER", "what wraps all keys: file or vault", func(c *Config) any { return &c.Keys.Provider }},
	{"keys.vault.address", "", "ANALYTIX_VAULT_ADDRESS", "address of the Vault", func(c *Config) any { return &c.Keys.Vault.Address }},
	{"keys.vault.engine", "", "ANALYTIX_VAULT_ENGINE", "path of its transit engine", func(c *Config) any { return &c.Keys.Vault.Engine }},
	{"keys.vault.key", "", "ANALYTIX_VAULT_KEY", "name of the key in the engine", func(c *Config) any { return &c.Keys.Vault.Key }},
	{"keys.vault.role_id", "", "ANALYTIX_VAULT_ROLE_ID", "role to sign in with by AppRole", func(c *Config) any { return &c.Keys.Vault.RoleID }},
	{"keys.vault.secret_file", "", "ANALYTIX_VAULT_SECRET_FILE", "file that holds the role's secret id", func(c *Config) any { return &c.Keys.Vault.SecretFile }},
	{"tiers", "tiers", "", "file that declares what the tiers allow (default: what is built in)", func(c *Config) any { return &c.Tiers }},
	{"limits.per_caller", "per-caller", "", "requests of one account that are worked on at the same time, streams included", func(c *Config) any { return &c.Limits.PerCaller }},
	{"limits.request_time", "request-time", "", "how long a request may take that is no stream and no transfer", func(c *Config) any { return &c.Limits.RequestTime }},
	{"limits.header_bytes", "", "", "bytes of a request's head", func(c *Config) any { return &c.Limits.HeaderBytes }},
	{"limits.header_time", "", "", "time for the head of a request to come in", func(c *Config) any { return &c.Limits.HeaderTime }},
	{"limits.idle_time", "", "", "how long a connection may rest between two requests", func(c *Config) any { return &c.Limits.IdleTime }},
	{"point_ttl", "point-ttl", "", "how long control points stay open; 0 is for ever", func(c *Config) any { return &c.PointTTL }},
	{"auth.second_factor", "second-factor", "", "who must have a second factor: administrators or everyone (default: nobody)", func(c *Config) any { return (*string)(&c.Auth.SecondFactor) }},
	{"auth.min_password", "min-password", "", "characters of a password, 12 at least", func(c *Config) any { return &c.Auth.MinPassword }},
	{"auth.access_ttl", "", "", "how long an access token holds", func(c *Config) any { return &c.Auth.AccessTTL }},
	{"auth.refresh_ttl", "", "", "how long a session may rest", func(c *Config) any { return &c.Auth.RefreshTTL }},
	{"auth.session_ttl", "", "", "how long a session lasts, however busy", func(c *Config) any { return &c.Auth.SessionTTL }},
	{"auth.invite_ttl", "", "", "how long an invitation holds", func(c *Config) any { return &c.Auth.InviteTTL }},
	{"auth.key_life", "", "", "how long a key signs access tokens", func(c *Config) any { return &c.Auth.KeyLife }},
	{"audit.keep_days", "audit-keep-days", "", "drop entries of the access log that are older, 30 at least; 0 keeps them for ever", func(c *Config) any { return &c.Audit.KeepDays }},
	{"audit.syslog", "audit-syslog", "", "send the access log there as well, such as tls://logs.example.org:6514 (tcp, udp)", func(c *Config) any { return &c.Audit.Syslog }},
	{"audit.cef", "audit-cef", "", "send it in the Common Event Format", func(c *Config) any { return &c.Audit.CEF }},
	{"backups.dir", "backup-dir", "", "folder in which the server makes backups", func(c *Config) any { return &c.Backups.Dir }},
	{"backups.every", "backup-every", "", "how often it makes one by itself, such as 24h (default: when asked to)", func(c *Config) any { return &c.Backups.Every }},
	{"backups.keep", "backup-keep", "", "how many of them stay in the folder (default: all)", func(c *Config) any { return &c.Backups.Keep }},
	{"webhooks.first_pause", "", "", "pause after the first failure of a delivery, which triples with each", func(c *Config) any { return &c.Webhooks.FirstPause }},
	{"webhooks.waiting_after", "", "", "how long a control point is open when run.waiting is told", func(c *Config) any { return &c.Webhooks.WaitingAfter }},
	{"webhooks.keep", "", "", "how long the log of deliveries is kept", func(c *Config) any { return &c.Webhooks.Keep }},
	{"allow_targets", "allow-target", "", "range, address or name on the premises that webhooks may lead to (repeatable)", func(c *Config) any { return &c.AllowTargets }},
	{"tracing.endpoint", "trace-to", "", "record traces with the collector at this address, OTLP over HTTP (default: OTEL_EXPORTER_OTLP_ENDPOINT)", func(c *Config) any { return &c.Tracing.Endpoint }},
	{"tracing.percent", "", "", "how many traces of a hundred are recorded (default 100)", func(c *Config) any { return &c.Tracing.Percent }},
	{"drain_delay", "drain-delay", "", "how long the server still answers when it is to end, so that a load balancer notices (default: not at all)", func(c *Config) any { return &c.DrainDelay }},
	{"mail.server", "mail-server", "", "SMTP server that tells people by mail of what concerns them, such as smtp.example.org:587", func(c *Config) any { return &c.Mail.Server }},
	{"mail.from", "mail-from", "", "whom mails come from, such as flow@example.org", func(c *Config) any { return &c.Mail.From }},
	{"mail.user", "mail-user", "", "whom the server knows it by at the SMTP server", func(c *Config) any { return &c.Mail.User }},
	{"mail.password.file", "", "", "file that holds the password there", func(c *Config) any { return &c.Mail.Password.File }},
	{"mail.security", "mail-security", "", "how the way there is protected: starttls (default), implicit or none", func(c *Config) any { return (*string)(&c.Mail.Security) }},
	{"mail.ca_file", "", "", "authority that vouches for the SMTP server, PEM (default: those of the system)", func(c *Config) any { return &c.Mail.CAFile }},
	{"drain_within", "drain-within", "", "how long requests may take that are under way when the server ends", func(c *Config) any { return &c.DrainWithin }},
}

// variable is the name of the setting in the environment.
func (s *setting) variable() string {
	if s.env != "" {
		return s.env
	}
	return "ANALYTIX_" + strings.ToUpper(strings.ReplaceAll(s.path, ".", "_"))
}

// bind adds the setting to a set of flags, under a name.
func (s *setting) bind(f *pflag.FlagSet, c *Config, name string) {
	usage := s.usage + " [" + s.variable() + "]"
	switch at := s.at(c).(type) {
	case *string:
		f.StringVar(at, name, *at, usage)
	case *bool:
		f.BoolVar(at, name, *at, usage)
	case *int:
		f.IntVar(at, name, *at, usage)
	case *time.Duration:
		f.DurationVar(at, name, *at, usage)
	case *[]string:
		f.StringSliceVar(at, name, *at, usage)
	case *[]Role:
		f.Var(&list[Role]{at: at, parse: func(text string) (Role, error) { return Role(text), nil }}, name, usage)
	case *[]netip.Prefix:
		f.Var(&list[netip.Prefix]{at: at, parse: netip.ParsePrefix}, name, usage)
	}
}

// list is a list as a flag: given again it goes on, and the first time it takes the place of the default.
type list[T any] struct {
	at      *[]T
	parse   func(string) (T, error)
	changed bool
}

// Type implements pflag.Value.
func (l *list[T]) Type() string { return "strings" }

// String implements pflag.Value.
func (l *list[T]) String() string {
	if l == nil || l.at == nil {
		return ""
	}
	return strings.Join(l.GetSlice(), ",")
}

// Set implements pflag.Value.
func (l *list[T]) Set(text string) error {
	var all []T
	for part := range strings.SplitSeq(text, ",") {
		v, err := l.parse(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	if l.changed {
		all = slices.Concat(*l.at, all)
	}
	*l.at, l.changed = all, true
	return nil
}

// GetSlice gives the texts, as pflag's own lists do.
func (l *list[T]) GetSlice() []string {
	out := make([]string, 0, len(*l.at))
	for _, v := range *l.at {
		if m, ok := any(v).(encoding.TextMarshaler); ok {
			if text, err := m.MarshalText(); err == nil {
				out = append(out, string(text))
				continue
			}
		}
		out = append(out, fmt.Sprint(v))
	}
	return out
}
