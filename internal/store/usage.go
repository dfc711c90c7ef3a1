package store

import (
	"context"
	"fmt"
	"time"
)

// Usage is how much of something a workspace used on a day.
type Usage struct {
	Workspace string
	Day       time.Time // midnight, UTC
	Measure   string
	Amount    int64
}

// dayOf is the day of a time: days since 1970, UTC.
func dayOf(at time.Time) int64 { return at.UTC().Unix() / (24 * 60 * 60) }

// AddUsage adds to what a workspace used on the day of a time, and returns what it is now.
func (t *Tx) AddUsage(ctx context.Context, workspace string, at time.Time, measure string, amount int64) (int64, error) {
	var now int64
	err := t.tx.QueryRowContext(ctx, "INSERT INTO usage (workspace, day, measure, amount) VALUES ($1,$2,$3,$4) "+
		"ON CONFLICT (workspace, day, measure) DO UPDATE SET amount = usage.amount + excluded.amount RETURNING amount",
		workspace, dayOf(at), measure, amount).Scan(&now)
	if err != nil {
		return 0, fmt.Errorf("metering %s of workspace %s: %w", measure, workspace, err)
	}
	return now, nil
}

// Usage lists what a workspace used from one day to another, both included; an empty workspace means all of them.
func (s *Store) Usage(ctx context.Context, workspace string, from, to time.Time) ([]Usage, error) {
	query := "SELECT workspace, day, measure, amount FROM usage WHERE day >= $1 AND day <= $2"
	args := []any{dayOf(from), dayOf(to)}
	if workspace != "" {
		query += " AND workspace = $3"
		args = append(args, workspace)
	}
	all, err := list(ctx, s.read, func(scan func(...any) error) (Usage, error) {
		var u Usage
		var day int64
		err := scan(&u.Workspace, &day, &u.Measure, &u.Amount)
		u.Day = time.Unix(day*24*60*60, 0).UTC()
		return u, err
	}, query+" ORDER BY workspace, day, measure", args...)
	if err != nil {
		return nil, fmt.Errorf("reading what was used: %w", err)
	}
	return all, nil
}

// CountRuns counts the runs of a workspace that are in one of two statuses.
func (t *Tx) CountRuns(ctx context.Context, workspace, status, orStatus string) (int64, error) {
	return countRuns(ctx, t.tx, workspace, status, orStatus)
}

// CountRuns counts the runs of a workspace that are in one of two statuses.
func (s *Store) CountRuns(ctx context.Context, workspace, status, orStatus string) (int64, error) {
	return countRuns(ctx, s.read, workspace, status, orStatus)
}

func countRuns(ctx context.Context, q querier, workspace, status, orStatus string) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM run WHERE workspace = $1 AND status IN ($2, $3)", workspace, status, orStatus).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the runs of workspace %s: %w", workspace, err)
	}
	return n, nil
}
