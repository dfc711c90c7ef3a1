package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// Tokens are what a sign-in or a refresh gives out.
type Tokens struct {
	Session        string
	Account        string
	Access         Secret
	AccessExpires  time.Time
	Refresh        Secret
	RefreshExpires time.Time
	CSRF           string // to be sent back beside cookies; see CheckCSRF
	Restricted     bool   // a second factor must be enrolled first
}

// Session is one sign-in, as its owner sees it.
type Session struct {
	ID      string
	Method  string // password, password+totp, oidc:<provider>
	Address string
	Device  string // what the header User-Agent says
	Created time.Time
	Seen    time.Time
	Expires time.Time
}

// By is who does something, and from where.
type By struct {
	Account string // or "operator" for the command line
	Session string
	Client  Client
}

// By is the identity as the one who does something.
func (i *Identity) By(c Client) By { return By{Account: i.Account, Session: i.Session, Client: c} }

// Operator is whoever has the command line of the machine.
func Operator() By { return By{Account: "operator"} }

type sessionDetail struct {
	Address string `json:"address"`
	Agent   string `json:"agent"`
}

const maxAgent = 300 // bytes of the header User-Agent that are kept

// The reasons why sessions end.
const (
	endedSignOut   = "signed_out"
	endedByOwner   = "ended_by_owner"
	endedReuse     = "refresh_reuse"
	endedPassword  = "password_changed"
	endedDisabled  = "account_disabled"
	endedReset     = "account_reset"
	endedByManager = "ended_by_administrator"
)

// graceOfRefresh is for how long the same request gets the same answer.
const graceOfRefresh = 10 * time.Second

// minRequestID is the length from which on a request's id counts as one that nobody else has.
const minRequestID = 16

// openSession begins a session in the transaction of the sign-in.
func (s *Service) openSession(ctx context.Context, tx *store.Tx, a *Account, method string, c Client, trusted bool) (*Tokens, error) {
	now := s.now()
	detail, err := json.Marshal(sessionDetail{Address: addressText(c.Address), Agent: clip(c.Agent, maxAgent)})
	if err != nil {
		return nil, fmt.Errorf("opening a session: %w", err)
	}
	x := store.Session{ID: identifier.New(sessionID), Account: a.ID, Origin: s.origin(c.Address), Method: method, Detail: detail,
		Restricted: !trusted && !a.TOTP && s.mustHaveTOTP(a), Created: now, Seen: now, Expires: now.Add(s.cfg.SessionTTL)}
	if err := tx.InsertSession(ctx, x); err != nil {
		return nil, err
	}
	refresh := newSecret()
	first := store.RefreshToken{Hash: refresh.hash(), Session: x.ID, Position: 1, Created: now, Expires: s.refreshExpires(&x)}
	if err := errors.Join(tx.InsertRefresh(ctx, first), tx.AccountSignedIn(ctx, a.ID, now)); err != nil {
		return nil, err
	}
	return s.tokens(&x, refresh, first.Expires)
}

func (s *Service) refreshExpires(x *store.Session) time.Time {
	if e := s.now().Add(s.cfg.RefreshTTL); e.Before(x.Expires) {
		return e
	}
	return x.Expires
}

func (s *Service) tokens(x *store.Session, refresh Secret, expires time.Time) (*Tokens, error) {
	access, until, err := s.accessToken(x.Account, x.ID, s.now())
	if err != nil {
		return nil, err
	}
	return &Tokens{Session: x.ID, Account: x.Account, Access: access, AccessExpires: until, Refresh: refresh, RefreshExpires: expires,
		CSRF: s.CSRF(x.ID), Restricted: x.Restricted}, nil
}

// Refresh gives new tokens for a refresh token, which is used up by it. A token that was used before ends its session:
// one of the two who presented it has stolen it. Only the very same request, by an id of at least 16 characters that
// its client makes up, gets the same refresh token again, for seconds, and while that one has not been used.
func (s *Service) Refresh(ctx context.Context, token Secret, request string, c Client) (*Tokens, error) {
	var got *Tokens
	var reuse *store.Session
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		got, reuse = nil, nil
		now := s.now()
		r, x, err := s.findRefresh(ctx, tx, token)
		if err != nil {
			return err
		}
		if r.Used.IsZero() {
			got, err = s.advance(ctx, tx, r, x, token, request)
			return err
		}
		next := s.successor(token, request)
		if len(request) >= minRequestID && equal(r.Request, s.mac("request", request)) && now.Sub(r.Used) < graceOfRefresh {
			n, err := tx.Refresh(ctx, next.hash())
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if err == nil && n.Used.IsZero() {
				got, err = s.tokens(x, next, n.Expires)
				return err
			}
		}
		reuse = x
		_, err = tx.EndSession(ctx, x.ID, endedReuse, now)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, fmt.Errorf("refreshing: %w", ErrUnauthenticated)
	case err != nil:
		return nil, err
	case reuse != nil:
		s.standings.forget(reuse.ID)
		s.tell(ctx, Event{Kind: EventRefreshReuse, Account: reuse.Account, Session: reuse.ID, Address: c.Address, Agent: clip(c.Agent, maxAgent)})
		return nil, fmt.Errorf("refreshing: the token was used before, so the session was ended: %w", ErrUnauthenticated)
	}
	return got, nil
}

// findRefresh reads a refresh token with its session; what does not hold any more is not found.
func (s *Service) findRefresh(ctx context.Context, tx *store.Tx, token Secret) (*store.RefreshToken, *store.Session, error) {
	r, err := tx.Refresh(ctx, token.hash())
	if err != nil {
		return nil, nil, err
	}
	x, err := tx.Session(ctx, r.Session)
	if err != nil {
		return nil, nil, err
	}
	a, err := tx.Account(ctx, x.Account)
	if err != nil {
		return nil, nil, err
	}
	now := s.now()
	if !x.Ended.IsZero() || !now.Before(x.Expires) || (r.Used.IsZero() && !now.Before(r.Expires)) || Status(a.Status) != Active {
		return nil, nil, fmt.Errorf("refresh token: %w", ErrNotFound)
	}
	return r, x, nil
}

// advance uses a live refresh token up and records the next of its line.
func (s *Service) advance(ctx context.Context, tx *store.Tx, r *store.RefreshToken, x *store.Session, token Secret, request string) (*Tokens, error) {
	if len(request) < minRequestID {
		request = newSecret().Reveal() // nobody can repeat it
	}
	now := s.now()
	ok, err := tx.UseRefresh(ctx, r.Hash, s.mac("request", request), now)
	if err == nil && !ok {
		err = fmt.Errorf("refresh token: %w", ErrConflict)
	}
	if err != nil {
		return nil, err
	}
	next := s.successor(token, request)
	n := store.RefreshToken{Hash: next.hash(), Session: x.ID, Position: r.Position + 1, Created: now, Expires: s.refreshExpires(x)}
	if err := errors.Join(tx.InsertRefresh(ctx, n), tx.SessionSeen(ctx, x.ID, now)); err != nil {
		return nil, err
	}
	return s.tokens(x, next, n.Expires)
}

// successor is the refresh token that a request gets for one: derived, so that the same request can be answered again
// without keeping the token. Without the key of the instance nobody derives it.
func (s *Service) successor(token Secret, request string) Secret {
	h := hmac.New(sha256.New, s.key.Bytes())
	_, _ = h.Write([]byte("refresh\x00" + token.Reveal() + "\x00" + request)) // never fails (hash.Hash)
	return Secret{base64.RawURLEncoding.EncodeToString(h.Sum(nil))}
}

// Sessions lists the sessions of an account that last, the latest first.
func (s *Service) Sessions(ctx context.Context, account string) ([]Session, error) {
	records, err := s.records.SessionsOf(ctx, account, s.now())
	if err != nil {
		return nil, err
	}
	all := make([]Session, 0, len(records))
	for _, r := range records {
		var d sessionDetail
		if err := json.Unmarshal(r.Detail, &d); err != nil {
			return nil, fmt.Errorf("reading session %s: %w", r.ID, err)
		}
		all = append(all, Session{ID: r.ID, Method: r.Method, Address: d.Address, Device: d.Agent, Created: r.Created, Seen: r.Seen, Expires: r.Expires})
	}
	return all, nil
}

// SignOut ends the session of an identity.
func (s *Service) SignOut(ctx context.Context, i *Identity, c Client) error {
	if err := sessionOnly(i); err != nil {
		return err
	}
	return s.endSession(ctx, i.By(c), i.Account, i.Session, endedSignOut)
}

// SignOutByRefresh ends the session of a refresh token, for browsers whose access token has expired. It says nothing
// about a token that does not hold.
func (s *Service) SignOutByRefresh(ctx context.Context, token Secret, c Client) error {
	var x *store.Session
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		_, x, err = s.findRefresh(ctx, tx, token)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.endSession(ctx, By{Account: x.Account, Session: x.ID, Client: c}, x.Account, x.ID, endedSignOut)
}

// EndSession ends a session of an account: one's own, or as an administrator that of somebody else. A session that is
// not the account's is not found.
func (s *Service) EndSession(ctx context.Context, by By, account, session string) error {
	reason := endedByOwner
	if by.Account != account {
		reason = endedByManager
	}
	return s.endSession(ctx, by, account, session, reason)
}

func (s *Service) endSession(ctx context.Context, by By, account, session, reason string) error {
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		x, err := tx.Session(ctx, session)
		if err != nil {
			return err
		}
		if x.Account != account {
			return fmt.Errorf("session: %w", ErrNotFound)
		}
		ended, err := tx.EndSession(ctx, session, reason, s.now())
		if err == nil && !ended {
			err = fmt.Errorf("session: %w", ErrNotFound)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.standings.forget(session)
	kind := EventSessionEnded
	if reason == endedSignOut {
		kind = EventSignOut
	}
	s.tellBy(ctx, by, Event{Kind: kind, Account: account, Session: session, OK: true, Detail: map[string]string{"reason": reason}})
	return nil
}

// EndSessions ends all sessions of an account but one, which may be "", and says how many there were.
func (s *Service) EndSessions(ctx context.Context, by By, account, except string) (int, error) {
	var ids []string
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		ids, err = tx.EndSessionsOf(ctx, account, except, endedByOwner, s.now())
		return err
	})
	if err != nil {
		return 0, err
	}
	s.standings.forget(ids...)
	for _, id := range ids {
		s.tellBy(ctx, by, Event{Kind: EventSessionEnded, Account: account, Session: id, OK: true, Detail: map[string]string{"reason": endedByOwner}})
	}
	return len(ids), nil
}

// CSRF is the token that a page sends beside the cookies of its session. It is bound to the session by a key that only
// the server has.
func (s *Service) CSRF(session string) string {
	h := hmac.New(sha256.New, s.key.Bytes())
	_, _ = h.Write([]byte("csrf\x00" + session)) // never fails (hash.Hash)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// CheckCSRF says whether the token is that of the session.
func (s *Service) CheckCSRF(session, token string) bool { return equal(s.CSRF(session), token) }

// tellBy fills in who did it and from where.
func (s *Service) tellBy(ctx context.Context, by By, e Event) {
	e.Actor, e.Address, e.Agent = by.Account, by.Client.Address, clip(by.Client.Agent, maxAgent)
	if e.Session == "" {
		e.Session = by.Session
	}
	s.tell(ctx, e)
}

// sessionOnly refuses API tokens: what concerns the account itself needs somebody who signed in.
func sessionOnly(i *Identity) error {
	if i.Kind != KindSession {
		return fmt.Errorf("%w: an API token cannot do this, sign in", ErrForbidden)
	}
	return nil
}

// origin is the keyed hash of where a call comes from. Of IPv6 the /64 counts, which one subscriber has to himself.
func (s *Service) origin(a netip.Addr) string { return s.mac("origin", network(a)) }

func network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addressText(a)
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.Unmap().String()
}

// clip shortens a text to n bytes, at a whole character.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n]
}
