package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
)

// LinkKind says what a one-time link is for.
type LinkKind string

// The kinds of links.
const (
	LinkFirstStart LinkKind = "first_start"
	LinkInvitation LinkKind = "invitation"
	LinkReset      LinkKind = "reset"
)

// Link is good for setting a password once. Only its hash is kept.
type Link struct {
	Kind    LinkKind
	Account string // id; empty for the first start
	Token   Secret
	Expires time.Time
}

const shortLink = 24 * time.Hour

// makeLink makes a link; the links that its account had before are not valid any more.
func (s *Service) makeLink(ctx context.Context, tx *store.Tx, kind LinkKind, account string) (*Link, error) {
	now := s.now()
	holds := shortLink
	if kind == LinkInvitation {
		holds = s.cfg.LinkTTL
	}
	l := &Link{Kind: kind, Account: account, Token: newSecret(), Expires: now.Add(holds)}
	for _, k := range []LinkKind{LinkFirstStart, LinkInvitation, LinkReset} {
		if err := tx.DropTickets(ctx, account, string(k)); err != nil {
			return nil, err
		}
	}
	return l, tx.PutTicket(ctx, store.Ticket{Hash: l.Token.hash(), Kind: string(kind), Account: account, Created: now, Expires: l.Expires})
}

// FirstStart makes the link that makes the first administrator, where there is no account yet; where there is, nil. A
// link that was made before is not valid any more.
func (s *Service) FirstStart(ctx context.Context) (*Link, error) {
	var l *Link
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		l = nil
		n, err := tx.CountAccounts(ctx, "", "")
		if err != nil || n > 0 {
			return err
		}
		l, err = s.makeLink(ctx, tx, LinkFirstStart, "")
		return err
	})
	if err != nil || l == nil {
		return nil, err
	}
	s.tellBy(ctx, Operator(), Event{Kind: EventLinkMade, OK: true, Detail: map[string]string{"kind": string(LinkFirstStart)}})
	return l, nil
}

// Started says whether there is an account.
func (s *Service) Started(ctx context.Context) (bool, error) {
	n, err := s.records.CountAccounts(ctx, "", "")
	return n > 0, err
}

// Begin makes the first administrator and the first workspace with the link of the first start.
func (s *Service) Begin(ctx context.Context, token Secret, name, email, password string, c Client) (*Account, error) {
	if _, err := s.records.Ticket(ctx, string(LinkFirstStart), token.hash(), s.now()); err != nil {
		return nil, linkError(err)
	}
	if err := s.checkPassword(password, name, email); err != nil {
		return nil, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	var account *Account
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.takeTicket(ctx, tx, string(LinkFirstStart), token); err != nil {
			return err
		}
		n, err := tx.CountAccounts(ctx, "", "")
		if err != nil {
			return err
		}
		if n > 0 {
			return ErrLink
		}
		r, err := s.insertAccount(ctx, tx, NewAccount{Name: name, Email: email, Role: access.Administrator}, Active)
		if err != nil {
			return err
		}
		r.Password = []byte(hash)
		if err := tx.SaveAccount(ctx, r); err != nil {
			return err
		}
		if s.workspaces != nil {
			if err := s.workspaces.First(ctx, tx, r.ID); err != nil {
				return err
			}
		}
		account, err = accountOf(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.tellBy(ctx, By{Account: account.ID, Client: c}, Event{Kind: EventFirstStart, Account: account.ID, OK: true})
	return account, nil
}

// takeTicket uses a ticket up; one that is not there any more is ErrLink.
func (s *Service) takeTicket(ctx context.Context, tx *store.Tx, kind string, token Secret) error {
	if _, err := tx.Ticket(ctx, kind, token.hash(), s.now()); err != nil {
		return linkError(err)
	}
	ok, err := tx.TakeTicket(ctx, token.hash())
	if err == nil && !ok {
		err = ErrLink
	}
	return err
}

func linkError(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrLink
	}
	return err
}

// Reset makes the link with which the owner of an account sets a new password; an account that never had one gets a
// new invitation. The old password holds until then.
func (s *Service) Reset(ctx context.Context, by By, account string) (*Link, error) {
	var l *Link
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Account(ctx, account)
		if err != nil {
			return err
		}
		kind := LinkReset
		switch Status(r.Status) {
		case Disabled:
			return fmt.Errorf("%w: the account is disabled, enable it first", ErrForbidden)
		case Invited:
			kind = LinkInvitation
		case Active:
		}
		l, err = s.makeLink(ctx, tx, kind, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.tellBy(ctx, by, Event{Kind: EventLinkMade, Account: account, OK: true, Detail: map[string]string{"kind": string(l.Kind)}})
	return l, nil
}

// Look says whom a link is for and what it does, without using it, so that a page can say so.
func (s *Service) Look(ctx context.Context, token Secret) (LinkKind, *Account, error) {
	r, k, err := s.findLink(ctx, token)
	if err != nil {
		return "", nil, err
	}
	a, err := accountOf(r)
	return LinkKind(k.Kind), a, err
}

func (s *Service) findLink(ctx context.Context, token Secret) (*store.Account, *store.Ticket, error) {
	for _, kind := range []LinkKind{LinkInvitation, LinkReset} {
		k, err := s.records.Ticket(ctx, string(kind), token.hash(), s.now())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		r, err := s.records.Account(ctx, k.Account)
		if err == nil && Status(r.Status) == Disabled {
			err = ErrLink
		}
		return r, k, linkError(err)
	}
	return nil, nil, ErrLink
}

// Accept sets the password of the account that a link was made for, and uses the link up. All its sessions end, and
// what was counted against it is forgotten. A second factor stays.
func (s *Service) Accept(ctx context.Context, token Secret, password string, c Client) (*Account, error) {
	r, k, err := s.findLink(ctx, token)
	if err != nil {
		return nil, err
	}
	account, err := accountOf(r)
	if err != nil {
		return nil, err
	}
	if err := s.checkPassword(password, account.Name, account.Email); err != nil {
		return nil, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	var ended []string
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.takeTicket(ctx, tx, k.Kind, token); err != nil {
			return err
		}
		r, err := tx.Account(ctx, k.Account)
		if err != nil {
			return err
		}
		if Status(r.Status) == Disabled {
			return ErrLink
		}
		r.Password, r.Status, r.Updated = []byte(hash), string(Active), s.now()
		if err := errors.Join(tx.SaveAccount(ctx, r), s.forgive(ctx, tx, r.Lookup)); err != nil {
			return err
		}
		if ended, err = tx.EndSessionsOf(ctx, r.ID, "", endedReset, s.now()); err != nil {
			return err
		}
		account, err = accountOf(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.standings.forget(append(ended, account.ID)...)
	by := By{Account: account.ID, Client: c}
	s.tellBy(ctx, by, Event{Kind: EventLinkUsed, Account: account.ID, OK: true, Detail: map[string]string{"kind": k.Kind}})
	s.tellBy(ctx, by, Event{Kind: EventPasswordChanged, Account: account.ID, OK: true})
	return account, nil
}
