package outbound_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
)

func ask(ctx context.Context, t *testing.T, c *http.Client, method, url string) (int, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, errors.Join(err, answer.Body.Close())
}

// What asks for something is asked once more where the answer is as good as none; what changes something never is.
func TestWhatChangesNothingIsRepeated(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1)%2 == 1 { // every other request meets a gateway whose server is gone
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(s.Close)
	c := &http.Client{Transport: outbound.NewWay(outbound.Limits{Repeat: true, Down: outbound.Gateway, AtOnce: 1}).Guard(s.Client().Transport)}
	for range 14 { // more than the budget holds: a repetition that has success costs nothing
		if status, err := ask(t.Context(), t, c, http.MethodGet, s.URL); err != nil || status != http.StatusOK {
			t.Fatalf("%d, %v", status, err)
		}
	}
	if status, err := ask(t.Context(), t, c, http.MethodPost, s.URL); err != nil || status != http.StatusBadGateway || calls.Load() != 29 {
		t.Errorf("%d, %v after %d calls", status, err, calls.Load())
	}
}

// A library that tries again by itself is stopped where the budget is spent, or the host is not asked any more.
func TestAnOperationEndsWhereTriesAreOfNoUse(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(s.Close)
	stubborn := func(c *http.Client) error { // tries for ever
		ctx, end := outbound.Operation(t.Context())
		for ctx.Err() == nil {
			_, _ = ask(ctx, t, c, http.MethodPut, s.URL+"/a?part=1")
		}
		return end(ctx.Err())
	}
	c := &http.Client{Transport: outbound.NewWay(outbound.Limits{}).Guard(s.Client().Transport)}
	if err := stubborn(c); !errors.Is(err, outbound.ErrSpent) || calls.Load() > 12 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	calls.Store(0)
	down := func(*http.Response) bool { return true }
	c = &http.Client{Transport: outbound.NewWay(outbound.Limits{Down: down}).Guard(s.Client().Transport)}
	if err := stubborn(c); !errors.Is(err, outbound.ErrOpen) || calls.Load() != 5 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	ctx, end := outbound.Operation(t.Context())
	if err := end(nil); err != nil || ctx.Err() == nil {
		t.Errorf("an operation that went well: %v, %v", err, ctx.Err())
	}
}

// An answer that is being read holds the place of its request until it is closed.
func TestAnAnswerHoldsItsPlaceUntilItIsClosed(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }))
	t.Cleanup(s.Close)
	c := &http.Client{Transport: outbound.NewWay(outbound.Limits{AtOnce: 1, Turn: time.Millisecond}).Guard(s.Client().Transport)}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t.Context(), t, c, http.MethodGet, s.URL); !errors.Is(err, outbound.ErrBusy) {
		t.Errorf("a second one: %v", err)
	}
	if err := first.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if status, err := ask(t.Context(), t, c, http.MethodGet, s.URL); err != nil || status != http.StatusOK {
		t.Errorf("after it: %d, %v", status, err)
	}
}

// A transfer on which nothing moves any more ends; one that goes on may take as long as it needs.
func TestATransferThatStandsStillEnds(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		if r.URL.Path == "/stands" {
			<-stop
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(stop) })
	within := 50 * time.Millisecond
	c := &http.Client{Transport: &http.Transport{DialContext: outbound.Progress((&net.Dialer{}).DialContext, within)}}
	_, err := ask(t.Context(), t, c, http.MethodGet, s.URL+"/stands")
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("a transfer that stands still: %v", err)
	}
}
