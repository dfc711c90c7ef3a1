package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
)

// Change says what of an account becomes another; nil leaves it.
type Change struct {
	Name     *string
	Email    *string
	Role     *access.Role
	Disabled *bool
}

// Change changes an account that is still at the version, 0 for whichever. The instance always keeps an administrator
// who can sign in: taking the last one away is ErrForbidden.
func (s *Service) Change(ctx context.Context, by By, id string, version int64, c Change) (*Account, error) {
	var account *Account
	var changed []string
	var ended []string
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		changed, ended = nil, nil
		r, err := tx.Account(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && r.Version != version {
			return fmt.Errorf("account %s is at version %d: %w", id, r.Version, ErrConflict)
		}
		wasAdministrator := activeAdministrator(r)
		if changed, err = s.apply(ctx, tx, r, c); err != nil {
			return err
		}
		if len(changed) > 0 {
			r.Updated = s.now()
			if err := tx.SaveAccount(ctx, r); err != nil {
				return err
			}
		}
		if wasAdministrator && !activeAdministrator(r) {
			if err := s.keepAdministrator(ctx, tx); err != nil {
				return err
			}
		}
		if Status(r.Status) == Disabled {
			if ended, err = tx.EndSessionsOf(ctx, id, "", endedDisabled, s.now()); err != nil {
				return err
			}
		}
		account, err = accountOf(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.standings.forget(append(ended, id)...)
	s.tellChange(ctx, by, account, changed)
	return account, nil
}

func activeAdministrator(r *store.Account) bool {
	return access.Role(r.Role) == access.Administrator && Status(r.Status) == Active
}

func (s *Service) keepAdministrator(ctx context.Context, tx *store.Tx) error {
	n, err := tx.CountAccounts(ctx, string(access.Administrator), string(Active))
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: this is the last administrator; make another one first", ErrForbidden)
	}
	return err
}

// apply puts the change into the record and names what is other than before.
func (s *Service) apply(ctx context.Context, tx *store.Tx, r *store.Account, c Change) ([]string, error) {
	var changed []string
	var p profile
	if err := json.Unmarshal(r.Profile, &p); err != nil {
		return nil, fmt.Errorf("reading account %s: %w", r.ID, err)
	}
	if c.Name != nil {
		name, err := cleanName(*c.Name)
		if err != nil {
			return nil, err
		}
		if name != p.Name {
			p.Name, changed = name, append(changed, "name")
		}
	}
	if c.Email != nil {
		email, err := cleanEmail(*c.Email)
		if err != nil {
			return nil, err
		}
		if email != p.Email {
			if err := s.unusedEmail(ctx, tx, email); err != nil {
				return nil, err
			}
			p.Email, r.Lookup, changed = email, s.lookup(email), append(changed, "email")
		}
	}
	if c.Role != nil && access.Role(r.Role) != *c.Role {
		if !c.Role.ValidInInstance() {
			return nil, fmt.Errorf("the role %q is none of the instance: administrator, operator or nothing: %w", *c.Role, ErrInvalid)
		}
		r.Role, changed = string(*c.Role), append(changed, "role")
	}
	if c.Disabled != nil && *c.Disabled != (Status(r.Status) == Disabled) {
		r.Status, changed = string(statusAfter(r, *c.Disabled)), append(changed, "status")
	}
	var err error
	r.Profile, err = json.Marshal(p)
	return changed, err
}

func statusAfter(r *store.Account, disabled bool) Status {
	switch {
	case disabled:
		return Disabled
	case len(r.Password) == 0 && r.External == "":
		return Invited
	}
	return Active
}

func (s *Service) tellChange(ctx context.Context, by By, a *Account, changed []string) {
	if len(changed) == 0 {
		return
	}
	kind := EventAccountChanged
	for _, what := range changed {
		if what == "status" {
			kind = EventAccountEnabled
			if a.Status == Disabled {
				kind = EventAccountDisabled
			}
		}
	}
	s.tellBy(ctx, by, Event{Kind: kind, Account: a.ID, OK: true, Detail: map[string]string{
		"changed": strings.Join(changed, ","), "role": string(a.Role), "status": string(a.Status)}})
}

// ChangePassword sets the password of whoever is signed in, who says the old one. All other sessions end.
func (s *Service) ChangePassword(ctx context.Context, i *Identity, old, password string, c Client) error {
	if err := sessionOnly(i); err != nil {
		return err
	}
	r, err := s.confirmPassword(ctx, i, old, c)
	if err != nil {
		return err
	}
	if err := s.checkPassword(password, i.Name, i.Email); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	var ended []string
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Account(ctx, i.Account)
		if err != nil {
			return err
		}
		if !bytes.Equal(now.Password, r.Password) {
			return fmt.Errorf("the password was changed just now: %w", ErrConflict)
		}
		now.Password, now.Updated = []byte(hash), s.now()
		if err := tx.SaveAccount(ctx, now); err != nil {
			return err
		}
		ended, err = tx.EndSessionsOf(ctx, i.Account, i.Session, endedPassword, s.now())
		return err
	})
	if err != nil {
		return err
	}
	s.standings.forget(append(ended, i.Account)...)
	s.tellBy(ctx, i.By(c), Event{Kind: EventPasswordChanged, Account: i.Account, OK: true})
	return nil
}

// confirmPassword checks the password of whoever is signed in, for what a stolen session must not do. Guesses count. It
// returns the record of the account.
func (s *Service) confirmPassword(ctx context.Context, i *Identity, password string, c Client) (*store.Account, error) {
	r, err := s.records.Account(ctx, i.Account)
	if err != nil {
		return nil, translate(err)
	}
	attempt, err := s.admit(ctx, guessPassword, r.Lookup, c)
	if err != nil {
		return nil, err
	}
	ok, _, err := s.hasher.verify(ctx, string(r.Password), clip(password, maxPassword+1))
	if err != nil {
		return nil, errors.Join(err, s.undo(ctx, attempt))
	}
	if !ok {
		return nil, s.failed(ctx, attempt, r.ID, "password", c)
	}
	return r, s.succeeded(ctx, attempt)
}
