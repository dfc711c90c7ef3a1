package system_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/analytix-flow/analytix/internal/broker/brokertest"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// click is the span of the browser, which sends none of its own.
const click = "00f067aa0ba902b7"

// spans is a collector of traces: it takes OTLP over HTTP and keeps what comes.
type spans struct {
	url  string
	mu   sync.Mutex
	all  []*wire.Span
	raw  bytes.Buffer
	came chan struct{}
}

func collect(t *testing.T) *spans {
	t.Helper()
	c := &spans{came: make(chan struct{}, 1)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			var err error
			if body, err = gzip.NewReader(r.Body); err != nil {
				t.Error(err)
				return
			}
		}
		raw, err := io.ReadAll(body)
		var given collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(raw, &given)
		}
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%s with %s: %v", r.URL.Path, r.Header.Get("Content-Type"), err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(raw)
		for _, from := range given.ResourceSpans {
			for _, scope := range from.ScopeSpans {
				c.all = append(c.all, scope.Spans...)
			}
		}
		select {
		case c.came <- struct{}{}:
		default:
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(srv.Close)
	c.url = srv.URL
	return c
}

// of lists the spans of a trace.
func (c *spans) of(trace string) []*wire.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.all), func(s *wire.Span) bool { return hex.EncodeToString(s.TraceId) != trace })
}

// until waits until the spans of a trace are enough.
func (c *spans) until(t *testing.T, trace string, enough func([]*wire.Span) bool) []*wire.Span {
	t.Helper()
	for late := time.After(time.Minute); ; {
		all := c.of(trace)
		loose := slices.ContainsFunc(all, func(s *wire.Span) bool { _, top := path(all, s); return top != click }) // what is above comes in its own time
		if enough(all) && !loose {
			return all
		}
		select {
		case <-c.came:
		case <-late:
			t.Fatalf("the trace has only %v", names(c.of(trace)))
		}
	}
}

func names(all []*wire.Span) (list []string) {
	for _, s := range all {
		list = append(list, s.Name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func fact(s *wire.Span, key string) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

// path is the way from a span up to the one that began the trace.
func path(all []*wire.Span, s *wire.Span) (way []string, top string) {
	for {
		way = append(way, s.Name)
		i := slices.IndexFunc(all, func(p *wire.Span) bool { return bytes.Equal(p.SpanId, s.ParentSpanId) })
		if i < 0 {
			return way, hex.EncodeToString(s.ParentSpanId)
		}
		s = all[i]
	}
}

// Steps of one click are one trace, through processes of a role each and their children, down to the queries of the engine.
func TestATraceGoesFromTheClickToTheQuery(t *testing.T) {
	t.Parallel()
	const began, closed = "4bf92f3577b34da6a3ce929d0e0e4736", "5bf92f3577b34da6a3ce929d0e0e4736"
	c := collect(t)
	data, log := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "worker.log")
	shared := []string{"--postgres", storetest.Postgres(t), "--nats", brokertest.Server(t), "--origin", "http://flow.example.org"}
	role := func(name string, more ...string) *service {
		return serveIn(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.url, "OTEL_BSP_SCHEDULE_DELAY=200"}, data, slices.Concat([]string{"--role", name}, shared, more)...)
	}
	api := role("api")
	worker := role("worker", "--log", log)
	role("control")
	ada := api.administrator(t)
	w := ada.workspace(t, "first", "professional")
	var d, r struct{ ID string }
	ada.call(t, "PUT", "/workspaces/"+w+"/files/canary.csv", small(60), "Content-Type", "text/csv").want(t, 201).into(t, &d)
	ada.call(t, "POST", "/workspaces/"+w+"/runs", map[string]any{"dataset": d.ID, "goal": "canary goal"}, "Traceparent", "00-"+began+"-"+click+"-01").want(t, 201).into(t, &r)
	ada.await(t, w, r.ID, waitsAt("reception"))
	assembled := func(all []*wire.Span) bool {
		got := names(all)
		return slices.Contains(got, "manager.assemble") && slices.Contains(got, "engine.copy") && slices.Contains(got, "start-run")
	}
	connected(t, c.until(t, began, assembled), r.ID)

	base := "/workspaces/" + w + "/runs/" + r.ID
	tag := ada.call(t, "GET", base+"/point", nil).want(t, 200).header.Get("ETag")
	ada.call(t, "POST", base+"/point/close", map[string]any{}, "If-Match", tag, "Traceparent", "00-"+closed+"-"+click+"-01").want(t, 200)
	ada.await(t, w, r.ID, waitsAt("quality"))
	connected(t, c.until(t, closed, func(all []*wire.Span) bool {
		return slices.Contains(names(all), "engine.select") && slices.Contains(names(all), "close-point")
	}), r.ID)

	exemplars(t, worker.base)
	worker.stop()
	if line := regexp.MustCompile(`"run":"` + r.ID + `"[^\n]*`).FindString(text(t, log)); !strings.Contains(text(t, log), `"trace_id":"`+began+`"`) || line == "" {
		t.Errorf("no line of the log bears the trace and the run:\n%.2000s", text(t, log))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := bytes.Index(c.raw.Bytes(), []byte("canary")); i >= 0 {
		t.Errorf("a user's data is in a trace: %q", c.raw.Bytes()[max(0, i-100):i+50])
	}
	if bytes.Contains(c.raw.Bytes(), []byte("read_parquet")) {
		t.Error("the text of a query is in a trace")
	}
}

// connected says whether every span hangs on the click, and some query on the whole way.
func connected(t *testing.T, all []*wire.Span, run string) {
	t.Helper()
	deep := false
	for _, s := range all {
		way, top := path(all, s)
		if top != click {
			t.Errorf("%v hangs on %s, which is not there", way, top)
		}
		if fact(s, "analytix.run") != run {
			t.Errorf("%v is of the run %q", way, fact(s, "analytix.run"))
		}
		if !strings.HasPrefix(s.Name, "engine.") {
			continue
		}
		whole := true
		for _, step := range []string{"handler", "process.run", "task", "control.step", "message.handle", "outbox.send"} {
			whole = whole && slices.Contains(way, step)
		}
		deep = deep || whole
		if s.EndTimeUnixNano < s.StartTimeUnixNano || fact(s, "db.operation.name") == "" {
			t.Errorf("%s does not say what it did", s.Name)
		}
	}
	if !deep {
		t.Errorf("no query hangs on the whole way; there are %v", names(all))
	}
}

// exemplars says whether the durations of tasks name traces.
func exemplars(t *testing.T, base string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	if !regexp.MustCompile(`analytix_task_duration_seconds_bucket\{[^}]*\} \d+ # \{trace_id="[0-9a-f]{32}"\}`).Match(send(t, req).body) {
		t.Error("no duration of a task has an exemplar")
	}
}
