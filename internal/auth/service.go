package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// Requirement says who must have a second factor.
type Requirement string

// The requirements of a second factor.
const (
	ForNobody         Requirement = ""
	ForAdministrators Requirement = "administrators"
	ForEveryone       Requirement = "everyone"
)

// Config is what the operator decides. The zero value of a field means its default.
type Config struct {
	Issuer      string        // of access tokens: the server's address as its users see it; required
	Audience    string        // of access tokens; "analytix"
	AccessTTL   time.Duration // of access tokens; 10 minutes
	RefreshTTL  time.Duration // of a refresh token: how long a session may rest; 7 days
	SessionTTL  time.Duration // of a session, however busy; 30 days
	LinkTTL     time.Duration // of invitations; 72 hours. First starts and resets hold for 24
	KeyLife     time.Duration // how long a key signs; 30 days
	TOTP        Requirement   // who must have a second factor
	MinPassword int           // characters; 12, the least
	Hashing     Hashing
	Providers   []Provider // of OpenID Connect
}

// Keyring makes and keeps the keys of the instance; keys.Ring is one.
type Keyring interface {
	Key(ctx context.Context, name string, size int) (keys.Secret, error)
}

// Workspaces is what this package needs of those who keep the workspaces.
type Workspaces interface {
	// Of gives the roles of an account by workspace.
	Of(ctx context.Context, account string) (map[string]access.Role, error)
	// First makes the workspace "default", with the account as its administrator, in the transaction of the first start.
	First(ctx context.Context, tx *store.Tx, account string) error
	// Assign gives an account the roles that its groups at another provider carry, and takes away those that an earlier
	// call gave it and this one does not. The workspaces are named by id or by short name; those that do not exist are left out.
	Assign(ctx context.Context, tx *store.Tx, account string, roles map[string]access.Role) error
}

// Parts are what the service is made of. Records and Keys are required.
type Parts struct {
	Records    *store.Store
	Keys       Keyring
	Workspaces Workspaces // nil: there are none
	// OnEvent is told of everything that happens, after it was recorded.
	OnEvent func(context.Context, Event)
	Log     *slog.Logger
	HTTP    *http.Client // reaches the providers of OpenID Connect
	// Told, where given, is told what came of each request to a provider, by its host: nil where it answered.
	Told func(host string, err error)
	Now  func() time.Time // the clock; nil means time.Now
}

// Service is the way to everything of this package. It is safe for concurrent use.
type Service struct {
	cfg        Config
	records    *store.Store
	workspaces Workspaces
	onEvent    func(context.Context, Event)
	log        *slog.Logger
	now        func() time.Time
	key        keys.Secret // of the keyed hashes
	hasher     *hasher
	signing    *signing
	standings  *standings
	providers  *providers
}

// New makes the service.
func New(ctx context.Context, cfg Config, p Parts) (*Service, error) {
	if p.Records == nil || p.Keys == nil || cfg.Issuer == "" {
		return nil, errors.New("the accounts need records, keys and an issuer")
	}
	if cfg.TOTP != ForNobody && cfg.TOTP != ForAdministrators && cfg.TOTP != ForEveryone {
		return nil, fmt.Errorf("a second factor is demanded of %q: say administrators, everyone or nothing: %w", cfg.TOTP, ErrInvalid)
	}
	cfg = cfg.withDefaults()
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	key, err := p.Keys.Key(ctx, "auth", 32)
	if err != nil {
		return nil, err
	}
	h, err := newHasher(cfg.Hashing)
	if err != nil {
		return nil, err
	}
	providers, err := newProviders(cfg.Providers, p.HTTP, p.Told)
	if err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, records: p.Records, workspaces: p.Workspaces, onEvent: p.OnEvent, log: p.Log, now: p.Now, key: key, hasher: h,
		signing: &signing{}, standings: newStandings(), providers: providers}
	if err := s.rotateSigningKey(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	c.Audience = orDefault(c.Audience, "analytix")
	c.AccessTTL = orDefault(c.AccessTTL, 10*time.Minute)
	c.RefreshTTL = orDefault(c.RefreshTTL, 7*24*time.Hour)
	c.SessionTTL = orDefault(c.SessionTTL, 30*24*time.Hour)
	c.LinkTTL = orDefault(c.LinkTTL, 72*time.Hour)
	c.KeyLife = orDefault(c.KeyLife, 30*24*time.Hour)
	c.MinPassword = max(c.MinPassword, minPassword)
	return c
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// mac is a keyed hash: by it records are found that do not show what they are about. Domains never share a hash.
func (s *Service) mac(domain, value string) string {
	h := hmac.New(sha256.New, s.key.Bytes())
	_, _ = h.Write([]byte(domain + "\x00" + value)) // never fails (hash.Hash)
	return hex.EncodeToString(h.Sum(nil))
}

// in runs f in a transaction; what is not there or was changed by others comes back as this package's error.
func (s *Service) in(ctx context.Context, f func(ctx context.Context, tx *store.Tx) error) error {
	return translate(s.records.InTx(ctx, f))
}

func translate(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, store.ErrConflict):
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}

// maintenance is how often Run looks after the records.
const maintenance = 30 * time.Second

// Run looks after the records until the context ends: notes when sessions were seen, rotates the signing keys, and
// forgets what expired.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(maintenance)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := s.flushSeen(last); err != nil {
				s.log.WarnContext(last, "noting when sessions were seen", "error", err)
			}
			return
		case <-tick.C:
			if err := s.Maintain(ctx); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "looking after the records of accounts", "error", err)
			}
		}
	}
}

// keepEnded is for how long ended sessions and counts of failures are kept.
const keepEnded = 30 * 24 * time.Hour

// Maintain does once what Run does again and again.
func (s *Service) Maintain(ctx context.Context) error {
	now := s.now()
	return errors.Join(s.flushSeen(ctx), s.rotateSigningKey(ctx), s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.DropExpiredTickets(ctx, now), tx.DropSessions(ctx, now.Add(-keepEnded)), tx.DropGuesses(ctx, now.Add(-forgiveness)))
	}))
}
