package system_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a server tells support says how it fares, and nothing of anybody's data, names or secrets.
func TestDiagnosticsSayHowTheServerFaresAndNothingOfData(t *testing.T) {
	t.Parallel()
	data := serverData(t)
	s := serve(t, data)
	ada := s.administrator(t)
	demo := ada.workspace(t, "canary-demo", "demo")
	w := ada.workspace(t, "canary-workspace", "professional")
	run := ada.start(t, w, "canary-file.csv", small(50), map[string]any{"decide": "recommended", "goal": "canary-goal"})
	ada.await(t, w, run, isDone)
	ada.call(t, "GET", "/workspaces/"+demo+"/runs", nil).want(t, 200)
	var d struct {
		Version, Platform, Ready, Settings, Records, Figures string
		Runs, Workspaces                                     map[string]int64
	}
	got := ada.call(t, "GET", "/system/diagnostics", nil).want(t, 200)
	got.into(t, &d)
	if d.Version == "" || d.Platform == "" || d.Ready != "" || d.Records != "sqlite" || d.Runs["done"] != 1 || d.Workspaces["demo"] != 1 ||
		!strings.Contains(d.Settings, "listen:") || !strings.Contains(d.Figures, "analytix_runs") {
		t.Errorf("diagnostics: %+v", d)
	}
	file := filepath.Join(t.TempDir(), "bundle.json")
	if r := call(t, "admin", "diagnostics", "--data", data, "--to", file); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, bundle := range map[string]string{"by the API": string(got.body), "by the command": string(text)} {
		for _, canary := range []string{"canary", "person1@", password, ada.token, s.link, "ada@example.org"} {
			if strings.Contains(bundle, canary) {
				t.Errorf("%s: the bundle shows %q", name, canary)
			}
		}
	}
	if r := call(t, "admin", "diagnostics", "--data", t.TempDir(), "--to", file); r.code == 0 || !strings.Contains(r.errors, "start the server") {
		t.Errorf("without a server: %+v", r)
	}
}
