package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Account is the record of an account. Package auth gives its fields their meaning.
type Account struct {
	ID         string
	Lookup     string // keyed hash of the mail address
	External   string // keyed hash of who it is at another provider; empty for none
	Role       string
	Status     string
	Version    int64  // grows with each change
	Profile    []byte // sealed
	Password   []byte // sealed; empty where there is none
	TOTP       []byte // sealed; empty where there is none
	TOTPStatus string
	TOTPStep   int64 // the last time step of which a code was taken
	Created    time.Time
	Updated    time.Time
	SignedIn   time.Time // the zero time for never
}

const accountColumns = "id, lookup, external, role, status, version, profile, password, totp, totp_status, totp_step, created, updated, signed_in"

func (s *Store) scanAccount(scan func(...any) error) (Account, error) {
	var a Account
	var created, updated, signedIn int64
	err := scan(&a.ID, &a.Lookup, &a.External, &a.Role, &a.Status, &a.Version, &a.Profile, &a.Password, &a.TOTP, &a.TOTPStatus,
		&a.TOTPStep, &created, &updated, &signedIn)
	if err != nil {
		return a, err
	}
	for _, sealed := range []*[]byte{&a.Profile, &a.Password, &a.TOTP} {
		if *sealed, err = s.unseal(*sealed); err != nil {
			return a, fmt.Errorf("decrypting account %s: %w", a.ID, err)
		}
	}
	a.Created, a.Updated, a.SignedIn = moment(created), moment(updated), perhaps(signedIn)
	return a, nil
}

// sealAccount returns profile, password and second factor as they are written.
func (s *Store) sealAccount(a *Account) (sealed [3][]byte, err error) {
	for i, plain := range [][]byte{a.Profile, a.Password, a.TOTP} {
		if sealed[i], err = s.seal(plain); err != nil {
			return sealed, fmt.Errorf("encrypting account %s: %w", a.ID, err)
		}
	}
	return sealed, nil
}

// InsertAccount records a new account at version 1. Whether its lookup is taken is asked before, in the same transaction.
func (t *Tx) InsertAccount(ctx context.Context, a *Account) error {
	sealed, err := t.s.sealAccount(a)
	if err != nil {
		return err
	}
	a.Version = 1
	_, err = t.exec(ctx, "INSERT INTO account ("+accountColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)",
		a.ID, a.Lookup, a.External, a.Role, a.Status, a.Version, sealed[0], sealed[1], sealed[2], a.TOTPStatus, a.TOTPStep,
		micros(a.Created), micros(a.Updated), micros(a.SignedIn))
	if err != nil {
		return fmt.Errorf("recording account %s: %w", a.ID, err)
	}
	return nil
}

// SaveAccount writes an account that is still at a.Version, and counts a.Version up. The error wraps ErrConflict where it
// is not. The second factor's step and the time of the last sign-in are left to their own methods.
func (t *Tx) SaveAccount(ctx context.Context, a *Account) error {
	sealed, err := t.s.sealAccount(a)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "UPDATE account SET lookup = $1, external = $2, role = $3, status = $4, profile = $5, password = $6, "+
		"totp = $7, totp_status = $8, updated = $9, version = version + 1 WHERE id = $10 AND version = $11",
		a.Lookup, a.External, a.Role, a.Status, sealed[0], sealed[1], sealed[2], a.TOTPStatus, micros(a.Updated), a.ID, a.Version)
	if err != nil {
		return fmt.Errorf("changing account %s: %w", a.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("changing account %s: %w", a.ID, ErrConflict)
	}
	a.Version++
	return nil
}

// AdvanceTOTP records that a code of the time step was taken, and says false where that one or a later was taken before.
func (t *Tx) AdvanceTOTP(ctx context.Context, account string, step int64) (bool, error) {
	n, err := t.exec(ctx, "UPDATE account SET totp_step = $1 WHERE id = $2 AND totp_step < $3", step, account, step)
	if err != nil {
		return false, fmt.Errorf("recording the code of account %s: %w", account, err)
	}
	return n > 0, nil
}

// AccountSignedIn records when an account signed in last.
func (t *Tx) AccountSignedIn(ctx context.Context, account string, at time.Time) error {
	if _, err := t.exec(ctx, "UPDATE account SET signed_in = $1 WHERE id = $2", micros(at), account); err != nil {
		return fmt.Errorf("recording the sign-in of account %s: %w", account, err)
	}
	return nil
}

// Account reads an account; the error wraps ErrNotFound where there is none.
func (t *Tx) Account(ctx context.Context, id string) (*Account, error) {
	return t.s.account(ctx, t.tx, "id", id)
}

// Account reads an account; the error wraps ErrNotFound where there is none.
func (s *Store) Account(ctx context.Context, id string) (*Account, error) {
	return s.account(ctx, s.read, "id", id)
}

// AccountByLookup reads the account of a mail address, by its keyed hash; the error wraps ErrNotFound.
func (t *Tx) AccountByLookup(ctx context.Context, lookup string) (*Account, error) {
	return t.s.account(ctx, t.tx, "lookup", lookup)
}

// AccountByLookup reads the account of a mail address, by its keyed hash; the error wraps ErrNotFound.
func (s *Store) AccountByLookup(ctx context.Context, lookup string) (*Account, error) {
	return s.account(ctx, s.read, "lookup", lookup)
}

// AccountByExternal reads the account of somebody at another provider, by the keyed hash; the error wraps ErrNotFound.
func (t *Tx) AccountByExternal(ctx context.Context, external string) (*Account, error) {
	if external == "" {
		return nil, fmt.Errorf("account: %w", ErrNotFound)
	}
	return t.s.account(ctx, t.tx, "external", external)
}

func (s *Store) account(ctx context.Context, q querier, column, value string) (*Account, error) {
	a, err := s.scanAccount(q.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM account WHERE "+column+" = $1", value).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("account: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading an account: %w", err)
	}
	return &a, nil
}

// Accounts lists accounts in the order in which they were made, those after the given place; the zero time and "" begin.
func (s *Store) Accounts(ctx context.Context, after time.Time, id string, limit int) ([]Account, error) {
	at := micros(after)
	all, err := list(ctx, s.read, s.scanAccount, "SELECT "+accountColumns+" FROM account WHERE created > $1 OR (created = $2 AND id > $3) "+
		"ORDER BY created, id LIMIT $4", at, at, id, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the accounts: %w", err)
	}
	return all, nil
}

// CountAccounts counts the accounts of a role and a status; an empty role or status counts all.
func (t *Tx) CountAccounts(ctx context.Context, role, status string) (int64, error) {
	return countAccounts(ctx, t.tx, role, status)
}

// CountAccounts counts the accounts of a role and a status; an empty role or status counts all.
func (s *Store) CountAccounts(ctx context.Context, role, status string) (int64, error) {
	return countAccounts(ctx, s.read, role, status)
}

func countAccounts(ctx context.Context, q querier, role, status string) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM account WHERE (role = $1 OR $2 = '') AND (status = $3 OR $4 = '')",
		role, role, status, status).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the accounts: %w", err)
	}
	return n, nil
}

// PutRecoveryCodes puts the hashes in the place of an account's recovery codes.
func (t *Tx) PutRecoveryCodes(ctx context.Context, account string, hashes []string) error {
	if _, err := t.exec(ctx, "DELETE FROM recovery_code WHERE account = $1", account); err != nil {
		return fmt.Errorf("dropping the recovery codes of account %s: %w", account, err)
	}
	for _, h := range hashes {
		if _, err := t.exec(ctx, "INSERT INTO recovery_code (account, hash) VALUES ($1,$2)", account, h); err != nil {
			return fmt.Errorf("recording the recovery codes of account %s: %w", account, err)
		}
	}
	return nil
}

// TakeRecoveryCode drops a recovery code, and says whether it was there.
func (t *Tx) TakeRecoveryCode(ctx context.Context, account, hash string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM recovery_code WHERE account = $1 AND hash = $2", account, hash)
	if err != nil {
		return false, fmt.Errorf("taking a recovery code of account %s: %w", account, err)
	}
	return n > 0, nil
}

// RecoveryCodes counts the recovery codes that an account has left.
func (s *Store) RecoveryCodes(ctx context.Context, account string) (int64, error) {
	var n int64
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM recovery_code WHERE account = $1", account).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting the recovery codes of account %s: %w", account, err)
	}
	return n, nil
}

// micros is how a time is kept; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// perhaps is the time that was kept; 0 is the zero time.
func perhaps(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return moment(micros)
}
