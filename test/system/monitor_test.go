package system_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/tooltest"
)

// figuresOf reads what a process tells Prometheus: values by name and labels.
func figuresOf(t *testing.T, base string) map[string]string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	text := string(send(t, req).want(t, 200).body)
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			all[name] = value
		}
	}
	return all
}

// What a server tells Prometheus is what docs/metrics.md says, and no more.
func TestFiguresAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, filepath.Join(dir, "data"), "--backup-dir", dir)
	ada := s.administrator(t)
	w := ada.workspace(t, "canary", "professional")
	done := ada.start(t, w, "canary.csv", small(60), map[string]any{"goal": "canary"})
	ada.toEnd(t, w, done)
	waiting := ada.start(t, w, "canary.csv", small(60), nil)
	ada.await(t, w, waiting, waitsAt("reception"))
	if r := call(t, "admin", "backup", "--data", s.data, "--to", dir); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	text, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(analytix_[a-z_]+)`").FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = false
	}
	for name, value := range figuresOf(t, s.base) {
		base, _, _ := strings.Cut(name, "{")
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			if _, ok := documented[strings.TrimSuffix(base, suffix)]; ok {
				base = strings.TrimSuffix(base, suffix)
			}
		}
		if _, ok := documented[base]; ok {
			documented[base] = true
		} else if !strings.HasPrefix(base, "analytix_go_") && !strings.HasPrefix(base, "analytix_process_") {
			t.Errorf("%s is not in docs/metrics.md", base)
		}
		if strings.Contains(name, "canary") || strings.Contains(name, done) || strings.Contains(name, w) {
			t.Errorf("%s %s tells of somebody's data", name, value)
		}
	}
	// These are there only with a certificate, somebody to send the log to, a task that waits, a reason for more or fewer workers.
	some := []string{"analytix_certificate_expiry_timestamp_seconds", "analytix_audit_unsent_entries", "analytix_queue_tasks", "analytix_scaling_decisions_total"}
	for name, seen := range documented {
		if !seen && !slices.Contains(some, name) {
			t.Errorf("%s is documented and not there", name)
		}
	}
}

// monitor is a Prometheus and an Alertmanager of Debian's, with the project's own rules, in which everything is due at once.
type monitor struct{ alerts chan alert }

type alert struct{ name, status string }

func watched(t *testing.T, target string) *monitor {
	t.Helper()
	for _, name := range []string{"prometheus", "prometheus-alertmanager"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	m := &monitor{alerts: make(chan alert, 100)}
	hook := httptest.NewServer(http.HandlerFunc(m.receive))
	t.Cleanup(hook.Close)
	dir, manager, prometheus := t.TempDir(), tooltest.FreeAddress(t), tooltest.FreeAddress(t)
	adapt := func(name string, pairs ...string) {
		text, err := os.ReadFile(filepath.Join("../../deploy/prometheus", name))
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.NewReplacer(pairs...).Replace(string(text))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	adapt("recording.yml")
	adapt("alerts.yml", "3 * 24 * 3600", "1", "for: 1m", "for: 0s", "for: 5m", "for: 0s")
	adapt("prometheus.yml", "15s", "1s", "alertmanager:9093", manager, "api-1:8080, api-2:8080, control:8080, worker-1:8080, worker-2:8080", target)
	adapt("alertmanager.yml", "http://127.0.0.1:9099/alerts", hook.URL, "group_by: [alertname]", "group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1s")
	background(t, "prometheus-alertmanager", "--config.file="+filepath.Join(dir, "alertmanager.yml"), "--storage.path="+filepath.Join(dir, "a"),
		"--web.listen-address="+manager, "--cluster.listen-address=")
	background(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "p"),
		"--web.listen-address="+prometheus)
	return m
}

func (m *monitor) receive(_ http.ResponseWriter, r *http.Request) {
	var told struct {
		Alerts []struct {
			Status string
			Labels map[string]string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&told); err != nil {
		return
	}
	for _, a := range told.Alerts {
		m.alerts <- alert{a.Labels["alertname"], a.Status}
	}
}

// until waits for an alert.
func (m *monitor) until(t *testing.T, name, status string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for {
		select {
		case a := <-m.alerts:
			t.Logf("%s is %s", a.name, a.status)
			if a == (alert{name, status}) {
				return
			}
		case <-ctx.Done():
			t.Fatalf("%s is not %s", name, status)
		}
	}
}

func background(t *testing.T, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait() // that it was ended is the purpose
	})
}

// A real Prometheus scrapes a real server, and a real Alertmanager tells of what is provoked: a message that cannot be
// handled, a control point that nobody touches, a server that is gone; and of its end.
func TestAlertsReachWhoeverIsToKnow(t *testing.T) {
	t.Parallel()
	postgres, nats, address := storetest.Postgres(t), brokertest.Server(t), tooltest.FreeAddress(t)
	dir := t.TempDir()
	start := func() *service {
		return serve(t, filepath.Join(dir, "data"), "--postgres", postgres, "--nats", nats, "--listen", address)
	}
	s := start()
	m := watched(t, address)
	ada := s.administrator(t)
	w := ada.workspace(t, "first", "professional")
	run := ada.start(t, w, "orders.csv", small(30), nil)
	m.until(t, "AnalytixControlPointStuck", "firing")
	hub, err := broker.Open(t.Context(), broker.Config{URL: nats})
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	if err := hub.Publish(t.Context(), broker.Message{ID: "nobody-posted-it", Run: run, Kind: "event.unknown"}); err != nil {
		t.Fatal(err)
	}
	m.until(t, "AnalytixDeadMessages", "firing")
	s.stop()
	m.until(t, "AnalytixDown", "firing")
	s = start()
	m.until(t, "AnalytixDown", "resolved")
	if got := figuresOf(t, s.base)["analytix_dead_messages"]; got != "1" {
		t.Errorf("dead messages after the restart: %s", got)
	}
}
