package app

import (
	"context"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// CreateWorkspace records a new workspace, whose first administrator is the account; empty for none.
func (a *App) CreateWorkspace(ctx context.Context, name, tier, account string) (*store.Workspace, error) {
	id := identifier.New("ws")
	err := a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertWorkspace(ctx, store.Workspace{ID: id, Tier: tier, Name: name}); err != nil || account == "" {
			return err
		}
		return tx.PutMember(ctx, store.Member{Workspace: id, Account: account, Role: "administrator"})
	})
	if err != nil {
		return nil, err
	}
	return a.records.Workspace(ctx, id)
}

// Workspace reads a workspace; the error wraps store.ErrNotFound where there is none.
func (a *App) Workspace(ctx context.Context, id string) (*store.Workspace, error) {
	return a.records.Workspace(ctx, id)
}

// Workspaces lists all workspaces, the oldest first.
func (a *App) Workspaces(ctx context.Context) ([]store.Workspace, error) {
	return a.records.Workspaces(ctx)
}

// SaveWorkspace writes name, tier and settings of a workspace that is still as it was read; otherwise the error wraps
// store.ErrConflict.
func (a *App) SaveWorkspace(ctx context.Context, w *store.Workspace) error {
	next := *w
	err := a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		next = *w // a repeated transaction begins anew
		return tx.SaveWorkspace(ctx, &next)
	})
	if err == nil {
		*w = next
	}
	return err
}

// Members lists who is in a workspace.
func (a *App) Members(ctx context.Context, workspace string) ([]store.Member, error) {
	return a.records.Members(ctx, workspace)
}

// PutMember gives an account a role in a workspace.
func (a *App) PutMember(ctx context.Context, m store.Member) error {
	return a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.PutMember(ctx, m) })
}

// DropMember takes an account out of a workspace; the error wraps store.ErrNotFound where it is not in it.
func (a *App) DropMember(ctx context.Context, workspace, account string) error {
	return a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DropMember(ctx, workspace, account) })
}

// RunsOf lists a workspace's runs, the latest first, without their states.
func (a *App) RunsOf(ctx context.Context, workspace string, statuses []string, p store.Page) ([]store.Run, error) {
	return a.records.RunsOf(ctx, workspace, statuses, p)
}

// Recipes lists what a workspace keeps of a kind.
func (a *App) Recipes(ctx context.Context, workspace string, kind store.RecipeKind) ([]store.Recipe, error) {
	return a.records.Recipes(ctx, workspace, kind)
}

// Recipe reads a recipe of a workspace; the error wraps store.ErrNotFound where it has none of that id.
func (a *App) Recipe(ctx context.Context, workspace, id string) (*store.Recipe, error) {
	return a.records.Recipe(ctx, workspace, id)
}

// CreateRecipe keeps a recipe under a new id, which is returned in it.
func (a *App) CreateRecipe(ctx context.Context, r store.Recipe) (*store.Recipe, error) {
	r.ID = identifier.New("rcp")
	err := a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.InsertRecipe(ctx, r) })
	if err != nil {
		return nil, err
	}
	return a.records.Recipe(ctx, r.Workspace, r.ID)
}

// SaveRecipe writes a recipe that is still as it was read; otherwise the error wraps store.ErrConflict.
func (a *App) SaveRecipe(ctx context.Context, r *store.Recipe) error {
	next := *r
	err := a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		next = *r
		return tx.SaveRecipe(ctx, &next)
	})
	if err == nil {
		*r = next
	}
	return err
}

// DropRecipe removes a recipe that is still at the version; otherwise the error wraps store.ErrConflict.
func (a *App) DropRecipe(ctx context.Context, id string, version int64) error {
	return a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DropRecipe(ctx, id, version) })
}

// TakeAnswer records that a request is being worked on, or returns the answer that was given to it.
func (a *App) TakeAnswer(ctx context.Context, answer store.Answer) (old *store.Answer, err error) {
	err = a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		old, err = tx.TakeAnswer(ctx, answer)
		return err
	})
	return old, err
}

// PutAnswer records what was answered to a request; with status 0 it is forgotten.
func (a *App) PutAnswer(ctx context.Context, answer store.Answer) error {
	return a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.PutAnswer(ctx, answer) })
}
