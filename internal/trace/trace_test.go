package trace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server takes spans.
type server struct {
	mu  sync.Mutex
	all []*wire.Span
}

func (s *server) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	var given collector.ExportTraceServiceRequest
	if err != nil || proto.Unmarshal(raw, &given) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, from := range given.ResourceSpans {
		for _, scope := range from.ScopeSpans {
			s.all = append(s.all, scope.Spans...)
		}
	}
}

func opened(t *testing.T, percent int) (context.Context, func() []*wire.Span) {
	t.Helper()
	took := &server{}
	srv := httptest.NewServer(took)
	t.Cleanup(srv.Close)
	tracer, err := Open(t.Context(), Config{Endpoint: srv.URL, Percent: percent}, About{Version: "test"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return With(t.Context(), tracer), func() []*wire.Span {
		if err := tracer.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		return took.all
	}
}

const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// What a child process records comes to the collector by its parent, within the parent's span.
func TestAChildsSpansHangOnItsParents(t *testing.T) {
	t.Parallel()
	ctx, end := opened(t, 100)
	above, span := Start(Continue(ctx, parent, "r1"), "process.run")
	c, err := Collect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	job, handler := Start(Continue(c.With(t.Context()), Carry(above), "r1"), "handler")
	for range MostQueries + 50 {
		_, done := Query(job, "SELECT 'canary' FROM data")
		done(2, nil)
	}
	Queries(job, handler)
	handler.End(errors.New("canary"))
	Relay(above, c.Take())
	if c.Take() != nil {
		t.Error("spans are given twice")
	}
	span.End(nil)
	all := end()
	byName := map[string][]*wire.Span{}
	for _, s := range all {
		byName[s.Name] = append(byName[s.Name], s)
		if strings.Contains(s.String(), "canary") {
			t.Errorf("a user's data is in %v", s)
		}
	}
	if len(byName["engine.select"]) != MostQueries || len(byName["handler"]) != 1 || len(byName["process.run"]) != 1 {
		t.Fatalf("%d queries, %d handlers, %d in all", len(byName["engine.select"]), len(byName["handler"]), len(all))
	}
	h := byName["handler"][0]
	if !bytes.Equal(h.ParentSpanId, byName["process.run"][0].SpanId) || !bytes.Equal(byName["engine.select"][0].ParentSpanId, h.SpanId) {
		t.Error("the spans do not hang together")
	}
	if h.Status.GetCode() != wire.Status_STATUS_CODE_ERROR || count(h, "analytix.queries") != MostQueries+50 || count(h, "analytix.rows") != 2*(MostQueries+50) {
		t.Errorf("the span of the handler: %v", h)
	}
}

func count(s *wire.Span, key string) int64 {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.GetIntValue()
		}
	}
	return -1
}

func TestWithoutATracerNothingIsRecorded(t *testing.T) {
	t.Parallel()
	ctx, span := Start(Continue(t.Context(), parent, "r1"), "x")
	span.Set(Count("n", 1))
	span.Fail()
	span.End(errors.New("x"))
	_, done := Query(ctx, "SELECT 1")
	done(1, nil)
	Relay(ctx, []byte("x"))
	if Carry(ctx) != "" || ID(ctx) != "" || On(ctx) {
		t.Error("something is recorded")
	}
	var none *Tracer
	if err := none.Close(ctx); err != nil {
		t.Error(err)
	}
}

// Of a trace all processes record all or nothing, and what the caller does not want recorded is not.
func TestATraceIsRecordedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		percent int
		carried string
		want    int
	}{
		"all":            {100, parent, 1},
		"none":           {0, parent, 0},
		"not wanted":     {100, strings.TrimSuffix(parent, "01") + "00", 0},
		"nothing before": {100, "", 1},
		"not understood": {100, "00-zz", 1},
	} {
		ctx, end := opened(t, c.percent)
		in, span := Start(Continue(ctx, c.carried, ""), "x")
		if again := Carry(in); c.want == 1 && name == "all" && !strings.HasPrefix(again, parent[:36]) {
			t.Errorf("%s: carried on as %s", name, again)
		}
		span.End(nil)
		if got := len(end()); got != c.want {
			t.Errorf("%s: %d spans", name, got)
		}
	}
}

func TestQueriesAreNamedByWhatTheyDo(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT 1": "select", "  (select 1)": "select", "WITH a AS (SELECT 1) FROM a": "select", "COPY (SELECT 1) TO 'x'": "copy", "canary": "other", "": "other", "insert into x": "insert",
	} {
		if got := operation(query); got != want {
			t.Errorf("%s is %s", query, got)
		}
	}
}

// A line of the log bears the trace and the run of its context, the run once.
func TestLinesBearTheTraceAndTheRun(t *testing.T) {
	t.Parallel()
	ctx, end := opened(t, 100)
	ctx, span := Start(Continue(ctx, parent, "r1"), "x")
	var b bytes.Buffer
	log := slog.New(Logs(slog.NewTextHandler(&b, nil)))
	log.InfoContext(ctx, "one")
	log.InfoContext(ctx, "two", "run", "r2")
	log.With("run", "r3").InfoContext(ctx, "three")
	log.InfoContext(Run(t.Context(), "r4"), "four")
	log.InfoContext(t.Context(), "five")
	span.End(nil)
	end()
	id := "trace_id=4bf92f3577b34da6a3ce929d0e0e4736"
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		want := []string{"msg=one " + id + " run=r1", "msg=two run=r2 " + id, "msg=three run=r3 " + id, "msg=four run=r4", "msg=five"}[i]
		if !strings.HasSuffix(line, want) {
			t.Errorf("%s, want %s", line, want)
		}
	}
}

// A collector that is not there holds nothing up, and the log says so once.
func TestACollectorThatIsDownIsNoFault(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	var b bytes.Buffer
	tracer, err := Open(t.Context(), Config{Endpoint: url, Percent: 100}, About{}, slog.New(slog.NewTextHandler(&b, nil)))
	if err != nil {
		t.Fatal(err)
	}
	_, span := Start(With(t.Context(), tracer), "x")
	span.End(nil)
	if err := tracer.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
	srv.Close()
	if strings.Count(b.String(), "they are lost") != 1 {
		t.Errorf("the log says: %s", b.String())
	}
}

func TestTheConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{Percent: -1}, {Percent: 101}, {Endpoint: "collector:4318"}, {Endpoint: "grpc://a:4317"}} {
		if c.Check() == nil {
			t.Errorf("%+v passes", c)
		}
	}
	if err := (&Config{Endpoint: "https://collector.example.org/otlp", Percent: 5}).Check(); err != nil {
		t.Error(err)
	}
}
