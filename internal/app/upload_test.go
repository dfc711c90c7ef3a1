package app_test

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/upload"
)

func TestRunsStartFromAnUploadAndSurviveARestart(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	a := start(t, home)
	ann := upload.Owner{Account: "usr_ann", Workspace: "w"}
	u, err := a.Uploads().Receive(t.Context(), ann, "lines.csv", -1, strings.NewReader("canary-a\nb\n"))
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := a.Uploads().Receive(t.Context(), ann, "later.csv", -1, strings.NewReader("later\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.SubmitUpload(t.Context(), u.ID, app.Request{Actor: person, Workspace: "v"}); !errors.Is(err, upload.ErrNotFound) {
		t.Errorf("from another workspace: %v", err)
	}
	run, err := a.SubmitUpload(t.Context(), u.ID, app.Request{Actor: person, Workspace: "w", Goal: "two runs"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.SubmitUpload(t.Context(), u.ID, app.Request{Actor: person, Workspace: "w"})
	if err != nil {
		t.Fatal(err)
	}
	if last, err := finish(t.Context(), a, run); err != nil || last.Status != control.Done {
		t.Fatalf("%+v, %v", last, err)
	}
	next(t, a, second, nil)
	stop(t, a)

	a = start(t, home) // which sweeps what no record refers to
	defer stop(t, a)
	for _, id := range []string{run, second} {
		r, err := a.Received(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || string(text) != "canary-a\nb\n" {
			t.Errorf("run %s: %q, %v", id, text, err)
		}
		_ = r.Close()
	}
	if _, err := a.SubmitUpload(t.Context(), waiting.ID, app.Request{Actor: person, Workspace: "w"}); err != nil {
		t.Error(err)
	}
}
