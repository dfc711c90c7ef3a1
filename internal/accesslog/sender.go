package accesslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// Target is where entries are sent to as they are written: udp://host:514, tcp://host:601 or tls://host:6514.
type Target struct {
	network string // udp, tcp or tls
	address string
}

// ParseTarget reads a target. Where no port is named it is that of the registry.
func ParseTarget(text string) (Target, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return Target{}, fmt.Errorf("%q is no target for the access log: write it as tls://host:6514, tcp://host:601 or udp://host:514", text)
	}
	port, ok := map[string]string{"udp": "514", "tcp": "601", "tls": "6514"}[u.Scheme]
	if !ok {
		return Target{}, fmt.Errorf("the access log cannot be sent by %q: use tls, tcp or udp", u.Scheme)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return Target{network: u.Scheme, address: net.JoinHostPort(u.Hostname(), port)}, nil
}

// String is the target as it is written.
func (t Target) String() string { return t.network + "://" + t.address }

// SendOptions set a sender up.
type SendOptions struct {
	Format Format // Syslog, or CEF, which then is the text of a message of syslog
	Source Source
	// TLS is the configuration for tls:// targets; nil means the system's authorities.
	TLS *tls.Config
	// Retry is the pause after a failure; 0 means 5 seconds.
	Retry time.Duration
	// Told, where given, is told what came of each attempt: nil where everything was sent.
	Told func(err error)
}

// Send forwards entries to a target as they are written, beginning where it stopped the last time, until ctx ends. Over TCP
// and TLS messages are framed by their length (RFC 6587, RFC 5425). An entry is sent again rather than not at all; but syslog
// acknowledges nothing, so that what is on its way when a connection breaks may not arrive. The log itself is complete.
func (l *Log) Send(ctx context.Context, t Target, o SendOptions) {
	if o.Retry == 0 {
		o.Retry = 5 * time.Second
	}
	s := &sender{Log: l, target: t, o: o, mark: markOf(t)}
	defer s.hangUp()
	poll := time.NewTicker(o.Retry)
	defer poll.Stop()
	for {
		err := s.forward(ctx)
		if err != nil && ctx.Err() == nil {
			l.cfg.Log.Warn("sending the access log; it is tried again", "target", t.String(), "error", err)
			s.hangUp()
		}
		if o.Told != nil && ctx.Err() == nil {
			o.Told(err)
		}
		wake := l.news
		if err != nil {
			wake = nil // not before the pause is over
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-poll.C:
		}
	}
}

type sender struct {
	*Log
	target Target
	o      SendOptions
	mark   string
	conn   net.Conn
}

const (
	sendAtOnce  = 500
	sendTimeout = 10 * time.Second
)

// forward sends what was written since the mark, and moves it on.
func (s *sender) forward(ctx context.Context) error {
	for {
		mark, err := s.cfg.Store.AccessMark(ctx, s.mark)
		if err != nil {
			return err
		}
		page, err := s.cfg.Store.FindAccess(ctx, store.AccessQuery{After: mark.Seq, Ascending: true, Limit: sendAtOnce})
		if err != nil || len(page) == 0 {
			return err
		}
		if err := s.send(ctx, page); err != nil {
			return err
		}
		last := page[len(page)-1]
		err = s.cfg.Store.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
			return tx.SetAccessMark(ctx, s.mark, store.Mark{Seq: last.Seq, Hash: last.Hash})
		})
		if err != nil || len(page) < sendAtOnce {
			return err
		}
	}
}

func (s *sender) send(ctx context.Context, page []store.Access) error {
	if s.conn == nil {
		conn, err := s.dial(ctx)
		if err != nil {
			return err
		}
		s.conn = conn
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	for i := range page {
		m, err := s.message(&page[i])
		if err != nil {
			return err
		}
		if s.target.network != "udp" {
			m = append(strconv.AppendInt(nil, int64(len(m)), 10), append([]byte{' '}, m...)...)
		}
		if _, err := s.conn.Write(m); err != nil {
			return err
		}
	}
	return nil
}

// message is an entry as a message of syslog.
func (s *sender) message(e *store.Access) ([]byte, error) {
	line, err := format(e, Syslog, s.o.Source)
	if err != nil {
		return nil, err
	}
	line = line[:len(line)-1]
	if s.o.Format != CEF {
		return line, nil
	}
	text, err := format(e, CEF, s.o.Source)
	if err != nil {
		return nil, err
	}
	// Whoever reads CEF looks for it right after the head.
	head := line[:headEnd(line)]
	return append(append(append([]byte{}, head...), "- "...), text[:len(text)-1]...), nil
}

// headEnd is where the structured data of a message begin.
func headEnd(line []byte) int {
	for i, c := range line {
		if c == '[' {
			return i
		}
	}
	return len(line)
}

func (s *sender) dial(ctx context.Context) (net.Conn, error) {
	d := &net.Dialer{Timeout: sendTimeout}
	switch s.target.network {
	case "tls":
		config := s.o.TLS
		if config == nil {
			config = &tls.Config{}
		}
		config = config.Clone()
		config.MinVersion = tls.VersionTLS12
		return (&tls.Dialer{NetDialer: d, Config: config}).DialContext(ctx, "tcp", s.target.address)
	default:
		return d.DialContext(ctx, s.target.network, s.target.address)
	}
}

func (s *sender) hangUp() {
	if s.conn == nil {
		return
	}
	if err := s.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		s.cfg.Log.Debug("closing the connection to the receiver of the access log", "error", err)
	}
	s.conn = nil
}
