package accesslog_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/accesslog"
)

// hostile is an access whose texts try to break out of their places.
func hostile() accesslog.Access {
	a := change(1)
	a.Name, a.Agent, a.Object = "Ann|x=1 \"]\\", "curl\n<1>1 forged\r\x00 \xff=evil|", "run:ä]\""
	a.Status, a.Code = 403, "forbidden"
	return a
}

func TestSearchFindsByEveryField(t *testing.T) {
	both(t, func(b *bench) {
		l := b.open()
		defer b.close(l)
		b.fill(l, 6)
		if err := errors.Join(l.Record(b.Context(), hostile())); err != nil {
			b.Fatal(err)
		}
		for name, c := range map[string]struct {
			q accesslog.Query
			n int
		}{
			"everything":    {accesslog.Query{}, 20},
			"account":       {accesslog.Query{Account: "usr_ann"}, 19},
			"nobody":        {accesslog.Query{Account: "usr_bob"}, 0},
			"operation":     {accesslog.Query{Operation: "runs.get"}, 6},
			"object":        {accesslog.Query{Object: "run1", Outcome: accesslog.Success}, 4},
			"odd object":    {accesslog.Query{Object: "run:ä]\""}, 1},
			"denied":        {accesslog.Query{Outcome: accesslog.Denied}, 1},
			"workspace":     {accesslog.Query{Workspace: "wks_1", Action: accesslog.ActionBegun}, 6},
			"time":          {accesslog.Query{From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)}, 20},
			"no time":       {accesslog.Query{To: time.Now().Add(-time.Hour)}, 0},
			"all the pages": {accesslog.Query{Limit: 3}, 20},
		} {
			n, last := 0, int64(0)
			for {
				page, err := l.Search(b.Context(), c.q)
				if err != nil {
					b.Fatal(err)
				}
				for _, e := range page.Entries {
					if n++; last != 0 && e.Seq >= last {
						b.Errorf("%s: entry %d comes after %d", name, e.Seq, last)
					}
					last = e.Seq
				}
				if c.q.Cursor = page.Next; page.Next == "" {
					break
				}
			}
			if n != c.n {
				b.Errorf("%s: %d entries, want %d", name, n, c.n)
			}
		}
		for _, q := range []accesslog.Query{{Limit: -1}, {Limit: 1001}, {Cursor: "x"}, {Cursor: "-4"}} {
			if _, err := l.Search(b.Context(), q); !errors.Is(err, accesslog.ErrQuery) {
				b.Errorf("%+v: %v", q, err)
			}
		}
		page, err := l.Search(b.Context(), accesslog.Query{Outcome: accesslog.Denied})
		if err != nil {
			b.Fatal(err)
		}
		e := page.Entries[0]
		if e.Account != "usr_ann" || e.Status != 403 || e.Code != "forbidden" || e.Before == e.After || e.Address != "192.0.2.7" || strings.ContainsAny(e.Agent, "\n\r\x00") {
			b.Errorf("shown as %+v", e)
		}
	})
}

var (
	cefLine = regexp.MustCompile(`^CEF:0\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|\d+\|((?:[^=\\\s]|\s)+=(?:[^=\\]|\\.)*)+$`)
	// RFC 5424, section 6.
	syslogLine = regexp.MustCompile(`^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z [!-~]{1,255} analytix - [!-~]{1,32} \[access@32473( [a-z]+="([^"\\\]]|\\["\\\]])*")+\] .+$`)
)

func TestExportsAreWellFormed(t *testing.T) {
	both(t, func(b *bench) {
		l := b.open()
		defer b.close(l)
		b.fill(l, 2)
		if err := l.Record(b.Context(), hostile()); err != nil {
			b.Fatal(err)
		}
		from := accesslog.Source{Version: "1|2\\", Host: "flow 1"}
		for f, shape := range map[accesslog.Format]*regexp.Regexp{accesslog.CEF: cefLine, accesslog.Syslog: syslogLine} {
			var out bytes.Buffer
			if err := l.Export(b.Context(), accesslog.Query{}, f, from, &out); err != nil {
				b.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if len(lines) != 8 {
				b.Errorf("%s: %d lines", f, len(lines))
			}
			for _, line := range lines {
				if !shape.MatchString(line) {
					b.Errorf("%s: %s", f, line)
				}
			}
		}
		var denied bytes.Buffer
		if err := l.Export(b.Context(), accesslog.Query{Outcome: accesslog.Denied}, accesslog.JSONL, from, &denied); err != nil || bytes.Count(denied.Bytes(), []byte("\n")) != 1 {
			b.Errorf("%q, %v", denied.String(), err)
		}
		if err := l.Export(b.Context(), accesslog.Query{}, "pdf", from, io.Discard); !errors.Is(err, accesslog.ErrQuery) {
			b.Errorf("an unknown format: %v", err)
		}
	})
}

// collector is a receiver of syslog.
type collector struct {
	mu   sync.Mutex
	seqs map[int]bool
	all  chan struct{}
	want int
}

var seqOf = regexp.MustCompile(` seq="(\d+)"|externalId=(\d+)`)

func (c *collector) take(t *testing.T, message string) {
	found := seqOf.FindStringSubmatch(message)
	if found == nil {
		t.Errorf("not a message: %q", message)
		return
	}
	n, err := strconv.Atoi(found[1] + found[2])
	if err != nil {
		t.Error(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seqs[n] = true; len(c.seqs) == c.want {
		close(c.all)
		c.want = -1
	}
}

// stream reads messages that are framed by their length.
func (c *collector) stream(t *testing.T, conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		head, err := r.ReadString(' ')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSpace(head))
		if err != nil {
			t.Errorf("not a length: %q", head)
			return
		}
		message := make([]byte, n)
		if _, err := io.ReadFull(r, message); err != nil {
			return
		}
		c.take(t, string(message))
	}
}

func TestEntriesAreSentAsTheyAreWritten(t *testing.T) {
	for _, network := range []string{"udp", "tcp", "tls"} {
		t.Run(network, func(t *testing.T) {
			both(t, func(b *bench) {
				c := &collector{seqs: map[int]bool{}, all: make(chan struct{}), want: 1 + 9}
				address, config, stop := c.listen(b.T, network)
				defer stop()
				l := b.open()
				defer b.close(l)
				b.fill(l, 1)
				target, err := accesslog.ParseTarget(network + "://" + address)
				if err != nil {
					b.Fatal(err)
				}
				ctx, cancel := context.WithCancel(b.Context())
				done := make(chan struct{})
				format := accesslog.Syslog
				if network == "tcp" {
					format = accesslog.CEF
				}
				go func() {
					defer close(done)
					l.Send(ctx, target, accesslog.SendOptions{Format: format, TLS: config, Retry: 20 * time.Millisecond})
				}()
				b.fill(l, 2)
				select {
				case <-c.all:
				case <-time.After(30 * time.Second):
					b.Error("not everything was sent")
				}
				cancel()
				<-done
				if m, err := b.store.AccessMark(b.Context(), "sent "+target.String()); err != nil || m.Seq == 0 {
					b.Errorf("the place was not kept: %+v, %v", m, err)
				}
			})
		})
	}
}

func (c *collector) listen(t *testing.T, network string) (address string, config *tls.Config, stop func()) {
	if network == "udp" {
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var ended sync.WaitGroup
		ended.Go(func() {
			buffer := make([]byte, 65536)
			for {
				n, _, err := conn.ReadFrom(buffer)
				if err != nil {
					return
				}
				c.take(t, string(buffer[:n]))
			}
		})
		return conn.LocalAddr().String(), nil, func() { _ = conn.Close(); ended.Wait() }
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if network == "tls" {
		s := httptest.NewUnstartedServer(nil)
		s.StartTLS() // for its certificate alone
		roots := x509.NewCertPool()
		roots.AddCert(s.Certificate())
		config = &tls.Config{RootCAs: roots, ServerName: "example.com"}
		listener = tls.NewListener(listener, &tls.Config{Certificates: s.TLS.Certificates})
		s.Close()
	}
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			ended.Go(func() {
				defer conn.Close() //nolint:errcheck // the test is over
				c.stream(t, conn)
			})
		}
	})
	return listener.Addr().String(), config, func() { _ = listener.Close(); ended.Wait() }
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"udp://h": "udp://h:514", "tcp://h": "tcp://h:601", "tls://h.example:7": "tls://h.example:7",
		"tls://[::1]": "tls://[::1]:6514", "": "", "http://h": "", "tcp://": "", "tcp://u@h": "", "tcp://h/x": "", "h:514": ""} {
		got, err := accesslog.ParseTarget(text)
		if (err == nil) != (want != "") || (err == nil && got.String() != want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestNotesReachTheAccess(t *testing.T) {
	t.Parallel()
	ctx, note := accesslog.WithNote(t.Context())
	accesslog.About(ctx, "run1")
	accesslog.Within(ctx, "wks_2")
	accesslog.Changed(ctx, "", map[string]int{"a": 1}, nil)
	accesslog.Say(ctx, "by policy")
	a := accesslog.Access{Object: "x", Workspace: "y"}
	note.Into(&a)
	if a.Object != "run1" || a.Workspace != "wks_2" || len(a.Before) != 64 || a.After != "" || a.Note != "by policy" {
		t.Errorf("%+v", a)
	}
	accesslog.Changed(t.Context(), "nowhere", 1, 2) // without a request it goes nowhere
	if h := accesslog.Hash([]byte("abc")); h != fmt.Sprintf("%x", "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad") {
		t.Errorf("the hash of abc is %s", h)
	}
}
