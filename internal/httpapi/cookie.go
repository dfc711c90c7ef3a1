package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/auth"
)

const keySent key = 200

// sent are the cookies of a request that is about signing in.
type sent struct {
	access, refresh, binding string
}

func sentCookies(ctx context.Context) sent {
	s, _ := ctx.Value(keySent).(sent)
	return s
}

// The names of cookies beside those of guard.go. Pages read that of the CSRF token and send it back in a header, which
// another site cannot do.
func csrfCookie(secure bool) string    { return cookieName("analytix_csrf", secure) }
func bindingCookie(secure bool) string { return cookieName("analytix_oidc", secure) }

// sessionCookies keep the tokens of a session in a browser.
func (a *API) sessionCookies(t *auth.Tokens) []http.Cookie {
	csrf := a.cookie(csrfCookie(a.Secure), t.CSRF, t.RefreshExpires) //nolint:gosec // pages read this one; it is worth nothing without the others
	csrf.HttpOnly = false
	return []http.Cookie{
		a.cookie(accessCookie(a.Secure), t.Access.Reveal(), t.AccessExpires),
		a.cookie(refreshCookie(a.Secure), t.Refresh.Reveal(), t.RefreshExpires),
		csrf,
	}
}

// clearedCookies take the cookies of a session away.
func (a *API) clearedCookies() []http.Cookie {
	var all []http.Cookie
	for _, name := range []string{accessCookie(a.Secure), refreshCookie(a.Secure), csrfCookie(a.Secure)} {
		c := a.cookie(name, "", a.now()) //nolint:gosec // it takes a cookie away
		c.MaxAge = -1
		all = append(all, c)
	}
	return all
}

// cookie is sent to this very host only, never along with a request from another site, and no script reads it.
func (a *API) cookie(name, value string, expires time.Time) http.Cookie {
	return http.Cookie{ //nolint:gosec // without TLS, which is for this very machine, browsers would not send a secure one
		Name: name, Value: value, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteStrictMode,
		MaxAge: max(1, int(expires.Sub(a.now())/time.Second)),
	}
}

// fromHere refuses what another site has a browser send, and hands the cookies on to the handler. Programs, which are no
// browsers, say neither where a request comes from.
func (a *API) fromHere(ctx huma.Context, next func(huma.Context)) {
	if unsafe(ctx.Method()) && crossSite(ctx) {
		a.refuse(ctx, forged("The browser says that another site sent the request."))
		return
	}
	var s sent
	for name, into := range map[string]*string{accessCookie(a.Secure): &s.access, refreshCookie(a.Secure): &s.refresh, bindingCookie(a.Secure): &s.binding} {
		if c, err := huma.ReadCookie(ctx, name); err == nil && len(c.Value) < 4096 {
			*into = c.Value
		}
	}
	next(withValue(ctx, keySent, s))
}

// crossSite says whether a browser says that the request is not this site's own: by Sec-Fetch-Site, or where a browser
// does not know that, by Origin.
func crossSite(ctx huma.Context) bool {
	if site := ctx.Header("Sec-Fetch-Site"); site != "" {
		return site != "same-origin" && site != "none"
	}
	origin := ctx.Header("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host == "" || !strings.EqualFold(u.Host, ctx.Host())
}

// bearer is the token of a header Authorization.
func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
