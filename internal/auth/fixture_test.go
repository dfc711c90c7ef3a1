package auth_test

import (
	"context"
	"encoding/base32"
	"errors"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	goodPassword  = "correct lamp ferry orchid"
	otherPassword = "velvet tram onion glacier"
	issuer        = "https://analytix.example"
)

var home = auth.Client{Address: netip.MustParseAddr("192.0.2.7"), Agent: "a browser"}

func from(address string) auth.Client {
	return auth.Client{Address: netip.MustParseAddr(address), Agent: "a program"}
}

// cheap is a cost at which tests do not notice hashing.
var cheap = auth.Hashing{MemoryKiB: 64, Passes: 1, AtOnce: 4}

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// ring makes each key once.
type ring struct {
	mu   sync.Mutex
	keys map[string]keys.Secret
}

func (r *ring) Key(_ context.Context, name string, size int) (keys.Secret, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.keys[name]; !ok {
		b := make([]byte, size)
		copy(b, name)
		r.keys[name] = keys.NewSecret(b)
	}
	return r.keys[name], nil
}

// bench is a service on records of its own, with a clock and everything that it told.
type bench struct {
	*auth.Service
	records *store.Store
	clock   *clock
	ring    *ring
	mu      sync.Mutex
	events  []auth.Event
}

// fataler is a test, or a run of a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func openRecords(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "records.db"), make([]byte, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func start(t *testing.T, change ...func(*auth.Config, *auth.Parts)) *bench {
	t.Helper()
	b := &bench{records: openRecords(t), clock: &clock{at: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}, ring: &ring{keys: map[string]keys.Secret{}}}
	b.Service = b.another(t, change...)
	return b
}

// another is another process on the same records, with the same keys and clock.
func (b *bench) another(t *testing.T, change ...func(*auth.Config, *auth.Parts)) *auth.Service {
	t.Helper()
	cfg := auth.Config{Issuer: issuer, Hashing: cheap}
	parts := auth.Parts{Records: b.records, Keys: b.ring, Now: b.clock.now, OnEvent: func(_ context.Context, e auth.Event) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.events = append(b.events, e)
	}}
	for _, c := range change {
		c(&cfg, &parts)
	}
	s, err := auth.New(t.Context(), cfg, parts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told counts the events of a kind.
func (b *bench) told(kind auth.EventKind) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, e := range b.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// administrator goes through the first start.
func (b *bench) administrator(t *testing.T) *auth.Account {
	t.Helper()
	l, err := b.FirstStart(t.Context())
	if err != nil || l == nil {
		t.Fatalf("first start: %v, %v", l, err)
	}
	a, err := b.Begin(t.Context(), l.Token, "Ada", "ada@example.org", goodPassword, home)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// member makes an active account.
func (b *bench) member(t *testing.T, email string, role access.Role) *auth.Account {
	t.Helper()
	_, l, err := b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: "Ben", Email: email, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	a, err := b.Accept(t.Context(), l.Token, goodPassword, home)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (b *bench) signIn(t fataler, email string) *auth.Tokens {
	t.Helper()
	tokens, err := b.SignIn(context.Background(), email, goodPassword, "", home)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func (b *bench) identity(t fataler, tokens *auth.Tokens) *auth.Identity {
	t.Helper()
	i, err := b.Authenticate(context.Background(), tokens.Access.Reveal(), home.Address)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (b *bench) holds(tokens *auth.Tokens) bool {
	_, err := b.Authenticate(context.Background(), tokens.Access.Reveal(), home.Address)
	return err == nil
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// enrolled gives an account a second factor, and returns its secret and recovery codes.
func (b *bench) enrolled(t *testing.T, i *auth.Identity) ([]byte, []auth.Secret) {
	t.Helper()
	e, err := b.Enrol(t.Context(), i, goodPassword, home)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	codes, err := b.Confirm(t.Context(), i, auth.TOTPAt(secret, b.clock.now()), home)
	if err != nil {
		t.Fatal(err)
	}
	return secret, codes
}
