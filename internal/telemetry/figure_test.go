package telemetry

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/metrics.md")

func TestDocumentShowsTheFigures(t *testing.T) {
	t.Parallel()
	const file = "../../docs/metrics.md"
	if *update {
		if err := os.WriteFile(file, []byte(document()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != document() {
		t.Errorf("docs/metrics.md is not the table of figure.go (%v): go test ./internal/telemetry -update", err)
	}
}

func document() string {
	var b strings.Builder
	b.WriteString("# Metrics\n\nMade from `internal/telemetry/figure.go`; a test holds the two equal. Every process serves them at `/metrics`; what is read from the\n" +
		"records (runs, tasks, the broker, backups) is the same in all processes of an instance, so take its maximum, what is counted in a\n" +
		"process (requests, durations, jobs) is its own, so add it up. `analytix_go_*` and `analytix_process_*` are those of the Go runtime\n" +
		"and of the process. No label holds a user's data, nor the id of anything that belongs to one.\n\n| metric | kind | labels | says |\n| --- | --- | --- | --- |\n")
	for _, f := range figures {
		labels := ""
		if len(f.labels) > 0 {
			labels = "`" + strings.Join(f.labels, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s%s` | %s | %s | %s |\n", prefix, f.name, f.kind, labels, f.help)
	}
	b.WriteString("\n## What to scale on\n\nWithin a process the number of workers follows the work by itself, between `--workers-min` and `--workers` (scaling_decisions_total says\n" +
		"why). Worker processes (`--role worker`) are scaled from outside, by KEDA or a HorizontalPodAutoscaler with the Prometheus adapter: on\n" +
		"`max(analytix_task_oldest_wait_seconds)`, the queue delay, up when it is above 15 s and down when it was below 1 s for some minutes;\n" +
		"it grows exactly when tasks wait for room, whatever they are. Where the number of replicas should be reckoned,\n" +
		"`max(analytix_queue_memory_wanted_bytes)` divided by `analytix_workers_memory_budget_bytes` of one worker says how many more would take all\n" +
		"that waits at once. `sum by (kind, tier) (...)` is not needed: all three are read from the records and the same in every process, hence\n" +
		"`max`. `max by (kind, tier) (analytix_queue_tasks)` shows who waits. A worker that is scaled away gives its tasks back; give it\n" +
		"`drain_within` to end them.\n")
	b.WriteString("\nRules and alerts made of them: [deploy/prometheus](../deploy/prometheus), what to do about each alert: [runbooks](runbooks.md).\n")
	return b.String()
}

func TestNamesFollowTheConventions(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range figures {
		counts := strings.HasSuffix(f.name, "_total")
		if seen[f.name] || f.help == "" || counts != (f.kind == "counter") || (f.kind == "histogram") != (f.buckets != nil) ||
			strings.Contains(f.name, "millis") || strings.ToLower(f.name) != f.name {
			t.Errorf("%+v", f)
		}
		seen[f.name] = true
	}
}
