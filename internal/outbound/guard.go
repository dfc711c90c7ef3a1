package outbound

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// guard calls hosts by a Way.
type guard struct {
	way  *Way
	next http.RoundTripper
}

// Guard has the requests that go through next made by the Way; nil as next is the default transport. Without more said, an answer of
// whatever status is one. A request holds its place until the body of its answer is closed.
func (w *Way) Guard(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &guard{way: w, next: next}
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	r, op := within(r)
	answer, err := g.once(r, false)
	if g.repeats(r, answer, err) && g.way.MayRetry(r.URL.Host) && pause(r) {
		if answer != nil {
			_ = answer.Body.Close() // nobody reads it
		}
		answer, err = g.once(r.WithContext(Again(r.Context())), true)
	}
	if op != nil && NotAsked(err) {
		op.cancel(err) // trying again at once is of no use
	}
	return answer, err
}

// once makes the request; paid says that the budget has allowed it.
func (g *guard) once(r *http.Request, paid bool) (*http.Response, error) {
	h := g.way.of(r.URL.Host)
	leave, err := g.way.enter(r.Context(), h, paid)
	if err != nil {
		drop(r)
		return nil, err
	}
	var answer *http.Response
	asked := false
	_, err = h.breaker.Execute(func() (_ any, err error) {
		asked = true
		answer, err = g.next.RoundTrip(r) //nolint:bodyclose // whoever asked closes it
		if err == nil && g.down(answer) {
			err = &downError{answer.Status}
		}
		return nil, err
	})
	err = g.way.ended(h, err)
	if !asked {
		drop(r)
	}
	if answer == nil {
		leave()
		return nil, err
	}
	if again(r.Context()) && answer.StatusCode < http.StatusInternalServerError {
		h.budget.worked()
	}
	answer.Body = &held{ReadCloser: answer.Body, leave: sync.OnceFunc(leave)}
	return answer, nil
}

// repeats says whether the request is worth another try at once.
func (g *guard) repeats(r *http.Request, answer *http.Response, err error) bool {
	if !g.way.limits.Repeat || (r.Method != http.MethodGet && r.Method != http.MethodHead) || (r.Body != nil && r.Body != http.NoBody) || r.Context().Err() != nil {
		return false
	}
	return (err != nil && !NotAsked(err) && !errors.Is(err, ErrRefused)) || (err == nil && g.down(answer))
}

// pause waits a moment, another one each time; not where the request has ended meanwhile.
func pause(r *http.Request) bool {
	const least = 50 * time.Millisecond
	t := time.NewTimer(least + rand.N(2*least)) //nolint:gosec // spreads tries, no secret
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (g *guard) down(a *http.Response) bool { return g.way.limits.Down != nil && g.way.limits.Down(a) }

// downError is about an answer that is as good as none.
type downError struct{ status string }

// Error implements error.
func (d *downError) Error() string { return "it answers " + d.status }

// drop closes the body of a request that is not made: a round tripper does so whatever happens.
func drop(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close() // there is nothing to be told of it
	}
}

// held is the body of an answer that holds the place of its request.
type held struct {
	io.ReadCloser
	leave func()
}

// Close implements io.Closer.
func (h *held) Close() error {
	defer h.leave()
	return h.ReadCloser.Close()
}

// CloseIdleConnections lets http.Client close what is idle.
func (g *guard) CloseIdleConnections() { closeIdle(g.next) }
