// Package access says who may do what: the roles, the permissions, and the one table that joins them. It is pure and
// knows nothing of accounts or of HTTP: package auth says which roles somebody has, package httpapi names the permission
// that each operation needs.
package access

import "slices"

// Role is what somebody is in a workspace, or in the whole instance.
type Role string

// The roles. Viewer, Analyst, Steward and Administrator are held in a workspace, each with all that the one before
// may do. Administrator and Operator are also roles of the instance: an administrator of the instance is one of every
// workspace; an operator runs the machine and sees no data.
const (
	Viewer        Role = "viewer"
	Analyst       Role = "analyst"
	Steward       Role = "steward"
	Administrator Role = "administrator"
	Operator      Role = "operator"
)

// WorkspaceRoles lists the roles of a workspace, the least first.
func WorkspaceRoles() []Role { return []Role{Viewer, Analyst, Steward, Administrator} }

// ValidInWorkspace says whether the role can be held in a workspace.
func (r Role) ValidInWorkspace() bool { return slices.Contains(WorkspaceRoles(), r) }

// ValidInInstance says whether the role can be held in the instance; the empty one is held by most.
func (r Role) ValidInInstance() bool { return r == "" || r == Administrator || r == Operator }

// Permission is leave to do one kind of thing. Permissions are a public contract: API tokens carry them as scopes.
type Permission string

// Scope says where a permission is held.
type Scope string

// The scopes of permissions.
const (
	InWorkspace Scope = "workspace"
	InInstance  Scope = "instance"
	OwnAccount  Scope = "self" // whoever is signed in, on their own account
)

// Allows says whether a role has a permission; every role has the permissions on its own account.
func (r Role) Allows(p Permission) bool {
	e, ok := table[p]
	return ok && (e.scope == OwnAccount || slices.Contains(e.roles, r))
}

// Scope returns where the permission is held, and false for one that does not exist.
func (p Permission) Scope() (Scope, bool) {
	e, ok := table[p]
	return e.scope, ok
}

// Says is what the permission allows, in words.
func (p Permission) Says() string { return table[p].says }

// Permissions lists all permissions, sorted.
func Permissions() []Permission {
	all := make([]Permission, 0, len(table))
	for p := range table {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}
