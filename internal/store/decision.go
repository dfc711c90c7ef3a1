package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
)

// AddDecision records a decision as the next of its run. Decisions are never changed; a later one supersedes.
func (t *Tx) AddDecision(ctx context.Context, run string, stage flow.Stage, round int, d flow.Decision) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("recording decision %s: %w", d.ID, err)
	}
	if body, err = t.s.seal(body); err != nil {
		return fmt.Errorf("encrypting decision %s: %w", d.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO decision (id, run, stage, round, seq, body) SELECT $1, $2, $3, $4, "+
		"(SELECT coalesce(max(seq), 0) + 1 FROM decision WHERE run = $5), $6",
		d.ID, run, string(stage), round, run, body)
	if err != nil {
		return fmt.Errorf("recording decision %s of run %s: %w", d.ID, run, err)
	}
	return nil
}

// Decided is a recorded decision with its place.
type Decided struct {
	Stage    flow.Stage
	Round    int
	Decision flow.Decision
}

// Decisions lists all decisions of a run in the order in which they were taken.
func (s *Store) Decisions(ctx context.Context, run string) ([]Decided, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (Decided, error) {
		var d Decided
		var body []byte
		if err := scan(&d.Stage, &d.Round, &body); err != nil {
			return d, err
		}
		body, err := s.unseal(body)
		if err != nil {
			return d, err
		}
		return d, json.Unmarshal(body, &d.Decision)
	}, "SELECT stage, round, body FROM decision WHERE run = $1 ORDER BY seq", run)
	if err != nil {
		return nil, fmt.Errorf("listing the decisions of run %s: %w", run, err)
	}
	return all, nil
}
