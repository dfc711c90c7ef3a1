package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// APIToken is the record of a personal API token.
type APIToken struct {
	ID      string
	Account string
	Hash    string // of its secret
	Name    []byte // sealed
	Scopes  string // JSON array
	Created time.Time
	Expires time.Time
	Used    time.Time // the zero time for never
	Revoked time.Time // the zero time while it holds
}

const apiTokenColumns = "id, account, hash, name, scopes, created, expires, used, revoked"

func (s *Store) scanAPIToken(scan func(...any) error) (APIToken, error) {
	var k APIToken
	var created, expires, used, revoked int64
	err := scan(&k.ID, &k.Account, &k.Hash, &k.Name, &k.Scopes, &created, &expires, &used, &revoked)
	if err != nil {
		return k, err
	}
	k.Created, k.Expires, k.Used, k.Revoked = moment(created), moment(expires), perhaps(used), perhaps(revoked)
	if k.Name, err = s.unseal(k.Name); err != nil {
		return k, fmt.Errorf("decrypting API token %s: %w", k.ID, err)
	}
	return k, nil
}

// InsertAPIToken records a new API token.
func (t *Tx) InsertAPIToken(ctx context.Context, k APIToken) error {
	name, err := t.s.seal(k.Name)
	if err != nil {
		return fmt.Errorf("encrypting API token %s: %w", k.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO api_token ("+apiTokenColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
		k.ID, k.Account, k.Hash, name, k.Scopes, micros(k.Created), micros(k.Expires), micros(k.Used), micros(k.Revoked))
	if err != nil {
		return fmt.Errorf("recording API token %s: %w", k.ID, err)
	}
	return nil
}

// APIToken reads an API token; the error wraps ErrNotFound where there is none.
func (s *Store) APIToken(ctx context.Context, id string) (*APIToken, error) {
	k, err := s.scanAPIToken(s.read.QueryRowContext(ctx, "SELECT "+apiTokenColumns+" FROM api_token WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("API token: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading an API token: %w", err)
	}
	return &k, nil
}

// APITokens lists the API tokens of an account that were not revoked, the latest first.
func (s *Store) APITokens(ctx context.Context, account string) ([]APIToken, error) {
	all, err := list(ctx, s.read, s.scanAPIToken, "SELECT "+apiTokenColumns+" FROM api_token WHERE account = $1 AND revoked = 0 "+
		"ORDER BY created DESC, id", account)
	if err != nil {
		return nil, fmt.Errorf("listing the API tokens of account %s: %w", account, err)
	}
	return all, nil
}

// CountAPITokens counts the API tokens of an account that hold at the time.
func (t *Tx) CountAPITokens(ctx context.Context, account string, at time.Time) (int64, error) {
	var n int64
	err := t.tx.QueryRowContext(ctx, "SELECT count(*) FROM api_token WHERE account = $1 AND revoked = 0 AND expires > $2",
		account, micros(at)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the API tokens of account %s: %w", account, err)
	}
	return n, nil
}

// RevokeAPIToken revokes a token of an account, and says whether it held before.
func (t *Tx) RevokeAPIToken(ctx context.Context, account, id string, at time.Time) (bool, error) {
	n, err := t.exec(ctx, "UPDATE api_token SET revoked = $1 WHERE id = $2 AND account = $3 AND revoked = 0", micros(at), id, account)
	if err != nil {
		return false, fmt.Errorf("revoking API token %s: %w", id, err)
	}
	return n > 0, nil
}

// APITokenUsed records when a token was used last.
func (t *Tx) APITokenUsed(ctx context.Context, id string, at time.Time) error {
	if _, err := t.exec(ctx, "UPDATE api_token SET used = $1 WHERE id = $2 AND used < $3", micros(at), id, micros(at)); err != nil {
		return fmt.Errorf("recording the use of API token %s: %w", id, err)
	}
	return nil
}

// SigningKey is the record of a key that signs access tokens.
type SigningKey struct {
	ID        string
	Private   []byte // sealed
	SignsFrom time.Time
	Created   time.Time
}

// InsertSigningKey records a new signing key.
func (t *Tx) InsertSigningKey(ctx context.Context, k SigningKey) error {
	private, err := t.s.seal(k.Private)
	if err != nil {
		return fmt.Errorf("encrypting signing key %s: %w", k.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO signing_key (id, private, signs_from, created) VALUES ($1,$2,$3,$4)",
		k.ID, private, micros(k.SignsFrom), micros(k.Created))
	if err != nil {
		return fmt.Errorf("recording signing key %s: %w", k.ID, err)
	}
	return nil
}

// SigningKeys lists the signing keys, the one that signs first first.
func (t *Tx) SigningKeys(ctx context.Context) ([]SigningKey, error) {
	return t.s.signingKeys(ctx, t.tx)
}

// SigningKeys lists the signing keys, the one that signs first first.
func (s *Store) SigningKeys(ctx context.Context) ([]SigningKey, error) {
	return s.signingKeys(ctx, s.read)
}

func (s *Store) signingKeys(ctx context.Context, q querier) ([]SigningKey, error) {
	all, err := list(ctx, q, func(scan func(...any) error) (SigningKey, error) {
		var k SigningKey
		var from, created int64
		if err := scan(&k.ID, &k.Private, &from, &created); err != nil {
			return k, err
		}
		k.SignsFrom, k.Created = moment(from), moment(created)
		var err error
		k.Private, err = s.unseal(k.Private)
		return k, err
	}, "SELECT id, private, signs_from, created FROM signing_key ORDER BY signs_from, id")
	if err != nil {
		return nil, fmt.Errorf("reading the signing keys: %w", err)
	}
	return all, nil
}

// DropSigningKey forgets a signing key.
func (t *Tx) DropSigningKey(ctx context.Context, id string) error {
	if _, err := t.exec(ctx, "DELETE FROM signing_key WHERE id = $1", id); err != nil {
		return fmt.Errorf("forgetting signing key %s: %w", id, err)
	}
	return nil
}
