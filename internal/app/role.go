package app

import (
	"context"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// Roles tells package auth which roles accounts have in workspaces, and gives them.
type Roles struct{ records *store.Store }

// Roles are those of the instance's workspaces.
func (a *App) Roles() Roles { return Roles{a.records} }

// Of gives the roles of an account by workspace.
func (r Roles) Of(ctx context.Context, account string) (map[string]access.Role, error) {
	all, err := r.records.Memberships(ctx, account)
	if err != nil {
		return nil, err
	}
	roles := make(map[string]access.Role, len(all))
	for _, m := range all {
		roles[m.Workspace] = access.Role(m.Role)
	}
	return roles, nil
}

// First makes the workspace "default" with the account as its administrator.
func (r Roles) First(ctx context.Context, tx *store.Tx, account string) error {
	id := identifier.New("ws")
	if err := tx.InsertWorkspace(ctx, store.Workspace{ID: id, Tier: string(tier.Professional), Name: "default"}); err != nil {
		return err
	}
	return tx.PutMember(ctx, store.Member{Workspace: id, Account: account, Role: string(access.Administrator)})
}

// Assign gives an account the roles that its groups at another provider carry, by id or name of the workspace, and takes
// away those that an earlier call gave it and this one does not. A role that a person gave stands.
func (r Roles) Assign(ctx context.Context, tx *store.Tx, account string, roles map[string]access.Role) error {
	workspaces, err := tx.Workspaces(ctx)
	if err != nil {
		return err
	}
	has, err := tx.Memberships(ctx, account)
	if err != nil {
		return err
	}
	had := map[string]store.Member{}
	for _, m := range has {
		had[m.Workspace] = m
	}
	for _, w := range workspaces {
		role, given := roles[w.ID]
		if !given {
			role, given = roles[w.Name]
		}
		old, was := had[w.ID]
		switch {
		case given && role.ValidInWorkspace() && (!was || old.Source == store.MemberByGroup):
			err = tx.PutMember(ctx, store.Member{Workspace: w.ID, Account: account, Role: string(role), Source: store.MemberByGroup})
		case !given && was && old.Source == store.MemberByGroup:
			err = tx.DropMember(ctx, w.ID, account)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
