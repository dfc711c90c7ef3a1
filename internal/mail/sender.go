// Package mail sends mails through the SMTP server that the operator names. It knows nothing of what is in them.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// Security is how the connection to the server is protected.
type Security string

// The ways. Plain is for a server on the same machine.
const (
	StartTLS Security = "starttls" // demanded, never left out because the server does not offer it
	Implicit Security = "implicit" // TLS from the first byte
	Plain    Security = "none"
)

// Config says through which server mails go.
type Config struct {
	Server   string   // host:port
	From     string   // such as "Analytix Flow <flow@example.org>"
	User     string   // empty for a server that asks for none
	Password string   //
	Security Security // StartTLS where empty
	CAFile   string   // PEM of the authority that vouches for the server; empty means those of the system
	Timeout  time.Duration
	// Told, where given, is told what came of each attempt: nil where the server answered, if only to refuse a mail.
	Told func(err error)
}

// ErrRefused is wrapped by errors about a mail that the server will not take, however often it is sent.
var ErrRefused = errors.New("the mail server refuses the mail for good")

// Sender sends mails. It is safe for concurrent use.
type Sender struct {
	cfg  Config
	host string
	port int
	tls  *tls.Config
	way  *outbound.Way
}

// atOnce is how many connections to the server there are at the same time.
const atOnce = 4

// New makes a Sender; the server is not asked before the first mail.
func New(cfg Config) (*Sender, error) {
	host, port, err := net.SplitHostPort(cfg.Server)
	if err != nil {
		return nil, fmt.Errorf("the mail server %q is no host:port: %w", cfg.Server, err)
	}
	s := &Sender{cfg: cfg, host: host}
	if s.port, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("the port of the mail server %q is no number", cfg.Server)
	}
	if _, err := mail.ParseAddress(cfg.From); err != nil {
		return nil, fmt.Errorf("the address that mails come from, %q: %w", cfg.From, err)
	}
	if s.cfg.Security == "" {
		s.cfg.Security = StartTLS
	}
	if s.cfg.Timeout == 0 {
		s.cfg.Timeout = 30 * time.Second
	}
	switch s.cfg.Security {
	case StartTLS, Implicit:
	case Plain:
		if cfg.User != "" && !local(host) {
			return nil, fmt.Errorf("the password for the mail server %s would go over the network as it is: use starttls or implicit", host)
		}
	default:
		return nil, fmt.Errorf("mails are protected by %q: use starttls, implicit or none", s.cfg.Security)
	}
	s.way = outbound.NewWay(outbound.Limits{Timeout: 2 * s.cfg.Timeout, AtOnce: atOnce, Answered: answered, Told: outbound.ToldOf(cfg.Told)})
	s.tls = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if cfg.CAFile == "" {
		return s, nil
	}
	pem, err := os.ReadFile(cfg.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading the authority of the mail server: %w", err)
	}
	s.tls.RootCAs = x509.NewCertPool()
	if !s.tls.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("the file %s holds no certificate", cfg.CAFile)
	}
	return s, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Check says whether the server can be reached and takes us in, without sending anything.
func (s *Sender) Check(ctx context.Context) error {
	err := s.way.Do(ctx, s.cfg.Server, func(ctx context.Context) error {
		client, err := gomail.NewClient(s.host, s.options()...)
		if err != nil {
			return err
		}
		if err := client.DialWithContext(ctx); err != nil {
			return err
		}
		return client.Close()
	})
	if err != nil {
		return fmt.Errorf("reaching the mail server %s: %w", s.cfg.Server, err)
	}
	return nil
}

// answered says whether the server said what went wrong with a mail; that it is closing is no answer.
func answered(err error) bool {
	const closing = 421
	var said *gomail.SendError
	return errors.As(err, &said) && said.ErrorCode() >= 400 && said.ErrorCode() != closing
}

// Send hands a mail of plain text over to the server. The error wraps ErrRefused where another attempt is of no use. The context of a
// further attempt is one of outbound.Again; outbound.NotAsked tells that none was made.
func (s *Sender) Send(ctx context.Context, to, subject, text string) error {
	m := gomail.NewMsg()
	if err := m.From(s.cfg.From); err != nil {
		return fmt.Errorf("%w: the sender's address: %w", ErrRefused, err)
	}
	if err := m.To(to); err != nil {
		return fmt.Errorf("%w: the receiver's address cannot be used", ErrRefused)
	}
	m.Subject(subject)
	m.SetDate()
	m.SetMessageID()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's absence is answered
	m.SetBodyString(gomail.TypeTextPlain, text)
	err := s.way.Do(ctx, s.cfg.Server, func(ctx context.Context) error {
		client, err := gomail.NewClient(s.host, s.options()...)
		if err != nil {
			return fmt.Errorf("setting up the way to the mail server: %w", err)
		}
		return client.DialAndSendWithContext(ctx, m)
	})
	if err != nil {
		var refused *gomail.SendError
		if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
			return fmt.Errorf("%w (%d)", ErrRefused, refused.ErrorCode())
		}
		return fmt.Errorf("sending a mail through %s: %w", s.cfg.Server, err)
	}
	return nil
}

func (s *Sender) options() []gomail.Option {
	o := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(s.cfg.Timeout), gomail.WithTLSConfig(s.tls.Clone())}
	switch s.cfg.Security {
	case Implicit:
		o = append(o, gomail.WithSSL())
	case Plain:
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
	case StartTLS:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.cfg.User == "" {
		return o
	}
	auth := gomail.SMTPAuthAutoDiscover
	if s.cfg.Security == Plain {
		auth = gomail.SMTPAuthPlainNoEnc
	}
	return append(o, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.cfg.User), gomail.WithPassword(s.cfg.Password))
}
