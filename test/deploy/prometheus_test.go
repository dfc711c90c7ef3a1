package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const folder = "../../deploy"

// tool finds a program of Debian's; where it is not installed the test is skipped, and fails where CI is set.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed: what it checks was not checked", name)
	}
	return path
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), tool(t, name), args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every rule is well-formed, and every alert fires and clears as its unit test says.
func TestRulesAndAlerts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder, "prometheus")
	run(t, dir, "promtool", "check", "config", "prometheus.yml")
	run(t, dir, "promtool", "test", "rules", "alerts.test.yml", "alerts-slow.test.yml")
	run(t, dir, "amtool", "check-config", "alertmanager.yml")
}

var (
	alertName  = regexp.MustCompile(`(?m)^      - alert: (\S+)$`)
	metricName = regexp.MustCompile(`\banalytix_[a-z0-9_]+`)
	recordName = regexp.MustCompile(`\banalytix:[a-z0-9_:]+`)
)

// Every alert has a runbook, and a unit test in which it fires and one in which it does not.
func TestEveryAlertHasARunbookAndATest(t *testing.T) {
	t.Parallel()
	runbooks := read(t, "../../docs/runbooks.md")
	tests := read(t, folder+"/prometheus/alerts.test.yml") + read(t, folder+"/prometheus/alerts-slow.test.yml")
	names := alertName.FindAllStringSubmatch(read(t, folder+"/prometheus/alerts.yml"), -1)
	if len(names) < 10 {
		t.Fatalf("only %d alerts", len(names))
	}
	for _, m := range names {
		if !strings.Contains(runbooks, "\n## "+m[1]+"\n") {
			t.Errorf("%s has no section in docs/runbooks.md", m[1])
		}
		fires := strings.Contains(tests, "alertname: "+m[1]+"\n        exp_alerts:\n")
		clears := strings.Contains(tests, "alertname: "+m[1]+"\n        exp_alerts: []")
		if !fires || !clears {
			t.Errorf("%s: a test has it fire (%v) and clear (%v)", m[1], fires, clears)
		}
	}
}

// Rules and dashboards use figures that there are.
func TestEveryMetricThatIsUsedExists(t *testing.T) {
	t.Parallel()
	documented := read(t, "../../docs/metrics.md")
	recorded := read(t, folder+"/prometheus/recording.yml")
	files, err := filepath.Glob(folder + "/grafana/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no dashboards", err)
	}
	for _, f := range append(files, folder+"/prometheus/recording.yml", folder+"/prometheus/alerts.yml") {
		text := read(t, f)
		if strings.HasSuffix(f, ".json") {
			var board struct{ Panels []struct{ Title string } }
			if err := json.Unmarshal([]byte(text), &board); err != nil || len(board.Panels) == 0 {
				t.Errorf("%s is no dashboard: %v", f, err)
			}
		}
		for _, name := range metricName.FindAllString(text, -1) {
			base := name
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				base = strings.TrimSuffix(base, suffix)
			}
			if !strings.Contains(documented, "`"+name+"`") && !strings.Contains(documented, "`"+base+"`") && !strings.HasPrefix(name, "analytix_process_") {
				t.Errorf("%s uses %s, which docs/metrics.md does not have", f, name)
			}
		}
		for _, name := range recordName.FindAllString(text, -1) {
			if !strings.Contains(recorded, "record: "+name+"\n") {
				t.Errorf("%s uses %s, which no rule records", f, name)
			}
		}
	}
}
