package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
)

// stranger is who a provider says somebody is.
type stranger struct {
	subject  string
	email    string
	verified bool
	name     string
	groups   []string
}

// exchange trades the code for an ID token and checks it.
func (s *Service) exchange(ctx context.Context, p *Provider, met *oidc.Provider, way *oidcWay, code string) (*stranger, error) {
	ctx = s.providers.with(ctx)
	token, err := p.config(met).Exchange(ctx, code, oauth2.VerifierOption(way.Verifier))
	if err != nil {
		return nil, fmt.Errorf("trading the code at %s: %w", p.ID, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, fmt.Errorf("the provider %s sent no ID token", p.ID)
	}
	id, err := met.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: oidcAlgorithms, Now: s.now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("checking the ID token of %s: %w", p.ID, err)
	}
	if !equal(id.Nonce, way.Nonce) || id.Subject == "" {
		return nil, fmt.Errorf("the ID token of %s is not for this sign-in", p.ID)
	}
	who, err := readClaims(idToken{id}, p.groupsClaim())
	if err != nil || met.UserInfoEndpoint() == "" || who.complete(p) {
		return who, err
	}
	return s.askMore(ctx, p, met, token, who)
}

func (p *Provider) groupsClaim() string { return orDefault(p.GroupsClaim, "groups") }

// complete says whether the ID token told everything that the provider is asked for. Many tell of mail address and groups
// only where the access token is shown (OpenID Connect Core, 5.4).
func (w *stranger) complete(p *Provider) bool {
	return w.email != "" && (w.groups != nil || len(p.Groups) == 0)
}

// askMore reads who somebody is from the provider's UserInfo endpoint; it must speak of the subject of the ID token.
func (s *Service) askMore(ctx context.Context, p *Provider, met *oidc.Provider, token *oauth2.Token, known *stranger) (*stranger, error) {
	info, err := met.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("asking %s who signed in: %w", p.ID, err)
	}
	if info.Subject != known.subject {
		return nil, fmt.Errorf("the provider %s speaks of somebody else than its ID token", p.ID)
	}
	more, err := readClaims(userInfo{info}, p.groupsClaim())
	if err != nil {
		return nil, err
	}
	if known.email != "" {
		more.email, more.verified = known.email, known.verified
	}
	if known.groups != nil {
		more.groups = known.groups
	}
	more.name = orDefault(more.name, known.name)
	return more, nil
}

// statement is what a provider says of somebody.
type statement interface {
	Claims(into any) error
	subject() string
}

type idToken struct{ *oidc.IDToken }

func (t idToken) subject() string { return t.Subject }

type userInfo struct{ *oidc.UserInfo }

func (u userInfo) subject() string { return u.Subject }

func readClaims(id statement, groups string) (*stranger, error) {
	var known struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	var all map[string]json.RawMessage
	if err := errors.Join(id.Claims(&known), id.Claims(&all)); err != nil {
		return nil, fmt.Errorf("reading the claims: %w", err)
	}
	who := &stranger{subject: id.subject(), email: known.Email, verified: known.Verified, name: known.Name}
	if raw, ok := all[groups]; ok {
		var one string
		if err := json.Unmarshal(raw, &who.groups); err != nil {
			if err := json.Unmarshal(raw, &one); err != nil {
				return nil, fmt.Errorf("the claim %s is neither a list nor a text", groups)
			}
			who.groups = []string{one}
		}
	}
	return who, nil
}

// granted joins what the groups of somebody give; the greatest role counts.
func (p *Provider) granted(groups []string) (g Grant, member bool) {
	g.Workspaces = map[string]access.Role{}
	for _, name := range groups {
		grant, ok := p.Groups[name]
		if !ok {
			continue
		}
		member = true
		if grant.Instance == access.Administrator || g.Instance == "" {
			g.Instance = grant.Instance
		}
		for workspace, role := range grant.Workspaces {
			if rank(role) > rank(g.Workspaces[workspace]) {
				g.Workspaces[workspace] = role
			}
		}
	}
	return g, member
}

func rank(role access.Role) int {
	for i, r := range access.WorkspaceRoles() {
		if r == role {
			return i + 1
		}
	}
	return 0
}

// welcome finds or makes the account of somebody whom a provider sent, and gives it the roles of its groups.
func (s *Service) welcome(ctx context.Context, p *Provider, who *stranger, c Client) (*Account, error) {
	grant, member := p.granted(who.groups)
	if p.GroupRequired && !member {
		return nil, fmt.Errorf("%w: the account at %s is in none of the groups that may use this server", ErrForbidden, p.ID)
	}
	var account *Account
	var made, changed bool
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, fresh, err := s.settle(ctx, tx, p, who)
		if err != nil {
			return err
		}
		made, changed = fresh, false
		if account, err = accountOf(r); err != nil {
			return err
		}
		if account.Status != Active {
			return ErrCredentials
		}
		if account.Provider != p.ID || len(p.Groups) == 0 {
			return nil
		}
		if changed, err = s.promote(ctx, tx, r, grant); err != nil {
			return err
		}
		account.Role = grant.Instance
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.standings.forget(account.ID)
	by := By{Account: account.ID, Client: c}
	if made {
		s.tellBy(ctx, by, Event{Kind: EventAccountCreated, Account: account.ID, OK: true, Detail: map[string]string{"provider": p.ID, "role": string(account.Role)}})
	} else if changed {
		s.tellBy(ctx, by, Event{Kind: EventAccountChanged, Account: account.ID, OK: true, Detail: map[string]string{"changed": "role", "role": string(account.Role)}})
	}
	return account, nil
}

// settle finds the account by who it is at the provider, or by its mail address, or makes it.
func (s *Service) settle(ctx context.Context, tx *store.Tx, p *Provider, who *stranger) (r *store.Account, made bool, err error) {
	external := s.mac("external", p.Issuer+"\x00"+who.subject)
	r, err = tx.AccountByExternal(ctx, external)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return r, false, err
	}
	email, bad := cleanEmail(who.email)
	if bad != nil || !who.verified {
		return nil, false, fmt.Errorf("%w: %s does not vouch for a mail address of this account", ErrForbidden, p.ID)
	}
	r, err = tx.AccountByLookup(ctx, s.lookup(email))
	if err == nil {
		if !p.LinkByEmail || r.External != "" || Status(r.Status) == Disabled {
			return nil, false, fmt.Errorf("%w: the account of this mail address signs in in another way", ErrForbidden)
		}
		r.External, r.Status, r.Updated = external, string(Active), s.now()
		return r, false, tx.SaveAccount(ctx, r)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, false, err
	}
	if !p.Create {
		return nil, false, fmt.Errorf("%w: there is no account for it on this server, ask an administrator for one", ErrForbidden)
	}
	name, bad := cleanName(who.name)
	if bad != nil {
		name = email
	}
	if r, err = s.insertAccount(ctx, tx, NewAccount{Name: name, Email: email}, Active); err != nil {
		return nil, false, err
	}
	if r.Profile, err = json.Marshal(profile{Name: name, Email: email, Provider: p.ID}); err != nil {
		return nil, false, fmt.Errorf("recording an account: %w", err)
	}
	r.External = external
	return r, true, tx.SaveAccount(ctx, r)
}

// promote gives an account the roles that its groups carry.
func (s *Service) promote(ctx context.Context, tx *store.Tx, r *store.Account, g Grant) (bool, error) {
	if s.workspaces != nil {
		if err := s.workspaces.Assign(ctx, tx, r.ID, g.Workspaces); err != nil {
			return false, err
		}
	}
	if access.Role(r.Role) == g.Instance {
		return false, nil
	}
	was := activeAdministrator(r)
	r.Role, r.Updated = string(g.Instance), s.now()
	if err := tx.SaveAccount(ctx, r); err != nil {
		return false, err
	}
	if was {
		return true, s.keepAdministrator(ctx, tx)
	}
	return true, nil
}
