package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"
)

// Webhook is an address that is told of what happens in a workspace.
type Webhook struct {
	ID        string
	Workspace string
	Active    bool
	Failures  int64 // deliveries given up, one after the other
	Version   int64 // grows with each change of what a person sets
	WebhookBody
	Created time.Time
	Updated time.Time
}

// WebhookBody is what is sealed of a webhook.
type WebhookBody struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Secret []byte   `json:"secret"`
	Note   string   `json:"note,omitempty"` // why it was switched off
}

const webhookColumns = "id, workspace, active, failures, version, body, created, updated"

func (s *Store) scanWebhook(scan func(...any) error) (Webhook, error) {
	var w Webhook
	var active, created, updated int64
	var body []byte
	if err := scan(&w.ID, &w.Workspace, &active, &w.Failures, &w.Version, &body, &created, &updated); err != nil {
		return w, err
	}
	w.Active, w.Created, w.Updated = active == 1, moment(created), moment(updated)
	if err := s.unsealJSON(body, &w.WebhookBody); err != nil {
		return w, fmt.Errorf("reading webhook %s: %w", w.ID, err)
	}
	return w, nil
}

// InsertWebhook records a new webhook at version 1.
func (t *Tx) InsertWebhook(ctx context.Context, w Webhook) error {
	body, err := t.s.sealJSON(w.WebhookBody)
	if err != nil {
		return fmt.Errorf("encrypting webhook %s: %w", w.ID, err)
	}
	now := t.s.now()
	_, err = t.exec(ctx, "INSERT INTO webhook ("+webhookColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8)", w.ID, w.Workspace, flag(w.Active),
		int64(0), int64(1), body, now, now)
	if err != nil {
		return fmt.Errorf("recording webhook %s: %w", w.ID, err)
	}
	return nil
}

// SaveWebhook writes a webhook where it is still at w.Version, and counts that up. The error wraps ErrConflict where it is
// not.
func (t *Tx) SaveWebhook(ctx context.Context, w *Webhook) error {
	body, err := t.s.sealJSON(w.WebhookBody)
	if err != nil {
		return fmt.Errorf("encrypting webhook %s: %w", w.ID, err)
	}
	n, err := t.exec(ctx, "UPDATE webhook SET active = $1, failures = $2, body = $3, updated = $4, version = version + 1 "+
		"WHERE id = $5 AND version = $6", flag(w.Active), w.Failures, body, t.s.now(), w.ID, w.Version)
	if err != nil {
		return fmt.Errorf("saving webhook %s: %w", w.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("saving webhook %s: %w", w.ID, ErrConflict)
	}
	w.Version++
	return nil
}

// SetWebhookFailures writes how many deliveries in a row were given up; what a person set stays.
func (t *Tx) SetWebhookFailures(ctx context.Context, id string, n int64) error {
	if _, err := t.exec(ctx, "UPDATE webhook SET failures = $1 WHERE id = $2", n, id); err != nil {
		return fmt.Errorf("counting the failures of webhook %s: %w", id, err)
	}
	return nil
}

// Webhook reads a webhook; the error wraps ErrNotFound where there is none.
func (s *Store) Webhook(ctx context.Context, id string) (*Webhook, error) {
	return s.webhook(ctx, s.read, id)
}

// Webhook reads a webhook; the error wraps ErrNotFound where there is none.
func (t *Tx) Webhook(ctx context.Context, id string) (*Webhook, error) {
	return t.s.webhook(ctx, t.tx, id)
}

func (s *Store) webhook(ctx context.Context, q querier, id string) (*Webhook, error) {
	w, err := s.scanWebhook(q.QueryRowContext(ctx, "SELECT "+webhookColumns+" FROM webhook WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("webhook %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading webhook %s: %w", id, err)
	}
	return &w, nil
}

// Webhooks lists the webhooks of a workspace, the oldest first.
func (s *Store) Webhooks(ctx context.Context, workspace string) ([]Webhook, error) {
	return s.webhooks(ctx, s.read, workspace)
}

// Webhooks lists the webhooks of a workspace, the oldest first.
func (t *Tx) Webhooks(ctx context.Context, workspace string) ([]Webhook, error) {
	return t.s.webhooks(ctx, t.tx, workspace)
}

func (s *Store) webhooks(ctx context.Context, q querier, workspace string) ([]Webhook, error) {
	all, err := list(ctx, q, s.scanWebhook, "SELECT "+webhookColumns+" FROM webhook WHERE workspace = $1 ORDER BY created, id", workspace)
	if err != nil {
		return nil, fmt.Errorf("listing the webhooks of workspace %s: %w", workspace, err)
	}
	return all, nil
}

// DropWebhook removes a webhook with its deliveries, and says whether there was one.
func (t *Tx) DropWebhook(ctx context.Context, id string) (bool, error) {
	for _, query := range []string{
		"DELETE FROM delivery_attempt WHERE delivery IN (SELECT id FROM delivery WHERE webhook = $1)",
		"DELETE FROM delivery WHERE webhook = $1",
	} {
		if _, err := t.exec(ctx, query, id); err != nil {
			return false, fmt.Errorf("removing the deliveries of webhook %s: %w", id, err)
		}
	}
	n, err := t.exec(ctx, "DELETE FROM webhook WHERE id = $1", id)
	if err != nil {
		return false, fmt.Errorf("removing webhook %s: %w", id, err)
	}
	return n > 0, nil
}

// Delivery is something that a webhook is told, or was told.
type Delivery struct {
	ID        string
	Webhook   string
	Workspace string
	About     string // what it tells; a webhook is told the same only once
	Event     string
	Status    string
	Attempts  int64
	Next      time.Time // of the next attempt, where there is one
	Body      []byte    // what is sent; sealed
	Created   time.Time
	Updated   time.Time
}

const deliveryColumns = "id, webhook, workspace, about, event, status, attempts, next, body, created, updated"

func (s *Store) scanDelivery(scan func(...any) error) (Delivery, error) {
	var d Delivery
	var next, created, updated int64
	err := scan(&d.ID, &d.Webhook, &d.Workspace, &d.About, &d.Event, &d.Status, &d.Attempts, &next, &d.Body, &created, &updated)
	if err != nil {
		return d, err
	}
	if next > 0 {
		d.Next = moment(next)
	}
	d.Created, d.Updated = moment(created), moment(updated)
	d.Body, err = s.unseal(d.Body)
	return d, err
}

// PutDelivery records a new delivery; false where the webhook was told the same before.
func (t *Tx) PutDelivery(ctx context.Context, d Delivery) (bool, error) {
	body, err := t.s.seal(d.Body)
	if err != nil {
		return false, fmt.Errorf("encrypting delivery %s: %w", d.ID, err)
	}
	now := t.s.now()
	n, err := t.exec(ctx, "INSERT INTO delivery ("+deliveryColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) "+
		"ON CONFLICT (webhook, about) DO NOTHING", d.ID, d.Webhook, d.Workspace, d.About, d.Event, d.Status, int64(0), nextMicros(d.Next), body, now, now)
	if err != nil {
		return false, fmt.Errorf("recording delivery %s: %w", d.ID, err)
	}
	return n > 0, nil
}

func nextMicros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// SaveDelivery writes how a delivery stands: its status, attempts, and the time of the next one.
func (t *Tx) SaveDelivery(ctx context.Context, d Delivery) error {
	_, err := t.exec(ctx, "UPDATE delivery SET status = $1, attempts = $2, next = $3, updated = $4 WHERE id = $5", d.Status, d.Attempts,
		nextMicros(d.Next), t.s.now(), d.ID)
	if err != nil {
		return fmt.Errorf("saving delivery %s: %w", d.ID, err)
	}
	return nil
}

// Delivery reads a delivery; the error wraps ErrNotFound where there is none.
func (s *Store) Delivery(ctx context.Context, id string) (*Delivery, error) {
	return s.delivery(ctx, s.read, id)
}

// Delivery reads a delivery; the error wraps ErrNotFound where there is none.
func (t *Tx) Delivery(ctx context.Context, id string) (*Delivery, error) {
	return t.s.delivery(ctx, t.tx, id)
}

func (s *Store) delivery(ctx context.Context, q querier, id string) (*Delivery, error) {
	d, err := s.scanDelivery(q.QueryRowContext(ctx, "SELECT "+deliveryColumns+" FROM delivery WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("delivery %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading delivery %s: %w", id, err)
	}
	return &d, nil
}

// DeliveryPlace is a place in the list of deliveries; the zero place is the beginning.
type DeliveryPlace struct {
	Created time.Time
	ID      string
}

// Deliveries lists the deliveries of a webhook after a place, the latest first.
func (s *Store) Deliveries(ctx context.Context, webhook string, after DeliveryPlace, limit int) ([]Delivery, error) {
	created := int64(math.MaxInt64)
	if after.ID != "" {
		created = after.Created.UnixMicro()
	}
	all, err := list(ctx, s.read, s.scanDelivery, "SELECT "+deliveryColumns+" FROM delivery WHERE webhook = $1 AND "+
		"(created < $2 OR (created = $3 AND id < $4)) ORDER BY created DESC, id DESC LIMIT $5", webhook, created, created, after.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the deliveries of webhook %s: %w", webhook, err)
	}
	return all, nil
}

// Attempt is one try to deliver.
type Attempt struct {
	Delivery string
	Attempt  int64 // from 1
	Status   int64 // HTTP status of the answer; 0 where there was none
	Millis   int64
	AttemptBody
	Created time.Time
}

// AttemptBody is what is sealed of an attempt.
type AttemptBody struct {
	Answer string `json:"answer,omitempty"` // the beginning of the answer's body
	Error  string `json:"error,omitempty"`
}

// PutAttempt records an attempt; a second record of the same one is dropped.
func (t *Tx) PutAttempt(ctx context.Context, a Attempt) error {
	body, err := t.s.sealJSON(a.AttemptBody)
	if err != nil {
		return fmt.Errorf("encrypting an attempt of delivery %s: %w", a.Delivery, err)
	}
	_, err = t.exec(ctx, "INSERT INTO delivery_attempt (delivery, attempt, status, millis, body, created) VALUES ($1,$2,$3,$4,$5,$6) "+
		"ON CONFLICT (delivery, attempt) DO NOTHING", a.Delivery, a.Attempt, a.Status, a.Millis, body, t.s.now())
	if err != nil {
		return fmt.Errorf("recording an attempt of delivery %s: %w", a.Delivery, err)
	}
	return nil
}

// Attempts lists the attempts of a delivery, the first one first.
func (s *Store) Attempts(ctx context.Context, delivery string) ([]Attempt, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (Attempt, error) {
		var a Attempt
		var body []byte
		var created int64
		if err := scan(&a.Delivery, &a.Attempt, &a.Status, &a.Millis, &body, &created); err != nil {
			return a, err
		}
		a.Created = moment(created)
		return a, s.unsealJSON(body, &a.AttemptBody)
	}, "SELECT delivery, attempt, status, millis, body, created FROM delivery_attempt WHERE delivery = $1 ORDER BY attempt", delivery)
	if err != nil {
		return nil, fmt.Errorf("listing the attempts of delivery %s: %w", delivery, err)
	}
	return all, nil
}

// DropDeliveries removes deliveries that are older than a time and not under way, and says how many there were.
func (t *Tx) DropDeliveries(ctx context.Context, before time.Time, underWay string) (int64, error) {
	_, err := t.exec(ctx, "DELETE FROM delivery_attempt WHERE delivery IN (SELECT id FROM delivery WHERE created < $1 AND status <> $2)",
		before.UnixMicro(), underWay)
	if err != nil {
		return 0, fmt.Errorf("dropping old attempts: %w", err)
	}
	n, err := t.exec(ctx, "DELETE FROM delivery WHERE created < $1 AND status <> $2", before.UnixMicro(), underWay)
	if err != nil {
		return 0, fmt.Errorf("dropping old deliveries: %w", err)
	}
	return n, nil
}
