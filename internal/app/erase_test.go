package app_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	outcomes "github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/upload"
)

// uploaded starts a run on a new upload and takes it to its end.
func uploaded(t *testing.T, a *app.App, workspace, text string) (dataset, run string) {
	t.Helper()
	u, err := a.Uploads().Receive(t.Context(), upload.Owner{Account: "usr_ann", Workspace: workspace}, "canary-name.csv", -1, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	run, err = a.SubmitUpload(t.Context(), u.ID, app.Request{Actor: person, Workspace: workspace, Goal: "canary-goal"})
	if err != nil {
		t.Fatal(err)
	}
	if last, err := finish(t.Context(), a, run); err != nil || last.Status != control.Done {
		t.Fatalf("%+v, %v", last, err)
	}
	return u.ID, run
}

func TestWhatIsErasedCannotBeReadAnyMore(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	dataset, run := uploaded(t, a, "w", "canary-a\nb\n")
	other, kept := uploaded(t, a, "w", "kept\n")
	underWay, err := a.SubmitUpload(t.Context(), dataset, app.Request{Actor: person, Workspace: "w"})
	if err != nil {
		t.Fatal(err)
	}
	next(t, a, underWay, nil)
	if _, err := a.EraseRun(t.Context(), run, person, "asked for"); !errors.Is(err, app.ErrShared) || !strings.Contains(err.Error(), underWay) {
		t.Errorf("a run whose dataset others use: %v", err)
	}
	for _, id := range []string{dataset, "dst_none"} {
		if _, err := a.Erase(t.Context(), "v", id, person, "x"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s from another workspace: %v", id, err)
		}
	}
	before := copyTree(t, filepath.Join(home, "files", dataset))
	proof, err := a.Erase(t.Context(), "w", dataset, person, "the customer asked for it")
	if err != nil {
		t.Fatal(err)
	}
	if len(proof.Runs) != 2 || proof.Files != len(before) || len(proof.Key) != 64 || len(proof.Hashes) < 3 {
		t.Errorf("%+v", proof)
	}
	checkErased(t, a, home, dataset, run)
	checkErased(t, a, home, dataset, underWay)
	if _, err := a.Erase(t.Context(), "w", dataset, person, "again"); !errors.Is(err, app.ErrErased) {
		t.Errorf("erased twice: %v", err)
	}
	stop(t, a)
	// Even with every file put back, nothing opens: the key is gone.
	for path, content := range before {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	a = start(t, home)
	defer stop(t, a)
	checkErased(t, a, home, dataset, run) // and the start has removed the files again
	if _, err := a.Received(t.Context(), kept); err != nil {
		t.Errorf("the other dataset %s: %v", other, err)
	}
	if all, err := a.Erasures(t.Context(), "w"); err != nil || len(all) != 1 || all[0].Why != "the customer asked for it" {
		t.Errorf("%+v, %v", all, err)
	}
}

func copyTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func checkErased(t *testing.T, a *app.App, home, dataset, run string) {
	t.Helper()
	record, state, err := a.State(t.Context(), run)
	if err != nil || record.Status != string(control.Erased) || record.Head.Goal != "" || record.Head.File != "" || len(state.Stages) != 0 || record.Head.SHA256 == "" {
		t.Errorf("%+v, %+v, %v", record, state, err)
	}
	if v, err := a.Verify(t.Context(), run); err != nil || !v.Erased {
		t.Errorf("verify: %+v, %v", v, err)
	}
	for name, read := range map[string]func() error{
		"received": func() error { _, err := a.Received(t.Context(), run); return err },
		"rows":     func() error { _, err := a.Rows(t.Context(), run, app.Latest, query.Window{Limit: 1}); return err },
		"document": func() error { _, err := a.Document(t.Context(), run, "quality"); return err },
		"proceed":  func() error { return a.Proceed(t.Context(), run, "x", person) },
		"abort":    func() error { return a.Abort(t.Context(), run, "x", person) },
	} {
		if read() == nil {
			t.Errorf("%s of an erased run", name)
		}
	}
	if d, err := a.Decisions(t.Context(), run); err != nil || len(d) > 0 {
		t.Errorf("%d decisions left, %v", len(d), err)
	}
	if _, err := os.Stat(filepath.Join(home, "files", dataset)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder: %v", err)
	}
	links, err := a.Audit(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	var chain bytes.Buffer
	for _, l := range links {
		chain.Write(l.Line())
	}
	told := strings.Contains(chain.String(), control.ActionErased)
	if report, err := audit.VerifySealed(&chain); err != nil || !report.Sealed || !told {
		t.Errorf("the chain: %+v, told %v, %v", report, told, err)
	}
}

func TestDataIsKeptAsLongAsTheWorkspaceKeepsIt(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	defer stop(t, a)
	w, err := a.CreateWorkspace(t.Context(), "short", "professional", "")
	if err != nil {
		t.Fatal(err)
	}
	w.Settings.RetentionDays = 3
	if err := a.SaveWorkspace(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	_, run := uploaded(t, a, w.ID, "a\n")
	_, elsewhere := uploaded(t, a, "w", "a\n")
	if n, err := a.Retain(t.Context(), time.Now().Add(2*24*time.Hour)); n != 0 || err != nil {
		t.Errorf("%d erased after two days, %v", n, err)
	}
	if n, err := a.Retain(t.Context(), time.Now().Add(4*24*time.Hour)); n != 1 || err != nil {
		t.Errorf("%d erased after four days, %v", n, err)
	}
	for id, want := range map[string]control.Status{run: control.Erased, elsewhere: control.Done} {
		if _, state, err := a.State(t.Context(), id); err != nil || state.Status != want {
			t.Errorf("%+v in the place of %s, %v", state, want, err)
		}
	}
}

func TestWindowsAndDownloadsOfARun(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	defer stop(t, a)
	dataset, run := uploaded(t, a, "w", "delta\nalpha\ncharlie\nbravo\n")
	versions, err := a.Versions(t.Context(), run)
	if err != nil || len(versions) != 3 {
		t.Fatalf("%d versions, %v", len(versions), err)
	}
	parsed := versions[1].ID // the last one is what the test's stage made of it
	p, err := a.Rows(t.Context(), run, parsed, query.Window{Limit: 2, Order: []query.Order{{Column: "line"}}, Count: true})
	if err != nil || len(p.Rows) != 2 || *p.Rows[0].Cells[0] != "alpha" || p.Rows[0].Row != 2 || !p.More || *p.Total != 4 {
		t.Fatalf("%+v, %v", p, err)
	}
	began := time.Now()
	for range 20 {
		if _, err := a.Rows(t.Context(), run, parsed, query.Window{Limit: 100, From: 1}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("a window takes %s with a warm reader", time.Since(began)/20)
	if _, err := a.Profile(t.Context(), run, parsed, query.Column{Column: "line"}); err != nil {
		t.Error(err)
	}
	for _, format := range outcomes.Formats() {
		d, err := a.Download(t.Context(), run, parsed, format)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		text, err := io.ReadAll(io.NewSectionReader(d, 0, d.Size()))
		if err != nil || len(text) == 0 || format == outcomes.FormatCSV && string(text) != "line\ndelta\nalpha\ncharlie\nbravo\n" {
			t.Errorf("%s: %q, %v", format, text, err)
		}
		_ = d.Close()
	}
	for path, content := range copyTree(t, filepath.Join(home, "files", dataset)) {
		if bytes.Contains(content, []byte("charlie")) {
			t.Errorf("%s holds plain text", path)
		}
	}
	at, received, err := a.OriginalOf(t.Context(), "w", dataset)
	if err != nil || at.Size() != 26 || received.Name != "canary-name.csv" {
		t.Errorf("%v, %v", received, err)
	}
	_ = at.Close()
}
