package server

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// written is a file of the configuration.
func written(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "analytix.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// around is an environment.
func around(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func flagged(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	Flags(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAFlagGoesBeforeTheEnvironmentAndThatBeforeTheFile(t *testing.T) {
	t.Parallel()
	file := written(t, "listen: 127.0.0.1:1\nlimits: {per_caller: 1, request_time: 1s}\nroles: [api]\nallow_targets: [10.0.0.1, 10.0.0.2]\ntls: {domains: [a.example, b.example]}\naudit: {keep_days: 40}\n")
	env := around("ANALYTIX_LISTEN", "127.0.0.1:2", "ANALYTIX_LIMITS_PER_CALLER", "2", "ANALYTIX_ALLOW_TARGETS", "10.0.0.3", "ANALYTIX_TRUSTED_PROXIES", "10.0.0.0/8,192.168.0.0/16", "ANALYTIX_DATA", "")
	cfg, from, err := Load(flagged(t, "--listen", "127.0.0.1:3", "--role", "api,control", "--role", "worker", "--tls-domain", "c.example"), env, file)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want any }{
		"listen": {cfg.Listen, "127.0.0.1:3"}, "per caller": {cfg.Limits.PerCaller, 2}, "request time": {cfg.Limits.RequestTime, time.Second},
		"roles": {cfg.Roles, []Role{RoleAPI, RoleControl, RoleWorker}}, "targets": {cfg.AllowTargets, []string{"10.0.0.3"}},
		"domains": {cfg.TLS.Domains, []string{"c.example"}}, "days": {cfg.Audit.KeepDays, 40}, "data": {cfg.Data, "analytix-data"},
		"header bytes": {cfg.Limits.HeaderBytes, 32 << 10}, "proxies": {len(cfg.TrustedProxies), 2},
		"source of a flag": {from["listen"], "flag --listen"}, "of a variable": {from["limits.per_caller"], "environment ANALYTIX_LIMITS_PER_CALLER"},
		"of the file": {from["audit.keep_days"], "file"}, "of nothing": {from["data"], ""},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

func TestWhatIsWrongWithAConfigurationIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"an unknown key":       {"listen: 127.0.0.1:1\n\nlisten_on: x\n", []string{"line 3", "no setting listen_on"}},
		"one further down":     {"auth:\n  providers:\n    - id: a\n      isuer: x\n", []string{"line 4", "no setting isuer"}},
		"two of them":          {"a: 1\nb: 2\n", []string{"line 1", "line 2"}},
		"a key twice":          {"listen: a\nlisten: b\n", []string{"line 2", "already defined"}},
		"a word for a number":  {"limits: {per_caller: many}\n", []string{"line 1", "many"}},
		"a secret in the file": {"auth:\n  providers:\n    - client_secret: hunter2\n", []string{"line 3", "{env: NAME}"}},
		"two documents":        {"listen: 127.0.0.1:1\n---\nlisten: 127.0.0.1:2\n", []string{"more than one document"}},
		"no YAML":              {"listen: [\n", []string{"line"}},
		"a bad range":          {"trusted_proxies: [ten]\n", []string{"ten"}},
		"a weak hash":          {"auth: {hashing: {memory_kib: 8}}\n", []string{"KiB"}},
		"a role":               {"roles: [king]\n", []string{"king"}},
		"a provider of keys":   {"keys: {provider: cloud}\n", []string{"cloud"}},
		"a negative limit":     {"limits: {per_caller: -1}\n", []string{"negative"}},
	} {
		_, _, err := Load(nil, around(), written(t, c.text))
		if err == nil {
			t.Errorf("%s passes", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "server.") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, _, err := Load(nil, around("ANALYTIX_WORKERS", "some"), ""); err == nil || !strings.Contains(err.Error(), "ANALYTIX_WORKERS") {
		t.Errorf("a wrong variable: %v", err)
	}
	if _, _, err := Load(nil, around(), filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there passes")
	}
	if _, _, err := Load(nil, around(), written(t, "# nothing\n")); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func TestWhatMayHoldAPasswordCanStandInAFile(t *testing.T) {
	t.Parallel()
	file := written(t, "postgres://flow:canary@db/flow\n")
	cfg, from, err := Load(nil, around("ANALYTIX_POSTGRES_URL_FILE", file), "")
	if err != nil || cfg.Postgres != "postgres://flow:canary@db/flow" || !strings.Contains(from["postgres"], "ANALYTIX_POSTGRES_URL_FILE") {
		t.Errorf("%q from %q: %v", cfg.Postgres, from["postgres"], err)
	}
	if cfg, _, err = Load(nil, around("ANALYTIX_LISTEN_FILE", file), ""); err != nil || cfg.Listen != Default().Listen {
		t.Errorf("a setting that is no secret was read from a file: %q, %v", cfg.Listen, err)
	}
	for name, env := range map[string][]string{
		"both forms":     {"ANALYTIX_NATS_URL_FILE", file, "ANALYTIX_NATS_URL", "nats://a"},
		"no such file":   {"ANALYTIX_NATS_URL_FILE", file + ".none"},
		"an empty file":  {"ANALYTIX_NATS_URL_FILE", written(t, "\n")},
		"too long a one": {"ANALYTIX_NATS_URL_FILE", written(t, strings.Repeat("x", mostSecret+1))},
	} {
		if _, _, err := Load(nil, around(env...), ""); err == nil || !strings.Contains(err.Error(), "ANALYTIX_NATS_URL_FILE") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThePrintedConfigurationHasNoSecretsAndReadsTheSame(t *testing.T) {
	t.Parallel()
	file := written(t, "postgres: postgres://flow:canary-one@db/flow?password=canary-two\nnats: nats://u:canary-three@a,nats://canary-four@b\n"+
		"audit: {syslog: 'tls://x:canary-five@logs.example.org:6514'}\nauth:\n  providers:\n    - {id: a, issuer: https://a.example, client_secret: {file: /run/a}, groups: {a.b: {role: operator}}}\n")
	cfg, from, err := Load(flagged(t, "--listen", "127.0.0.1:3"), around(), file)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := cfg.Print(&b, from); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "canary") {
		t.Errorf("a secret shows:\n%s", b.String())
	}
	if !strings.Contains(b.String(), "listen: 127.0.0.1:3 # flag --listen") || !strings.Contains(b.String(), "# file") {
		t.Errorf("it does not say where settings come from:\n%s", b.String())
	}
	again, _, err := Load(nil, around(), written(t, b.String()))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Postgres, cfg.NATS, cfg.Audit.Syslog = withoutSecrets(cfg.Postgres), withoutSecrets(cfg.NATS), withoutSecrets(cfg.Audit.Syslog)
	if was, is := shown(t, cfg), shown(t, again); was != is {
		t.Errorf("it reads as\n%s, was\n%s", is, was)
	}
}

func shown(t *testing.T, c Config) string {
	t.Helper()
	text, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every setting of the file that is a single value or a list of texts can stand in the environment too.
func TestEverySettingIsInTheTable(t *testing.T) {
	t.Parallel()
	var listed []string
	for i := range settings {
		listed = append(listed, settings[i].path)
	}
	var node yaml.Node
	if err := node.Encode(Default()); err != nil {
		t.Fatal(err)
	}
	for _, path := range leaves(&node, "") {
		if path == "auth.providers" || strings.HasPrefix(path, "auth.hashing.") {
			continue // for the file alone
		}
		if !slices.Contains(listed, path) {
			t.Errorf("%s is in the file alone", path)
		}
	}
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "server.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range settings {
		if s := &settings[i]; !strings.Contains(string(docs), "`"+s.path+"`") {
			t.Errorf("docs/server.md does not name %s", s.path)
		}
	}
}
