package outbound_test

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
)

func allow(t *testing.T, what ...string) outbound.Policy {
	t.Helper()
	p, err := outbound.ParsePolicy(what)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func get(t *testing.T, c *http.Client, url string) (status int, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	raw, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(raw), errors.Join(err, answer.Body.Close())
}

func receiver(t *testing.T, handle http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(handle)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

func TestOnlyAllowedTargetsAreCalled(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s, roots := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		_, _ = io.WriteString(w, "hello")
	})
	_, _, err := get(t, outbound.New(outbound.Options{Roots: roots}), s.URL)
	if !errors.Is(err, outbound.ErrRefused) || calls.Load() != 0 {
		t.Errorf("a target on this machine: %v, %d calls", err, calls.Load())
	}
	status, body, err := get(t, outbound.New(outbound.Options{Roots: roots, Policy: allow(t, "127.0.0.1")}), s.URL)
	if err != nil || status != http.StatusOK || body != "hello" {
		t.Errorf("an allowed target: %v, %q", err, body)
	}
}

// rebinding is a resolver whose answers change: first a public address, then this machine's.
func rebinding(t *testing.T) (resolver *net.Resolver, asked *atomic.Int32) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	asked = &atomic.Int32{}
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(dnsAnswer(buffer[:n], asked.Add(1)), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}, asked
}

// dnsAnswer answers a question for an A record with 127.0.0.1, and any other with nothing.
func dnsAnswer(question []byte, _ int32) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	answer := append([]byte{}, question[:end]...)
	answer[2], answer[3] = 0x81, 0x80
	for i := 6; i < 12; i++ {
		answer[i] = 0
	}
	if binary.BigEndian.Uint16(question[end-4:]) != 1 {
		return answer
	}
	answer[7] = 1
	return append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1)
}

func TestANameThatLeadsToThisMachineIsRefusedWhenItIsDialled(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s, roots := receiver(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	resolver, asked := rebinding(t)
	address := "https://example.com:" + u.Port() + "/"
	if err := (outbound.Policy{}).CheckURL(address); err != nil {
		t.Fatalf("the URL alone tells nothing: %v", err)
	}
	_, _, err = get(t, outbound.New(outbound.Options{Roots: roots, Resolver: resolver}), address)
	if !errors.Is(err, outbound.ErrRefused) || calls.Load() != 0 || asked.Load() == 0 {
		t.Errorf("error %v, %d calls, %d questions to the resolver", err, calls.Load(), asked.Load())
	}
	// Where the operator named the host it is called, to show that the resolver's answer was the only obstacle.
	if _, _, err := get(t, outbound.New(outbound.Options{Roots: roots, Resolver: resolver, Policy: allow(t, "example.com")}), address); err != nil {
		t.Errorf("a host that was named: %v", err)
	}
}

func TestRedirectsStayWhereTheyBegan(t *testing.T) {
	t.Parallel()
	other, _ := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("another host was called") })
	s, roots := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/plain":
			http.Redirect(w, r, strings.Replace("http://"+r.Host, "https", "http", 1)+"/end", http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "end")
		}
	})
	policy := allow(t, "127.0.0.1")
	follow := outbound.New(outbound.Options{Roots: roots, Policy: policy, Redirects: 3})
	for path, want := range map[string]int{"/away": 307, "/plain": 302, "/here": 200, "/round": 302} {
		status, _, err := get(t, follow, s.URL+path)
		if err != nil || status != want {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
	status, _, err := get(t, outbound.New(outbound.Options{Roots: roots, Policy: policy}), s.URL+"/here")
	if err != nil || status != http.StatusFound {
		t.Errorf("without redirects: %d, %v", status, err)
	}
}

func TestSizeAndTimeAreBounded(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	s, roots := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-stop
			return
		}
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
	})
	t.Cleanup(func() { close(stop) })
	o := outbound.Options{Roots: roots, Policy: allow(t, "127.0.0.1"), MaxBytes: 99}
	if _, body, err := get(t, outbound.New(o), s.URL); !errors.Is(err, outbound.ErrTooLarge) || len(body) != 99 {
		t.Errorf("one byte too many: %d bytes, %v", len(body), err)
	}
	o.MaxBytes = 100
	if _, body, err := get(t, outbound.New(o), s.URL); err != nil || len(body) != 100 {
		t.Errorf("exactly so much: %d bytes, %v", len(body), err)
	}
	o.Timeout = 50 * time.Millisecond
	if _, _, err := get(t, outbound.New(o), s.URL+"/slow"); err == nil {
		t.Error("a slow answer was waited for")
	}
}
