package system_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// Processes of one role each, two of those that people talk to, take a run to its end together. Each tells how it is; one that
// has the role control or worker alone has no API; a worker that is told to end leaves its tasks to another.
func TestProcessesOfOneRole(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	shared := []string{"--postgres", storetest.Postgres(t), "--nats", brokertest.Server(t), "--origin", "http://flow.example.org"}
	role := func(name string) *service { return serve(t, data, append([]string{"--role", name}, shared...)...) }
	api := role("api")
	ada := api.administrator(t)
	w := ada.workspace(t, "first", "professional")
	run := ada.start(t, w, "orders.csv", small(60), map[string]any{"goal": "more"})
	second := role("api")
	bob := &user{s: second, account: ada.account, token: ada.token} // signed in at the other process
	if tasks := figuresOf(t, api.base)[`analytix_tasks{kind="reception.read",state="completed"}`]; tasks != "" {
		t.Errorf("a process without the role worker worked: %s", tasks)
	}
	control, worker := role("control"), role("worker")
	bob.await(t, w, run, waitsAt("reception"))
	for name, s := range map[string]*service{"api": api, "control": control, "worker": worker} {
		if got := s.get(t, "/readyz"); got.status != 200 {
			t.Errorf("%s is not ready: %s", name, got.body)
		}
		if got := figuresOf(t, s.base)[`analytix_build_info{roles="`+name+`",version="dev"}`]; got != "1" {
			t.Errorf("%s does not say what it is: %v", name, got)
		}
		if got := s.get(t, "/api/v1/version"); (got.status == 200) != (name == "api") {
			t.Errorf("%s answers the API with %d", name, got.status)
		}
	}
	if figuresOf(t, control.base)[`analytix_task_duration_seconds_count{kind="reception.read",outcome="done"}`] != "" {
		t.Error("a process of the role control worked a task")
	}
	worker.stop()
	if said := worker.said(); worker.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("a worker that was told to end: %s", said)
	}
	role("worker")
	bob.toEnd(t, w, run)
	bob.readsEverything(t, w, run)
	r := call(t, append([]string{"admin", "backup", "--data", data, "--to", filepath.Dir(data)}, "--config", config(t, shared))...)
	if r.code != 0 {
		t.Errorf("a backup beside processes that share a state: %+v", r)
	}
}

// readsEverything calls every operation that reads, of the workspace and the run or of nothing that there is: none fails, whatever the
// records lie in.
func (u *user) readsEverything(t *testing.T, workspace, run string) {
	t.Helper()
	all := u.s.operations(t)
	known := strings.NewReplacer("{run}", run, "{version}", "latest", "{column}", "amount")
	read := 0
	for _, o := range all {
		if o.method != http.MethodGet || strings.HasSuffix(o.path, "/events") || strings.HasSuffix(o.path, "/oidc/{provider}") {
			continue // those go on, or lead elsewhere
		}
		o.path = known.Replace(o.path)
		if got := u.try(t, &o, workspace); got.status >= 500 {
			t.Errorf("%s: %d %s", o.id, got.status, got.body)
		} else if got.status == 200 {
			read++
		}
	}
	if read < 30 {
		t.Errorf("only %d operations read anything", read)
	}
}

// config writes the addresses that flags give into a file.
func config(t *testing.T, shared []string) string {
	t.Helper()
	return newDesk(t).file(t, "server.yaml", "postgres: \""+shared[1]+"\"\nnats: \""+shared[3]+"\"\n")
}

// get asks for something outside of the API.
func (s *service) get(t *testing.T, path string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, req)
}
