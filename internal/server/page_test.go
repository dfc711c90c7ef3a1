package server

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html":           {Data: []byte("<!doctype html><title>page</title>")},
		"theme.js":             {Data: []byte("// theme")},
		"assets/main-abc12.js": {Data: []byte("// " + strings.Repeat("x", 5000))},
	}
}

// reply is what the page answers.
type reply struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, p *page, method, target string, headers ...string) reply {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func TestEveryAddressThatABrowserOpensIsThePageAndNothingElseIs(t *testing.T) {
	t.Parallel()
	p := newPage(built(), false)
	const html = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, c := range []struct {
		target, accept string
		status         int
		page           bool
	}{
		{"/", "*/*", 200, true},
		{"/w/wsp_1/runs/run_1", html, 200, true},
		{"/start", html, 200, true},
		{"/index.html", html, 200, true},
		{"/w/wsp_1", "application/json", 404, false},
		{"/api/v1/none", html, 404, false},
		{"/api", html, 404, false},
		{"/API/../api/v2", html, 404, false},
		{"/assets/gone-123.js", html, 404, false},
		{"/.git/config", html, 404, false},
		{"/theme.js", "*/*", 200, false},
		{"/assets/main-abc12.js", "*/*", 200, false},
	} {
		a := ask(t, p, http.MethodGet, c.target, "Accept", c.accept)
		if a.status != c.status || strings.Contains(a.body, "<title>page") != c.page {
			t.Errorf("%s for %s: %d %q", c.target, c.accept, a.status, a.body[:min(len(a.body), 60)])
		}
	}
}

func TestBuiltFilesAreKeptForLongAndThePageIsNot(t *testing.T) {
	t.Parallel()
	p := newPage(built(), true)
	if c := ask(t, p, http.MethodGet, "/assets/main-abc12.js").header.Get("Cache-Control"); !strings.Contains(c, "immutable") {
		t.Errorf("a built file may be kept for %q", c)
	}
	for _, target := range []string{"/", "/theme.js"} {
		a := ask(t, p, http.MethodGet, target)
		if c := a.header.Get("Cache-Control"); c != "no-cache" {
			t.Errorf("%s may be kept for %q", target, c)
		}
		again := ask(t, p, http.MethodGet, target, "If-None-Match", a.header.Get("ETag"))
		if again.status != http.StatusNotModified {
			t.Errorf("%s is sent again: %d", target, again.status)
		}
	}
	if s := ask(t, p, http.MethodGet, "/").header.Get("Strict-Transport-Security"); s == "" {
		t.Error("browsers are not told to stay with TLS")
	}
}

func TestFilesAreSentSmallToThoseWhoCanReadThem(t *testing.T) {
	t.Parallel()
	p := newPage(built(), false)
	a := ask(t, p, http.MethodGet, "/assets/main-abc12.js", "Accept-Encoding", "gzip, br")
	if a.header.Get("Content-Encoding") != "gzip" {
		t.Fatal("it is not compressed")
	}
	z, err := gzip.NewReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || len(text) != 5003 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if ask(t, p, http.MethodGet, "/assets/main-abc12.js").header.Get("Content-Encoding") != "" {
		t.Error("who cannot read it gets it compressed")
	}
}

func TestThePageMayRunNoInlineScripts(t *testing.T) {
	t.Parallel()
	policy := ask(t, newPage(built(), false), http.MethodGet, "/").header.Get("Content-Security-Policy")
	for part := range strings.SplitSeq(policy, ";") {
		if strings.HasPrefix(strings.TrimSpace(part), "script-src") && strings.TrimSpace(part) != "script-src 'self'" {
			t.Errorf("scripts may come from %q", part)
		}
	}
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "http") {
		t.Errorf("the policy is %q", policy)
	}
}

func TestAProgramWithoutTheApplicationSaysSo(t *testing.T) {
	t.Parallel()
	p := newPage(nil, false)
	a := ask(t, p, http.MethodGet, "/")
	if !strings.Contains(a.body, "make build") {
		t.Errorf("it says %q", a.body)
	}
	if s := ask(t, p, http.MethodPost, "/").status; s != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered with %d", s)
	}
}
