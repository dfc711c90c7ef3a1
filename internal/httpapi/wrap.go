package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/auth"
)

// Limits bound what clients may take of the server. Zero values mean the defaults.
type Limits struct {
	// PerCaller is how many requests of one account are worked on at the same time; 64 by default. Streams count.
	PerCaller int
	// Timeout is how long a request that is no stream and no transfer may take; 60 s by default.
	Timeout time.Duration
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
}

func (l Limits) perCaller() int {
	if l.PerCaller > 0 {
		return l.PerCaller
	}
	return 64
}

func (l Limits) timeout() time.Duration {
	if l.Timeout > 0 {
		return l.Timeout
	}
	return time.Minute
}

// newRequestID names a request.
func newRequestID() string {
	var r [10]byte
	_, _ = rand.Read(r[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.EncodeToString(r[:]))
}

// wrap is what every request passes first: it gets an id and a client, its answer security headers, and a panic becomes an
// answer.
func (a *API) wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newRequestID()
		ctx := context.WithValue(r.Context(), keyRequest, id)
		ctx = context.WithValue(ctx, keyClient, auth.Client{Address: a.address(r), Agent: clean(r.UserAgent())})
		head := w.Header()
		head.Set("X-Request-Id", id)
		head.Set("Cache-Control", "no-store")
		SecurityHeaders(head, a.Secure)
		head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'")
		defer func() {
			v := recover()
			switch v {
			case nil:
			case http.ErrAbortHandler: // a panic's value, which is this very one
				panic(v) //nolint:forbidigo // it tells net/http to drop the connection
			default:
				a.log.ErrorContext(ctx, "a handler panicked", "request", id, "kind", panicKind(v))
				plain(w, internalProblem(), id)
			}
		}()
		h.ServeHTTP(&notFound{ResponseWriter: w, request: id}, r.WithContext(ctx))
	})
}

// SecurityHeaders sets the headers that every answer of the server has.
func SecurityHeaders(h http.Header, secure bool) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// panicKind is what may be said of a panic in the log: its value could hold a user's data.
func panicKind(v any) string {
	if err, ok := v.(error); ok {
		return typeName(err)
	}
	return typeName(v)
}

// clean cuts a client's text to what a log and a list can show.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return text
}

// address is the client's, behind a trusted proxy the one that it names.
func (a *API) address(r *http.Request) netip.Addr {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := p.Addr().Unmap()
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0 && a.trusted(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = next.Unmap()
	}
	return at
}

func (a *API) trusted(at netip.Addr) bool {
	for _, p := range a.Limits.TrustedProxies {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

// notFound turns the multiplexer's own answers (no such path, no such method) into problems.
type notFound struct {
	http.ResponseWriter
	request string
	eaten   bool
}

// Unwrap lets http.ResponseController find the writer below.
func (w *notFound) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter. The multiplexer's answers are the only ones in plain text.
func (w *notFound) WriteHeader(status int) {
	own := strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain")
	if own && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		w.eaten = true
		p := missing()
		if status == http.StatusMethodNotAllowed {
			p = newProblem(status, "", "There is no such method here.")
		}
		plain(w.ResponseWriter, p, w.request)
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *notFound) Write(b []byte) (int, error) {
	if w.eaten {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Flush implements http.Flusher, which streams ask for.
func (w *notFound) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() } // a client that is gone shows at the next write

// plain answers with a problem where no operation is at work.
func plain(w http.ResponseWriter, p *Problem, request string) {
	p.Request = request
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a client that is gone needs no answer
}

// inFlight bounds how many requests of one account are worked on at the same time.
type inFlight struct {
	most int
	mu   sync.Mutex
	now  map[string]int
}

func newInFlight(most int) *inFlight { return &inFlight{most: most, now: map[string]int{}} }

func (f *inFlight) enter(account string) (release func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now[account] >= f.most {
		return nil, false
	}
	f.now[account]++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.now[account]--; f.now[account] == 0 {
			delete(f.now, account)
		}
	}, true
}
