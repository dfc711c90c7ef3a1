package auth

import (
	"net/netip"
	"slices"

	"github.com/analytix-flow/analytix/internal/access"
)

// The kinds of what an Identity came by.
const (
	KindSession = "session"
	KindToken   = "token"
)

// Identity is who calls.
type Identity struct {
	Account  string      // id
	Name     string      // shown in decisions and the audit
	Email    string      //
	Instance access.Role // administrator, operator or none
	Session  string      // id of the session or API token
	Kind     string      // KindSession or KindToken
	// Scopes are those of an API token; nil means everything that the account may do.
	Scopes []access.Permission
	// Restricted says that the account must enrol a second factor before it may do anything else.
	Restricted bool
	Workspaces map[string]access.Role // by the id of the workspace
}

// Client is where a call comes from.
type Client struct {
	Address netip.Addr
	Agent   string // the header User-Agent
}

// In is the role that the identity has in a workspace; an administrator of the instance is one of every workspace.
func (i *Identity) In(workspace string) access.Role {
	if i.Instance == access.Administrator {
		return access.Administrator
	}
	return i.Workspaces[workspace]
}

// Scoped says whether the permission lies within what the API token, where it is one, was made for. Whoever must enrol a
// second factor first may look after the own account and nothing else.
func (i *Identity) Scoped(p access.Permission) bool {
	if i.Restricted {
		return p == access.SelfManage
	}
	return i.Scopes == nil || slices.Contains(i.Scopes, p)
}
