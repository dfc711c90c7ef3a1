package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/outbound"
	"github.com/analytix-flow/analytix/internal/store"
)

// Provider is another party that says who somebody is, by OpenID Connect.
type Provider struct {
	ID           string // stands in addresses: lower-case letters, digits and hyphens
	Name         string // shown on the button
	Issuer       string
	ClientID     string
	ClientSecret Secret
	RedirectURL  string   // where the provider sends people back to
	Scopes       []string // beside openid; email and profile where empty
	GroupsClaim  string   // of the ID token; "groups"
	// Groups gives roles to the members of groups. Where it is not empty, the roles of accounts that the provider made are
	// those of their groups, at every sign-in anew.
	Groups map[string]Grant
	// GroupRequired refuses people who are in none of Groups.
	GroupRequired bool
	// Create makes accounts for people who have none.
	Create bool
	// LinkByEmail lets somebody in as the account of the same mail address, where the provider says that it verified the
	// address. Whoever can make the provider say so, has the account.
	LinkByEmail bool
	// SecondFactor says that the provider asks for a second factor, so that this server need not.
	SecondFactor bool
}

// Grant is what membership in a group gives.
type Grant struct {
	Instance   access.Role
	Workspaces map[string]access.Role // by id or short name
}

const (
	ticketOIDC  = "oidc"
	oidcTTL     = 10 * time.Minute
	oidcTimeout = 15 * time.Second
)

// oidcAlgorithms are what ID tokens may be signed with: asymmetric ones only, so that a public key is never a secret.
var oidcAlgorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// providers looks the providers up when somebody first comes by them: one that cannot be reached does not keep the
// server from starting.
type providers struct {
	all  []Provider
	http *http.Client
	mu   sync.Mutex
	met  map[string]*oidc.Provider
}

func newProviders(all []Provider, client *http.Client, told func(host string, err error)) (*providers, error) {
	if client == nil {
		client = &http.Client{Timeout: oidcTimeout}
	}
	own := *client
	// A person waits for the answer: what only asks for something is repeated at once, the exchange of a code never is.
	own.Transport = outbound.NewWay(outbound.Limits{Repeat: true, Down: outbound.Gateway, Told: told}).Guard(client.Transport)
	client = &own
	seen := map[string]bool{}
	for _, p := range all {
		if p.ID == "" || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || seen[p.ID] {
			return nil, fmt.Errorf("the provider %q: its id must be unique, of lower-case letters, digits and hyphens: %w", p.ID, ErrInvalid)
		}
		if p.Issuer == "" || p.ClientID == "" || p.RedirectURL == "" {
			return nil, fmt.Errorf("the provider %s needs an issuer, a client id and a redirect address: %w", p.ID, ErrInvalid)
		}
		for group, g := range p.Groups {
			if err := g.check(); err != nil {
				return nil, fmt.Errorf("the provider %s, group %q: %w", p.ID, group, err)
			}
		}
		seen[p.ID] = true
	}
	return &providers{all: all, http: client, met: map[string]*oidc.Provider{}}, nil
}

func (g Grant) check() error {
	if !g.Instance.ValidInInstance() {
		return fmt.Errorf("the role %q is none of the instance: %w", g.Instance, ErrInvalid)
	}
	for workspace, role := range g.Workspaces {
		if !role.ValidInWorkspace() {
			return fmt.Errorf("the role %q in %q is none of a workspace: %w", role, workspace, ErrInvalid)
		}
	}
	return nil
}

// Providers lists the providers by which people can sign in: id and name.
func (s *Service) Providers() [][2]string {
	all := make([][2]string, 0, len(s.providers.all))
	for _, p := range s.providers.all {
		all = append(all, [2]string{p.ID, p.Name})
	}
	return all
}

// meet finds a provider and reads its description, once.
func (ps *providers) meet(ctx context.Context, id string) (*Provider, *oidc.Provider, error) {
	for i := range ps.all {
		p := &ps.all[i]
		if p.ID != id {
			continue
		}
		ps.mu.Lock()
		defer ps.mu.Unlock()
		if met, ok := ps.met[id]; ok {
			return p, met, nil
		}
		met, err := oidc.NewProvider(ps.with(context.WithoutCancel(ctx)), p.Issuer) // it keeps the context to read keys later
		if err != nil {
			return nil, nil, fmt.Errorf("reading the description of the provider %s (check its issuer, and whether this server reaches it): %w", id, err)
		}
		ps.met[id] = met
		return p, met, nil
	}
	return nil, nil, fmt.Errorf("the provider: %w", ErrNotFound)
}

// CheckProvider asks the provider at a host for its description. The error wraps ErrNotFound where there is none at it.
func (s *Service) CheckProvider(ctx context.Context, host string) error {
	for i := range s.providers.all {
		p := &s.providers.all[i]
		if u, err := url.Parse(p.Issuer); err != nil || u.Host != host {
			continue
		}
		if _, err := oidc.NewProvider(s.providers.with(ctx), p.Issuer); err != nil {
			return fmt.Errorf("reading the description of the provider %s: %w", p.ID, err)
		}
		return nil
	}
	return fmt.Errorf("a provider at %s: %w", host, ErrNotFound)
}

func (ps *providers) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, ps.http)
}

func (p *Provider) config(met *oidc.Provider) *oauth2.Config {
	scopes := p.Scopes
	if len(scopes) == 0 {
		scopes = []string{"email", "profile"}
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Endpoint: met.Endpoint(), RedirectURL: p.RedirectURL,
		Scopes: append([]string{oidc.ScopeOpenID}, scopes...)}
}

// oidcWay is what is remembered of a way through a provider, sealed, under the hash of its state.
type oidcWay struct {
	Provider string `json:"provider"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
	Binding  string `json:"binding"`  // hash of what the browser keeps
	Return   string `json:"return"`
}

// Departure is where to send a browser, and what it must bring back in a cookie.
type Departure struct {
	URL     string
	Binding Secret
	Expires time.Time
}

// Depart begins a sign-in by a provider. returnTo is the page to come back to: a path on this server.
func (s *Service) Depart(ctx context.Context, provider, returnTo string) (*Departure, error) {
	p, met, err := s.providers.meet(ctx, provider)
	if err != nil {
		return nil, err
	}
	state, binding := newSecret(), newSecret()
	way := oidcWay{Provider: provider, Nonce: newSecret().Reveal(), Verifier: oauth2.GenerateVerifier(), Binding: binding.hash(), Return: localPath(returnTo)}
	body, err := json.Marshal(way)
	if err != nil {
		return nil, fmt.Errorf("beginning a sign-in by %s: %w", provider, err)
	}
	now := s.now()
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutTicket(ctx, store.Ticket{Hash: state.hash(), Kind: ticketOIDC, Body: body, Created: now, Expires: now.Add(oidcTTL)})
	})
	if err != nil {
		return nil, err
	}
	address := p.config(met).AuthCodeURL(state.Reveal(), oidc.Nonce(way.Nonce), oauth2.S256ChallengeOption(way.Verifier))
	return &Departure{URL: address, Binding: binding, Expires: now.Add(oidcTTL)}, nil
}

// localPath keeps a browser on this server.
func localPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") || len(path) > 500 {
		return "/"
	}
	return path
}

// Arrive ends a sign-in by a provider: state and code are what the provider sent along, binding what the browser kept. It
// returns the page to go back to, also with a SecondFactorError.
func (s *Service) Arrive(ctx context.Context, provider string, state, binding Secret, code string, c Client) (*Tokens, string, error) {
	way, err := s.takeWay(ctx, provider, state, binding)
	if err != nil {
		return nil, "/", err
	}
	p, met, err := s.providers.meet(ctx, provider)
	if err != nil {
		return nil, "/", err
	}
	who, err := s.exchange(ctx, p, met, way, code)
	if err != nil {
		s.tell(ctx, Event{Kind: EventSignInFailed, Address: c.Address, Agent: clip(c.Agent, maxAgent), Detail: map[string]string{"step": "oidc", "provider": provider}})
		return nil, way.Return, fmt.Errorf("%w (%w)", ErrCredentials, err)
	}
	a, err := s.welcome(ctx, p, who, c)
	if err != nil {
		return nil, way.Return, err
	}
	method := "oidc:" + provider
	if a.TOTP && !p.SecondFactor {
		return nil, way.Return, s.challenge(ctx, a.ID, method)
	}
	t, err := s.open(ctx, a.ID, method, c, p.SecondFactor)
	return t, way.Return, err
}

// takeWay uses the record of a way up, whether it fits or not.
func (s *Service) takeWay(ctx context.Context, provider string, state, binding Secret) (*oidcWay, error) {
	var way oidcWay
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		k, err := tx.Ticket(ctx, ticketOIDC, state.hash(), s.now())
		if err != nil {
			return linkError(err)
		}
		if err := json.Unmarshal(k.Body, &way); err != nil {
			return fmt.Errorf("reading the record of a sign-in by %s: %w", provider, err)
		}
		ok, err := tx.TakeTicket(ctx, k.Hash)
		if err == nil && !ok {
			err = ErrLink
		}
		return err
	})
	if errors.Is(err, ErrLink) || (err == nil && (way.Provider != provider || !equal(way.Binding, binding.hash()))) {
		return nil, fmt.Errorf("%w: the way back from %s is not one that this browser began, or it took too long", ErrCredentials, provider)
	}
	return &way, err
}
