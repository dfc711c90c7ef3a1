package server

import (
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/mail"
)

// Mail says through which SMTP server people are told of what concerns them; the zero value is through none.
type Mail struct {
	Server   string        `yaml:"server"` // host:port
	From     string        `yaml:"from"`   // such as "Analytix Flow <flow@example.org>"
	User     string        `yaml:"user"`   // empty for a server that asks for none
	Password Secret        `yaml:"password"`
	Security mail.Security `yaml:"security"` // starttls (the default), implicit or none
	CAFile   string        `yaml:"ca_file"`  // PEM; those of the system by default
}

func (m *Mail) check(origin string) error {
	switch {
	case m.Server == "" && (m.From != "" || m.User != ""):
		return errors.New("it is said whom mails come from, and not through which server they go (mail.server)")
	case m.Server == "":
		return nil
	case m.From == "":
		return errors.New("it is not said whom mails come from (mail.from)")
	case origin == "":
		return errors.New("mails hold links: say under which address users see the server (origin)")
	default:
		return nil
	}
}

// open is what sends mails; nil where nothing does.
func (m *Mail) open(told func(error)) (*mail.Sender, error) {
	if m.Server == "" {
		return nil, nil //nolint:nilnil // without a server there are no mails
	}
	password, err := m.Password.read()
	if err != nil {
		return nil, fmt.Errorf("the mail server: %w", err)
	}
	return mail.New(mail.Config{Server: m.Server, From: m.From, User: m.User, Password: password.Reveal(), Security: m.Security, CAFile: m.CAFile, Told: told})
}
