package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/analytix-flow/analytix/internal/mail"
	"github.com/analytix-flow/analytix/internal/outbound"
)

// office is an SMTP server that takes mails in.
type office struct {
	mu    sync.Mutex
	mails []string
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }

type counter struct {
	*office
	signedIn bool
}

func (c *counter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "flow" || password != "secret" {
			return errors.New("wrong")
		}
		c.signedIn = true
		return nil
	}), nil
}

func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "nobody@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	case strings.HasPrefix(to, "later@"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come again"}
	case strings.HasPrefix(to, "member@") && !c.signedIn:
		return smtp.ErrAuthRequired
	}
	return nil
}

func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mails = append(c.mails, string(text))
	return err
}

func (c *counter) Reset()        {}
func (c *counter) Logout() error { return nil }

// open starts the server, with a certificate of its own, and returns its address and the file of the certificate.
func open(t *testing.T, implicit bool) (*office, string, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &office{}
	s := smtp.NewServer(o)
	s.Domain = "localhost"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with an error when it is closed
	}()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done }) // it may not have begun to serve
	return o, address, ca
}

func TestMailsGoThroughAServerOnlyAsProtectedAsAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		implicit bool
		change   func(*mail.Config)
		to       string
		refused  bool
		fails    bool
	}{
		"starttls with a password":  {false, func(c *mail.Config) { c.User, c.Password = "flow", "secret" }, "member@example.org", false, false},
		"implicit TLS":              {true, func(c *mail.Config) { c.Security = mail.Implicit }, "ada@example.org", false, false},
		"none, on the same machine": {false, func(c *mail.Config) { c.Security = mail.Plain }, "ada@example.org", false, false},
		"an authority nobody knows": {false, func(c *mail.Config) { c.CAFile = "" }, "ada@example.org", false, true},
		"a wrong password":          {false, func(c *mail.Config) { c.User, c.Password = "flow", "wrong" }, "member@example.org", false, true},
		"no such mailbox":           {false, func(*mail.Config) {}, "nobody@example.org", true, true},
		"a server that is busy":     {false, func(*mail.Config) {}, "later@example.org", false, true},
		"no address":                {false, func(*mail.Config) {}, "ada\nBcc: eve@example.org", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, address, ca := open(t, c.implicit)
			cfg := mail.Config{Server: address, From: "Analytix Flow <flow@example.org>", CAFile: ca}
			c.change(&cfg)
			s, err := mail.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			err = s.Send(t.Context(), c.to, "Jörg mentioned you\r\nBcc: eve@example.org", "Look here.\n")
			if (err != nil) != c.fails || errors.Is(err, mail.ErrRefused) != c.refused {
				t.Fatalf("%v", err)
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			if c.fails {
				if len(o.mails) != 0 {
					t.Errorf("%d mails came", len(o.mails))
				}
				return
			}
			head, body, _ := strings.Cut(o.mails[0], "\r\n\r\n")
			if len(o.mails) != 1 || strings.Contains(head, "\nBcc:") || !strings.Contains(head, "Auto-Submitted: auto-generated") ||
				!strings.Contains(head, "To: <"+c.to+">") || strings.TrimSpace(body) != "Look here." {
				t.Errorf("%q", o.mails)
			}
		})
	}
}

func TestAServerThatDoesNotAnswerIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s, err := mail.New(mail.Config{Server: l.Addr().String(), From: "flow@example.org", Security: mail.Plain, Timeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(context.WithoutCancel(t.Context()), "ada@example.org", "Hello", "Hello"); err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestWhatCannotSendIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]mail.Config{
		"no port":            {Server: "smtp.example.org", From: "a@example.org"},
		"a port in letters":  {Server: "smtp.example.org:smtp", From: "a@example.org"},
		"no sender":          {Server: "smtp.example.org:587"},
		"no such way":        {Server: "smtp.example.org:587", From: "a@example.org", Security: "perhaps"},
		"an open password":   {Server: "smtp.example.org:25", From: "a@example.org", Security: mail.Plain, User: "a"},
		"no authority":       {Server: "smtp.example.org:587", From: "a@example.org", CAFile: "/nowhere"},
		"an empty authority": {Server: "smtp.example.org:587", From: "a@example.org", CAFile: os.DevNull},
	} {
		if _, err := mail.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A server that is gone is asked five times and then left alone; one that refuses mails is not gone.
func TestAServerThatIsGoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	o, address, ca := open(t, false)
	var mu sync.Mutex
	answers, fails := 0, 0
	told := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			answers++
		} else {
			fails++
		}
	}
	s, err := mail.New(mail.Config{Server: address, From: "flow@example.org", CAFile: ca, Told: told})
	if err != nil {
		t.Fatal(err)
	}
	for range 8 { // busy, or of no such mailbox: more often than a server may be silent
		if err := s.Send(t.Context(), "later@example.org", "Hello", "Hello"); err == nil || outbound.NotAsked(err) {
			t.Fatal(err)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if len(o.mails) != 0 {
		t.Errorf("%d mails came of a check", len(o.mails))
	}
	if answers != 9 || fails != 0 {
		t.Errorf("%d answers, %d failures", answers, fails)
	}
	// No budget is left for further tries of these, while first ones go.
	again := outbound.Again(t.Context())
	for range 20 {
		err = s.Send(again, "later@example.org", "Hello", "Hello")
	}
	if !errors.Is(err, outbound.ErrSpent) {
		t.Errorf("a try too many: %v", err)
	}
	if err := s.Send(t.Context(), "ada@example.org", "Hello", "Hello"); err != nil {
		t.Errorf("a first one: %v", err)
	}

	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	fails = 0
	if s, err = mail.New(mail.Config{Server: gone, From: "flow@example.org", Security: mail.Plain, Told: told}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := s.Send(t.Context(), "ada@example.org", "Hello", "Hello"); err == nil || outbound.NotAsked(err) {
			t.Fatal(err)
		}
	}
	if err := s.Check(t.Context()); !errors.Is(err, outbound.ErrOpen) || fails != 5 {
		t.Errorf("asked for the sixth time: %v, %d failures", err, fails)
	}
}
