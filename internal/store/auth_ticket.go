package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Ticket is the record of something that is good for one use: a link, the second step of a sign-in, a way through
// another provider. Its token is known by its hash only.
type Ticket struct {
	Hash    string
	Kind    string
	Account string // whom it is for; may be empty
	Body    []byte // sealed
	Created time.Time
	Expires time.Time
}

const ticketColumns = "hash, kind, account, body, created, expires"

// PutTicket records a ticket.
func (t *Tx) PutTicket(ctx context.Context, k Ticket) error {
	body, err := t.s.seal(k.Body)
	if err != nil {
		return fmt.Errorf("encrypting a ticket: %w", err)
	}
	_, err = t.exec(ctx, "INSERT INTO ticket ("+ticketColumns+") VALUES ($1,$2,$3,$4,$5,$6)",
		k.Hash, k.Kind, k.Account, body, micros(k.Created), micros(k.Expires))
	if err != nil {
		return fmt.Errorf("recording a ticket (%s): %w", k.Kind, err)
	}
	return nil
}

// Ticket reads a ticket that has not expired at the time; the error wraps ErrNotFound where there is none.
func (t *Tx) Ticket(ctx context.Context, kind, hash string, at time.Time) (*Ticket, error) {
	return t.s.ticket(ctx, t.tx, kind, hash, at)
}

// Ticket reads a ticket that has not expired at the time; the error wraps ErrNotFound where there is none.
func (s *Store) Ticket(ctx context.Context, kind, hash string, at time.Time) (*Ticket, error) {
	return s.ticket(ctx, s.read, kind, hash, at)
}

func (s *Store) ticket(ctx context.Context, q querier, kind, hash string, at time.Time) (*Ticket, error) {
	var k Ticket
	var created, expires int64
	err := q.QueryRowContext(ctx, "SELECT "+ticketColumns+" FROM ticket WHERE hash = $1 AND kind = $2 AND expires > $3",
		hash, kind, micros(at)).Scan(&k.Hash, &k.Kind, &k.Account, &k.Body, &created, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("ticket (%s): %w", kind, ErrNotFound)
	}
	if err == nil {
		k.Body, err = s.unseal(k.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a ticket (%s): %w", kind, err)
	}
	k.Created, k.Expires = moment(created), moment(expires)
	return &k, nil
}

// TakeTicket drops a ticket, and says whether it was there: of two that take it at once one is told so.
func (t *Tx) TakeTicket(ctx context.Context, hash string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM ticket WHERE hash = $1", hash)
	if err != nil {
		return false, fmt.Errorf("taking a ticket: %w", err)
	}
	return n > 0, nil
}

// DropTickets forgets the tickets of a kind and an account.
func (t *Tx) DropTickets(ctx context.Context, account, kind string) error {
	if _, err := t.exec(ctx, "DELETE FROM ticket WHERE account = $1 AND kind = $2", account, kind); err != nil {
		return fmt.Errorf("forgetting the tickets (%s) of account %s: %w", kind, account, err)
	}
	return nil
}

// DropExpiredTickets forgets tickets that expired before the time.
func (t *Tx) DropExpiredTickets(ctx context.Context, before time.Time) error {
	if _, err := t.exec(ctx, "DELETE FROM ticket WHERE expires < $1", micros(before)); err != nil {
		return fmt.Errorf("forgetting old tickets: %w", err)
	}
	return nil
}

// Guess counts attempts of a subject that failed.
type Guess struct {
	Subject  string // keyed hash of an account, an address, or both
	Failures int64
	Last     time.Time
	Until    time.Time // blocked until then; the zero time for not
}

// Guess reads the count of a subject; one that never failed has none.
func (t *Tx) Guess(ctx context.Context, subject string) (Guess, error) {
	g := Guess{Subject: subject}
	var last, until int64
	err := t.tx.QueryRowContext(ctx, "SELECT failures, last, blocked_until FROM guess WHERE subject = $1", subject).Scan(&g.Failures, &last, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return g, nil
	}
	if err != nil {
		return g, fmt.Errorf("reading the count of failed attempts: %w", err)
	}
	g.Last, g.Until = perhaps(last), perhaps(until)
	return g, nil
}

// PutGuess writes the count of a subject.
func (t *Tx) PutGuess(ctx context.Context, g Guess) error {
	_, err := t.exec(ctx, "INSERT INTO guess (subject, failures, last, blocked_until) VALUES ($1,$2,$3,$4) ON CONFLICT (subject) DO UPDATE SET "+
		"failures = excluded.failures, last = excluded.last, blocked_until = excluded.blocked_until",
		g.Subject, g.Failures, micros(g.Last), micros(g.Until))
	if err != nil {
		return fmt.Errorf("writing the count of failed attempts: %w", err)
	}
	return nil
}

// DropGuess forgets the count of a subject.
func (t *Tx) DropGuess(ctx context.Context, subject string) error {
	if _, err := t.exec(ctx, "DELETE FROM guess WHERE subject = $1", subject); err != nil {
		return fmt.Errorf("forgetting the count of failed attempts: %w", err)
	}
	return nil
}

// DropGuessesOf forgets the counts of all subjects that begin so.
func (t *Tx) DropGuessesOf(ctx context.Context, prefix string) error {
	if _, err := t.exec(ctx, "DELETE FROM guess WHERE substr(subject, 1, $1) = $2", len(prefix), prefix); err != nil {
		return fmt.Errorf("forgetting the counts of failed attempts: %w", err)
	}
	return nil
}

// DropGuesses forgets counts that did not grow since the time.
func (t *Tx) DropGuesses(ctx context.Context, before time.Time) error {
	if _, err := t.exec(ctx, "DELETE FROM guess WHERE last < $1", micros(before)); err != nil {
		return fmt.Errorf("forgetting old counts of failed attempts: %w", err)
	}
	return nil
}
