package system_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// malformed is how many malformed requests each operation gets: ANALYTIX_MALFORMED, or as many as fit a quick run.
func malformed(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("ANALYTIX_MALFORMED")); err == nil {
		return n
	}
	if testing.Short() {
		return 3
	}
	return 10
}

// leak is what no answer may hold: the inside of the program.
var leak = regexp.MustCompile(`goroutine \d|\.go:\d|runtime error|SELECT |INSERT INTO|sqlite|SQLSTATE|duckdb|/tmp/|panic|interface \{\}|nil pointer`)

// Requests that are wrong in every way that the description lets one think of: never a failure of the server, and never a
// word about its inside. The requests follow from a fixed seed.
func TestMalformedRequestsNeverFailTheServer(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	workspace := ada.workspace(t, "w", "professional")
	run := ada.start(t, workspace, "orders.csv", small(40), nil)
	ada.await(t, workspace, run, waitsAt("reception"))
	n := malformed(t)
	var asked, failed atomic.Int64
	work := make(chan operation)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for o := range work {
				if o.id == "sign-out" {
					continue // it would end the session that the others use
				}
				seed := uint64(len(o.id)*131 + len(o.path))
				f := &fuzzer{r: rand.New(rand.NewPCG(seed, 7)), o: o, workspace: workspace, run: run}
				for range n {
					asked.Add(1)
					if bad := f.ask(t.Context(), ada); bad != "" && failed.Add(1) < 20 {
						t.Errorf("%s: %s", o.id, bad)
					}
				}
			}
		})
	}
	for _, o := range s.operations(t) {
		work <- o
	}
	close(work)
	wg.Wait()
	if strings.Contains(s.said(), "panicked") {
		t.Error("a handler panicked; see the server's log")
	}
	t.Logf("%d malformed requests", asked.Load())
	s.signIn(t, "ada@example.org").call(t, "GET", "/workspaces/"+workspace+"/runs/"+run, nil).want(t, 200)
}

// fuzzer makes malformed requests for one operation.
type fuzzer struct {
	r              *rand.Rand
	o              operation
	workspace, run string
}

func (f *fuzzer) ask(ctx context.Context, u *user) (bad string) {
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	target := u.s.base + "/api/v1" + f.path() + f.query()
	body, kind := f.body()
	req, err := http.NewRequestWithContext(ctx, f.o.method, target, strings.NewReader(body))
	if err != nil {
		return "" // a request that cannot even be written down
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+u.token)
	f.headers(req.Header)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "" // refused before it was a request; the server's life is looked at in the end
	}
	defer func() { _ = resp.Body.Close() }()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return ""
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return ""
	}
	if resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented {
		return fmt.Sprintf("%s %s answered %d: %.300s (body %.200q)", f.o.method, target, resp.StatusCode, text, body)
	}
	if m := leak.Find(text); resp.StatusCode >= 400 && m != nil && !strings.Contains(body+target, string(m)) {
		return fmt.Sprintf("%s %s tells of its inside (%s): %.300s", f.o.method, target, m, text)
	}
	return ""
}

var nasty = []string{"", " ", "0", "-1", "9223372036854775808", "1e999", "null", "true", "..", "%2e%2e%2f", "%00", "%ff%fe", "'; DROP TABLE run; --", `"><script>`,
	"${jndi:ldap://x}", "\u202e\u0000", "😀", strings.Repeat("a", 3000), "{}", "[]", "*", "%25", "a/b", "2026-11-24", "NaN", "ws_aaaaaaaaaaaaaaaaaaaa"}

func (f *fuzzer) any() string { return nasty[f.r.IntN(len(nasty))] }

func (f *fuzzer) path() string {
	path := f.o.path
	for {
		i := strings.IndexByte(path, '{')
		if i < 0 {
			return path
		}
		end := strings.IndexByte(path, '}')
		name, value := path[i+1:end], url.PathEscape(f.any())
		switch {
		case name == "workspace" && f.r.IntN(10) > 0: // mostly past the guard
			value = f.workspace
		case name == "run" && f.r.IntN(3) > 0:
			value = f.run
		}
		if value == "" {
			value = "-"
		}
		path = path[:i] + value + path[end+1:]
	}
}

func (f *fuzzer) query() string {
	q := url.Values{}
	for _, p := range f.o.params {
		if p.In == "query" && f.r.IntN(2) == 0 {
			q.Add(p.Name, f.any())
		}
	}
	if f.r.IntN(5) == 0 {
		q.Add(f.any(), f.any())
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f *fuzzer) headers(h http.Header) {
	for _, p := range f.o.params {
		if p.In == "header" && f.r.IntN(2) == 0 {
			h.Set(p.Name, strings.Map(printable, f.any()))
		}
	}
	for _, name := range []string{"If-Match", "Idempotency-Key", "Last-Event-ID", "Range", "Upload-Offset", "Upload-Length", "Tus-Resumable", "X-Forwarded-For", "Accept"} {
		if f.r.IntN(8) == 0 {
			h.Set(name, strings.Map(printable, f.any()))
		}
	}
}

func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return '?'
	}
	return r
}

func (f *fuzzer) body() (text, kind string) {
	kind = "application/json"
	if f.r.IntN(12) == 0 {
		kind = []string{"", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/offset+octet-stream"}[f.r.IntN(6)]
	}
	switch f.r.IntN(8) {
	case 0:
		return "", kind
	case 1:
		return f.any(), kind
	case 2:
		return strings.Repeat("[", 5000) + strings.Repeat("]", 5000), kind
	case 3:
		return `{"a":` + strings.Repeat(`{"a":`, 3000), kind
	case 4:
		return "\xff\xfe{\"name\":\"\xc3\x28\"}", kind
	default:
		return f.value(f.o.schema, 0), kind
	}
}

// value is JSON that is about what the schema asks for, with something wrong here and there.
func (f *fuzzer) value(schema map[string]any, depth int) string {
	if f.r.IntN(6) == 0 || depth > 4 || schema == nil {
		return []string{"null", "true", "-1", "1e308", `""`, "[]", "{}", `"` + strings.Repeat("x", 2000) + `"`, "[[[]]]", `{"":{}}`}[f.r.IntN(10)]
	}
	switch schema["type"] {
	case "object":
		props, _ := schema["properties"].(map[string]any)
		var parts []string
		for name, p := range props {
			if f.r.IntN(8) == 0 {
				continue
			}
			sub, _ := p.(map[string]any)
			parts = append(parts, strconv.Quote(name)+":"+f.value(sub, depth+1))
		}
		if f.r.IntN(6) == 0 {
			parts = append(parts, `"`+"surprise"+`":`+f.value(nil, depth+1))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case "array":
		items, _ := schema["items"].(map[string]any)
		return "[" + f.value(items, depth+1) + "," + f.value(items, depth+1) + "]"
	case "integer", "number":
		return []string{"0", "-1", "1", "99999999999999999999", "1.5", "1e5"}[f.r.IntN(6)]
	case "boolean":
		return []string{"true", "false", `"true"`}[f.r.IntN(3)]
	default:
		if enum, ok := schema["enum"].([]any); ok && len(enum) > 0 && f.r.IntN(2) == 0 {
			return fmt.Sprintf("%q", fmt.Sprint(enum[f.r.IntN(len(enum))]))
		}
		return strconv.Quote(f.any())
	}
}
