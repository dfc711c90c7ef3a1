package system_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A server is backed up while it runs, by its operator and by itself. Restored elsewhere everything holds, whoever had an account
// signs in, and the run that waited goes on to the same results.
func TestServerIsBackedUpWhileItRunsAndRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, backups := filepath.Join(dir, "data"), filepath.Join(dir, "backups")
	if err := os.Mkdir(backups, 0o700); err != nil {
		t.Fatal(err)
	}
	s := serve(t, data, "--backup-dir", backups, "--backup-keep", "2")
	ada := s.administrator(t)
	w := ada.workspace(t, "canary workspace", "professional")
	run := ada.start(t, w, "canary-file.csv", small(300), map[string]any{"goal": "canary goal"})
	ada.await(t, w, run, waitsAt("reception"))
	r := call(t, "admin", "backup", "--data", data, "--to", backups)
	if r.code != 0 {
		t.Fatalf("%+v", r)
	}
	file, _, _ := strings.Cut(r.out, "\n")
	content, err := os.ReadFile(file)
	if err != nil || bytes.Contains(content, []byte("canary")) || bytes.Contains(content, []byte("ada@example.org")) {
		t.Errorf("the backup %s is not there or shows what is in it: %v", file, err)
	}
	var state struct {
		Running, Failed bool
		Last            *struct{ ID string }
		Age             float64 `json:"age_seconds"`
	}
	ada.call(t, "GET", "/system/backup", nil).want(t, 200).into(t, &state)
	if state.Last == nil || !strings.Contains(file, state.Last.ID) || state.Age <= 0 {
		t.Errorf("the server does not know of the backup: %+v", state)
	}
	first := state.Last.ID
	ada.call(t, "POST", "/system/backup", nil).want(t, 202)
	for state.Last.ID == first || state.Running {
		ada.call(t, "GET", "/system/backup", nil).want(t, 200).into(t, &state)
		if state.Failed {
			t.Fatal(s.said())
		}
	}
	restored := filepath.Join(dir, "restored")
	r = call(t, "admin", "restore", file, "--data", restored)
	if r.code != 2 || !strings.Contains(r.errors, "master key of the backup is needed") {
		t.Errorf("without a master key: %+v", r)
	}
	elsewhere := filepath.Join(dir, "elsewhere")
	wrong := exec.CommandContext(t.Context(), binary, "admin", "restore", file, "--data", elsewhere)
	wrong.Env = append(os.Environ(), "ANALYTIX_MASTER_KEY="+strings.Repeat("ab", 32))
	if r := finished(t, wrong); r.code != 1 || !strings.Contains(r.errors, "under another master key") {
		t.Errorf("under another master key: %+v", r)
	}
	r = call(t, "admin", "restore", file, "--data", restored, "--master-key", filepath.Join(data, "master.key"))
	if r.code != 0 || !strings.Contains(r.out, "everything holds") || !strings.Contains(r.out, "run "+run) {
		t.Fatalf("%+v", r)
	}
	t.Log(r.out)
	b := serve(t, restored)
	again := b.signIn(t, "ada@example.org")
	got, want := again.toEnd(t, w, run), ada.toEnd(t, w, run)
	if got != want {
		t.Errorf("after the restore:\n%s\nas it was:\n%s", got, want)
	}
	r = call(t, "admin", "restore", file, "--data", restored)
	if r.code != 1 || !strings.Contains(r.errors, "not empty") {
		t.Errorf("over a state: %+v", r)
	}
}

// own matches what differs between two instances that do the same: ids and times.
var own = regexp.MustCompile(`"(id|at|finished_at)": "[-0-9a-fTZ:.]+"`)

// toEnd takes a run through every control point, and returns what was found, but for ids and times.
func (u *user) toEnd(t *testing.T, w, run string) string {
	t.Helper()
	for _, stage := range []string{"reception", "quality", "insight", "recommendation"} {
		u.await(t, w, run, waitsAt(stage))
		etag := decideRecommended(t, u, "/workspaces/"+w, run)
		u.call(t, "POST", "/workspaces/"+w+"/runs/"+run+"/point/close", nil, "If-Match", etag).want(t, 200)
	}
	u.await(t, w, run, isDone)
	return own.ReplaceAllString(string(u.call(t, "GET", "/workspaces/"+w+"/runs/"+run+"/results/findings.json", nil).want(t, 200).body), "")
}
