package object_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/object/objecttest"
	"github.com/analytix-flow/analytix/internal/outbound"
)

// heard keeps what it is told of the storage.
type heard struct {
	mu      sync.Mutex
	answers int
	fails   int
}

func (h *heard) told(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.answers++
	} else {
		h.fails++
	}
}

// When the storage goes it is asked five times and then left alone; who outlasts the outage goes on when it is back.
func TestStorageThatIsGoneIsLeftAloneAndOutlasted(t *testing.T) {
	s := objecttest.Start(t)
	h := &heard{}
	b, err := object.Open(t.Context(), s.URL("p"), h.told)
	if err != nil {
		t.Fatal(err)
	}
	if b.Outlast(t.Context()) {
		t.Error("storage that answers was outlasted")
	}
	s.Stop()
	for range 3 {
		if err := b.PutBytes(t.Context(), "x", []byte("y")); err == nil {
			t.Fatal("written where nothing is")
		}
	}
	if err := b.PutBytes(t.Context(), "x", []byte("y")); !errors.Is(err, outbound.ErrOpen) {
		t.Errorf("it is asked again: %v", err)
	}
	h.mu.Lock()
	if h.fails != 5 || h.answers == 0 {
		t.Errorf("%d requests failed, %d did not", h.fails, h.answers)
	}
	h.mu.Unlock()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if b.Outlast(ended) {
		t.Error("outlasted by who is gone")
	}
	outlasted := make(chan bool)
	go func() { outlasted <- b.Outlast(t.Context()) }()
	s.Resume()
	if !<-outlasted {
		t.Error("not outlasted")
	}
	if err := b.PutBytes(t.Context(), "x", []byte("y")); err != nil {
		t.Errorf("after it is back: %v", err)
	}
}

// Behind a gateway whose server fails now and then requests are made again, within their budget.
func TestStorageThatFailsNowAndThenIsAskedAgain(t *testing.T) {
	s := objecttest.Start(t)
	address, err := url.Parse(s.URL("p"))
	if err != nil {
		t.Fatal(err)
	}
	behind, err := url.Parse(address.Query().Get("endpoint"))
	if err != nil {
		t.Fatal(err)
	}
	proxy, calls := httputil.NewSingleHostReverseProxy(behind), 0
	var mu sync.Mutex
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gateway := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		calls++
		fails := calls%4 == 0
		mu.Unlock()
		if fails {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = gateway.Serve(l) // ends with an error when it is closed
	}()
	t.Cleanup(func() { _ = gateway.Close(); <-served })
	b, err := object.Open(t.Context(), strings.Replace(s.URL("p"), url.QueryEscape(behind.String()), url.QueryEscape("http://"+l.Addr().String()), 1))
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if err := b.PutBytes(t.Context(), "x", []byte("y")); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if calls < 11 {
		t.Errorf("only %d calls", calls)
	}
}
