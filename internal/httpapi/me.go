package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
)

// Me is who calls, as they see themselves.
type Me struct {
	Account
	Kind              string                 `json:"kind" enum:"session,token" doc:"What the caller came by."`
	Session           string                 `json:"session" doc:"Id of the session or API token."`
	Scopes            []access.Permission    `json:"scopes,omitempty" doc:"Of the API token."`
	Restricted        bool                   `json:"restricted" doc:"A second factor must be enrolled before anything else."`
	Workspaces        map[string]access.Role `json:"workspaces" doc:"Roles by id of the workspace."`
	RecoveryCodesLeft int64                  `json:"recovery_codes_left"`
	CSRFToken         string                 `json:"csrf_token,omitempty" doc:"Of the session, for the header X-CSRF-Token."`
}

type meOutput struct {
	ETag string `header:"ETag"`
	Body Me
}

// Enrolment is what an authenticator needs.
type Enrolment struct {
	Secret string `json:"secret" doc:"Base32, to be typed. Shown once."`
	URL    string `json:"url" doc:"otpauth://, to be shown as a QR code. Shown once."`
}

type recoveryOutput struct {
	Body struct {
		RecoveryCodes []string `json:"recovery_codes" doc:"Each is good for one sign-in without the authenticator. Shown once."`
	}
}

func (a *API) selfOperation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: Prefix + "/me" + path, Summary: summary, Tags: []string{"me"}, MaxBodyBytes: 16 << 10}
}

// me is everything about the caller's own account. API tokens see it and change nothing of it: package auth refuses them.
func (a *API) me() {
	self := need(access.SelfManage)
	register(a, self, a.selfOperation("get-me", http.MethodGet, "", "Who calls"), func(ctx context.Context, _ *struct{}) (*meOutput, error) { return a.meView(ctx) })
	register(a, self, a.selfOperation("change-me", http.MethodPatch, "", "Change one's own name"), a.changeMe)
	register(a, self, a.selfOperation("change-password", http.MethodPut, "/password", "Change the password; all other sessions end"),
		func(ctx context.Context, in *struct {
			Body struct {
				Old string `json:"old" maxLength:"1024"`
				New string `json:"new" maxLength:"1024"`
			}
		},
		) (*struct{}, error) {
			return nil, a.Auth.ChangePassword(ctx, caller(ctx), in.Body.Old, in.Body.New, client(ctx))
		})
	a.secondFactor()
}

func (a *API) secondFactor() {
	self := need(access.SelfManage)
	enrol := secretAnswer(a.selfOperation("enrol-totp", http.MethodPost, "/totp", "Begin to set up a second factor (TOTP)"))
	enrol.DefaultStatus = http.StatusCreated
	register(a, self, enrol, func(ctx context.Context, in *struct {
		Body struct {
			Password string `json:"password,omitempty" maxLength:"1024" doc:"Where the account has one."`
		}
	},
	) (*struct{ Body Enrolment }, error) {
		e, err := a.Auth.Enrol(ctx, caller(ctx), in.Body.Password, client(ctx))
		if err != nil {
			return nil, err
		}
		return &struct{ Body Enrolment }{Enrolment{e.Secret.Reveal(), e.URL.Reveal()}}, nil
	})
	register(a, self, secretAnswer(a.selfOperation("confirm-totp", http.MethodPost, "/totp/confirm", "Put the second factor in use with its first code")),
		func(ctx context.Context, in *codeInput) (*recoveryOutput, error) {
			return recoveryView(a.Auth.Confirm(ctx, caller(ctx), in.Body.Code, client(ctx)))
		})
	register(a, self, secretAnswer(a.selfOperation("renew-recovery-codes", http.MethodPost, "/totp/recovery-codes", "New recovery codes in the place of the old")),
		func(ctx context.Context, in *codeInput) (*recoveryOutput, error) {
			return recoveryView(a.Auth.RenewRecoveryCodes(ctx, caller(ctx), in.Body.Code, client(ctx)))
		})
	register(a, self, a.selfOperation("remove-totp", http.MethodPost, "/totp/remove", "Take the second factor away"),
		func(ctx context.Context, in *struct {
			Body struct {
				Password string `json:"password,omitempty" maxLength:"1024" doc:"Where the account has one."`
				Code     string `json:"code" maxLength:"64"`
			}
		},
		) (*struct{}, error) {
			return nil, a.Auth.Unenrol(ctx, caller(ctx), in.Body.Password, in.Body.Code, client(ctx))
		})
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"64"`
	}
}

func recoveryView(codes []auth.Secret, err error) (*recoveryOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &recoveryOutput{}
	for _, c := range codes {
		out.Body.RecoveryCodes = append(out.Body.RecoveryCodes, c.Reveal())
	}
	return out, nil
}

func (a *API) meView(ctx context.Context) (*meOutput, error) {
	who := caller(ctx)
	account, err := a.Auth.Account(ctx, who.Account)
	if err != nil {
		return nil, err
	}
	left, err := a.Auth.RecoveryCodesLeft(ctx, who.Account)
	if err != nil {
		return nil, err
	}
	view := accountView(account)
	out := &meOutput{ETag: view.ETag, Body: Me{Account: view.Body, Kind: who.Kind, Session: who.Session, Scopes: who.Scopes, Restricted: who.Restricted,
		Workspaces: who.Workspaces, RecoveryCodesLeft: left}}
	if who.Kind == auth.KindSession {
		out.Body.CSRFToken = a.Auth.CSRF(who.Session)
	}
	return out, nil
}

func (a *API) changeMe(ctx context.Context, in *struct {
	IfMatch string `header:"If-Match" maxLength:"100"`
	Body    struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
},
) (*meOutput, error) {
	version, err := matchesVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	who := caller(ctx)
	if who.Kind != auth.KindSession {
		return nil, newProblem(http.StatusForbidden, "forbidden", "An API token cannot do this.").kept("nothing was changed").next("sign in")
	}
	if _, err := a.Auth.Change(ctx, who.By(client(ctx)), who.Account, version, auth.Change{Name: &in.Body.Name}); err != nil {
		return nil, err
	}
	return a.meView(ctx)
}
