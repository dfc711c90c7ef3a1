package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
)

// Account is somebody who can sign in.
type Account struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Email    string      `json:"email"`
	Role     access.Role `json:"role" enum:"administrator,operator," doc:"In the instance; empty for most."`
	Status   string      `json:"status" enum:"invited,active,disabled"`
	Password bool        `json:"password" doc:"Whether there is one."`
	Provider string      `json:"provider,omitempty" doc:"Of OpenID Connect, where the account came by one."`
	TOTP     bool        `json:"totp" doc:"Whether a second factor is in use."`
	Created  time.Time   `json:"created"`
	Updated  time.Time   `json:"updated"`
	SignedIn *time.Time  `json:"signed_in,omitempty" doc:"When last."`
}

type accountOutput struct {
	ETag string `header:"ETag"`
	Body Account
}

func accountView(a *auth.Account) *accountOutput {
	out := &accountOutput{ETag: etag(strconv.FormatInt(a.Version, 10)), Body: Account{ID: a.ID, Name: a.Name, Email: a.Email, Role: a.Role, Status: string(a.Status),
		Password: a.HasPassword, Provider: a.Provider, TOTP: a.TOTP, Created: a.Created, Updated: a.Updated}}
	if !a.SignedIn.IsZero() {
		out.Body.SignedIn = &a.SignedIn
	}
	return out
}

// AccountPath names an account.
type AccountPath struct {
	Account string `path:"account" maxLength:"64" doc:"Id of the account."`
}

type accountBody struct {
	Name  string      `json:"name" minLength:"1" maxLength:"100"`
	Email string      `json:"email" maxLength:"254"`
	Role  access.Role `json:"role,omitempty" enum:"administrator,operator," doc:"In the instance."`
}

type createdAccount struct {
	Body struct {
		Account Account `json:"account"`
		Link    *Link   `json:"link" doc:"For its owner, to set the password."`
	}
}

type accountChange struct {
	AccountPath
	IfMatch string `header:"If-Match" maxLength:"100"`
	Body    struct {
		Name     *string      `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Email    *string      `json:"email,omitempty" maxLength:"254"`
		Role     *access.Role `json:"role,omitempty" enum:"administrator,operator," doc:"In the instance."`
		Disabled *bool        `json:"disabled,omitempty" doc:"A disabled account signs in nowhere, and its sessions and tokens end at once."`
	}
}

type accountsOutput struct {
	Body struct {
		Accounts []Account `json:"accounts"`
		Next     string    `json:"next,omitempty" doc:"The cursor of the next page."`
	}
}

func (a *API) accountOperation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: Prefix + "/accounts" + path, Summary: summary, Tags: []string{"accounts"}, MaxBodyBytes: 16 << 10}
}

func (a *API) accounts() {
	manage := need(access.AccountsManage)
	register(a, manage, a.accountOperation("list-accounts", http.MethodGet, "", "All accounts"),
		func(ctx context.Context, in *PageInput) (*accountsOutput, error) {
			all, next, err := a.Auth.Accounts(ctx, in.After, in.Limit)
			if err != nil {
				return nil, err
			}
			out := &accountsOutput{}
			out.Body.Accounts, out.Body.Next = []Account{}, next
			for i := range all {
				out.Body.Accounts = append(out.Body.Accounts, accountView(&all[i]).Body)
			}
			return out, nil
		})
	create := secretAnswer(a.accountOperation("create-account", http.MethodPost, "", "Make an account, and the link with which its owner sets the password"))
	create.DefaultStatus = http.StatusCreated
	register(a, manage, create, func(ctx context.Context, in *struct{ Body accountBody }) (*createdAccount, error) {
		account, link, err := a.Auth.Create(ctx, caller(ctx).By(client(ctx)), auth.NewAccount{Name: in.Body.Name, Email: in.Body.Email, Role: in.Body.Role})
		if err != nil {
			return nil, err
		}
		out := &createdAccount{}
		out.Body.Account, out.Body.Link = accountView(account).Body, linkView(link)
		return out, nil
	})
	register(a, manage, a.accountOperation("get-account", http.MethodGet, "/{account}", "One account"),
		func(ctx context.Context, in *AccountPath) (*accountOutput, error) {
			account, err := a.Auth.Account(ctx, in.Account)
			if err != nil {
				return nil, err
			}
			return accountView(account), nil
		})
	register(a, manage, a.accountOperation("change-account", http.MethodPatch, "/{account}", "Rename, move, promote, disable or enable an account"), a.changeAccount)
	link := secretAnswer(a.accountOperation("make-link", http.MethodPost, "/{account}/link", "A new link with which its owner sets the password"))
	link.DefaultStatus = http.StatusCreated
	register(a, manage, link, func(ctx context.Context, in *AccountPath) (*struct{ Body *Link }, error) {
		l, err := a.Auth.Reset(ctx, caller(ctx).By(client(ctx)), in.Account)
		if err != nil {
			return nil, err
		}
		return &struct{ Body *Link }{linkView(l)}, nil
	})
	a.accountSecurity()
}

func (a *API) accountSecurity() {
	manage := need(access.AccountsManage)
	register(a, manage, a.accountOperation("remove-account-totp", http.MethodDelete, "/{account}/totp", "Take away a second factor that its owner lost; all sessions end"),
		func(ctx context.Context, in *AccountPath) (*struct{}, error) {
			return nil, a.Auth.RemoveTOTP(ctx, caller(ctx).By(client(ctx)), in.Account)
		})
	register(a, manage, a.accountOperation("list-account-sessions", http.MethodGet, "/{account}/sessions", "The sessions of an account"),
		func(ctx context.Context, in *AccountPath) (*sessionsOutput, error) {
			if _, err := a.Auth.Account(ctx, in.Account); err != nil {
				return nil, err
			}
			return a.sessionsOf(ctx, in.Account)
		})
	register(a, manage, a.accountOperation("end-account-sessions", http.MethodDelete, "/{account}/sessions", "End all sessions of an account"),
		func(ctx context.Context, in *AccountPath) (*endedOutput, error) {
			if _, err := a.Auth.Account(ctx, in.Account); err != nil {
				return nil, err
			}
			out := &endedOutput{}
			var err error
			out.Body.Ended, err = a.Auth.EndSessions(ctx, caller(ctx).By(client(ctx)), in.Account, "")
			return out, err
		})
}

func (a *API) changeAccount(ctx context.Context, in *accountChange) (*accountOutput, error) {
	version, err := matchesVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	account, err := a.Auth.Change(ctx, caller(ctx).By(client(ctx)), in.Account, version,
		auth.Change{Name: in.Body.Name, Email: in.Body.Email, Role: in.Body.Role, Disabled: in.Body.Disabled})
	if err != nil {
		return nil, err
	}
	return accountView(account), nil
}
