package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/tier"
)

// Session is a sign-in that lasts.
type Session struct {
	ID      string    `json:"id"`
	Method  string    `json:"method" doc:"How somebody signed in."`
	Address string    `json:"address"`
	Device  string    `json:"device" doc:"What the browser or program says it is."`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Current bool      `json:"current" doc:"It is the one of this very request."`
}

type sessionsOutput struct {
	Body struct {
		Sessions []Session `json:"sessions"`
	}
}

type endedOutput struct {
	Body struct {
		Ended int `json:"ended" doc:"How many sessions ended."`
	}
}

func (a *API) sessionsOf(ctx context.Context, account string) (*sessionsOutput, error) {
	all, err := a.Auth.Sessions(ctx, account)
	if err != nil {
		return nil, err
	}
	out := &sessionsOutput{}
	out.Body.Sessions = []Session{}
	for _, s := range all {
		out.Body.Sessions = append(out.Body.Sessions, Session{ID: s.ID, Method: s.Method, Address: s.Address, Device: s.Device, Created: s.Created,
			Seen: s.Seen, Expires: s.Expires, Current: s.ID == caller(ctx).Session})
	}
	return out, nil
}

func (a *API) sessions() {
	self := need(access.SelfManage)
	register(a, self, a.selfOperation("list-my-sessions", http.MethodGet, "/sessions", "One's own sessions"),
		func(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
			return a.sessionsOf(ctx, caller(ctx).Account)
		})
	register(a, self, a.selfOperation("end-my-session", http.MethodDelete, "/sessions/{session}", "End one of one's own sessions"),
		func(ctx context.Context, in *struct {
			Session string `path:"session" maxLength:"64"`
		},
		) (*struct{}, error) {
			who := caller(ctx)
			if err := byPerson(who); err != nil {
				return nil, err
			}
			return nil, a.Auth.EndSession(ctx, who.By(client(ctx)), who.Account, in.Session)
		})
	register(a, self, a.selfOperation("end-my-other-sessions", http.MethodDelete, "/sessions", "End all of one's own sessions but this one"),
		func(ctx context.Context, _ *struct{}) (*endedOutput, error) {
			who := caller(ctx)
			if err := byPerson(who); err != nil {
				return nil, err
			}
			out := &endedOutput{}
			var err error
			out.Body.Ended, err = a.Auth.EndSessions(ctx, who.By(client(ctx)), who.Account, who.Session)
			return out, err
		})
}

// byPerson refuses API tokens: what concerns the account itself needs somebody who signed in.
func byPerson(who *auth.Identity) error {
	if who.Kind == auth.KindSession {
		return nil
	}
	return newProblem(http.StatusForbidden, "forbidden", "An API token cannot do this.").kept("nothing was changed").next("sign in")
}

// APIToken is a personal token for programs.
type APIToken struct {
	ID      string              `json:"id"`
	Name    string              `json:"name"`
	Scopes  []access.Permission `json:"scopes"`
	Created time.Time           `json:"created"`
	Expires time.Time           `json:"expires"`
	Used    *time.Time          `json:"used,omitempty" doc:"When it was used last."`
}

// NewAPIToken is an API token on the day that it is made.
type NewAPIToken struct {
	APIToken
	Token string `json:"token" doc:"The token itself: atx_... Shown once."`
}

type tokenInput struct {
	Body struct {
		Name    string              `json:"name" minLength:"1" maxLength:"100"`
		Scopes  []access.Permission `json:"scopes" minItems:"1" maxItems:"50" doc:"Permissions, as docs/permissions.md lists them."`
		Expires time.Time           `json:"expires" doc:"Within a year."`
	}
}

func tokenView(t *auth.APIToken) APIToken {
	v := APIToken{ID: t.ID, Name: t.Name, Scopes: t.Scopes, Created: t.Created, Expires: t.Expires}
	if !t.Used.IsZero() {
		v.Used = &t.Used
	}
	return v
}

func (a *API) tokens() {
	self := need(access.SelfManage)
	register(a, self, a.selfOperation("list-my-tokens", http.MethodGet, "/tokens", "One's own API tokens"),
		func(ctx context.Context, _ *struct{}) (*struct {
			Body struct {
				Tokens []APIToken `json:"tokens"`
			}
		}, error) {
			all, err := a.Auth.APITokens(ctx, caller(ctx).Account)
			if err != nil {
				return nil, err
			}
			out := &struct {
				Body struct {
					Tokens []APIToken `json:"tokens"`
				}
			}{}
			out.Body.Tokens = []APIToken{}
			for i := range all {
				out.Body.Tokens = append(out.Body.Tokens, tokenView(&all[i]))
			}
			return out, nil
		})
	makes := secretAnswer(a.selfOperation("make-my-token", http.MethodPost, "/tokens", "Make an API token"))
	makes.DefaultStatus = http.StatusCreated
	register(a, self, makes, a.makeToken)
	register(a, self, a.selfOperation("revoke-my-token", http.MethodDelete, "/tokens/{token}", "Revoke an API token"),
		func(ctx context.Context, in *struct {
			Token string `path:"token" maxLength:"64" doc:"Its id."`
		},
		) (*struct{}, error) {
			who := caller(ctx)
			if who.Kind == auth.KindToken && who.Session != in.Token {
				return nil, byPerson(who) // a token may end itself, and nothing else
			}
			return nil, a.Auth.RevokeToken(ctx, who.By(client(ctx)), who.Account, in.Token)
		})
}

func (a *API) makeToken(ctx context.Context, in *tokenInput) (*struct{ Body NewAPIToken }, error) {
	who := caller(ctx)
	if err := a.mayHaveTokens(ctx, who); err != nil {
		return nil, err
	}
	t, secret, err := a.Auth.MakeToken(ctx, who, auth.NewAPIToken{Name: in.Body.Name, Scopes: in.Body.Scopes, Expires: in.Body.Expires}, client(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body NewAPIToken }{NewAPIToken{tokenView(t), secret.Reveal()}}, nil
}

// mayHaveTokens says whether a tier of the caller's workspaces has API tokens. The guard holds each use to the tier of the
// workspace that it is used in.
func (a *API) mayHaveTokens(ctx context.Context, who *auth.Identity) error {
	if who.Instance == access.Administrator || len(who.Workspaces) == 0 {
		return nil
	}
	var refused error
	for workspace := range who.Workspaces {
		l, err := a.limits(ctx, workspace)
		if err != nil {
			return err
		}
		if refused = l.CheckFeature(tier.APITokens); refused == nil {
			return nil
		}
	}
	return refused
}
