package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Channel says whom a message is for.
type Channel string

// The channels.
const (
	Event   Channel = "event"   // for the control point manager
	Command Channel = "command" // for the managers of the stages
)

// Message is an entry of the outbox. Seq counts the messages of a run on a channel from 1, without gaps.
type Message struct {
	ID      string
	Run     string
	Channel Channel
	Seq     int64
	Kind    string
	Body    []byte
}

// Post puts a message into the outbox, as the last of its run's channel. ID must be new; Seq is filled in.
func (t *Tx) Post(ctx context.Context, m *Message) error {
	body, err := t.s.seal(m.Body)
	if err != nil {
		return fmt.Errorf("encrypting a message of run %s: %w", m.Run, err)
	}
	err = t.tx.QueryRowContext(ctx, "INSERT INTO outbox (id, position, run, channel, seq, kind, body, sent, created) "+
		"SELECT $1, "+t.s.position()+", $2, $3, "+
		"(SELECT coalesce(max(seq), 0) + 1 FROM outbox WHERE run = $4 AND channel = $5), $6, $7, 0, $8 RETURNING seq",
		m.ID, m.Run, string(m.Channel), m.Run, string(m.Channel), m.Kind, body, t.s.now()).Scan(&m.Seq)
	if err != nil {
		return fmt.Errorf("putting a message of run %s into the outbox: %w", m.Run, err)
	}
	t.filled = true
	return nil
}

// position is what says where a new message stands: behind all that its transaction can see.
func (s *Store) position() string {
	if s.dialect == Postgres {
		return "nextval('outbox_position')"
	}
	return "(SELECT coalesce(max(position), 0) + 1 FROM outbox)"
}

// Pending lists the oldest messages that were not sent yet, in the order in which they were posted.
func (t *Tx) Pending(ctx context.Context, limit int) ([]Message, error) {
	all, err := list(ctx, t.tx, t.s.scanMessage, "SELECT id, run, channel, seq, kind, body FROM outbox "+
		"WHERE sent = 0 ORDER BY position LIMIT $1", limit)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return all, nil
}

func (s *Store) scanMessage(scan func(...any) error) (Message, error) {
	var m Message
	if err := scan(&m.ID, &m.Run, &m.Channel, &m.Seq, &m.Kind, &m.Body); err != nil {
		return m, err
	}
	var err error
	if m.Body, err = s.unseal(m.Body); err != nil {
		return m, fmt.Errorf("decrypting message %s: %w", m.ID, err)
	}
	return m, nil
}

// HasPending says, without a transaction, whether the outbox holds messages to send.
func (s *Store) HasPending(ctx context.Context) (bool, error) {
	var n int64
	err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE sent = 0 LIMIT 1) p").Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking into the outbox: %w", err)
	}
	return n > 0, nil
}

// LockRelay makes the transaction the only one that relays the outbox, so that the order of messages holds however
// many processes relay. It returns false where another one does.
func (t *Tx) LockRelay(ctx context.Context) (bool, error) {
	if t.s.dialect == SQLite {
		return true, nil // writers wait for one another as it is
	}
	const relayLock = 0x616e6c78 // any number that nothing else uses
	var ok bool
	if err := t.tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock($1)", relayLock).Scan(&ok); err != nil {
		return false, fmt.Errorf("locking the relay of the outbox: %w", err)
	}
	return ok, nil
}

// MarkSent records that a message was published.
func (t *Tx) MarkSent(ctx context.Context, id string) error {
	if _, err := t.exec(ctx, "UPDATE outbox SET sent = 1 WHERE id = $1", id); err != nil {
		return fmt.Errorf("marking message %s as sent: %w", id, err)
	}
	return nil
}

// ErrEarly is wrapped by errors about a message that came before one that stands ahead of it.
var ErrEarly = errors.New("an earlier message of the run has not been handled yet")

// Take enters a message into a consumer's inbox. It returns false where the consumer has handled it before, and an
// error that wraps ErrEarly where a message of the run that was posted earlier has not been handled.
func (t *Tx) Take(ctx context.Context, consumer string, m Message) (bool, error) {
	var last int64
	err := t.tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM inbox WHERE consumer = $1 AND run = $2",
		consumer, m.Run).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("looking into the inbox of %s: %w", consumer, err)
	}
	if m.Seq <= last {
		return false, nil
	}
	if m.Seq > last+1 {
		return false, fmt.Errorf("message %s of run %s has number %d, %d is due: %w", m.ID, m.Run, m.Seq, last+1, ErrEarly)
	}
	if _, err := t.exec(ctx, "INSERT INTO inbox (consumer, message, run, seq, created) VALUES ($1,$2,$3,$4,$5)",
		consumer, m.ID, m.Run, m.Seq, t.s.now()); err != nil {
		return false, fmt.Errorf("entering message %s into the inbox of %s: %w", m.ID, consumer, err)
	}
	return true, nil
}

// Unhandled marks the messages that no inbox holds as not sent, and says how many were. It mends a broker that lost
// what it had accepted: what is sent twice is handled once.
func (t *Tx) Unhandled(ctx context.Context) (int64, error) {
	n, err := t.exec(ctx, "UPDATE outbox SET sent = 0 WHERE sent = 1 AND NOT EXISTS "+
		"(SELECT 1 FROM inbox WHERE inbox.message = outbox.id)")
	if err != nil {
		return 0, fmt.Errorf("looking for messages that were not handled: %w", err)
	}
	if n > 0 {
		t.filled = true
	}
	return n, nil
}

// Message reads a message of the outbox; the error wraps ErrNotFound where there is none.
func (s *Store) Message(ctx context.Context, id string) (*Message, error) {
	m, err := s.scanMessage(s.read.QueryRowContext(ctx, "SELECT id, run, channel, seq, kind, body FROM outbox WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("message %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading message %s: %w", id, err)
	}
	return &m, nil
}
