package outbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/sony/gobreaker/v2"
)

// ErrOpen is wrapped by errors about a host that did not answer several times in succession, and is not asked for a while: who waits for
// it would hold what others need.
var ErrOpen = errors.New("the host has not answered lately and is not asked for a while")

const (
	// failuresToOpen is how many times in succession a host may give no answer.
	failuresToOpen = 5
	// openFor is how long it is not asked then; after that one request tries.
	openFor = 30 * time.Second
	// hosts is how many are remembered.
	hosts = 1024
)

// guard asks no host that does not answer. An answer of whatever status is one.
type guard struct {
	next  http.RoundTripper
	hosts *lru.Cache[string, *gobreaker.CircuitBreaker[any]]
}

// Guard has requests fail at once to hosts that gave no answer several times in succession; nil as next is the default transport. The
// errors wrap ErrOpen.
func Guard(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	cache, err := lru.New[string, *gobreaker.CircuitBreaker[any]](hosts)
	if err != nil { // the number is ours, and right
		return next
	}
	return &guard{next: next, hosts: cache}
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	var answer *http.Response
	_, err := g.of(r.URL.Host).Execute(func() (_ any, err error) {
		answer, err = g.next.RoundTrip(r) //nolint:bodyclose // whoever asked closes it
		return nil, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		if r.Body != nil {
			_ = r.Body.Close() // a round tripper closes the body whatever happens; there is nothing to be told of it
		}
		return nil, fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return answer, err
}

// of is the breaker of a host.
func (g *guard) of(host string) *gobreaker.CircuitBreaker[any] {
	if b, ok := g.hosts.Get(host); ok {
		return b
	}
	b := gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name: host, Timeout: openFor,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresToOpen },
		// Who gives up waiting says nothing about the host.
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
	})
	if was, had, _ := g.hosts.PeekOrAdd(host, b); had {
		return was
	}
	return b
}

// CloseIdleConnections lets http.Client close what is idle.
func (g *guard) CloseIdleConnections() { closeIdle(g.next) }
