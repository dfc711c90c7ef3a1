package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// ErrTooLarge is returned on reading more of an answer than is taken.
var ErrTooLarge = errors.New("the answer is larger than what is taken")

// Options set a client up.
type Options struct {
	Policy Policy
	// Timeout bounds a request with everything that belongs to it, its answer included; 0 means 10 seconds.
	Timeout time.Duration
	// MaxBytes bounds an answer's body; 0 means 1 MiB.
	MaxBytes int64
	// Redirects is how many redirects are followed, within the scheme and host of the request only; 0 means none: the
	// redirect itself is then the answer.
	Redirects int
	// Roots are the authorities whose certificates are trusted; nil means the system's.
	Roots *x509.CertPool
	// Resolver takes the place of the system's, for tests.
	Resolver *net.Resolver
	// Limits say how patient the client is with hosts that do not answer.
	Limits Limits
}

// New makes a client. Its requests must not carry headers that the caller got from elsewhere.
func New(o Options) *http.Client {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 1 << 20
	}
	transport := &http.Transport{
		Proxy:                  nil, // behind a proxy the address could not be checked
		DialContext:            o.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		TLSHandshakeTimeout:    min(o.Timeout, 5*time.Second),
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // what is counted is what arrives
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{Transport: &limited{next: NewWay(o.Limits).Guard(transport), policy: o.Policy, most: o.MaxBytes}, Timeout: o.Timeout,
		CheckRedirect: o.checkRedirect}
}

// dial connects, after the address has been looked at.
func (o *Options) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := &net.Dialer{Timeout: min(o.Timeout, 5*time.Second), Resolver: o.Resolver}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: it names no host and port", ErrURL)
	}
	if !o.Policy.trusts(host) {
		d.Control = func(network, address string, _ syscall.RawConn) error { return o.Policy.refusedPeer(network, address) }
	}
	return d.DialContext(ctx, network, address)
}

func (o *Options) checkRedirect(next *http.Request, past []*http.Request) error {
	first := past[0].URL
	if len(past) > o.Redirects || !sameOrigin(first, next.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// limited checks every request's URL and bounds every answer's body.
type limited struct {
	next   http.RoundTripper
	policy Policy
	most   int64
}

// RoundTrip implements http.RoundTripper.
func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.policy.CheckURL(r.URL.String()); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // a round tripper closes the body whatever happens; there is nothing to be told of it
		}
		return nil, err
	}
	answer, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &bounded{ReadCloser: answer.Body, left: l.most}
	return answer, nil
}

// CloseIdleConnections lets http.Client close what is idle.
func (l *limited) CloseIdleConnections() { closeIdle(l.next) }

func closeIdle(t http.RoundTripper) {
	if c, ok := t.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// bounded is a body of which so much is read and no more.
type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var one [1]byte
		n, err := b.ReadCloser.Read(one[:])
		if n > 0 {
			return 0, ErrTooLarge
		}
		return 0, err
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
