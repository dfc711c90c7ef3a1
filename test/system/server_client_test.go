package system_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/client"
)

// The example of the client package takes a file through the real server, with an API token of its own.
func TestTheExampleOfTheClientTakesAFileThrough(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	var made struct{ Token string }
	ada.call(t, "POST", "/me/tokens", map[string]any{"name": "example", "scopes": []string{"self.manage", "datasets.upload", "datasets.read", "datasets.download",
		"data.unmasked", "runs.read", "runs.start", "decisions.take", "points.close"}, "expires": time.Now().Add(time.Hour)}).want(t, 201).into(t, &made)
	d := newDesk(t)
	cmd := exec.CommandContext(t.Context(), "go", "run", "../../client/example", "-server", s.base, "-goal", "raise the amount", d.file(t, "orders.csv", small(60)))
	cmd.Env = append(cmd.Environ(), "ANALYTIX_TOKEN="+made.Token)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 61 || strings.Contains(out.String(), " Berlin ") {
		t.Errorf("%d rows (%v)\n%s", len(rows), err, errs.String())
	}
	if !strings.Contains(errs.String(), "city") {
		t.Errorf("no issue was told: %s", errs.String())
	}
}

// The commands of docs/server.md do what they say, one after the other, in a shell.
func TestTheCurlCommandsOfTheDocumentation(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed here")
		}
	}
	_, script, found := strings.Cut(text(t, "..", "..", "docs", "server.md"), "## With curl\n\n```sh\n")
	script, _, closed := strings.Cut(script, "```")
	if !found || !closed {
		t.Fatal("docs/server.md has no commands under the heading With curl")
	}
	s := serve(t, serverData(t))
	d := newDesk(t)
	d.file(t, "orders.csv", small(60))
	for from, to := range map[string]string{"http://127.0.0.1:8080": s.base, "TOKEN FROM THE LINK": s.link, "a long password of yours": password} {
		if !strings.Contains(script, from) {
			t.Fatalf("the commands do not hold %q", from)
		}
		script = strings.ReplaceAll(script, from, to)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = d.in
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out.String(), errs.String())
	}
	for _, want := range []string{`"analytix/findings/v1"`, "city"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the commands do not show %q:\n%s\n%s", want, out.String(), errs.String())
		}
	}
	if rows, err := csv.NewReader(strings.NewReader(text(t, d.in, "clean.csv"))).ReadAll(); err != nil || len(rows) != 61 {
		t.Errorf("%d rows of cleaned data, %v", len(rows), err)
	}
}

// A session of the client goes on, two of its users do not overwrite each other, and what the server refuses is a problem.
func TestTheClientTellsWhatTheServerRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	s.administrator(t)
	ctx := t.Context()
	c, err := client.New(s.base)
	if err != nil {
		t.Fatal(err)
	}
	var p *client.Problem
	if err := c.SignIn(ctx, "ada@example.org", "wrong"); !client.IsCode(err, "credentials") || !errors.As(err, &p) || p.Next == "" {
		t.Errorf("a wrong password: %v", err)
	}
	if err := c.SignIn(ctx, "ada@example.org", password); err != nil {
		t.Fatal(err)
	}
	all, err := c.Workspaces(ctx)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	w := all[0].ID
	d, err := c.Upload(ctx, w, "orders.csv", strings.NewReader(small(40)))
	if err != nil || d.Status != "received" || d.Received != int64(len(small(40))) {
		t.Fatal(d, err)
	}
	r, err := c.StartRun(ctx, w, client.StartRun{Dataset: d.ID, StopAfter: "reception"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = c.Await(ctx, w, r.ID); err != nil || r.Status != "waiting" {
		t.Fatal(r, err)
	}
	seen, err := c.Point(ctx, w, r.ID)
	if err != nil || seen.Tag == "" {
		t.Fatal(seen, err)
	}
	if _, err := c.Close(ctx, w, seen); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Close(ctx, w, seen); err == nil {
		t.Error("a control point was closed twice")
	}
	if r, err = c.Await(ctx, w, r.ID); err != nil || r.Status != "done" {
		t.Fatal(r, err)
	}
	for e, err := range c.Follow(ctx, w, r.ID) { // a run that has ended tells so, and the loop ends by itself
		if err != nil {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if _, err := c.Run(ctx, w, "20261124-000000-aaaaaaaa"); !client.IsCode(err, "not_found") {
		t.Errorf("a run that is not there: %v", err)
	}
	if err := c.Erase(ctx, w, d.ID, "it was a test"); err != nil {
		t.Error(err)
	}
	if err := c.SignOut(ctx); err != nil {
		t.Error(err)
	}
	if _, err := c.Workspaces(ctx); !client.IsCode(err, "unauthenticated") {
		t.Errorf("after the end of the session: %v", err)
	}
}
