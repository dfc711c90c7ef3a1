package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/auth"
)

// SignedIn is what a sign-in or a refresh gives. With cookies the tokens are in them alone, where no script reads them.
type SignedIn struct {
	Account        string    `json:"account"`
	Session        string    `json:"session"`
	AccessToken    string    `json:"access_token,omitempty" doc:"For the header Authorization: Bearer."`
	AccessExpires  time.Time `json:"access_expires"`
	RefreshToken   string    `json:"refresh_token,omitempty" doc:"Good for one refresh. Using it a second time ends the session."`
	RefreshExpires time.Time `json:"refresh_expires"`
	CSRFToken      string    `json:"csrf_token,omitempty" doc:"With cookies: to be sent in the header X-CSRF-Token with every change."`
	Restricted     bool      `json:"restricted" doc:"A second factor must be enrolled before anything else."`
}

// Challenge asks for the second step of a sign-in.
type Challenge struct {
	Challenge string    `json:"challenge"`
	Expires   time.Time `json:"expires"`
}

// signInResult is one of both.
type signInResult struct {
	SignedIn     *SignedIn  `json:"signed_in,omitempty"`
	SecondFactor *Challenge `json:"second_factor,omitempty" doc:"The password held; send this with a code to /auth/second-factor."`
}

type signInOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      signInResult
}

type signedInOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      SignedIn
}

// WithCookies asks for cookies in the place of tokens.
type WithCookies struct {
	Cookies bool `json:"cookies,omitempty" doc:"Keep the tokens in cookies that no script reads, for browsers."`
}

type signInInput struct {
	Body struct {
		WithCookies
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor; may also be sent in a second step."`
	}
}

type secondFactorInput struct {
	Body struct {
		WithCookies
		Challenge string `json:"challenge" maxLength:"100"`
		Code      string `json:"code" maxLength:"64" doc:"Of the authenticator, or a recovery code."`
	}
}

type refreshInput struct {
	Request string `header:"Idempotency-Key" maxLength:"200" doc:"Made up by the client for this refresh, 16 characters or more: the same refresh, sent again within seconds, gets the same answer."`
	Body    *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"200" doc:"Browsers leave it out: it is in their cookie."`
	}
}

// tagAuth groups what is about signing in.
var tagAuth = []string{"sign-in"}

// operation is a public one of signing in, which other sites cannot have a browser call.
func (a *API) signInOperation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: Prefix + "/auth" + path, Summary: summary, Tags: tagAuth,
		Middlewares: huma.Middlewares{a.fromHere}, MaxBodyBytes: 16 << 10}
}

func (a *API) signIns() {
	register(a, public, a.signInOperation("sign-in", http.MethodPost, "/sign-in", "Sign in with mail address and password"),
		func(ctx context.Context, in *signInInput) (*signInOutput, error) {
			t, err := a.Auth.SignIn(ctx, in.Body.Email, in.Body.Password, in.Body.Code, client(ctx))
			return a.signedInOrAsked(t, err, in.Body.Cookies)
		})
	register(a, public, a.signInOperation("second-factor", http.MethodPost, "/second-factor", "The second step of a sign-in: a code"),
		func(ctx context.Context, in *secondFactorInput) (*signedInOutput, error) {
			t, err := a.Auth.SecondFactor(ctx, auth.NewSecret(in.Body.Challenge), in.Body.Code, client(ctx))
			if err != nil {
				return nil, err
			}
			body, cookies := a.signedIn(t, in.Body.Cookies)
			return &signedInOutput{cookies, body}, nil
		})
	register(a, public, a.signInOperation("refresh", http.MethodPost, "/refresh", "New tokens for a refresh token, which is used up"), a.refresh)
	out := a.signInOperation("sign-out", http.MethodPost, "/sign-out", "End the session of the token or the cookies that are sent along")
	register(a, public, out, a.signOut)
}

func (a *API) signedInOrAsked(t *auth.Tokens, err error, cookies bool) (*signInOutput, error) {
	var asked *auth.SecondFactorError
	if errors.As(err, &asked) {
		return &signInOutput{Body: signInResult{SecondFactor: &Challenge{asked.Challenge.Reveal(), asked.Expires}}}, nil
	}
	if err != nil {
		return nil, err
	}
	body, set := a.signedIn(t, cookies)
	return &signInOutput{set, signInResult{SignedIn: &body}}, nil
}

// signedIn shows tokens in the body, or puts them into cookies.
func (a *API) signedIn(t *auth.Tokens, cookies bool) (SignedIn, []http.Cookie) {
	body := SignedIn{Account: t.Account, Session: t.Session, AccessExpires: t.AccessExpires, RefreshExpires: t.RefreshExpires, Restricted: t.Restricted}
	if !cookies {
		body.AccessToken, body.RefreshToken = t.Access.Reveal(), t.Refresh.Reveal()
		return body, nil
	}
	body.CSRFToken = t.CSRF
	return body, a.sessionCookies(t)
}

func (a *API) refresh(ctx context.Context, in *refreshInput) (*signedInOutput, error) {
	token, cookies := auth.Secret{}, false
	if in.Body != nil {
		token = auth.NewSecret(in.Body.RefreshToken)
	}
	if sent := sentCookies(ctx); token.Empty() && sent.refresh != "" {
		token, cookies = auth.NewSecret(sent.refresh), true
	}
	if token.Empty() {
		return nil, unauthenticated()
	}
	t, err := a.Auth.Refresh(ctx, token, in.Request, client(ctx))
	if err != nil {
		return nil, err
	}
	body, set := a.signedIn(t, cookies)
	return &signedInOutput{set, body}, nil
}

type signOutInput struct {
	Authorization string `header:"Authorization" maxLength:"8192"`
	Body          *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"200"`
	}
}

type signOutOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// signOut ends the session that any of what is sent along names, and takes the cookies away in any case.
func (a *API) signOut(ctx context.Context, in *signOutInput) (*signOutOutput, error) {
	sent := sentCookies(ctx)
	refresh := sent.refresh
	if in.Body != nil && in.Body.RefreshToken != "" {
		refresh = in.Body.RefreshToken
	}
	if refresh != "" {
		if err := a.Auth.SignOutByRefresh(ctx, auth.NewSecret(refresh), client(ctx)); err != nil {
			return nil, err
		}
	}
	for _, token := range []string{bearer(in.Authorization), sent.access} {
		if token == "" {
			continue
		}
		id, err := a.Auth.Authenticate(ctx, token, client(ctx).Address)
		if err == nil {
			err = a.Auth.SignOut(ctx, id, client(ctx))
		}
		if err != nil && !errors.Is(err, auth.ErrUnauthenticated) && !errors.Is(err, auth.ErrNotFound) {
			return nil, err
		}
	}
	return &signOutOutput{a.clearedCookies()}, nil
}
