package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Workspace is where people work together on their own data; nothing of it can be reached from another one.
type Workspace struct {
	ID       string
	Tier     string
	Name     string
	Settings WorkspaceSettings
	Version  int64 // grows with each change
	Created  time.Time
	Updated  time.Time
}

// WorkspaceSettings are what the administrator of a workspace chooses.
type WorkspaceSettings struct {
	FourEyes      bool `json:"four_eyes"`      // who decided at a control point may not close it
	PointHours    int  `json:"point_hours"`    // how long a control point stays open; 0 is for ever
	RetentionDays int  `json:"retention_days"` // after how many days a run that has ended is erased; 0 is never
}

type workspaceBody struct {
	Name     string            `json:"name"`
	Settings WorkspaceSettings `json:"settings"`
}

// Member is a role that an account holds in a workspace.
type Member struct {
	Workspace string
	Account   string
	Role      string
	Source    string // MemberByGroup for a role that came from another provider; empty for one that a person gave
	Created   time.Time
}

// MemberByGroup is the source of roles that follow from the groups of an account at another provider.
const MemberByGroup = "group"

const workspaceColumns = "id, tier, version, body, created, updated"

func (s *Store) scanWorkspace(scan func(...any) error) (Workspace, error) {
	var w Workspace
	var body []byte
	var created, updated int64
	if err := scan(&w.ID, &w.Tier, &w.Version, &body, &created, &updated); err != nil {
		return w, err
	}
	var b workspaceBody
	if err := s.unsealJSON(body, &b); err != nil {
		return w, fmt.Errorf("reading workspace %s: %w", w.ID, err)
	}
	w.Name, w.Settings, w.Created, w.Updated = b.Name, b.Settings, moment(created), moment(updated)
	return w, nil
}

// sealJSON is what is written to a sealed column.
func (s *Store) sealJSON(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.seal(text)
}

func (s *Store) unsealJSON(sealed []byte, into any) error {
	text, err := s.unseal(sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// InsertWorkspace records a new workspace at version 1.
func (t *Tx) InsertWorkspace(ctx context.Context, w Workspace) error {
	body, err := t.s.sealJSON(workspaceBody{w.Name, w.Settings})
	if err != nil {
		return fmt.Errorf("recording workspace %s: %w", w.ID, err)
	}
	now := t.s.now()
	_, err = t.exec(ctx, "INSERT INTO workspace ("+workspaceColumns+") VALUES ($1,$2,$3,$4,$5,$6)", w.ID, w.Tier, int64(1), body, now, now)
	if err != nil {
		return fmt.Errorf("recording workspace %s: %w", w.ID, err)
	}
	return nil
}

// SaveWorkspace writes name, tier and settings where the workspace is still at w.Version, and counts it up. The error
// wraps ErrConflict where it is not.
func (t *Tx) SaveWorkspace(ctx context.Context, w *Workspace) error {
	body, err := t.s.sealJSON(workspaceBody{w.Name, w.Settings})
	if err != nil {
		return fmt.Errorf("saving workspace %s: %w", w.ID, err)
	}
	n, err := t.exec(ctx, "UPDATE workspace SET tier = $1, body = $2, updated = $3, version = version + 1 WHERE id = $4 AND version = $5",
		w.Tier, body, t.s.now(), w.ID, w.Version)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("saving workspace %s: %w", w.ID, err)
	}
	w.Version++
	return nil
}

// Workspace reads a workspace; the error wraps ErrNotFound where there is none.
func (s *Store) Workspace(ctx context.Context, id string) (*Workspace, error) {
	w, err := s.scanWorkspace(s.read.QueryRowContext(ctx, "SELECT "+workspaceColumns+" FROM workspace WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("workspace %s: %w", id, err)
	}
	return &w, nil
}

// Workspaces lists all workspaces, the oldest first.
func (s *Store) Workspaces(ctx context.Context) ([]Workspace, error) {
	return s.workspaces(ctx, s.read)
}

// Workspaces lists all workspaces, the oldest first.
func (t *Tx) Workspaces(ctx context.Context) ([]Workspace, error) { return t.s.workspaces(ctx, t.tx) }

func (s *Store) workspaces(ctx context.Context, q querier) ([]Workspace, error) {
	all, err := list(ctx, q, s.scanWorkspace, "SELECT "+workspaceColumns+" FROM workspace ORDER BY created, id")
	if err != nil {
		return nil, fmt.Errorf("listing the workspaces: %w", err)
	}
	return all, nil
}

// PutMember gives an account a role in a workspace, in the place of the one it had.
func (t *Tx) PutMember(ctx context.Context, m Member) error {
	_, err := t.exec(ctx, "INSERT INTO membership (workspace, account, role, source, created) VALUES ($1,$2,$3,$4,$5) "+
		"ON CONFLICT (workspace, account) DO UPDATE SET role = excluded.role, source = excluded.source",
		m.Workspace, m.Account, m.Role, m.Source, t.s.now())
	if err != nil {
		return fmt.Errorf("recording the member %s of workspace %s: %w", m.Account, m.Workspace, err)
	}
	return nil
}

// DropMember takes an account out of a workspace; the error wraps ErrNotFound where it is not in it.
func (t *Tx) DropMember(ctx context.Context, workspace, account string) error {
	n, err := t.exec(ctx, "DELETE FROM membership WHERE workspace = $1 AND account = $2", workspace, account)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("removing the member %s of workspace %s: %w", account, workspace, err)
	}
	return nil
}

func scanMember(scan func(...any) error) (Member, error) {
	var m Member
	var created int64
	err := scan(&m.Workspace, &m.Account, &m.Role, &m.Source, &created)
	m.Created = moment(created)
	return m, err
}

// Members lists who is in a workspace.
func (s *Store) Members(ctx context.Context, workspace string) ([]Member, error) {
	return members(ctx, s.read, "workspace = $1 ORDER BY created, account", workspace)
}

// Members lists who is in a workspace.
func (t *Tx) Members(ctx context.Context, workspace string) ([]Member, error) {
	return members(ctx, t.tx, "workspace = $1 ORDER BY created, account", workspace)
}

// Memberships lists the workspaces that an account is in.
func (s *Store) Memberships(ctx context.Context, account string) ([]Member, error) {
	return members(ctx, s.read, "account = $1 ORDER BY created, workspace", account)
}

// Memberships lists the workspaces that an account is in.
func (t *Tx) Memberships(ctx context.Context, account string) ([]Member, error) {
	all, err := list(ctx, t.tx, scanMember, "SELECT workspace, account, role, source, created FROM membership WHERE account = $1", account)
	if err != nil {
		return nil, fmt.Errorf("listing the workspaces of account %s: %w", account, err)
	}
	return all, nil
}

func members(ctx context.Context, q querier, where, of string) ([]Member, error) {
	all, err := list(ctx, q, scanMember, "SELECT workspace, account, role, source, created FROM membership WHERE "+where, of)
	if err != nil {
		return nil, fmt.Errorf("listing the members (%s): %w", of, err)
	}
	return all, nil
}
