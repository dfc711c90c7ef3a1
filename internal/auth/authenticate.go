package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	// standingTTL is for how long what was read of a session is believed: what another process ends is noticed by then.
	standingTTL = 2 * time.Second
	maxStanding = 10_000
)

// standing is what a session or an API token is worth, as read from the records.
type standing struct {
	identity Identity
	expires  time.Time
	hash     string // of an API token's secret
	read     time.Time
}

// standings remembers what was read, for standingTTL, and when sessions were seen.
type standings struct {
	mu      sync.Mutex
	known   map[string]standing
	changes int64 // counts invalidations: what was read before one is not remembered after it
	seen    map[string]time.Time
}

func newStandings() *standings {
	return &standings{known: map[string]standing{}, seen: map[string]time.Time{}}
}

func (c *standings) get(id string, now time.Time) (standing, int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	st, ok := c.known[id]
	ok = ok && now.Sub(st.read) < standingTTL && !now.Before(st.read)
	return st, c.changes, ok
}

func (c *standings) put(id string, st standing, changes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != changes {
		return
	}
	if len(c.known) >= maxStanding {
		clear(c.known)
	}
	c.known[id] = st
}

// forget drops sessions and tokens by their ids, or by that of their account.
func (c *standings) forget(ids ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	for _, id := range ids {
		delete(c.known, id)
		for key, st := range c.known {
			if st.identity.Account == id {
				delete(c.known, key)
			}
		}
	}
}

func (c *standings) saw(id string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[id] = now
}

// Changed tells the service that something about an account was changed elsewhere, such as its workspaces, so that it
// holds from the next call on.
func (s *Service) Changed(account string) { s.standings.forget(account) }

// Authenticate says who presents a token: the access token of a session or an API token. Every error but that of the
// records wraps ErrUnauthenticated.
func (s *Service) Authenticate(ctx context.Context, bearer string, _ netip.Addr) (*Identity, error) {
	if len(bearer) > maxBearer {
		return nil, fmt.Errorf("%w: it is too long", ErrUnauthenticated)
	}
	var id, hash, account string
	if strings.HasPrefix(bearer, apiTokenPrefix) {
		var ok bool
		if id, hash, ok = parseAPIToken(bearer); !ok {
			return nil, ErrUnauthenticated
		}
	} else {
		var err error
		if account, id, err = s.checkAccessToken(ctx, bearer); err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrUnauthenticated, err)
		}
	}
	st, err := s.standing(ctx, id)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if !equal(hash, st.hash) || !now.Before(st.expires) || (account != "" && account != st.identity.Account) {
		return nil, ErrUnauthenticated
	}
	s.standings.saw(id, now)
	identity := st.identity // whoever changes it changes a copy; its map and slice are not changed by anybody
	return &identity, nil
}

// standing reads what a session or token is worth; nothing is ErrUnauthenticated.
func (s *Service) standing(ctx context.Context, id string) (standing, error) {
	now := s.now()
	st, changes, ok := s.standings.get(id, now)
	if ok {
		return st, nil
	}
	read := s.sessionStanding
	if strings.HasPrefix(id, apiTokenID) {
		read = s.tokenStanding
	}
	st, err := read(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return standing{}, ErrUnauthenticated
	}
	if err != nil {
		return standing{}, err
	}
	st.read = now
	s.standings.put(id, st, changes)
	return st, nil
}

func (s *Service) sessionStanding(ctx context.Context, id string) (standing, error) {
	x, err := s.records.Session(ctx, id)
	if err != nil {
		return standing{}, err
	}
	if !x.Ended.IsZero() {
		return standing{}, ErrUnauthenticated
	}
	identity, err := s.identity(ctx, x.Account)
	identity.Session, identity.Kind, identity.Restricted = id, KindSession, x.Restricted
	return standing{identity: identity, expires: x.Expires}, err
}

func (s *Service) tokenStanding(ctx context.Context, id string) (standing, error) {
	k, err := s.records.APIToken(ctx, id)
	if err != nil {
		return standing{}, err
	}
	if !k.Revoked.IsZero() {
		return standing{}, ErrUnauthenticated
	}
	identity, err := s.identity(ctx, k.Account)
	if err != nil {
		return standing{}, err
	}
	identity.Session, identity.Kind, identity.Scopes = id, KindToken, []access.Permission{}
	if err := json.Unmarshal([]byte(k.Scopes), &identity.Scopes); err != nil {
		return standing{}, fmt.Errorf("reading the scopes of API token %s: %w", id, err)
	}
	return standing{identity: identity, expires: k.Expires, hash: k.Hash}, nil
}

// identity reads who an account is; one that is not active is nobody.
func (s *Service) identity(ctx context.Context, account string) (Identity, error) {
	record, err := s.records.Account(ctx, account)
	if err != nil {
		return Identity{}, err
	}
	a, err := accountOf(record)
	if err != nil {
		return Identity{}, err
	}
	if a.Status != Active {
		return Identity{}, ErrUnauthenticated
	}
	identity := Identity{Account: a.ID, Name: a.Name, Email: a.Email, Instance: a.Role, Workspaces: map[string]access.Role{}}
	if s.workspaces != nil {
		if identity.Workspaces, err = s.workspaces.Of(ctx, account); err != nil {
			return Identity{}, err
		}
	}
	return identity, nil
}

// flushSeen writes when sessions and tokens were seen.
func (s *Service) flushSeen(ctx context.Context) error {
	s.standings.mu.Lock()
	seen := s.standings.seen
	s.standings.seen = map[string]time.Time{}
	s.standings.mu.Unlock()
	if len(seen) == 0 {
		return nil
	}
	return s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		for id, at := range seen {
			note := tx.SessionSeen
			if strings.HasPrefix(id, apiTokenID) {
				note = tx.APITokenUsed
			}
			if err := note(ctx, id, at); err != nil {
				return err
			}
		}
		return nil
	})
}
