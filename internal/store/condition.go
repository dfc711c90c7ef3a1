package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/condition"
)

// SaveConditions records what a process has found out of order, in the place of what it found before, and drops what processes that
// said nothing since found.
func (t *Tx) SaveConditions(ctx context.Context, process string, all []condition.Condition, since time.Time) error {
	_, err := t.exec(ctx, "DELETE FROM process_condition WHERE process = $1 OR seen < $2", process, since.UnixMicro())
	if err == nil && len(all) > 0 {
		err = t.insertConditions(ctx, process, all)
	}
	if err != nil {
		return fmt.Errorf("recording what is out of order: %w", err)
	}
	return nil
}

func (t *Tx) insertConditions(ctx context.Context, process string, all []condition.Condition) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	body, err := t.s.seal(text)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO process_condition (process, body, seen) VALUES ($1,$2,$3)", process, body, t.s.now())
	return err
}

// Conditions lists what processes other than the named one have found out of order since.
func (s *Store) Conditions(ctx context.Context, but string, since time.Time) ([]condition.Condition, error) {
	each, err := list(ctx, s.read, func(scan func(...any) error) (found []condition.Condition, err error) {
		var body []byte
		if err = scan(&body); err == nil {
			body, err = s.unseal(body)
		}
		if err == nil {
			err = json.Unmarshal(body, &found)
		}
		return found, err
	}, "SELECT body FROM process_condition WHERE process <> $1 AND seen >= $2 ORDER BY process", but, since.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("reading what other processes found out of order: %w", err)
	}
	var all []condition.Condition
	for _, found := range each {
		all = append(all, found...)
	}
	return all, nil
}
