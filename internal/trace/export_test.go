package trace

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// A collector that fails is asked once more and told of; when it does not answer several times it is left alone.
func TestACollectorThatIsGoneIsToldOfAndLeftAlone(t *testing.T) {
	t.Parallel()
	var calls, answers, fails atomic.Int32
	var down atomic.Bool
	down.Store(true)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(srv.Close)
	tracer, err := Open(t.Context(), Config{Endpoint: srv.URL, Percent: 100, Told: func(err error) {
		if err == nil {
			answers.Add(1)
		} else {
			fails.Add(1)
		}
	}}, About{Version: "test"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	tracer.send(nil)
	if calls.Load() != 2 || fails.Load() != 2 {
		t.Errorf("%d calls, %d failures of one upload", calls.Load(), fails.Load())
	}
	down.Store(false)
	if err := tracer.Check(t.Context()); err != nil || answers.Load() != 1 {
		t.Errorf("back: %v, %d answers", err, answers.Load())
	}
	down.Store(true)
	for range 3 {
		tracer.send(nil)
	}
	if err := tracer.Check(t.Context()); !errors.Is(err, outbound.ErrOpen) || calls.Load() != 8 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
