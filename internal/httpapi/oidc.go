package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/analytix-flow/analytix/internal/auth"
)

type departInput struct {
	Provider string `path:"provider" maxLength:"64"`
	Return   string `query:"return" maxLength:"500" doc:"The page to come back to: a path on this server."`
}

type arriveInput struct {
	Provider string `path:"provider" maxLength:"64"`
	State    string `query:"state" maxLength:"200"`
	Code     string `query:"code" maxLength:"4096"`
	Error    string `query:"error" maxLength:"200" doc:"What the provider says went wrong."`
}

type redirectOutput struct {
	Status    int
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

func (a *API) oidc() {
	depart := a.signInOperation("oidc-depart", http.MethodGet, "/oidc/{provider}", "Begin a sign-in by a provider: sends the browser there")
	depart.DefaultStatus = http.StatusSeeOther
	register(a, public, depart, func(ctx context.Context, in *departInput) (*redirectOutput, error) {
		d, err := a.Auth.Depart(ctx, in.Provider, in.Return)
		if err != nil {
			return nil, err
		}
		// Lax, for it comes back by way of another site. It proves only that this browser began the way.
		c := a.cookie(bindingCookie(a.Secure), d.Binding.Reveal(), d.Expires) //nolint:gosec // see above
		c.SameSite = http.SameSiteLaxMode
		return &redirectOutput{http.StatusSeeOther, d.URL, []http.Cookie{c}}, nil
	})
	arrive := a.signInOperation("oidc-arrive", http.MethodGet, "/oidc/{provider}/callback", "End a sign-in by a provider: the browser comes back here")
	arrive.DefaultStatus = http.StatusSeeOther
	register(a, public, arrive, a.arrive)
}

// arrive sends the browser on to a page in any case: with cookies, or to the page of the sign-in with what is the matter
// in the fragment, which no server sees.
func (a *API) arrive(ctx context.Context, in *arriveInput) (*redirectOutput, error) {
	gone := a.cookie(bindingCookie(a.Secure), "", a.now()) //nolint:gosec // it takes a cookie away
	gone.MaxAge, gone.SameSite = -1, http.SameSiteLaxMode
	out := &redirectOutput{Status: http.StatusSeeOther, SetCookie: []http.Cookie{gone}}
	signIn := func(values url.Values) (*redirectOutput, error) {
		out.Location = "/sign-in#" + values.Encode()
		return out, nil
	}
	if in.Error != "" {
		return signIn(url.Values{"problem": {"provider"}})
	}
	t, back, err := a.Auth.Arrive(ctx, in.Provider, auth.NewSecret(in.State), auth.NewSecret(sentCookies(ctx).binding), in.Code, client(ctx))
	var asked *auth.SecondFactorError
	switch {
	case errors.As(err, &asked):
		return signIn(url.Values{"challenge": {asked.Challenge.Reveal()}, "return": {back}})
	case errors.Is(err, auth.ErrCredentials):
		a.log.WarnContext(ctx, "a sign-in by a provider does not hold", "request", requestID(ctx), "provider", in.Provider, "error", err)
		return signIn(url.Values{"problem": {"credentials"}})
	case errors.Is(err, auth.ErrForbidden):
		return signIn(url.Values{"problem": {"forbidden"}})
	case err != nil:
		return nil, err
	}
	out.Location, out.SetCookie = back, append(out.SetCookie, a.sessionCookies(t)...)
	return out, nil
}
