package auth

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	// publishAhead is how long before it signs a key is published, so that everybody who checks has it by then.
	publishAhead = 24 * time.Hour
	// overlap is how long a key is believed after the next began to sign: longer than any access token holds.
	overlap = time.Hour
	// reloadEvery is how often at most the keys are read again because a token names one that is not known.
	reloadEvery = 5 * time.Second
)

// signingKey is a key that signs access tokens from a time on, until the next does.
type signingKey struct {
	id      string
	private ed25519.PrivateKey
	from    time.Time
}

// signing holds the keys that are in the records.
type signing struct {
	mu     sync.RWMutex
	keys   []signingKey // by from
	loaded time.Time
}

// current is the key that signs now.
func (s *signing) current(now time.Time) (signingKey, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := len(s.keys) - 1; i >= 0; i-- {
		if !s.keys[i].from.After(now) {
			return s.keys[i], true
		}
	}
	return signingKey{}, false
}

func (s *signing) find(id string) (ed25519.PublicKey, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.keys {
		if k.id == id {
			return k.public(), true
		}
	}
	return nil, false
}

func (k signingKey) public() ed25519.PublicKey {
	return ed25519.PublicKey(k.private[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

// stale says whether the keys may be read again, and takes the turn.
func (s *signing) stale(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.loaded) < reloadEvery && !now.Before(s.loaded) {
		return false
	}
	s.loaded = now
	return true
}

func (s *signing) put(keys []signingKey, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.loaded = keys, now
}

// rotateSigningKey makes the next key where its time has come, forgets those that nothing is signed with any more, and
// reads the keys anew: other processes do the same on the same records.
func (s *Service) rotateSigningKey(ctx context.Context) error {
	now := s.now()
	var keys []signingKey
	var made string
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		made = ""
		records, err := tx.SigningKeys(ctx)
		if err != nil {
			return err
		}
		if next, ok := s.nextKey(records, now); ok {
			if err := tx.InsertSigningKey(ctx, next); err != nil {
				return err
			}
			records, made = append(records, next), next.ID
		}
		for len(records) > 1 && records[1].SignsFrom.Add(overlap+s.cfg.AccessTTL).Before(now) {
			if err := tx.DropSigningKey(ctx, records[0].ID); err != nil {
				return err
			}
			records = records[1:]
		}
		keys, err = signingKeys(records)
		return err
	})
	if err != nil {
		return err
	}
	s.signing.put(keys, now)
	if made != "" {
		s.tell(ctx, Event{Kind: EventKeyRotated, OK: true, Detail: map[string]string{"key": made}})
	}
	return nil
}

// nextKey makes the key that follows those there are, where it should be published by now.
func (s *Service) nextKey(records []store.SigningKey, now time.Time) (store.SigningKey, bool) {
	from := now
	if n := len(records); n > 0 {
		due := records[n-1].SignsFrom.Add(s.cfg.KeyLife)
		if now.Before(due.Add(-publishAhead)) {
			return store.SigningKey{}, false
		}
		if due.After(now) {
			from = due
		}
	}
	private := ed25519.NewKeyFromSeed(random(ed25519.SeedSize))
	return store.SigningKey{ID: identifier.New("key"), Private: private.Seed(), SignsFrom: from, Created: now}, true
}

func signingKeys(records []store.SigningKey) ([]signingKey, error) {
	keys := make([]signingKey, 0, len(records))
	for _, r := range records {
		if len(r.Private) != ed25519.SeedSize {
			return nil, fmt.Errorf("the signing key %s is damaged: put back a backup of the records", r.ID)
		}
		keys = append(keys, signingKey{id: r.ID, private: ed25519.NewKeyFromSeed(r.Private), from: r.SignsFrom})
	}
	return keys, nil
}

// publicKey finds the key that a token names; one that another process made just now is read from the records.
func (s *Service) publicKey(ctx context.Context, id string) (ed25519.PublicKey, error) {
	if k, ok := s.signing.find(id); ok {
		return k, nil
	}
	if identifier.Valid("key", id) && s.signing.stale(s.now()) {
		records, err := s.records.SigningKeys(ctx)
		if err != nil {
			return nil, err
		}
		keys, err := signingKeys(records)
		if err != nil {
			return nil, err
		}
		s.signing.put(keys, s.now())
		if k, ok := s.signing.find(id); ok {
			return k, nil
		}
	}
	return nil, errors.New("signed by a key that is not ours")
}

// JWKS is the document with the public keys, for others who check access tokens.
func (s *Service) JWKS() jose.JSONWebKeySet {
	s.signing.mu.RLock()
	defer s.signing.mu.RUnlock()
	set := jose.JSONWebKeySet{Keys: make([]jose.JSONWebKey, 0, len(s.signing.keys))}
	for _, k := range s.signing.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.public(), KeyID: k.id, Algorithm: string(jose.EdDSA), Use: "sig"})
	}
	return set
}
