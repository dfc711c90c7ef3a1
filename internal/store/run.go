package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Head is what a run was asked for; it never changes.
type Head struct {
	File      string `json:"file"` // base name as received
	Goal      string `json:"goal,omitempty"`
	KPI       string `json:"kpi,omitempty"`
	StopAfter string `json:"stop_after,omitempty"`
	Dataset   string `json:"dataset"`
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"`
	Ref       string `json:"ref"`                 // where the received bytes are kept, encrypted
	Account   string `json:"account,omitempty"`   // who asked for it, on a server
	FourEyes  bool   `json:"four_eyes,omitempty"` // who decided at a control point may not close it
	Decide    string `json:"decide,omitempty"`    // the flow.Mode that decides where nobody else does; empty means ask
	Recipe    string `json:"recipe,omitempty"`    // text of the recipe and policies that decide before that
}

// Run is the record of a run. State is the control point manager's, opaque here.
type Run struct {
	ID     string
	Status string
	Stage  string
	Tier   string
	// Workspace is whose run it is; empty for one of the command line.
	Workspace string
	Version   int64 // grows with each change of the state
	Head      Head
	State     []byte
	Created   time.Time
	Updated   time.Time
}

const (
	listedColumns = "id, status, stage, tier, workspace, version, head, created, updated"
	runColumns    = listedColumns + ", state"
)

func (s *Store) scanRun(scan func(...any) error) (Run, error) {
	var state []byte
	r, err := s.scanListed(func(dest ...any) error { return scan(append(dest, &state)...) })
	if err != nil {
		return r, err
	}
	if r.State, err = s.unseal(state); err != nil {
		return r, fmt.Errorf("decrypting the state of run %s: %w", r.ID, err)
	}
	return r, nil
}

// scanListed reads a run without its state.
func (s *Store) scanListed(scan func(...any) error) (Run, error) {
	var r Run
	var head []byte
	var created, updated int64
	if err := scan(&r.ID, &r.Status, &r.Stage, &r.Tier, &r.Workspace, &r.Version, &head, &created, &updated); err != nil {
		return r, err
	}
	head, err := s.unseal(head)
	if err != nil {
		return r, fmt.Errorf("decrypting the record of run %s: %w", r.ID, err)
	}
	if err := json.Unmarshal(head, &r.Head); err != nil {
		return r, fmt.Errorf("reading the record of run %s: %w", r.ID, err)
	}
	r.Created, r.Updated = moment(created), moment(updated)
	return r, nil
}

// InsertRun records a new run at version 1.
func (t *Tx) InsertRun(ctx context.Context, r Run) error {
	head, err := json.Marshal(r.Head)
	if err != nil {
		return fmt.Errorf("recording run %s: %w", r.ID, err)
	}
	if head, err = t.s.seal(head); err != nil {
		return fmt.Errorf("encrypting the record of run %s: %w", r.ID, err)
	}
	state, err := t.s.seal(r.State)
	if err != nil {
		return fmt.Errorf("encrypting the state of run %s: %w", r.ID, err)
	}
	now := t.s.now()
	_, err = t.exec(ctx, "INSERT INTO run ("+runColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
		r.ID, r.Status, r.Stage, r.Tier, r.Workspace, int64(1), head, now, now, state)
	if err != nil {
		return fmt.Errorf("recording run %s: %w", r.ID, err)
	}
	return nil
}

// Run reads a run; the error wraps ErrNotFound where there is none.
func (t *Tx) Run(ctx context.Context, id string) (*Run, error) { return t.s.run(ctx, t.tx, id) }

// Run reads a run; the error wraps ErrNotFound where there is none.
func (s *Store) Run(ctx context.Context, id string) (*Run, error) { return s.run(ctx, s.read, id) }

func (s *Store) run(ctx context.Context, q querier, id string) (*Run, error) {
	r, err := s.scanRun(q.QueryRowContext(ctx, "SELECT "+runColumns+" FROM run WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("run %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading run %s: %w", id, err)
	}
	return &r, nil
}

// RunVersion reads at which version a run is, without the run; the error wraps ErrNotFound where there is none.
func (s *Store) RunVersion(ctx context.Context, id string) (int64, error) {
	var version int64
	err := s.read.QueryRowContext(ctx, "SELECT version FROM run WHERE id = $1", id).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("run %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the version of run %s: %w", id, err)
	}
	return version, nil
}

// Runs lists all runs, the latest first.
func (s *Store) Runs(ctx context.Context) ([]Run, error) {
	all, err := list(ctx, s.read, s.scanRun, "SELECT "+runColumns+" FROM run ORDER BY created DESC, id DESC")
	if err != nil {
		return nil, fmt.Errorf("listing the runs: %w", err)
	}
	return all, nil
}

// Page is a part of a list that is read in parts, the latest first.
type Page struct {
	Before time.Time // of what is older than this; the zero time begins with the latest
	ID     string    // of those of that very time, the ones whose id is smaller
	Limit  int
}

// RunsOf lists a workspace's runs of the statuses (nil for all), the latest first, without their states.
func (s *Store) RunsOf(ctx context.Context, workspace string, statuses []string, p Page) ([]Run, error) {
	before := int64(math.MaxInt64)
	if !p.Before.IsZero() {
		before = p.Before.UnixMicro()
	}
	query := "SELECT " + listedColumns + " FROM run WHERE workspace = $1 AND (created < $2 OR (created = $2 AND id < $3))"
	args := []any{workspace, before, p.ID}
	if len(statuses) > 0 {
		marks := make([]string, len(statuses))
		for i, st := range statuses {
			args = append(args, st)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		query += " AND status IN (" + strings.Join(marks, ",") + ")"
	}
	args = append(args, p.Limit)
	query += fmt.Sprintf(" ORDER BY created DESC, id DESC LIMIT $%d", len(args))
	all, err := list(ctx, s.read, s.scanListed, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing the runs of workspace %s: %w", workspace, err)
	}
	return all, nil
}

// SaveState writes r.State, r.Status and r.Stage where the run is still at r.Version, and counts r.Version up. The
// error wraps ErrConflict where it is not.
func (t *Tx) SaveState(ctx context.Context, r *Run) error {
	state, err := t.s.seal(r.State)
	if err != nil {
		return fmt.Errorf("encrypting the state of run %s: %w", r.ID, err)
	}
	n, err := t.exec(ctx, "UPDATE run SET state = $1, status = $2, stage = $3, updated = $4, version = version + 1 "+
		"WHERE id = $5 AND version = $6", state, r.Status, r.Stage, t.s.now(), r.ID, r.Version)
	if err != nil {
		return fmt.Errorf("saving the state of run %s: %w", r.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("saving the state of run %s: %w", r.ID, ErrConflict)
	}
	r.Version++
	return nil
}

// RunsIn lists the runs of a status, oldest first.
func (s *Store) RunsIn(ctx context.Context, status string) ([]Run, error) {
	all, err := list(ctx, s.read, s.scanRun, "SELECT "+runColumns+" FROM run WHERE status = $1 ORDER BY created, id", status)
	if err != nil {
		return nil, fmt.Errorf("listing the runs that are %s: %w", status, err)
	}
	return all, nil
}

// RunsChanged lists id and version of the runs that changed since a time; nothing else of them is filled in.
func (s *Store) RunsChanged(ctx context.Context, since time.Time) ([]Run, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (r Run, err error) { return r, scan(&r.ID, &r.Version) },
		"SELECT id, version FROM run WHERE updated >= $1", since.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("looking for the runs that changed: %w", err)
	}
	return all, nil
}

// RunCounts says how many runs there are, by status.
func (s *Store) RunCounts(ctx context.Context) (map[string]int64, error) {
	type count struct {
		status string
		n      int64
	}
	all, err := list(ctx, s.read, func(scan func(...any) error) (c count, err error) { return c, scan(&c.status, &c.n) },
		"SELECT status, count(*) FROM run GROUP BY status")
	if err != nil {
		return nil, fmt.Errorf("counting the runs: %w", err)
	}
	counts := make(map[string]int64, len(all))
	for _, c := range all {
		counts[c.status] = c.n
	}
	return counts, nil
}
