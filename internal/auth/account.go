package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// Status is where an account stands.
type Status string

// The statuses of an account.
const (
	Invited  Status = "invited" // has not set a password yet
	Active   Status = "active"
	Disabled Status = "disabled"
)

// Account is somebody who can sign in.
type Account struct {
	ID          string
	Name        string
	Email       string
	Role        access.Role // in the instance
	Status      Status
	HasPassword bool
	Provider    string // of OpenID Connect, by its id; empty for none
	TOTP        bool   // a second factor is in use
	Version     int64  // grows with each change
	Created     time.Time
	Updated     time.Time
	SignedIn    time.Time // the zero time for never
}

type profile struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Provider string `json:"provider,omitempty"`
}

func accountOf(r *store.Account) (*Account, error) {
	var p profile
	if err := json.Unmarshal(r.Profile, &p); err != nil {
		return nil, fmt.Errorf("reading account %s: %w", r.ID, err)
	}
	return &Account{ID: r.ID, Name: p.Name, Email: p.Email, Provider: p.Provider, Role: access.Role(r.Role), Status: Status(r.Status),
		HasPassword: len(r.Password) > 0, TOTP: r.TOTPStatus == totpOn, Version: r.Version, Created: r.Created, Updated: r.Updated,
		SignedIn: r.SignedIn}, nil
}

// ReadAccount reads an account from the records, for those who have no Service. The error wraps store.ErrNotFound where there is
// none.
func ReadAccount(ctx context.Context, records *store.Store, id string) (*Account, error) {
	r, err := records.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	return accountOf(r)
}

// NewAccount is what an account is made of.
type NewAccount struct {
	Name  string
	Email string
	Role  access.Role
}

// Create makes an account and the link with which its owner sets the password.
func (s *Service) Create(ctx context.Context, by By, n NewAccount) (*Account, *Link, error) {
	var account *Account
	var link *Link
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := s.insertAccount(ctx, tx, n, Invited)
		if err != nil {
			return err
		}
		if account, err = accountOf(r); err != nil {
			return err
		}
		link, err = s.makeLink(ctx, tx, LinkInvitation, r.ID)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	s.tellBy(ctx, by, Event{Kind: EventAccountCreated, Account: account.ID, OK: true, Detail: map[string]string{"role": string(account.Role)}})
	s.tellBy(ctx, by, Event{Kind: EventLinkMade, Account: account.ID, OK: true, Detail: map[string]string{"kind": string(link.Kind)}})
	return account, link, nil
}

// insertAccount records an account whose mail address nobody has.
func (s *Service) insertAccount(ctx context.Context, tx *store.Tx, n NewAccount, status Status) (*store.Account, error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, err
	}
	email, err := cleanEmail(n.Email)
	if err != nil {
		return nil, err
	}
	if !n.Role.ValidInInstance() {
		return nil, fmt.Errorf("the role %q is none of the instance: administrator, operator or nothing: %w", n.Role, ErrInvalid)
	}
	if err := s.unusedEmail(ctx, tx, email); err != nil {
		return nil, err
	}
	p, err := json.Marshal(profile{Name: name, Email: email})
	if err != nil {
		return nil, fmt.Errorf("recording an account: %w", err)
	}
	now := s.now()
	r := &store.Account{ID: identifier.New(accountID), Lookup: s.lookup(email), Role: string(n.Role), Status: string(status), Profile: p, Created: now, Updated: now}
	return r, tx.InsertAccount(ctx, r)
}

func (s *Service) unusedEmail(ctx context.Context, tx *store.Tx, email string) error {
	_, err := tx.AccountByLookup(ctx, s.lookup(email))
	if err == nil {
		return fmt.Errorf("an account of this mail address: %w", ErrExists)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// lookup is by what the records find a mail address.
func (s *Service) lookup(email string) string { return s.mac("email", email) }

// Account reads an account by its id.
func (s *Service) Account(ctx context.Context, id string) (*Account, error) {
	r, err := s.records.Account(ctx, id)
	if err != nil {
		return nil, translate(err)
	}
	return accountOf(r)
}

// AccountByEmail reads an account by its mail address.
func (s *Service) AccountByEmail(ctx context.Context, email string) (*Account, error) {
	email, err := cleanEmail(email)
	if err != nil {
		return nil, err
	}
	r, err := s.records.AccountByLookup(ctx, s.lookup(email))
	if err != nil {
		return nil, translate(err)
	}
	return accountOf(r)
}

// Accounts lists accounts in the order in which they were made, from the cursor on, and returns the cursor of the next
// page: empty after the last.
func (s *Service) Accounts(ctx context.Context, cursor string, limit int) ([]Account, string, error) {
	at, id, err := readCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	if limit < 1 || limit > 200 {
		limit = 200
	}
	records, err := s.records.Accounts(ctx, at, id, limit+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(records) > limit {
		records = records[:limit]
		last := records[limit-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(last.Created.UnixMicro(), 10) + " " + last.ID))
	}
	all := make([]Account, 0, len(records))
	for i := range records {
		a, err := accountOf(&records[i])
		if err != nil {
			return nil, "", err
		}
		all = append(all, *a)
	}
	return all, next, nil
}

func readCursor(cursor string) (time.Time, string, error) {
	if cursor == "" {
		return time.Time{}, "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	micros, id, ok := strings.Cut(string(raw), " ")
	n, err2 := strconv.ParseInt(micros, 10, 64)
	if err != nil || err2 != nil || !ok || n <= 0 || !identifier.Valid(accountID, id) {
		return time.Time{}, "", fmt.Errorf("the cursor is not one that a list gave out: %w", ErrInvalid)
	}
	return time.UnixMicro(n), id, nil
}

// cleanName takes a name as people write it, in one line.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	bad := strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '<' || r == '>' })
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 || bad || !utf8.ValidString(name) {
		return "", fmt.Errorf("a name has 1 to 100 characters, without < and >: %w", ErrInvalid)
	}
	return name, nil
}

// cleanEmail takes a bare mail address; case does not count in it.
func cleanEmail(email string) (string, error) {
	email = strings.ToLower(norm.NFC.String(strings.TrimSpace(email)))
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || a.Name != "" || len(email) > 254 {
		return "", fmt.Errorf("that is no mail address: %w", ErrInvalid)
	}
	return email, nil
}
