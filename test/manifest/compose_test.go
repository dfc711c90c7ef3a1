package manifest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/nats-io/nats-server/v2/server"
	"sigs.k8s.io/yaml"
)

// made is a copy of the Compose folder in which init.sh has run.
func made(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	if err := os.CopyFS(filepath.Join(top, "deploy"), os.DirFS(root+"/deploy")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(top, "deploy", "compose")
	for range 2 { // a second time changes nothing
		if out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "init.sh"), "flow.example.org", "local").CombinedOutput(); err != nil {
			t.Fatalf("init.sh: %v\n%s", err, out)
		}
	}
	return dir
}

func loaded(t *testing.T, dir string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, "compose.yaml")}, cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv, cli.WithConsistency(true))
	if err != nil {
		t.Fatal(err)
	}
	p, err := options.LoadProject(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheWholeSystemIsThere(t *testing.T) {
	t.Parallel()
	p := loaded(t, made(t))
	for _, name := range []string{"api-1", "api-2", "control", "worker-1", "worker-2", "postgres", "nats-1", "nats-2", "nats-3", "storage", "prometheus", "alertmanager", "grafana", "proxy"} {
		s, ok := p.Services[name]
		if !ok {
			t.Errorf("%s is missing", name)
			continue
		}
		if _, tag, found := strings.Cut(s.Image[strings.LastIndexByte(s.Image, '/')+1:], ":"); !found || tag == "latest" {
			t.Errorf("%s: the image %s has no version", name, s.Image)
		}
		if !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged || s.MemLimit == 0 {
			t.Errorf("%s has rights or memory without a bound", name)
		}
		for _, v := range s.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil || !v.ReadOnly {
				t.Errorf("%s mounts %s, read only: %v: %v", name, v.Source, v.ReadOnly, err)
			}
		}
		for _, port := range s.Ports {
			if name != "proxy" && port.HostIP != "127.0.0.1" {
				t.Errorf("%s can be reached from outside on %s", name, port.Published)
			}
		}
	}
}

func TestTheRolesHaveWhatTheyNeed(t *testing.T) {
	t.Parallel()
	p := loaded(t, made(t))
	delay, within := 5, 60
	for name, role := range map[string]string{"api-1": "api", "api-2": "api", "control": "control", "worker-1": "worker", "worker-2": "worker"} {
		s := p.Services[name]
		said := func(key string) string {
			if v := s.Environment[key]; v != nil {
				return *v
			}
			return ""
		}
		if said("ANALYTIX_ROLES") != role || said("ANALYTIX_ORIGIN") != "https://flow.example.org" || said("ANALYTIX_NATS_REPLICAS") != "3" {
			t.Errorf("%s: roles %q, origin %q", name, said("ANALYTIX_ROLES"), said("ANALYTIX_ORIGIN"))
		}
		if s.User != "65532:65532" || !s.ReadOnly {
			t.Errorf("%s runs as %q, root read only: %v", name, s.User, s.ReadOnly)
		}
		for _, key := range []string{"ANALYTIX_MASTER_KEY", "ANALYTIX_POSTGRES_URL", "ANALYTIX_NATS_URL"} {
			file := said(key + "_FILE")
			if said(key) != "" || !slices.ContainsFunc(s.Secrets, func(r types.ServiceSecretConfig) bool { return file == "/run/secrets/"+r.Source }) {
				t.Errorf("%s: %s does not come from a secret: %q", name, key, file)
			}
		}
		if said("ANALYTIX_DRAIN_DELAY") != fmt.Sprintf("%ds", delay) || said("ANALYTIX_DRAIN_WITHIN") != fmt.Sprintf("%ds", within) ||
			s.StopGracePeriod == nil || int(time.Duration(*s.StopGracePeriod).Seconds()) < delay+within+5 {
			t.Errorf("%s is killed before it has drained", name)
		}
		for _, other := range p.Services {
			for _, v := range s.Volumes {
				if other.Name != s.Name && v.Target == "/var/lib/analytix" && slices.ContainsFunc(other.Volumes, func(o types.ServiceVolumeConfig) bool { return o.Source == v.Source }) {
					t.Errorf("%s and %s have the same folder of copies", name, other.Name)
				}
			}
		}
		if !strings.Contains(said("ANALYTIX_OBJECTS_URL"), "http://storage:7070") || said("AWS_SHARED_CREDENTIALS_FILE") != "/run/secrets/storage_credentials" {
			t.Errorf("%s keeps its files at %q", name, said("ANALYTIX_OBJECTS_URL"))
		}
		if networks := s.Networks; len(networks) == 0 || networks["inner"] != nil {
			t.Errorf("%s: networks %v", name, networks)
		}
	}
	if !p.Networks["inner"].Internal {
		t.Error("databases and broker can reach the world")
	}
	if v := p.Secrets["master_key"]; !strings.HasSuffix(v.File, "/secrets/master_key") {
		t.Errorf("the master key is in %s", v.File)
	}
}

// Prometheus asks every process by the name it has in the Compose file, and has the rules that are tested.
func TestPrometheusFindsEveryProcess(t *testing.T) {
	t.Parallel()
	dir := made(t)
	p := loaded(t, dir)
	var cfg struct {
		Rules  []string `json:"rule_files"`
		Scrape []struct {
			Static []struct{ Targets []string } `json:"static_configs"`
		} `json:"scrape_configs"`
	}
	if err := yaml.Unmarshal(read(t, filepath.Join(dir, "../prometheus/prometheus.yml")), &cfg); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, target := range cfg.Scrape[0].Static[0].Targets {
		asked = append(asked, strings.TrimSuffix(target, ":8080"))
	}
	var there []string
	for name, s := range p.Services {
		if s.Environment["ANALYTIX_ROLES"] != nil {
			there = append(there, name)
		}
	}
	slices.Sort(asked)
	slices.Sort(there)
	if !slices.Equal(asked, there) {
		t.Errorf("asked are %v, there are %v", asked, there)
	}
	for _, rule := range cfg.Rules {
		if !slices.ContainsFunc(p.Services["prometheus"].Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == "/etc/prometheus/"+rule }) {
			t.Errorf("%s is not mounted", rule)
		}
	}
}

// The secrets can be read by the containers and by nobody else of the machine, and differ.
func TestTheSecretsAreMade(t *testing.T) {
	t.Parallel()
	dir := made(t)
	info, err := os.Stat(filepath.Join(dir, "secrets"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the secrets: %v, %v", info.Mode(), err)
	}
	seen := map[string]string{}
	for _, name := range []string{"master_key", "postgres_password", "nats_password", "nats_cluster_password", "storage_secret", "grafana_password"} {
		text := string(read(t, filepath.Join(dir, "secrets", name)))
		if len(text) < 44 || seen[text] != "" {
			t.Errorf("%s has %d characters, and is that of %q", name, len(text), seen[text])
		}
		seen[text] = name
	}
	if url := string(read(t, filepath.Join(dir, "secrets", "postgres_url"))); !strings.Contains(url, string(read(t, filepath.Join(dir, "secrets", "postgres_password")))) {
		t.Error("the address of PostgreSQL has another password")
	}
}

// The configuration of the cluster is what a NATS server takes: it has three members, keeps messages, and lets nobody in
// without a password.
func TestTheClusterOfNATS(t *testing.T) {
	t.Parallel()
	dir := made(t)
	nats := filepath.Join(dir, "nats")
	if err := os.WriteFile(filepath.Join(nats, "auth.conf"), read(t, filepath.Join(dir, "secrets", "nats_auth")), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(filepath.Join(nats, "nats.conf"))
	if err != nil {
		t.Fatal(err)
	}
	password := string(read(t, filepath.Join(dir, "secrets", "nats_password")))
	if !o.JetStream || o.StoreDir != "/data" || o.Cluster.Name != "analytix" || len(o.Routes) != 3 || o.Username != "analytix" || o.Password != password || o.Cluster.Password == "" {
		t.Errorf("jetstream %v in %s, cluster %q of %v, user %q", o.JetStream, o.StoreDir, o.Cluster.Name, o.Routes, o.Username)
	}
	if o.HTTPHost != "127.0.0.1" {
		t.Errorf("its figures are served on %s", o.HTTPHost)
	}
	url := string(read(t, filepath.Join(dir, "secrets", "nats_url")))
	for _, name := range []string{"nats-1", "nats-2", "nats-3"} {
		if !strings.Contains(url, "@"+name+":4222") || loaded(t, dir).Services[name].Command[3] != name {
			t.Errorf("%s is not a member", name)
		}
	}
}
