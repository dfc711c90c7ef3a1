package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/stage/reception"
	"github.com/analytix-flow/analytix/internal/stage/recommendation"
)

// idle processes nothing: no run is started here.
type idle struct{}

func (idle) Run(context.Context, *stage.Job, func(float64, string)) (*stage.Result, error) {
	return nil, errors.New("nothing is processed here")
}

func (idle) Open(context.Context, stage.Received) (io.ReadCloser, error) {
	return nil, errors.New("nothing is opened here")
}

// desk is somebody at a server of their own, signed in as its administrator.
type desk struct {
	*testing.T
	server    *Server
	token     string
	workspace string
	home      string
}

const password = "eleven violet kettles, one lamp"

func sitDown(t *testing.T) *desk {
	t.Helper()
	return sitDownAt(t, Config{Listen: "127.0.0.1:0"})
}

func sitDownAt(t *testing.T, cfg Config) *desk {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	master, err := keys.Load(filepath.Join(home, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	return sitDownWith(t, cfg, home, master)
}

// sitDownWith is sitDownAt with what wraps the keys.
func sitDownWith(t *testing.T, cfg Config, home string, wraps keys.Provider) *desk {
	t.Helper()
	d := &desk{T: t, home: home}
	var err error
	link := ""
	d.server, err = Open(t.Context(), cfg, Parts{Version: "test", Log: slog.New(slog.DiscardHandler),
		App: app.Options{Home: d.home, Keys: wraps, Processor: idle{}, Managers: []stage.Manager{reception.New(idle{}), quality.New(), insight.New(), recommendation.New()}},
		Tell: func(format string, args ...any) {
			if _, after, ok := strings.Cut(fmt.Sprintf(format, args...), "/start#"); ok {
				link = after
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.server != nil {
			d.leave()
		}
	})
	if _, err := d.server.auth.Begin(t.Context(), auth.NewSecret(link), "Ann", "ann@example.org", password, auth.Client{}); err != nil {
		t.Fatal(err)
	}
	tokens, err := d.server.auth.SignIn(t.Context(), "ann@example.org", password, "", auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	d.token = tokens.Access.Reveal()
	all, err := d.server.app.Workspaces(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d workspaces, %v", len(all), err)
	}
	d.workspace = all[0].ID
	return d
}

func (d *desk) leave() {
	d.Helper()
	s := d.server
	d.server = nil
	if err := s.Close(context.WithoutCancel(d.Context())); err != nil {
		d.Error(err)
	}
}

// call makes a request and reads its answer into into, where one is given; it returns the answer's ETag.
func (d *desk) call(method, path string, want int, body, into any, headers ...string) (etag string) {
	d.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		d.Fatal(err)
	}
	r, err := http.NewRequestWithContext(d.Context(), method, d.server.Origin()+"/api/v1"+strings.ReplaceAll(path, "{w}", "/workspaces/"+d.workspace), bytes.NewReader(raw))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if d.token != "" {
		r.Header.Set("Authorization", "Bearer "+d.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		d.Fatalf("%s %s: %d, %v\n%s", method, path, answer.StatusCode, err, text)
	}
	switch x := into.(type) {
	case nil:
	case *string:
		*x = string(text)
	default:
		if err := json.Unmarshal(text, into); err != nil {
			d.Fatalf("%s %s: %v\n%s", method, path, err, text)
		}
	}
	return answer.Header.Get("ETag")
}

type hook struct {
	ID, URL, Secret, Note string
	Active                bool
}

func TestWebhooksAreManagedAndEveryCallIsInTheAudit(t *testing.T) {
	d := sitDown(t)
	var made, read hook
	etag := d.call("POST", "{w}/webhooks", 201, map[string]any{"url": "https://example.com/hook", "events": []string{"run.done"}}, &made)
	if !strings.HasPrefix(made.Secret, "whsec_") || !made.Active {
		t.Errorf("made %+v", made)
	}
	if d.call("GET", "{w}/webhooks/"+made.ID, 200, nil, &read); read.Secret != "" || read.URL != made.URL {
		t.Errorf("read %+v", read)
	}
	change := map[string]any{"url": "https://example.com/other", "events": []string{"run.failed"}, "active": false}
	d.call("PUT", "{w}/webhooks/"+made.ID, 428, change, nil)
	d.call("PUT", "{w}/webhooks/"+made.ID, 412, change, nil, "If-Match", `"99"`)
	d.call("PUT", "{w}/webhooks/"+made.ID, 200, change, &read, "If-Match", etag)
	d.call("POST", "{w}/webhooks/"+made.ID+"/test", 422, nil, nil) // it is off
	d.call("POST", "{w}/webhooks", 422, map[string]any{"url": "https://10.0.0.1/", "events": []string{"run.done"}}, nil)
	d.call("POST", "{w}/webhooks", 422, map[string]any{"url": "https://example.com/", "events": []string{"run.eaten"}}, nil)
	d.call("GET", "{w}/webhooks/"+made.ID+"/deliveries", 200, nil, nil)
	d.call("GET", "/workspaces/ws_other/webhooks/"+made.ID, 404, nil, nil)
	d.call("DELETE", "{w}/webhooks/"+made.ID, 204, nil, nil)

	var found struct {
		Entries []accesslog.Entry
		Next    string
	}
	d.call("GET", "{w}/audit?operation=create-webhook", 200, nil, &found)
	var words []string
	for _, e := range found.Entries {
		words = append(words, e.Action+" "+e.Outcome)
		if e.Name != "Ann" || e.Address != "127.0.0.1" || e.Request == "" {
			t.Errorf("%+v", e)
		}
	}
	want := []string{"change.ended failed", "change.begun begun", "change.ended failed", "change.begun begun", "change.ended success", "change.begun begun"}
	if fmt.Sprint(words) != fmt.Sprint(want) {
		t.Errorf("the audit says %v", words)
	}
	if last := found.Entries[4]; last.Object != "webhook:"+made.ID || len(last.After) != 64 || last.Before != "" {
		t.Errorf("%+v", last)
	}
	d.call("GET", "{w}/audit?object=webhook:"+made.ID+"&limit=2", 200, nil, &found)
	if len(found.Entries) != 2 || found.Next == "" || found.Entries[0].Operation != "remove-webhook" || found.Entries[0].Before == "" {
		t.Errorf("%+v", found)
	}
	d.call("GET", "{w}/audit?after=x", 422, nil, nil)
}

func TestTheAuditIsExportedVerifiedAndClosed(t *testing.T) {
	d := sitDown(t)
	token := d.token
	d.token = ""
	d.call("GET", "{w}/audit", 401, nil, nil)
	d.call("GET", "/tiers", 200, nil, nil)
	d.token = token
	var used struct {
		Limits struct{ Tier string }
		Now    int64 `json:"runs_now"`
	}
	if d.call("GET", "{w}/usage", 200, nil, &used); used.Limits.Tier != "professional" {
		t.Errorf("%+v", used)
	}
	d.call("GET", "{w}/usage?from=2026-13-01", 422, nil, nil)
	d.call("GET", "/system/usage", 200, nil, nil)
	// A change is written at once, and what was read before with it.
	d.call("POST", "{w}/webhooks", 201, map[string]any{"url": "https://example.com/hook", "events": []string{"run.done"}}, nil)
	var report struct{ First, Last, Signatures int64 }
	if d.call("GET", "/system/audit/verification", 200, nil, &report); report.First != 1 || report.Last < 5 {
		t.Errorf("%+v", report)
	}
	var key struct{ PEM string }
	d.call("GET", "/system/audit/key", 200, nil, &key)
	block, _ := pem.Decode([]byte(key.PEM))
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	public, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		t.Fatalf("the key %q: %v", key.PEM, err)
	}
	var export, cef string
	d.call("GET", "/system/audit/export", 200, nil, &export)
	if _, err := accesslog.VerifyExport(strings.NewReader(export), public); err != nil {
		t.Error(err)
	}
	for _, says := range []string{`"operation":"search-audit","outcome":"denied"`, `"operation":"auth.`, `"action":"log.opened"`} {
		if !strings.Contains(export, says) {
			t.Errorf("the export does not say %s", says)
		}
	}
	if strings.Contains(export, "ann@example.org") {
		t.Error("the audit holds a mail address")
	}
	if d.call("GET", "/system/audit/export?format=cef&outcome=denied", 200, nil, &cef); !strings.HasPrefix(cef, "CEF:0|") || strings.Count(cef, "\n") != 1 {
		t.Errorf("%q", cef)
	}
	d.leave()
	d.verifyHome()
}

// verifyHome opens the state that the server left, and checks its access log.
func (d *desk) verifyHome() {
	d.Helper()
	master, err := keys.Load(filepath.Join(d.home, "master.key"))
	if err != nil {
		d.Fatal(err)
	}
	a, err := app.Open(d.Context(), app.Options{Home: d.home, Keys: master, Processor: idle{}, Dormant: true,
		Managers: []stage.Manager{reception.New(idle{}), quality.New(), insight.New(), recommendation.New()}})
	if err != nil {
		d.Fatal(err)
	}
	defer a.Close(context.WithoutCancel(d.Context())) //nolint:errcheck // the test is over
	log, err := accesslog.Look(d.Context(), accesslog.Config{Store: a.Records(), Ring: a.Ring(), Anchor: filepath.Join(d.home, AnchorFile)})
	if err != nil {
		d.Fatal(err)
	}
	if r, err := log.Verify(d.Context()); err != nil || !r.Closed || r.Signed != r.Last-1 {
		d.Errorf("after the end: %+v, %v", r, err)
	}
}
