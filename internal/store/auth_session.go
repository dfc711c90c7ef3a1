package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Session is the record of a session: one sign-in, with the line of refresh tokens that followed from it.
type Session struct {
	ID         string
	Account    string
	Origin     string // keyed hash of the address
	Method     string // how somebody signed in
	Restricted bool
	Detail     []byte // sealed: address and device
	Created    time.Time
	Seen       time.Time
	Expires    time.Time
	Ended      time.Time // the zero time while it lasts
	Reason     string    // why it ended
}

const sessionColumns = "id, account, origin, method, restricted, detail, created, seen, expires, ended, reason"

func (s *Store) scanSession(scan func(...any) error) (Session, error) {
	var x Session
	var restricted, created, seen, expires, ended int64
	err := scan(&x.ID, &x.Account, &x.Origin, &x.Method, &restricted, &x.Detail, &created, &seen, &expires, &ended, &x.Reason)
	if err != nil {
		return x, err
	}
	x.Restricted = restricted != 0
	x.Created, x.Seen, x.Expires, x.Ended = moment(created), moment(seen), moment(expires), perhaps(ended)
	if x.Detail, err = s.unseal(x.Detail); err != nil {
		return x, fmt.Errorf("decrypting session %s: %w", x.ID, err)
	}
	return x, nil
}

// InsertSession records a new session.
func (t *Tx) InsertSession(ctx context.Context, x Session) error {
	detail, err := t.s.seal(x.Detail)
	if err != nil {
		return fmt.Errorf("encrypting session %s: %w", x.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO session ("+sessionColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
		x.ID, x.Account, x.Origin, x.Method, flag(x.Restricted), detail, micros(x.Created), micros(x.Seen), micros(x.Expires),
		micros(x.Ended), x.Reason)
	if err != nil {
		return fmt.Errorf("recording session %s: %w", x.ID, err)
	}
	return nil
}

// Session reads a session; the error wraps ErrNotFound where there is none.
func (t *Tx) Session(ctx context.Context, id string) (*Session, error) {
	return t.s.session(ctx, t.tx, id)
}

// Session reads a session; the error wraps ErrNotFound where there is none.
func (s *Store) Session(ctx context.Context, id string) (*Session, error) {
	return s.session(ctx, s.read, id)
}

func (s *Store) session(ctx context.Context, q querier, id string) (*Session, error) {
	x, err := s.scanSession(q.QueryRowContext(ctx, "SELECT "+sessionColumns+" FROM session WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("session: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a session: %w", err)
	}
	return &x, nil
}

// SessionsOf lists the sessions of an account that last at the time, the latest first.
func (s *Store) SessionsOf(ctx context.Context, account string, at time.Time) ([]Session, error) {
	all, err := list(ctx, s.read, s.scanSession, "SELECT "+sessionColumns+" FROM session WHERE account = $1 AND ended = 0 AND expires > $2 "+
		"ORDER BY created DESC, id", account, micros(at))
	if err != nil {
		return nil, fmt.Errorf("listing the sessions of account %s: %w", account, err)
	}
	return all, nil
}

// EndSession ends a session, and says whether it had not ended before.
func (t *Tx) EndSession(ctx context.Context, id, reason string, at time.Time) (bool, error) {
	n, err := t.exec(ctx, "UPDATE session SET ended = $1, reason = $2 WHERE id = $3 AND ended = 0", micros(at), reason, id)
	if err != nil {
		return false, fmt.Errorf("ending session %s: %w", id, err)
	}
	return n > 0, nil
}

// EndSessionsOf ends all sessions of an account but one (which may be ""), and returns the ids of those it ended.
func (t *Tx) EndSessionsOf(ctx context.Context, account, except, reason string, at time.Time) ([]string, error) {
	ids, err := list(ctx, t.tx, func(scan func(...any) error) (string, error) {
		var id string
		return id, scan(&id)
	}, "UPDATE session SET ended = $1, reason = $2 WHERE account = $3 AND id <> $4 AND ended = 0 RETURNING id",
		micros(at), reason, account, except)
	if err != nil {
		return nil, fmt.Errorf("ending the sessions of account %s: %w", account, err)
	}
	return ids, nil
}

// LiftRestriction makes a session one that may do everything its account may do.
func (t *Tx) LiftRestriction(ctx context.Context, id string) error {
	if _, err := t.exec(ctx, "UPDATE session SET restricted = 0 WHERE id = $1", id); err != nil {
		return fmt.Errorf("lifting the restriction of session %s: %w", id, err)
	}
	return nil
}

// SessionSeen records when a session was seen last.
func (t *Tx) SessionSeen(ctx context.Context, id string, at time.Time) error {
	if _, err := t.exec(ctx, "UPDATE session SET seen = $1 WHERE id = $2 AND seen < $3", micros(at), id, micros(at)); err != nil {
		return fmt.Errorf("recording that session %s was seen: %w", id, err)
	}
	return nil
}

// KnowsOrigin says whether an account had a session from an address, by its keyed hash, since the time.
func (t *Tx) KnowsOrigin(ctx context.Context, account, origin string, since time.Time) (bool, error) {
	var n int64
	err := t.tx.QueryRowContext(ctx, "SELECT count(*) FROM session WHERE account = $1 AND origin = $2 AND created > $3",
		account, origin, micros(since)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for sessions of account %s: %w", account, err)
	}
	return n > 0, nil
}

// DropSessions forgets sessions that expired before the time, with their refresh tokens.
func (t *Tx) DropSessions(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, "DELETE FROM refresh_token WHERE session IN (SELECT id FROM session WHERE expires < $1)", micros(before))
	if err == nil {
		_, err = t.exec(ctx, "DELETE FROM session WHERE expires < $1", micros(before))
	}
	if err != nil {
		return fmt.Errorf("forgetting old sessions: %w", err)
	}
	return nil
}

// RefreshToken is the record of a refresh token: one of the line of a session.
type RefreshToken struct {
	Hash     string
	Session  string
	Position int64 // in its line, from 1
	Created  time.Time
	Expires  time.Time
	Used     time.Time // the zero time while it is live
	Request  string    // the hash of the request that used it
}

const refreshColumns = "hash, session, position, created, expires, used, request"

func scanRefresh(scan func(...any) error) (RefreshToken, error) {
	var r RefreshToken
	var created, expires, used int64
	err := scan(&r.Hash, &r.Session, &r.Position, &created, &expires, &used, &r.Request)
	r.Created, r.Expires, r.Used = moment(created), moment(expires), perhaps(used)
	return r, err
}

// InsertRefresh records a new refresh token.
func (t *Tx) InsertRefresh(ctx context.Context, r RefreshToken) error {
	_, err := t.exec(ctx, "INSERT INTO refresh_token ("+refreshColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7)",
		r.Hash, r.Session, r.Position, micros(r.Created), micros(r.Expires), micros(r.Used), r.Request)
	if err != nil {
		return fmt.Errorf("recording a refresh token of session %s: %w", r.Session, err)
	}
	return nil
}

// Refresh reads a refresh token by its hash; the error wraps ErrNotFound where there is none.
func (t *Tx) Refresh(ctx context.Context, hash string) (*RefreshToken, error) {
	r, err := scanRefresh(t.tx.QueryRowContext(ctx, "SELECT "+refreshColumns+" FROM refresh_token WHERE hash = $1", hash).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("refresh token: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a refresh token: %w", err)
	}
	return &r, nil
}

// UseRefresh marks a refresh token as used by a request, and says false where it was used before.
func (t *Tx) UseRefresh(ctx context.Context, hash, request string, at time.Time) (bool, error) {
	n, err := t.exec(ctx, "UPDATE refresh_token SET used = $1, request = $2 WHERE hash = $3 AND used = 0", micros(at), request, hash)
	if err != nil {
		return false, fmt.Errorf("using a refresh token: %w", err)
	}
	return n > 0, nil
}

// RefreshTokens lists the refresh tokens of a session in their order.
func (s *Store) RefreshTokens(ctx context.Context, session string) ([]RefreshToken, error) {
	all, err := list(ctx, s.read, scanRefresh, "SELECT "+refreshColumns+" FROM refresh_token WHERE session = $1 ORDER BY position", session)
	if err != nil {
		return nil, fmt.Errorf("listing the refresh tokens of session %s: %w", session, err)
	}
	return all, nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
