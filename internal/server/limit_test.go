package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// asked makes a request at a desk and gives the status and the text of the answer.
func (d *desk) asked(ctx context.Context, method, path string, body io.Reader, headers ...string) (status int, header http.Header, text string) {
	d.Helper()
	r, err := http.NewRequestWithContext(ctx, method, d.server.Origin()+"/api/v1"+path, body)
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		context.AfterFunc(ctx, func() { _ = answer.Body.Close() }) // it has no end
		return answer.StatusCode, answer.Header, ""
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		d.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(raw)
}

func TestOneCallerHasSoManyRequestsUnderWayAndNoMore(t *testing.T) {
	t.Parallel()
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Limits: Limits{PerCaller: 2}})
	ctx, leave := context.WithCancel(t.Context())
	for range 2 {
		if status, _, _ := d.asked(ctx, http.MethodGet, "/workspaces/"+d.workspace+"/events", nil); status != http.StatusOK {
			t.Fatalf("a stream: %d", status)
		}
	}
	status, header, text := d.asked(t.Context(), http.MethodGet, "/me", nil)
	if status != http.StatusTooManyRequests || !strings.Contains(text, `"too_many_requests"`) || header.Get("Retry-After") == "" {
		t.Errorf("one more: %d %s", status, text)
	}
	leave()
	for until := time.Now().Add(30 * time.Second); ; { // the server learns of it when it next looks at the connection
		if status, _, _ = d.asked(t.Context(), http.MethodGet, "/me", nil); status == http.StatusOK {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("after the others have left: %d", status)
		}
	}
}

func TestBodiesAndHeadsAreBounded(t *testing.T) {
	t.Parallel()
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Limits: Limits{HeaderBytes: 8 << 10, HeaderTime: 200 * time.Millisecond}})
	large := `{"name": "` + strings.Repeat("x", 2<<20) + `"}`
	if status, _, text := d.asked(t.Context(), http.MethodPost, "/workspaces", strings.NewReader(large)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of 2 MiB: %d %s", status, text)
	}
	if status, _, _ := d.asked(t.Context(), http.MethodGet, "/me", nil, "X-Long", strings.Repeat("x", 32<<10)); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a head of 32 KiB: %d", status)
	}
	// Whoever sends a head byte by byte does not hold a connection for ever.
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(d.server.Origin(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the server has closed it
	if _, err := io.WriteString(c, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.Contains(line, "408") {
		t.Errorf("a head that does not end is answered with %q", line)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("a head that does not end holds its connection")
	}
}

func TestRequestsEndInTime(t *testing.T) {
	t.Parallel()
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Limits: Limits{RequestTime: time.Nanosecond}})
	status, _, text := d.asked(t.Context(), http.MethodGet, "/workspaces", nil)
	if status != http.StatusServiceUnavailable || !strings.Contains(text, `"too_slow"`) {
		t.Errorf("a request that takes too long: %d %s", status, text)
	}
}
