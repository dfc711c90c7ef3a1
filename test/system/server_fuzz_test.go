package system_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
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

// portion is how many requests a worker sends to an operation before it turns to another, so that none waits for a slow one.
const portion = 50

// consuming are operations that a request which happens to be well-formed ends or moves the run by: they have one of their own.
var consuming = []string{"abort-run", "erase-run", "close-point", "send-back", "reopen-run", "renew-run", "retry-run", "erase-dataset"}

// Requests that are wrong in every way that the description lets one think of: never a failure of the server, and never a
// word about its inside. The requests follow from a fixed seed.
func TestMalformedRequestsNeverFailTheServer(t *testing.T) {
	t.Parallel()
	// Tokens hold for longer than all requests take: otherwise the guard would refuse the later ones.
	s := serve(t, serverData(t), "--config", newDesk(t).file(t, "server.yaml", "auth: {access_ttl: 4h}\n"))
	ada := s.administrator(t)
	workspace := ada.workspace(t, "w", "professional")
	run, victim := ada.start(t, workspace, "orders.csv", small(40), nil), ada.start(t, workspace, "victim.csv", small(40), nil)
	ada.await(t, workspace, run, waitsAt("reception"))
	ada.call(t, "POST", "/workspaces/"+workspace+"/runs/"+run+"/point/close", nil, "If-Match",
		decideRecommended(t, ada, "/workspaces/"+workspace, run)).want(t, 200)
	ada.await(t, workspace, run, waitsAt("quality"))
	c := &campaign{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}, user: ada, spent: map[string]time.Duration{}}
	work := make(chan *fuzzer)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for f := range work {
				c.send(t, f)
			}
		})
	}
	begun, n := time.Now(), malformed(t)
	for sent := 0; sent < n; sent += portion {
		for _, o := range s.operations(t) {
			if o.id == "sign-out" {
				continue // it would end the session that the others use
			}
			f := &fuzzer{r: rand.New(rand.NewPCG(uint64(len(o.id)*131+len(o.path)), uint64(7+sent))), o: o, workspace: workspace, run: run, n: min(portion, n-sent)}
			if slices.Contains(consuming, o.id) {
				f.run = victim
			}
			work <- f
		}
	}
	close(work)
	wg.Wait()
	if strings.Contains(s.said(), "panicked") {
		t.Error("a handler panicked; see the server's log")
	}
	t.Logf("%d malformed requests, %d each, in %s: %d answers of 500 and above, %d leaks; the slowest: %s", c.asked, n, time.Since(begun).Round(time.Second),
		c.failed, c.leaks, c.slowest())
	ada.call(t, "GET", "/workspaces/"+workspace+"/runs/"+run+"/point", nil).want(t, 200)
}

// campaign is what all workers share.
type campaign struct {
	client *http.Client
	user   *user
	mu     sync.Mutex
	asked, failed,
	leaks int
	spent map[string]time.Duration // by operation
}

// send sends a portion of requests.
func (c *campaign) send(t *testing.T, f *fuzzer) {
	begun := time.Now()
	for range f.n {
		failed, leaks, words := f.ask(t.Context(), c)
		c.mu.Lock()
		c.asked++
		if failed {
			c.failed++
		}
		if leaks {
			c.leaks++
		}
		if words != "" && c.failed+c.leaks < 20 {
			t.Errorf("%s: %s", f.o.id, words)
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent[f.o.id] += time.Since(begun)
}

// slowest names the operations that took most of the time.
func (c *campaign) slowest() string {
	ids := slices.SortedFunc(maps.Keys(c.spent), func(a, b string) int { return cmp.Compare(c.spent[b], c.spent[a]) })
	var b strings.Builder
	for _, id := range ids[:min(5, len(ids))] {
		fmt.Fprintf(&b, "%s %s, ", id, c.spent[id].Round(100*time.Millisecond))
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// fuzzer makes malformed requests for one operation.
type fuzzer struct {
	r              *rand.Rand
	o              operation
	workspace, run string
	n              int
}

// ask sends one request; words say what is wrong with its answer.
func (f *fuzzer) ask(ctx context.Context, c *campaign) (failed, leaks bool, words string) {
	u := c.user
	ctx, cancel := context.WithTimeout(ctx, soon)
	defer cancel()
	target := u.s.base + "/api/v1" + f.path() + f.query()
	body, kind := f.body()
	req, err := http.NewRequestWithContext(ctx, f.o.method, target, strings.NewReader(body))
	if err != nil {
		return false, false, "" // a request that cannot even be written down
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+u.token)
	f.headers(req.Header)
	resp, err := c.client.Do(req)
	if err != nil {
		return false, false, "" // refused before it was a request; the server's life is looked at in the end
	}
	defer func() { _ = resp.Body.Close() }()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return false, false, ""
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return false, false, ""
	}
	if resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented {
		return true, false, fmt.Sprintf("%s %s answered %d: %.300s (body %.200q)", f.o.method, target, resp.StatusCode, text, body)
	}
	if m := leak.Find(text); resp.StatusCode >= 400 && m != nil && !strings.Contains(body+target, string(m)) {
		return false, true, fmt.Sprintf("%s %s tells of its inside (%s): %.300s", f.o.method, target, m, text)
	}
	return false, false, ""
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
