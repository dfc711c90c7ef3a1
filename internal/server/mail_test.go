package server

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/mail"
)

// office is an SMTP server that passes on what comes.
type office chan string

func (o office) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }

type counter struct {
	office
	to string
}

func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = to
	return nil
}

func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err == nil {
		c.office <- "for " + c.to + "\n" + strings.ReplaceAll(string(text), "=\r\n", "") // lines are broken so on the way
	}
	return err
}

func (c *counter) Reset()        {}
func (c *counter) Logout() error { return nil }

func openOffice(t *testing.T) (mails office, address string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mails = make(office, 10)
	s, done := smtp.NewServer(mails), make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with an error when it is closed
	}()
	t.Cleanup(func() { _, _ = s.Close(), l.Close(); <-done }) // it may not have begun to serve
	return mails, l.Addr().String()
}

// Whoever is named in a remark gets a mail of it, which holds a link and nothing of what was said; who chose otherwise gets none.
func TestPeopleAreToldByMail(t *testing.T) {
	mails, address := openOffice(t)
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", Origin: "https://flow.example.org", Mail: Mail{Server: address, From: "Analytix Flow <flow@example.org>", Security: mail.Plain}})
	d.server.cfg.Origin = "http://" + d.server.net.Addr().String() // where calls go
	tokens := map[string]string{}
	for _, name := range []string{"Bo", "Cleo"} {
		var made struct {
			Account struct{ ID string }
			Link    struct{ Token string }
		}
		d.call(http.MethodPost, "/accounts", http.StatusCreated, map[string]any{"name": name, "email": strings.ToLower(name) + "@example.org"}, &made)
		d.call(http.MethodPut, "{w}/members/"+made.Account.ID, http.StatusOK, map[string]any{"role": "analyst"}, nil)
		d.call(http.MethodPost, "/auth/links/accept", http.StatusOK, map[string]any{"token": made.Link.Token, "password": password}, nil)
		in, err := d.server.auth.SignIn(t.Context(), strings.ToLower(name)+"@example.org", password, "", auth.Client{})
		if err != nil {
			t.Fatal(err)
		}
		tokens[name] = in.Access.Reveal()
	}
	run := d.submit()
	d.call(http.MethodPost, "{w}/runs/"+run+"/discussion/remarks", http.StatusCreated, map[string]any{"text": "A secret, @Bo."}, nil)
	text := <-mails
	if !strings.HasPrefix(text, "for bo@example.org\n") || !strings.Contains(text, "Subject: Ann mentioned you") ||
		!strings.Contains(text, "https://flow.example.org/w/"+d.workspace+"/runs/"+run) || strings.Contains(text, "secret") || strings.Contains(text, "orders") {
		t.Errorf("who was named got %q", text)
	}
	// Bo wants no more of them: what comes next is for Cleo, twice.
	ann := d.token
	d.token = tokens["Bo"]
	var chosen struct{ Possible bool }
	d.call(http.MethodPut, "/me/notices/preference", http.StatusOK, map[string]any{"mail": []string{"assigned"}}, &chosen)
	if !chosen.Possible {
		t.Error("the server does not say that it sends mail")
	}
	d.token = ann
	for range 2 {
		d.call(http.MethodPost, "{w}/runs/"+run+"/discussion/remarks", http.StatusCreated, map[string]any{"text": "Look, @Bo and @Cleo."}, nil)
		if text = <-mails; !strings.HasPrefix(text, "for cleo@example.org\n") || !strings.Contains(text, "Subject: Ann mentioned you") {
			t.Errorf("who was named got %q", text)
		}
	}
}
