package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/analytix-flow/analytix/internal/auth"
)

// Ways is how people can sign in.
type Ways struct {
	Started   bool  `json:"started" doc:"There is an account. Where there is none, the link that the server showed makes the first."`
	Providers []Way `json:"providers"`
}

// Way is a provider of OpenID Connect.
type Way struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Path string `json:"path" doc:"Where a browser begins."`
}

// Link is a one-time link: the page /link of the web application takes its token from the fragment, which no server sees.
type Link struct {
	Kind    string    `json:"kind" enum:"invitation,reset"`
	Token   string    `json:"token" doc:"Shown once. Whoever has it sets the password of the account."`
	Path    string    `json:"path" doc:"The page to open, on this server."`
	Expires time.Time `json:"expires"`
}

func linkView(l *auth.Link) *Link {
	return &Link{Kind: string(l.Kind), Token: l.Token.Reveal(), Path: "/link#" + l.Token.Reveal(), Expires: l.Expires}
}

type firstStartInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100" doc:"Of the link that the server showed when it started."`
		Name     string `json:"name" minLength:"1" maxLength:"100"`
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type linkInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100"`
	}
}

type acceptInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type linkOutput struct {
	Body struct {
		Kind  string `json:"kind" enum:"invitation,reset"`
		Name  string `json:"name"`
		Email string `json:"email"`
	}
}

func (a *API) links() {
	register(a, public, a.signInOperation("sign-in-ways", http.MethodGet, "", "How people can sign in"),
		func(ctx context.Context, _ *struct{}) (*struct{ Body Ways }, error) {
			started, err := a.Auth.Started(ctx)
			if err != nil {
				return nil, err
			}
			w := Ways{Started: started, Providers: []Way{}}
			for _, p := range a.Auth.Providers() {
				w.Providers = append(w.Providers, Way{ID: p[0], Name: p[1], Path: Prefix + "/auth/oidc/" + p[0]})
			}
			return &struct{ Body Ways }{w}, nil
		})
	begin := a.signInOperation("first-start", http.MethodPost, "/first-start", "Make the first administrator and the first workspace")
	begin.DefaultStatus = http.StatusCreated
	register(a, public, begin, func(ctx context.Context, in *firstStartInput) (*accountOutput, error) {
		account, err := a.Auth.Begin(ctx, auth.NewSecret(in.Body.Token), in.Body.Name, in.Body.Email, in.Body.Password, client(ctx))
		if err != nil {
			return nil, err
		}
		return accountView(account), nil
	})
	register(a, public, a.signInOperation("look-at-link", http.MethodPost, "/links/look", "Whom a one-time link is for; it stays valid"),
		func(ctx context.Context, in *linkInput) (*linkOutput, error) {
			kind, account, err := a.Auth.Look(ctx, auth.NewSecret(in.Body.Token))
			if err != nil {
				return nil, err
			}
			out := &linkOutput{}
			out.Body.Kind, out.Body.Name, out.Body.Email = string(kind), account.Name, account.Email
			return out, nil
		})
	register(a, public, a.signInOperation("accept-link", http.MethodPost, "/links/accept", "Set the password that a one-time link is for"),
		func(ctx context.Context, in *acceptInput) (*accountOutput, error) {
			account, err := a.Auth.Accept(ctx, auth.NewSecret(in.Body.Token), in.Body.Password, client(ctx))
			if err != nil {
				return nil, err
			}
			return accountView(account), nil
		})
}
