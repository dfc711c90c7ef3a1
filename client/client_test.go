package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func served(t *testing.T, h http.HandlerFunc, options ...Option) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := New(s.URL, options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCallsAreRepeatedWhereThatIsSafeAndTheirEffectIsOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request Request
		status  int
		retry   string
		want    int64
	}{
		"a read":                         {Request{Operation: OpListWorkspaces}, 503, "0", 4},
		"a change":                       {Request{Operation: OpStartRun, Path: Path{"workspace": "w"}, Body: StartRun{}}, 429, "0", 4},
		"a file":                         {Request{Operation: OpPutFile, Path: Path{"workspace": "w", "name": "n"}, Body: strings.NewReader("x")}, 503, "0", 1},
		"a secret that is shown once":    {Request{Operation: OpCreateWebhook, Path: Path{"workspace": "w"}, Body: 1}, 503, "0", 1},
		"a sign-in":                      {Request{Operation: OpSignIn, Body: 1}, 503, "0", 1},
		"somebody who is shut out":       {Request{Operation: OpListWorkspaces}, 429, "900", 1},
		"a failure of the server itself": {Request{Operation: OpListWorkspaces}, 500, "", 1},
	} {
		var asked atomic.Int64
		var mu sync.Mutex
		keys := map[string]bool{}
		err := served(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			mu.Lock()
			defer mu.Unlock()
			keys[r.Header.Get("Idempotency-Key")] = true
			w.Header().Set("Retry-After", c.retry)
			w.WriteHeader(c.status)
		}).Call(t.Context(), c.request, nil)
		var p *Problem
		if n := asked.Load(); n != c.want || err == nil || !asProblem(err, &p) || p.Status != c.status || len(keys) != 1 {
			t.Errorf("%s: %d times with %d keys, %v", name, n, len(keys), err)
		}
		if keys[""] == (name == "a change") {
			t.Errorf("%s has the keys %v", name, keys)
		}
	}
}

func asProblem(err error, p **Problem) bool {
	x, ok := err.(*Problem) //nolint:errorlint // it comes as it is
	*p = x
	return ok
}

func TestASessionIsRenewedOnceBeforeItEnds(t *testing.T) {
	t.Parallel()
	var refreshed atomic.Int64
	c := served(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/sign-in"):
			_, _ = fmt.Fprintf(w, `{"signed_in":{"access_token":"one","refresh_token":"r","access_expires":%q}}`, time.Now().Add(time.Second).Format(time.RFC3339))
		case strings.HasSuffix(r.URL.Path, "/refresh"):
			refreshed.Add(1)
			_, _ = fmt.Fprintf(w, `{"access_token":"two","refresh_token":"r2","access_expires":%q}`, time.Now().Add(time.Hour).Format(time.RFC3339))
		case r.Header.Get("Authorization") != "Bearer two":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			_, _ = io.WriteString(w, `{"workspaces":[]}`)
		}
	})
	if err := c.SignIn(t.Context(), "a", "b"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.Workspaces(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if refreshed.Load() != 1 {
		t.Errorf("renewed %d times: the server takes a second use for a theft", refreshed.Load())
	}
}

func TestAStreamThatBreaksGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	var from []string
	c := served(t, func(w http.ResponseWriter, r *http.Request) {
		from = append(from, r.Header.Get("Last-Event-ID"))
		w.Header().Set("Content-Type", "text/event-stream")
		if len(from) == 1 {
			_, _ = io.WriteString(w, ": hello\n\nid: 7\nevent: entry\ndata: {\"a\":\ndata: 1}\n\nevent: run\ndata: {\"status\":\"run")
			return
		}
		_, _ = io.WriteString(w, "id: 8\nevent: entry\ndata: {}\n\nevent: run\ndata: {\"status\":\"done\"}\n\nevent: run\ndata: {}\n\n")
	})
	var got []string
	for e, err := range c.Follow(t.Context(), "w", "r") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(e.Kind, e.Seq, strings.Join(strings.Fields(string(e.Data)), "")))
	}
	if want := `[entry7{"a":1} entry8{} run0{"status":"done"}]`; fmt.Sprint(got) != want || fmt.Sprint(from) != "[ 7]" {
		t.Errorf("%v from %q, want %s", got, from, want)
	}
}

func TestFollowingEndsWithWhatTheServerRefuses(t *testing.T) {
	t.Parallel()
	c := served(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	n := 0
	for _, err := range c.Follow(t.Context(), "w", "r") {
		if n++; err == nil {
			t.Error("no error")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range c.Follow(ctx, "w", "r") {
		if n++; err == nil {
			t.Error("no error")
		}
	}
	if n != 2 {
		t.Errorf("%d rounds", n)
	}
}

func TestAddressesAndPathsAreChecked(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "flow.example.org", "ftp://x", "http://", "://"} {
		if _, err := New(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
	c := served(t, func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, `{"id":%q}`, r.URL.EscapedPath()) })
	if err := c.Call(t.Context(), Request{Operation: "none"}, nil); err == nil {
		t.Error("an operation that there is not")
	}
	for _, p := range []Path{{"workspace": "w"}, {"workspace": "w", "run": ""}} {
		if err := c.Call(t.Context(), Request{Operation: OpGetRun, Path: p}, nil); err == nil {
			t.Errorf("%v passes", p)
		}
	}
	if r, err := c.Run(t.Context(), "w", "../../x?y"); err != nil || r.ID != "/api/v1/workspaces/w/runs/..%2F..%2Fx%3Fy" {
		t.Errorf("%+v, %v", r, err)
	}
}
