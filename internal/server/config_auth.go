package server

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/httpapi"
)

// Auth is what the operator decides about accounts. Zero values mean the defaults of package auth.
type Auth struct {
	SecondFactor auth.Requirement `yaml:"second_factor"` // who must have one: administrators, everyone, or nobody where empty
	MinPassword  int              `yaml:"min_password"`  // characters; 12, the least
	AccessTTL    time.Duration    `yaml:"access_ttl"`    // of access tokens; 10 min
	RefreshTTL   time.Duration    `yaml:"refresh_ttl"`   // how long a session may rest; 7 days
	SessionTTL   time.Duration    `yaml:"session_ttl"`   // of a session, however busy; 30 days
	InviteTTL    time.Duration    `yaml:"invite_ttl"`    // of invitations; 72 h
	KeyLife      time.Duration    `yaml:"key_life"`      // how long a key signs access tokens; 30 days
	Hashing      Hashing          `yaml:"hashing"`
	Providers    []Provider       `yaml:"providers"` // of OpenID Connect
}

// Hashing is the cost of a password's hash (argon2id).
type Hashing struct {
	MemoryKiB uint32 `yaml:"memory_kib"` // 65536
	Passes    uint32 `yaml:"passes"`     // 3
	Lanes     uint8  `yaml:"lanes"`      // 1
	AtOnce    int    `yaml:"at_once"`    // hashes computed at the same time; the number of processors
	Waiting   int    `yaml:"waiting"`    // who may wait for a turn; 64
}

// Provider is another party that says who somebody is, by OpenID Connect.
type Provider struct {
	ID           string           `yaml:"id"`   // stands in addresses: lower-case letters, digits and hyphens
	Name         string           `yaml:"name"` // shown on the button; the id by default
	Issuer       string           `yaml:"issuer"`
	ClientID     string           `yaml:"client_id"`
	ClientSecret Secret           `yaml:"client_secret"` // env or file; neither for a public client
	Scopes       []string         `yaml:"scopes"`        // beside openid; email and profile by default
	GroupsClaim  string           `yaml:"groups_claim"`  // "groups" by default
	Groups       map[string]Grant `yaml:"groups"`        // what membership in a group gives
	// GroupRequired refuses people who are in none of Groups.
	GroupRequired bool `yaml:"group_required"`
	Create        bool `yaml:"create"`        // makes accounts for people who have none
	LinkByEmail   bool `yaml:"link_by_email"` // lets people in as the account of their verified mail address
	SecondFactor  bool `yaml:"second_factor"` // the provider asks for one, so that this server need not
}

// Grant is what membership in a group gives: a role of the instance, and roles of workspaces, by id or short name.
type Grant struct {
	Role       access.Role            `yaml:"role"`
	Workspaces map[string]access.Role `yaml:"workspaces"`
}

// Secret says where a secret is: in a variable of the environment or in a file, never in the configuration itself.
type Secret struct {
	Env  string `yaml:"env,omitempty"`
	File string `yaml:"file,omitempty"`
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *Secret) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode && node.Tag != "!!null" {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: a secret does not stand in the file: say where it is, {env: NAME} or {file: PATH}", node.Line)}}
	}
	type plain Secret
	return node.Decode((*plain)(s))
}

// mostSecret bounds the file of a secret.
const mostSecret = 64 << 10

// read fetches the secret.
func (s *Secret) read() (auth.Secret, error) {
	switch {
	case s.Env != "" && s.File != "":
		return auth.Secret{}, errors.New("its secret is in a variable or in a file: choose one")
	case s.Env != "":
		text := os.Getenv(s.Env)
		if text == "" {
			return auth.Secret{}, fmt.Errorf("its secret is to be in the variable %s, which is empty", s.Env)
		}
		return auth.NewSecret(text), nil
	case s.File != "":
		text, err := os.ReadFile(s.File)
		if err != nil {
			return auth.Secret{}, fmt.Errorf("reading its secret: %w", err)
		}
		if len(text) == 0 || len(text) > mostSecret {
			return auth.Secret{}, fmt.Errorf("the file %s is empty or too large for a secret", s.File)
		}
		return auth.NewSecret(strings.TrimRight(string(text), "\r\n")), nil
	default:
		return auth.Secret{}, nil
	}
}

// leastMemory is the least that OWASP advises for argon2id.
const leastMemory = 19 << 10

// check says what cannot be so, as far as it shows without the rest of the server; package auth looks at the rest.
func (a *Auth) check() error {
	if a.SecondFactor != auth.ForNobody && a.SecondFactor != auth.ForAdministrators && a.SecondFactor != auth.ForEveryone {
		return fmt.Errorf("a second factor is demanded of %q: say administrators or everyone, or leave it out", a.SecondFactor)
	}
	if a.MinPassword < 0 || a.AccessTTL < 0 || a.RefreshTTL < 0 || a.SessionTTL < 0 || a.InviteTTL < 0 || a.KeyLife < 0 {
		return errors.New("a number about accounts is negative")
	}
	if m := a.Hashing.MemoryKiB; m != 0 && m < leastMemory {
		return fmt.Errorf("hashes of passwords take %d KiB: %d are the least that is safe", m, leastMemory)
	}
	return nil
}

// service is the configuration of package auth for a server that users see at an address.
func (a *Auth) service(origin string) (auth.Config, error) {
	h := a.Hashing
	cfg := auth.Config{Issuer: origin, TOTP: a.SecondFactor, MinPassword: a.MinPassword, AccessTTL: a.AccessTTL, RefreshTTL: a.RefreshTTL,
		SessionTTL: a.SessionTTL, LinkTTL: a.InviteTTL, KeyLife: a.KeyLife,
		Hashing: auth.Hashing{MemoryKiB: h.MemoryKiB, Passes: h.Passes, Lanes: h.Lanes, AtOnce: h.AtOnce, Waiting: h.Waiting}}
	for i := range a.Providers {
		p := &a.Providers[i]
		secret, err := p.ClientSecret.read()
		if err != nil {
			return cfg, fmt.Errorf("the provider %q: %w", p.ID, err)
		}
		groups := make(map[string]auth.Grant, len(p.Groups))
		for name, g := range p.Groups {
			groups[name] = auth.Grant{Instance: g.Role, Workspaces: g.Workspaces}
		}
		cfg.Providers = append(cfg.Providers, auth.Provider{ID: p.ID, Name: orElse(p.Name, p.ID), Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: secret,
			RedirectURL: origin + httpapi.Prefix + "/auth/oidc/" + p.ID + "/callback", Scopes: p.Scopes, GroupsClaim: p.GroupsClaim, Groups: groups,
			GroupRequired: p.GroupRequired, Create: p.Create, LinkByEmail: p.LinkByEmail, SecondFactor: p.SecondFactor})
	}
	return cfg, nil
}
