package certificate

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// What an authority answers with an error is asked for again a few times only, and all of it within one budget.
func TestAnAuthorityIsNotAskedAgainForEver(t *testing.T) {
	t.Parallel()
	c := (&ACME{Domains: []string{"flow.example.org"}}).client()
	r := httptest.NewRequest(http.MethodGet, "https://authority.example/directory", http.NoBody)
	if c.RetryBackoff(acmeTries+1, r, nil) > 0 {
		t.Error("asked again for ever")
	}
	tries := 0
	for range 100 {
		if c.RetryBackoff(1, r, nil) > 0 {
			tries++
		}
	}
	if tries < 5 || tries > 11 {
		t.Errorf("%d further tries at once", tries)
	}
	if c.HTTPClient.Timeout != acmeWithin {
		t.Errorf("a request may take %s", c.HTTPClient.Timeout)
	}
}

// An authority that is gone is asked five times, and then left alone.
func TestAnAuthorityThatIsGoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(s.Close)
	c := (&ACME{}).client()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		answer, err := c.HTTPClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusBadGateway {
			t.Errorf("%d, %v", answer.StatusCode, err)
		}
	}
	if _, err := c.HTTPClient.Do(r); !errors.Is(err, outbound.ErrOpen) { //nolint:bodyclose // there is no answer
		t.Errorf("%v", err)
	}
}

// Whoever watches is told that an authority is gone, and can ask whether it is back.
func TestAnAuthorityThatIsGoneIsTold(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if gone.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{"newNonce": "/nonce", "newAccount": "/account", "newOrder": "/order"}`)) // a client that is gone sees nothing
	}))
	t.Cleanup(s.Close)
	var told []bool
	a := ACME{Directory: s.URL, Told: func(err error) { told = append(told, err == nil) }}
	c := a.client()
	c.RetryBackoff = func(int, *http.Request, *http.Response) time.Duration { return -1 }
	for _, out := range []bool{true, false} {
		gone.Store(out)
		if _, err := c.Discover(t.Context()); (err != nil) != out {
			t.Errorf("gone %v: %v", out, err)
		}
	}
	if !slices.Equal(told, []bool{false, true}) {
		t.Errorf("told %v", told)
	}
	if err := a.Check(t.Context()); err != nil {
		t.Errorf("it answers: %v", err)
	}
	s.Close()
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Check(short); err == nil {
		t.Error("it is gone, and checked as if it were there")
	}
}
