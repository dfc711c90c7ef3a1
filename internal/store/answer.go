package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Answer is what the server answered to a request that carried an idempotency key, kept so that the same request sent
// again has no second effect.
type Answer struct {
	Account string
	Name    string // the key that the client chose
	Request string // hash of what was asked
	Status  int    // 0 while it is being worked on
	Body    []byte
	Created time.Time
}

// TakeAnswer records that a request is being worked on. Where there is an answer of that name already nothing is
// recorded, and it is returned.
func (t *Tx) TakeAnswer(ctx context.Context, a Answer) (*Answer, error) {
	n, err := t.exec(ctx, "INSERT INTO answer (account, name, request, status, body, created) VALUES ($1,$2,$3,0,$4,$5) "+
		"ON CONFLICT (account, name) DO NOTHING", a.Account, a.Name, a.Request, []byte{}, t.s.now())
	if err != nil {
		return nil, fmt.Errorf("recording a request: %w", err)
	}
	if n == 1 {
		return nil, nil //nolint:nilnil // there is no earlier answer
	}
	var old Answer
	var body []byte
	var created int64
	err = t.tx.QueryRowContext(ctx, "SELECT account, name, request, status, body, created FROM answer WHERE account = $1 AND name = $2",
		a.Account, a.Name).Scan(&old.Account, &old.Name, &old.Request, &old.Status, &body, &created)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("reading an earlier answer: %w", err)
	}
	if len(body) > 0 {
		if old.Body, err = t.s.unseal(body); err != nil {
			return nil, fmt.Errorf("reading an earlier answer: %w", err)
		}
	}
	old.Created = moment(created)
	return &old, nil
}

// PutAnswer records what was answered; with status 0 the request is forgotten, so that it can be sent again.
func (t *Tx) PutAnswer(ctx context.Context, a Answer) error {
	if a.Status == 0 {
		_, err := t.exec(ctx, "DELETE FROM answer WHERE account = $1 AND name = $2", a.Account, a.Name)
		return err
	}
	body, err := t.s.seal(a.Body)
	if err != nil {
		return fmt.Errorf("recording an answer: %w", err)
	}
	if _, err := t.exec(ctx, "UPDATE answer SET status = $1, body = $2 WHERE account = $3 AND name = $4", a.Status, body, a.Account, a.Name); err != nil {
		return fmt.Errorf("recording an answer: %w", err)
	}
	return nil
}

// DropAnswersAbout forgets the answers that name one of the ids: they may quote what was erased.
func (t *Tx) DropAnswersAbout(ctx context.Context, ids []string) error {
	type kept struct {
		account, name string
		body          []byte
	}
	all, err := list(ctx, t.tx, func(scan func(...any) error) (k kept, err error) {
		return k, scan(&k.account, &k.name, &k.body)
	}, "SELECT account, name, body FROM answer WHERE status > 0")
	if err != nil {
		return fmt.Errorf("reading earlier answers: %w", err)
	}
	for _, k := range all {
		body, err := t.s.unseal(k.body)
		if err != nil {
			return fmt.Errorf("reading an earlier answer: %w", err)
		}
		if !slices.ContainsFunc(ids, func(id string) bool { return bytes.Contains(body, []byte(id)) }) {
			continue
		}
		if _, err := t.exec(ctx, "DELETE FROM answer WHERE account = $1 AND name = $2", k.account, k.name); err != nil {
			return fmt.Errorf("forgetting an earlier answer: %w", err)
		}
	}
	return nil
}

// DropAnswers forgets the answers that are older than a time.
func (t *Tx) DropAnswers(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, "DELETE FROM answer WHERE created < $1", before.UnixMicro())
	return err
}
