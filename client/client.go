package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// Client calls the API of one server, on behalf of one account.
type Client struct {
	base    string
	http    *http.Client
	tokens  tokens
	agent   string
	retries int
}

// Option changes how a client works.
type Option func(*Client)

// WithToken has calls carry a personal API token (atx_...), or an access token, which holds for some minutes only.
func WithToken(token string) Option { return func(c *Client) { c.tokens.access = token } }

// WithHTTPClient takes the place of http.DefaultClient: for proxies, or authorities of one's own. Its Timeout would end
// event streams and large files as well: leave it at 0, and bound calls by their context.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithUserAgent names the program that calls, for the server's access log.
func WithUserAgent(agent string) Option { return func(c *Client) { c.agent = agent } }

// WithRetries says how often a call is repeated that may be; 3 by default, 0 is never.
func WithRetries(n int) Option { return func(c *Client) { c.retries = n } }

// New makes a client for the server at an address such as https://flow.example.org.
func New(address string, options ...Option) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%q is no address such as https://flow.example.org", address)
	}
	c := &Client{base: strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/"), http: http.DefaultClient, agent: "analytix-client", retries: 3}
	for _, o := range options {
		o(c)
	}
	return c, nil
}

// Path holds the values of the parameters in an operation's path.
type Path map[string]string

// Request is a call of an operation.
type Request struct {
	Operation Operation
	Path      Path
	Query     url.Values
	Header    http.Header // such as If-Match
	// Body is sent as JSON. An io.Reader is sent as it is: give Content-Type in Header, and know that the call is not repeated.
	Body any
}

// Call calls an operation and reads its JSON answer into out, which may be nil. The error is a *Problem where the server
// refuses.
func (c *Client) Call(ctx context.Context, r Request, out any) error {
	_, err := c.call(ctx, r, out)
	return err
}

// call is Call that returns the answer's headers too.
func (c *Client) call(ctx context.Context, r Request, out any) (http.Header, error) {
	resp, err := c.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // what was wanted of it was read
	if out == nil || resp.StatusCode == http.StatusNoContent {
		return resp.Header, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return resp.Header, fmt.Errorf("reading the answer to %s: %w", r.Operation, err)
	}
	return resp.Header, nil
}

// Open calls an operation and returns the answer with its body unread: for files and streams. The caller closes the body.
func (c *Client) Open(ctx context.Context, r Request) (*http.Response, error) {
	method, target, err := c.target(&r)
	if err != nil {
		return nil, err
	}
	body, again, err := encoded(r.Body)
	if err != nil {
		return nil, fmt.Errorf("writing the request of %s: %w", r.Operation, err)
	}
	if method == http.MethodPost && again && r.Header.Get("Idempotency-Key") == "" && operations[r.Operation].repeat {
		r.Header = r.Header.Clone()
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set("Idempotency-Key", rand.Text())
	}
	again = again && (method != http.MethodPost || operations[r.Operation].repeat) && method != http.MethodPatch
	for try := 0; ; try++ {
		resp, err := c.once(ctx, method, target, r, body())
		wait, worth := pause(resp, err, try)
		if !worth || !again || try >= c.retries || ctx.Err() != nil {
			return answered(resp, err, r.Operation)
		}
		if resp != nil {
			_ = resp.Body.Close() // the next answer counts
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (c *Client) target(r *Request) (method, target string, err error) {
	e, ok := operations[r.Operation]
	if !ok {
		return "", "", fmt.Errorf("there is no operation %q", r.Operation)
	}
	path := e.path
	for name, value := range r.Path {
		if value == "" {
			return "", "", fmt.Errorf("%s: the %s is empty", r.Operation, name)
		}
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	if i := strings.IndexByte(path, '{'); i >= 0 {
		return "", "", fmt.Errorf("%s: its path needs %s", r.Operation, path[i:])
	}
	target = c.base + path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	return e.method, target, nil
}

// encoded gives the body as often as it is sent, and says whether it can be sent again.
func encoded(body any) (again func() io.Reader, repeat bool, err error) {
	switch b := body.(type) {
	case nil:
		return func() io.Reader { return nil }, true, nil
	case io.Reader:
		return func() io.Reader { return b }, false, nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, false, err
	}
	return func() io.Reader { return bytes.NewReader(text) }, true, nil
}

func (c *Client) once(ctx context.Context, method, target string, r Request, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	req.Header.Set("User-Agent", c.agent)
	token, err := c.token(ctx, r.Operation)
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return c.http.Do(req)
}

// pause says whether a call is worth repeating, and after how long.
func pause(resp *http.Response, err error, try int) (time.Duration, bool) {
	wait := pauseOf(try)
	if err != nil {
		var p *Problem
		return wait, !errors.As(err, &p) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		wait = time.Duration(s) * time.Second
	}
	return wait, wait <= 10*time.Second // who is shut out for longer is told so
}

// pauseOf is how long is waited before the n-th repetition.
func pauseOf(n int) time.Duration { return 100 * time.Millisecond << min(n, 6) }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func answered(resp *http.Response, err error, op Operation) (*http.Response, error) {
	if err != nil {
		return nil, fmt.Errorf("calling %s: %w", op, err)
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }() // what was wanted of it was read
	p := &Problem{Status: resp.StatusCode}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || json.Unmarshal(text, p) != nil || p.Title == "" {
		p = &Problem{Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode), Detail: "The answer is no problem document."}
	}
	p.Operation = op
	return nil, p
}

// Problem is what the server answers where it refuses or fails (RFC 9457).
type Problem struct {
	Operation Operation `json:"-"`
	Title     string    `json:"title"`
	Status    int       `json:"status"`
	Detail    string    `json:"detail"` // what happened, and to what
	Code      string    `json:"code"`   // a stable word for the kind of problem
	Kept      string    `json:"kept"`   // what was kept
	Next      string    `json:"next"`   // what to do next
	Request   string    `json:"request"`
	Fields    []struct {
		Where string `json:"where"`
		What  string `json:"what"`
	} `json:"fields"`
}

// Error implements error.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d %s: %s", p.Operation, p.Status, p.Title, p.Detail)
	for _, f := range p.Fields {
		fmt.Fprintf(&b, " %s: %s.", f.Where, f.What)
	}
	if p.Kept != "" {
		b.WriteString(" Kept: " + p.Kept + ".")
	}
	if p.Next != "" {
		b.WriteString(" Next: " + p.Next + ".")
	}
	return b.String()
}

// IsCode says whether an error is a problem of a kind, such as "stale" or "tier_limit".
func IsCode(err error, code string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == code
}
