package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/tier"
)

// The cookies of browser sessions. The prefix __Host- has browsers send them to this very host over TLS only.
func accessCookie(secure bool) string  { return cookieName("analytix_access", secure) }
func refreshCookie(secure bool) string { return cookieName("analytix_refresh", secure) }

func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// credential is what a request shows: a token, and whether a browser sent it by itself.
func (a *API) credential(ctx huma.Context) (token string, cookie bool) {
	if h := ctx.Header("Authorization"); h != "" {
		return bearer(h), false
	}
	if c, err := huma.ReadCookie(ctx, accessCookie(a.Secure)); err == nil {
		return c.Value, true
	}
	return "", false
}

// guard lets those pass who may: signed in, with the permission in the workspace or the instance, and within the scopes of
// their token. It says nothing about what exists: whoever has no role in a workspace gets the answer for one that is not
// there.
func (a *API) guard(p access.Permission) func(huma.Context, func(huma.Context)) {
	scope, _ := p.Scope()
	return func(ctx huma.Context, next func(huma.Context)) {
		id, err := a.identify(ctx)
		if err != nil {
			a.refuse(ctx, err)
			return
		}
		release, ok := a.inFlight.enter(id.Account)
		if !ok {
			a.refuse(ctx, newProblem(http.StatusTooManyRequests, "too_many_requests", "Too many requests of yours are under way.").
				next("wait for answers before you send more").header("Retry-After", "1"))
			return
		}
		defer release()
		if err := a.allowed(ctx, id, p, scope); err != nil {
			a.refuse(withValue(ctx, keyCaller, id), err)
			return
		}
		next(withValue(ctx, keyCaller, id))
	}
}

func (a *API) identify(ctx huma.Context) (*auth.Identity, error) {
	token, cookie := a.credential(ctx)
	if token == "" {
		return nil, unauthenticated()
	}
	id, err := a.Auth.Authenticate(ctx.Context(), token, client(ctx.Context()).Address)
	if err != nil {
		return nil, err
	}
	if cookie && unsafe(ctx.Method()) {
		if err := a.sameSite(ctx, id); err != nil {
			return nil, err
		}
	}
	return id, nil
}

func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// sameSite holds a change that a browser sends with its cookies against forgery by another site: the page must show the
// session's token, which another site cannot read, and the browser must not say that another site sent it.
func (a *API) sameSite(ctx huma.Context, id *auth.Identity) error {
	if crossSite(ctx) {
		return forged("The browser says that another site sent the request.")
	}
	if !a.Auth.CheckCSRF(id.Session, ctx.Header("X-CSRF-Token")) {
		return forged("The token against forged requests is missing, or is that of another session.")
	}
	return nil
}

func forged(detail string) *Problem {
	return newProblem(http.StatusForbidden, "forged", detail).kept("nothing was changed").
		next("send the token of the session in the header X-CSRF-Token, or use a bearer token")
}

func (a *API) allowed(ctx huma.Context, id *auth.Identity, p access.Permission, scope access.Scope) error {
	role := id.Instance
	if scope == access.InWorkspace {
		role = id.In(ctx.Param("workspace"))
		if role == "" || (id.Instance == access.Administrator && !a.known(ctx.Context(), ctx.Param("workspace"))) {
			return missing()
		}
	}
	if !role.Allows(p) {
		return newProblem(http.StatusForbidden, "forbidden", "Your role does not allow it: "+string(p)+" is needed.").
			kept("nothing was changed").next("ask an administrator for a role that may %s", p.Says())
	}
	if !id.Scoped(p) {
		if id.Restricted {
			return newProblem(http.StatusForbidden, "second_factor_required", "The account must have a second factor first.").
				next("enrol one: POST " + Prefix + "/me/totp")
		}
		return newProblem(http.StatusForbidden, "scope", "The API token was not made for it: "+string(p)+" is not among its scopes.").
			kept("nothing was changed").next("make a token with that scope")
	}
	if id.Kind == auth.KindToken && scope == access.InWorkspace {
		l, err := a.limits(ctx.Context(), ctx.Param("workspace"))
		if err != nil {
			return err
		}
		return l.CheckFeature(tier.APITokens)
	}
	return nil
}

// known says whether a workspace exists, for those whose role does not come from being in it.
func (a *API) known(ctx context.Context, workspace string) bool {
	_, err := a.App.Workspace(ctx, workspace)
	return err == nil
}

// refuse answers with a problem in the place of the handler. The access log sees it.
func (a *API) refuse(ctx huma.Context, err error) {
	p := &Problem{}
	if !errors.As(a.problem(ctx.Context(), err), &p) {
		p = internalProblem()
	}
	a.recordRefusal(ctx, p)
	a.answer(ctx, p)
}

// answer writes a problem.
func (a *API) answer(ctx huma.Context, p *Problem) {
	told := *p
	told.Request = requestID(ctx.Context())
	for name, values := range told.headers {
		for _, v := range values {
			ctx.AppendHeader(name, v)
		}
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(told.Status)
	if err := huma.DefaultJSONFormat.Marshal(ctx.BodyWriter(), &told); err != nil {
		a.log.Debug("a client went away", "request", told.Request, "error", err)
	}
}

func withValue(ctx huma.Context, k key, v any) huma.Context { return huma.WithValue(ctx, k, v) }
