package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

const (
	ticketSecondFactor = "second_factor"
	challengeTTL       = 5 * time.Minute
	methodPassword     = "password"
)

// challenge is what is remembered between the two steps of a sign-in.
type challenge struct {
	Method string `json:"method"`
}

// SignIn opens a session for a mail address and a password and, where the account has a second factor, a code. Without
// the code the error is a SecondFactorError, with which SecondFactor goes on. Whatever else is wrong, the answer and
// the work are the same.
func (s *Service) SignIn(ctx context.Context, email, password, code string, c Client) (*Tokens, error) {
	lookup := s.lookup(typedEmail(email))
	attempt, err := s.admit(ctx, guessPassword, lookup, c)
	if err != nil {
		return nil, err
	}
	r, err := s.records.AccountByLookup(ctx, lookup)
	if errors.Is(err, store.ErrNotFound) {
		r, err = &store.Account{}, nil
	}
	if err != nil {
		return nil, errors.Join(err, s.undo(ctx, attempt))
	}
	ok, outdated, err := s.hasher.verify(ctx, string(r.Password), clip(password, maxPassword+1))
	if err != nil {
		return nil, errors.Join(err, s.undo(ctx, attempt))
	}
	if !ok || Status(r.Status) != Active {
		return nil, s.failed(ctx, attempt, r.ID, "password", c)
	}
	if err := s.succeeded(ctx, attempt); err != nil {
		return nil, err
	}
	if outdated {
		s.rehash(ctx, r, password)
	}
	if r.TOTPStatus == totpOn {
		if code == "" {
			return nil, s.challenge(ctx, r.ID, methodPassword)
		}
		return s.withCode(ctx, r, Secret{}, code, methodPassword, c)
	}
	return s.open(ctx, r.ID, methodPassword, c, false)
}

// typedEmail is what is looked up for whatever was typed.
func typedEmail(email string) string {
	if clean, err := cleanEmail(email); err == nil {
		return clean
	}
	return strings.ToLower(clip(email, 254))
}

// open opens a session for an account that is still active, and tells of the sign-in.
func (s *Service) open(ctx context.Context, account, method string, c Client, trusted bool) (*Tokens, error) {
	var t *Tokens
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		a, err := s.activeAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		t, err = s.openSession(ctx, tx, a, method, c, trusted)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.tellSignIn(ctx, t, method, c)
	return t, nil
}

func (s *Service) activeAccount(ctx context.Context, tx *store.Tx, id string) (*Account, error) {
	r, err := tx.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	if Status(r.Status) != Active {
		return nil, ErrCredentials
	}
	return accountOf(r)
}

func (s *Service) tellSignIn(ctx context.Context, t *Tokens, method string, c Client) {
	by := By{Account: t.Account, Session: t.Session, Client: c}
	s.tellBy(ctx, by, Event{Kind: EventSignIn, Account: t.Account, OK: true, Detail: map[string]string{"method": method}})
}

// challenge remembers that the first step of a sign-in held.
func (s *Service) challenge(ctx context.Context, account, method string) error {
	body, err := json.Marshal(challenge{Method: method})
	if err != nil {
		return fmt.Errorf("asking for a code: %w", err)
	}
	now := s.now()
	asked := &SecondFactorError{Challenge: newSecret(), Expires: now.Add(challengeTTL)}
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutTicket(ctx, store.Ticket{Hash: asked.Challenge.hash(), Kind: ticketSecondFactor, Account: account, Body: body, Created: now,
			Expires: asked.Expires})
	})
	if err != nil {
		return err
	}
	return asked
}

// SecondFactor is the second step of a sign-in: the challenge of the first, and a code or a recovery code.
func (s *Service) SecondFactor(ctx context.Context, token Secret, code string, c Client) (*Tokens, error) {
	k, err := s.records.Ticket(ctx, ticketSecondFactor, token.hash(), s.now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: the sign-in took too long, begin again", ErrCredentials)
	}
	if err != nil {
		return nil, err
	}
	var asked challenge
	if err := json.Unmarshal(k.Body, &asked); err != nil {
		return nil, fmt.Errorf("reading a challenge: %w", err)
	}
	r, err := s.records.Account(ctx, k.Account)
	if err != nil {
		return nil, translate(err)
	}
	return s.withCode(ctx, r, token, code, asked.Method, c)
}

// withCode opens a session where the code holds; the challenge, where there was one, is used up by that.
func (s *Service) withCode(ctx context.Context, r *store.Account, token Secret, code, method string, c Client) (*Tokens, error) {
	attempt, err := s.admit(ctx, guessCode, r.Lookup, c)
	if err != nil {
		return nil, err
	}
	method += "+totp"
	var t *Tokens
	var used usedCode
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		t = nil
		a, err := s.activeAccount(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if used, err = s.takeCode(ctx, tx, r.ID, code); err != nil || used == codeWrong {
			return err
		}
		if !token.Empty() {
			if err := s.takeTicket(ctx, tx, ticketSecondFactor, token); err != nil {
				return err
			}
		}
		t, err = s.openSession(ctx, tx, a, method, c, true)
		return err
	})
	switch {
	case errors.Is(err, ErrLink), errors.Is(err, ErrCredentials), err == nil && used == codeWrong:
		return nil, s.failed(ctx, attempt, r.ID, "code", c)
	case err != nil:
		return nil, errors.Join(err, s.undo(ctx, attempt))
	}
	if err := s.succeeded(ctx, attempt); err != nil {
		return nil, err
	}
	if used == codeRecovery {
		s.tellBy(ctx, By{Account: r.ID, Session: t.Session, Client: c}, Event{Kind: EventRecoveryUsed, Account: r.ID, OK: true})
	}
	s.tellSignIn(ctx, t, method, c)
	return t, nil
}

// rehash keeps a password at the present cost. That it does not work out is no reason not to sign in.
func (s *Service) rehash(ctx context.Context, r *store.Account, password string) {
	hash, err := s.hasher.hash(ctx, password)
	if err == nil {
		err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
			now, err := tx.Account(ctx, r.ID)
			if err != nil || string(now.Password) != string(r.Password) {
				return err
			}
			now.Password = []byte(hash)
			return tx.SaveAccount(ctx, now)
		})
	}
	if err != nil {
		s.log.WarnContext(ctx, "hashing a password at the new cost", "account", r.ID, "error", err)
	}
}
