package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	apiTokenPrefix = "atx_"
	longestToken   = 366 * 24 * time.Hour // a year, and the day of a leap year
	mostTokens     = 50                   // of an account
)

// APIToken is a personal token for programs. What it may do is what its account may do and its scopes name.
type APIToken struct {
	ID      string
	Name    string
	Scopes  []access.Permission
	Created time.Time
	Expires time.Time
	Used    time.Time // the zero time for never
}

// NewAPIToken is what an API token is made of.
type NewAPIToken struct {
	Name    string
	Scopes  []access.Permission
	Expires time.Time
}

// MakeToken makes an API token for whoever is signed in. The token itself is given out once.
func (s *Service) MakeToken(ctx context.Context, i *Identity, n NewAPIToken, c Client) (*APIToken, Secret, error) {
	if err := sessionOnly(i); err != nil {
		return nil, Secret{}, err
	}
	if i.Restricted {
		return nil, Secret{}, fmt.Errorf("%w: enrol a second factor first", ErrForbidden)
	}
	now := s.now()
	t, err := cleanToken(n, now)
	if err != nil {
		return nil, Secret{}, err
	}
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return nil, Secret{}, fmt.Errorf("recording an API token: %w", err)
	}
	secret := newSecret()
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		held, err := tx.CountAPITokens(ctx, i.Account, now)
		if err != nil {
			return err
		}
		if held >= mostTokens {
			return fmt.Errorf("%w: an account has at most %d API tokens, revoke one first", ErrForbidden, mostTokens)
		}
		return tx.InsertAPIToken(ctx, store.APIToken{ID: t.ID, Account: i.Account, Hash: secret.hash(), Name: []byte(t.Name), Scopes: string(scopes),
			Created: now, Expires: t.Expires})
	})
	if err != nil {
		return nil, Secret{}, err
	}
	s.tellBy(ctx, i.By(c), Event{Kind: EventTokenMade, Account: i.Account, OK: true, Detail: map[string]string{"token": t.ID, "scopes": string(scopes)}})
	return t, NewSecret(apiTokenPrefix + strings.TrimPrefix(t.ID, apiTokenID+"_") + "_" + secret.Reveal()), nil
}

func cleanToken(n NewAPIToken, now time.Time) (*APIToken, error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return nil, err
	}
	if len(n.Scopes) == 0 {
		return nil, fmt.Errorf("an API token needs at least one scope: %w", ErrInvalid)
	}
	scopes := slices.Clone(n.Scopes)
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	for _, p := range scopes {
		if _, ok := p.Scope(); !ok {
			return nil, fmt.Errorf("the scope %q does not exist: %w", clip(string(p), 64), ErrInvalid)
		}
	}
	if !n.Expires.After(now) || n.Expires.Sub(now) > longestToken {
		return nil, fmt.Errorf("an API token expires within a year, and not before now: %w", ErrInvalid)
	}
	return &APIToken{ID: identifier.New(apiTokenID), Name: name, Scopes: scopes, Created: now, Expires: n.Expires}, nil
}

// parseAPIToken takes an API token apart: the id of its record and the hash of its secret.
func parseAPIToken(text string) (id, hash string, ok bool) {
	rest, ok := strings.CutPrefix(text, apiTokenPrefix)
	if !ok {
		return "", "", false
	}
	name, secret, ok := strings.Cut(rest, "_") // the first: a secret may have some
	id = apiTokenID + "_" + name
	if _, err := base64.RawURLEncoding.Strict().DecodeString(secret); !ok || err != nil || len(secret) != 43 || !identifier.Valid(apiTokenID, id) {
		return "", "", false
	}
	return id, NewSecret(secret).hash(), true
}

// APITokens lists the API tokens of an account that were not revoked, the latest first.
func (s *Service) APITokens(ctx context.Context, account string) ([]APIToken, error) {
	records, err := s.records.APITokens(ctx, account)
	if err != nil {
		return nil, err
	}
	all := make([]APIToken, 0, len(records))
	for _, r := range records {
		t := APIToken{ID: r.ID, Name: string(r.Name), Created: r.Created, Expires: r.Expires, Used: r.Used}
		if err := json.Unmarshal([]byte(r.Scopes), &t.Scopes); err != nil {
			return nil, fmt.Errorf("reading the scopes of API token %s: %w", r.ID, err)
		}
		all = append(all, t)
	}
	return all, nil
}

// RevokeToken revokes an API token of an account; one that is not the account's is not found.
func (s *Service) RevokeToken(ctx context.Context, by By, account, id string) error {
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		ok, err := tx.RevokeAPIToken(ctx, account, id, s.now())
		if err == nil && !ok {
			err = fmt.Errorf("API token: %w", ErrNotFound)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.standings.forget(id)
	s.tellBy(ctx, by, Event{Kind: EventTokenRevoked, Account: account, OK: true, Detail: map[string]string{"token": id}})
	return nil
}
