package httpapi_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/httpapi"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
	"github.com/analytix-flow/analytix/internal/stage/quality"
	"github.com/analytix-flow/analytix/internal/stage/reception"
	"github.com/analytix-flow/analytix/internal/stage/recommendation"
)

const (
	goodPassword  = "correct lamp ferry orchid"
	otherPassword = "velvet tram onion glacier"
)

// opener opens what was received, as the command line does.
type opener struct{}

func (opener) Open(ctx context.Context, r stage.Received) (io.ReadCloser, error) {
	return dataset.Open(ctx, &r)
}

func managers() []stage.Manager {
	return []stage.Manager{reception.New(opener{}), quality.New(), insight.New(), recommendation.New()}
}

// site is the API on an instance of its own.
type site struct {
	*httptest.Server
	t     *testing.T
	auth  *auth.Service
	mu    sync.Mutex
	clock time.Time
}

func (s *site) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(d)
}

func openSite(t *testing.T, change func(*auth.Config)) *site {
	t.Helper()
	master, err := keys.Load(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Home: t.TempDir(), Keys: master, Managers: managers(), Command: []string{os.Args[0]}, Dormant: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, clock: time.Now()} // near the real time, for a jar forgets cookies by that
	cfg := auth.Config{Issuer: "http://site.example", Hashing: auth.Hashing{MemoryKiB: 64, Passes: 1}}
	if change != nil {
		change(&cfg)
	}
	s.auth, err = auth.New(t.Context(), cfg, auth.Parts{Records: a.Records(), Keys: a.Ring(), Workspaces: a.Roles(), Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	access, err := accesslog.Open(t.Context(), accesslog.Config{Store: a.Records(), Ring: a.Ring()})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(httpapi.New(httpapi.Config{App: a, Auth: s.auth, Access: access, Now: s.now}))
	t.Cleanup(func() {
		s.Close()
		if err := access.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return s
}

// user is a client: a program with a token, or a browser with cookies.
type user struct {
	s       *site
	client  *http.Client
	headers map[string]string
}

func (s *site) program() *user { return &user{s: s, client: s.Client(), headers: map[string]string{}} }

func (s *site) browser() *user {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &user{s: s, client: c, headers: map[string]string{"Sec-Fetch-Site": "same-origin"}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (a answer) code() string { code, _ := a.body["code"].(string); return code }

func (u *user) do(method, path string, body any, headers ...string) answer {
	u.s.t.Helper()
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			u.s.t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(u.s.t.Context(), method, u.s.URL+httpapi.Prefix+path, in)
	if err != nil {
		u.s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range u.headers {
		r.Header.Set(name, value)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := u.client.Do(r)
	if err != nil {
		u.s.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(res.Body)
	if err != nil {
		u.s.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(text)}
	if len(text) > 0 && text[0] == '{' {
		if err := json.Unmarshal(text, &a.body); err != nil {
			u.s.t.Fatal(err)
		}
	}
	return a
}

// want checks a status, and the code of a problem where there is one.
func (a answer) want(t *testing.T, what string, status int, code ...string) answer {
	t.Helper()
	if a.status != status || (len(code) > 0 && a.code() != code[0]) {
		t.Fatalf("%s: %d %s, want %d %v", what, a.status, a.text, status, code)
	}
	return a
}

func (a answer) get(path ...string) string {
	var v any = a.body
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return fmt.Sprint(v)
}

type fields = map[string]any

// administrator goes through the first start.
func (s *site) administrator() {
	s.t.Helper()
	l, err := s.auth.FirstStart(s.t.Context())
	if err != nil || l == nil {
		s.t.Fatalf("%v, %v", l, err)
	}
	s.program().do("POST", "/auth/first-start", fields{"token": l.Token.Reveal(), "name": "Ada", "email": "ada@example.org", "password": goodPassword}).
		want(s.t, "the first start", http.StatusCreated)
}

// signedIn is a program with the tokens of a session.
func (s *site) signedIn(email string) (*user, answer) {
	s.t.Helper()
	u := s.program()
	a := u.do("POST", "/auth/sign-in", fields{"email": email, "password": goodPassword}).want(s.t, "signing in", http.StatusOK)
	u.headers["Authorization"] = "Bearer " + a.get("signed_in", "access_token")
	return u, a
}

// surfed is a browser with the cookies of a session.
func (s *site) surfed(email string) *user {
	s.t.Helper()
	u := s.browser()
	a := u.do("POST", "/auth/sign-in", fields{"email": email, "password": goodPassword, "cookies": true}).want(s.t, "signing in", http.StatusOK)
	u.headers["X-CSRF-Token"] = a.get("signed_in", "csrf_token")
	return u
}

func (u *user) cookie(name string) *http.Cookie {
	at, err := url.Parse(u.s.URL)
	if err != nil {
		u.s.t.Fatal(err)
	}
	for _, c := range u.client.Jar.Cookies(at) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1e6)
}

func TestFirstStartOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	u := s.program()
	if a := u.do("GET", "/auth", nil).want(t, "the ways", http.StatusOK); a.body["started"] != false {
		t.Errorf("%s", a.text)
	}
	u.do("GET", "/me", nil).want(t, "before anybody is there", http.StatusUnauthorized, "unauthenticated")
	u.do("POST", "/auth/first-start", fields{"token": "x", "name": "Ada", "email": "ada@example.org", "password": goodPassword}).
		want(t, "a made-up link", http.StatusGone, "link")
	s.administrator()
	if a := u.do("GET", "/auth", nil); a.body["started"] != true {
		t.Errorf("%s", a.text)
	}
	ada, _ := s.signedIn("ada@example.org")
	me := ada.do("GET", "/me", nil).want(t, "who calls", http.StatusOK)
	if me.get("name") != "Ada" || me.get("role") != "administrator" || len(me.body["workspaces"].(map[string]any)) != 1 || me.header.Get("ETag") == "" {
		t.Errorf("%s", me.text)
	}
	if a := ada.do("GET", "/workspaces", nil).want(t, "workspaces", http.StatusOK); !strings.Contains(a.text, `"default"`) {
		t.Errorf("%s", a.text)
	}
}

func TestSigningInOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	s.administrator()
	u := s.program()
	wrong := u.do("POST", "/auth/sign-in", fields{"email": "ada@example.org", "password": otherPassword}).want(t, "a wrong password", http.StatusUnauthorized, "credentials")
	unknown := u.do("POST", "/auth/sign-in", fields{"email": "x@example.org", "password": otherPassword}).want(t, "an unknown account", http.StatusUnauthorized, "credentials")
	delete(wrong.body, "request")
	delete(unknown.body, "request")
	if fmt.Sprint(wrong.body) != fmt.Sprint(unknown.body) {
		t.Errorf("answers differ: %v, %v", wrong.body, unknown.body)
	}
	for range 4 {
		u.do("POST", "/auth/sign-in", fields{"email": "ada@example.org", "password": otherPassword}).want(t, "a guess", http.StatusUnauthorized)
	}
	if a := u.do("POST", "/auth/sign-in", fields{"email": "ada@example.org", "password": goodPassword}).want(t, "too many", http.StatusTooManyRequests, "throttled"); a.header.Get("Retry-After") != "2" {
		t.Errorf("%v", a.header)
	}
	s.pass(3 * time.Second)
	ada, first := s.signedIn("ada@example.org")
	if first.header.Get("Set-Cookie") != "" || first.get("signed_in", "csrf_token") != "<nil>" {
		t.Errorf("a program got cookies: %v", first.header)
	}
	token := first.get("signed_in", "refresh_token")
	next := u.do("POST", "/auth/refresh", fields{"refresh_token": token}).want(t, "a refresh", http.StatusOK)
	u.do("POST", "/auth/refresh", fields{"refresh_token": token}).want(t, "the token again", http.StatusUnauthorized, "unauthenticated")
	ada.do("GET", "/me", nil).want(t, "after the re-use", http.StatusUnauthorized, "unauthenticated")
	u.do("POST", "/auth/refresh", fields{"refresh_token": next.get("refresh_token")}).want(t, "the live token", http.StatusUnauthorized, "unauthenticated")
	u.do("POST", "/auth/refresh", nil).want(t, "no token", http.StatusUnauthorized, "unauthenticated")

	ada, _ = s.signedIn("ada@example.org")
	ada.do("POST", "/auth/sign-out", nil).want(t, "signing out", http.StatusNoContent)
	ada.do("GET", "/me", nil).want(t, "signed out", http.StatusUnauthorized)
	u.do("POST", "/auth/sign-out", nil).want(t, "signing out again", http.StatusNoContent)
}

func TestTheSameRefreshOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	s.administrator()
	_, in := s.signedIn("ada@example.org")
	u, token := s.program(), fields{"refresh_token": in.get("signed_in", "refresh_token")}
	first := u.do("POST", "/auth/refresh", token, "Idempotency-Key", "0123456789abcdef").want(t, "a refresh", http.StatusOK)
	second := u.do("POST", "/auth/refresh", token, "Idempotency-Key", "0123456789abcdef").want(t, "the same", http.StatusOK)
	if first.get("refresh_token") != second.get("refresh_token") {
		t.Error("the same request got another answer")
	}
}

func TestBrowsersAreHeldAgainstForgery(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	s.administrator()
	b := s.surfed("ada@example.org")
	in := s.browser().do("POST", "/auth/sign-in", fields{"email": "ada@example.org", "password": goodPassword, "cookies": true})
	if in.get("signed_in", "access_token") != "<nil>" || in.get("signed_in", "refresh_token") != "<nil>" {
		t.Error("a script can read the tokens")
	}
	for _, line := range in.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.HttpOnly == (c.Name == "analytix_csrf") || c.MaxAge <= 0 {
			t.Errorf("cookie %s, %v", line, err)
		}
	}
	b.do("GET", "/me", nil).want(t, "reading", http.StatusOK)
	etag := b.do("GET", "/me", nil).header.Get("ETag")
	change := func(headers ...string) answer {
		return b.do("PATCH", "/me", fields{"name": "Ada"}, append(headers, "If-Match", etag)...)
	}
	other := s.surfed("ada@example.org").headers["X-CSRF-Token"]
	change("X-CSRF-Token", "").want(t, "without the token", http.StatusForbidden, "forged")
	change("X-CSRF-Token", other).want(t, "with that of another session", http.StatusForbidden, "forged")
	change("Sec-Fetch-Site", "cross-site").want(t, "from another site", http.StatusForbidden, "forged")
	change("Sec-Fetch-Site", "same-site").want(t, "from a neighbour", http.StatusForbidden, "forged")
	delete(b.headers, "Sec-Fetch-Site")
	change("Origin", "https://evil.example").want(t, "by an old browser, from another site", http.StatusForbidden, "forged")
	change("Origin", "null").want(t, "from nowhere", http.StatusForbidden, "forged")
	change("Origin", s.URL).want(t, "by an old browser", http.StatusOK)
	change().want(t, "the page itself", http.StatusOK)

	b.do("POST", "/auth/refresh", nil, "Sec-Fetch-Site", "cross-site").want(t, "a refresh from another site", http.StatusForbidden, "forged")
	b.do("POST", "/auth/sign-out", nil, "Sec-Fetch-Site", "cross-site").want(t, "a sign-out from another site", http.StatusForbidden, "forged")
	s.browser().do("POST", "/auth/sign-in", fields{"email": "ada@example.org", "password": goodPassword, "cookies": true}, "Sec-Fetch-Site", "cross-site").
		want(t, "a sign-in from another site", http.StatusForbidden, "forged")

	before := b.cookie("analytix_refresh").Value
	b.do("POST", "/auth/refresh", nil).want(t, "a refresh by cookie", http.StatusOK)
	if b.cookie("analytix_refresh").Value == before {
		t.Error("the cookie is the old one")
	}
	b.do("GET", "/me", nil).want(t, "after the refresh", http.StatusOK)
	b.do("POST", "/auth/sign-out", nil).want(t, "signing out", http.StatusNoContent)
	if b.cookie("analytix_access") != nil || b.cookie("analytix_refresh") != nil {
		t.Error("the cookies are still there")
	}
	b.do("GET", "/me", nil).want(t, "signed out", http.StatusUnauthorized)
}

func TestSecondFactorOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, func(c *auth.Config) { c.TOTP = auth.ForEveryone })
	s.administrator()
	ada, in := s.signedIn("ada@example.org")
	if in.get("signed_in", "restricted") != "true" {
		t.Errorf("%s", in.text)
	}
	ada.do("GET", "/accounts", nil).want(t, "before enrolling", http.StatusForbidden, "second_factor_required")
	enrolment := ada.do("POST", "/me/totp", fields{"password": goodPassword}).want(t, "enrolling", http.StatusCreated)
	ada.do("POST", "/me/totp/confirm", fields{"code": "no"}).want(t, "a wrong code", http.StatusUnauthorized, "credentials")
	confirmed := ada.do("POST", "/me/totp/confirm", fields{"code": codeAt(t, enrolment.get("secret"), s.now())}).want(t, "confirming", http.StatusOK)
	if n := len(confirmed.body["recovery_codes"].([]any)); n != 10 {
		t.Errorf("%d recovery codes", n)
	}
	ada.do("GET", "/accounts", nil).want(t, "enrolled", http.StatusOK)
	s.pass(time.Minute)
	u := s.program()
	asked := u.do("POST", "/auth/sign-in", fields{"email": "ada@example.org", "password": goodPassword}).want(t, "the first step", http.StatusOK)
	if asked.body["signed_in"] != nil {
		t.Fatalf("the password alone was enough: %s", asked.text)
	}
	second := fields{"challenge": asked.get("second_factor", "challenge"), "code": codeAt(t, enrolment.get("secret"), s.now())}
	u.do("POST", "/auth/second-factor", second).want(t, "the second step", http.StatusOK)
	u.do("POST", "/auth/second-factor", second).want(t, "the second step again", http.StatusUnauthorized, "credentials")
}

func TestAccountsOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	s.administrator()
	ada, _ := s.signedIn("ada@example.org")
	made := ada.do("POST", "/accounts", fields{"name": "Ben", "email": "ben@example.org"}).want(t, "making an account", http.StatusCreated)
	ada.do("POST", "/accounts", fields{"name": "Ben", "email": "ben@example.org"}).want(t, "the same again", http.StatusConflict, "exists")
	ada.do("POST", "/accounts", fields{"name": "Cy", "email": "cy@example.org"}, "Idempotency-Key", "k").want(t, "with a key", http.StatusBadRequest, "idempotency_key")
	id, link := made.get("account", "id"), made.get("link", "token")
	if made.get("link", "path") != "/link#"+link {
		t.Errorf("%s", made.text)
	}
	u := s.program()
	if a := u.do("POST", "/auth/links/look", fields{"token": link}).want(t, "looking", http.StatusOK); a.get("email") != "ben@example.org" || a.get("kind") != "invitation" {
		t.Errorf("%s", a.text)
	}
	weak := u.do("POST", "/auth/links/accept", fields{"token": link, "password": "benbenbenben"}).want(t, "a weak password", http.StatusUnprocessableEntity, "weak_password")
	if strings.Contains(weak.text, "benbenbenben") || weak.get("next") == "" {
		t.Errorf("%s", weak.text)
	}
	u.do("POST", "/auth/links/accept", fields{"token": link, "password": goodPassword}).want(t, "accepting", http.StatusOK)
	u.do("POST", "/auth/links/accept", fields{"token": link, "password": goodPassword}).want(t, "accepting again", http.StatusGone, "link")

	ben, _ := s.signedIn("ben@example.org")
	for _, path := range []string{"/accounts", "/accounts/" + id, "/accounts/" + id + "/sessions"} {
		ben.do("GET", path, nil).want(t, path+" by somebody else", http.StatusForbidden, "forbidden")
	}
	list := ada.do("GET", "/accounts?limit=1", nil).want(t, "listing", http.StatusOK)
	if rest := ada.do("GET", "/accounts?limit=1&after="+list.get("next"), nil).want(t, "the next page", http.StatusOK); rest.body["next"] != nil {
		t.Errorf("%s", rest.text)
	}
	ada.do("GET", "/accounts?after=x", nil).want(t, "a made-up cursor", http.StatusUnprocessableEntity, "invalid")
	one := ada.do("GET", "/accounts/"+id, nil).want(t, "one account", http.StatusOK)
	ada.do("PATCH", "/accounts/"+id, fields{"role": "operator"}).want(t, "without what was seen", http.StatusPreconditionRequired)
	etag := one.header.Get("ETag")
	ada.do("PATCH", "/accounts/"+id, fields{"role": "king"}, "If-Match", etag).want(t, "a role that is none", http.StatusUnprocessableEntity)
	changed := ada.do("PATCH", "/accounts/"+id, fields{"role": "operator"}, "If-Match", etag).want(t, "a new role", http.StatusOK)
	ada.do("PATCH", "/accounts/"+id, fields{"role": ""}, "If-Match", etag).want(t, "on what was seen before", http.StatusPreconditionFailed, "stale")
	if sessions := ada.do("GET", "/accounts/"+id+"/sessions", nil).want(t, "sessions", http.StatusOK); len(sessions.body["sessions"].([]any)) != 1 {
		t.Errorf("%s", sessions.text)
	}
	if ended := ada.do("DELETE", "/accounts/"+id+"/sessions", nil).want(t, "ending sessions", http.StatusOK); ended.get("ended") != "1" {
		t.Errorf("%s", ended.text)
	}
	ben.do("GET", "/me", nil).want(t, "an ended session", http.StatusUnauthorized)
	ben, _ = s.signedIn("ben@example.org")
	ada.do("PATCH", "/accounts/"+id, fields{"disabled": true}, "If-Match", changed.header.Get("ETag")).want(t, "disabling", http.StatusOK)
	ben.do("GET", "/me", nil).want(t, "a disabled account", http.StatusUnauthorized)
	ada.do("POST", "/accounts/"+id+"/link", nil).want(t, "a link for it", http.StatusForbidden)
	for _, path := range []string{"GET /accounts/usr_none", "GET /accounts/usr_none/sessions", "DELETE /accounts/usr_none/sessions", "DELETE /accounts/usr_none/totp", "POST /accounts/usr_none/link"} {
		method, path, _ := strings.Cut(path, " ")
		ada.do(method, path, nil).want(t, method+" "+path, http.StatusNotFound, "not_found")
	}
	self := ada.do("GET", "/me", nil)
	ada.do("PATCH", "/accounts/"+self.get("id"), fields{"disabled": true}, "If-Match", self.header.Get("ETag")).want(t, "disabling the last administrator", http.StatusForbidden)
}

func TestOneselfOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	s.administrator()
	ada, in := s.signedIn("ada@example.org")
	second, _ := s.signedIn("ada@example.org")
	third, _ := s.signedIn("ada@example.org")
	me := ada.do("GET", "/me", nil)
	if a := ada.do("PATCH", "/me", fields{"name": "Ada L."}, "If-Match", me.header.Get("ETag")).want(t, "renaming", http.StatusOK); a.get("name") != "Ada L." {
		t.Errorf("%s", a.text)
	}
	sessions := ada.do("GET", "/me/sessions", nil).want(t, "sessions", http.StatusOK).body["sessions"].([]any)
	current := slices.DeleteFunc(slices.Clone(sessions), func(x any) bool { return x.(map[string]any)["current"] != true })
	if len(sessions) != 3 || len(current) != 1 || current[0].(map[string]any)["id"] != in.get("signed_in", "session") {
		t.Errorf("%v", sessions)
	}
	other := second.do("GET", "/me", nil).get("session")
	ada.do("DELETE", "/me/sessions/"+other, nil).want(t, "ending one", http.StatusNoContent)
	ada.do("DELETE", "/me/sessions/"+other, nil).want(t, "ending it again", http.StatusNotFound)
	second.do("GET", "/me", nil).want(t, "the ended one", http.StatusUnauthorized)
	ada.do("DELETE", "/me/sessions", nil).want(t, "ending the others", http.StatusOK)
	third.do("GET", "/me", nil).want(t, "one of the others", http.StatusUnauthorized)
	ada.do("PUT", "/me/password", fields{"old": otherPassword, "new": otherPassword}).want(t, "a wrong password", http.StatusUnauthorized, "credentials")
	ada.do("PUT", "/me/password", fields{"old": goodPassword, "new": otherPassword}).want(t, "a new password", http.StatusNoContent)
	ada.do("GET", "/me", nil).want(t, "this very session", http.StatusOK)
}

func TestAPITokensOverHTTP(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	s.administrator()
	ada, _ := s.signedIn("ada@example.org")
	made := ada.do("POST", "/me/tokens", fields{"name": "script", "scopes": []string{"runs.read", "self.manage"}, "expires": s.now().Add(time.Hour)}).
		want(t, "making a token", http.StatusCreated)
	ada.do("POST", "/me/tokens", fields{"name": "script", "scopes": []string{"all"}, "expires": s.now().Add(time.Hour)}).want(t, "a made-up scope", http.StatusUnprocessableEntity)
	p := s.program()
	p.headers["Authorization"] = "Bearer " + made.get("token")
	me := p.do("GET", "/me", nil).want(t, "who the token is", http.StatusOK)
	if me.get("kind") != "token" || me.get("csrf_token") != "<nil>" {
		t.Errorf("%s", me.text)
	}
	p.do("GET", "/accounts", nil).want(t, "beyond its scopes", http.StatusForbidden, "scope")
	p.do("DELETE", "/me/sessions", nil).want(t, "ending sessions by a token", http.StatusForbidden)
	p.do("PATCH", "/me", fields{"name": "x"}, "If-Match", me.header.Get("ETag")).want(t, "renaming by a token", http.StatusForbidden)
	p.do("PUT", "/me/password", fields{"old": goodPassword, "new": otherPassword}).want(t, "a new password by a token", http.StatusForbidden)
	p.do("POST", "/me/tokens", fields{"name": "x", "scopes": []string{"runs.read"}, "expires": s.now().Add(time.Hour)}).want(t, "a token by a token", http.StatusForbidden)
	list := ada.do("GET", "/me/tokens", nil).want(t, "listing", http.StatusOK)
	if strings.Contains(list.text, made.get("token")) || !strings.Contains(list.text, `"script"`) {
		t.Errorf("%s", list.text)
	}
	var workspace string
	for workspace = range ada.do("GET", "/me", nil).body["workspaces"].(map[string]any) {
		p.do("GET", "/workspaces/"+workspace, nil).want(t, "in a professional workspace", http.StatusOK)
	}
	w := ada.do("GET", "/workspaces/"+workspace, nil)
	ada.do("PATCH", "/workspaces/"+workspace, fields{"tier": "demo"}, "If-Match", w.header.Get("ETag")).want(t, "the demo tier", http.StatusOK)
	p.do("GET", "/workspaces/"+workspace, nil).want(t, "in a demo workspace", http.StatusForbidden, "tier_limit")
	p.do("DELETE", "/me/tokens/tok_none", nil).want(t, "revoking another token by a token", http.StatusForbidden)
	p.do("DELETE", "/me/tokens/"+made.get("id"), nil).want(t, "revoking itself", http.StatusNoContent)
	p.do("GET", "/me", nil).want(t, "revoked", http.StatusUnauthorized)
}

// TestEveryPartOfAPathIsRead: what huma does not read of an input would be empty, without a word.
func TestEveryPartOfAPathIsRead(t *testing.T) {
	t.Parallel()
	s := openSite(t, nil)
	document := s.program().do("GET", "/openapi.json", nil).want(t, "the description", http.StatusOK)
	for path, item := range document.body["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			described := map[string]bool{}
			parameters, _ := op.(map[string]any)["parameters"].([]any)
			for _, p := range parameters {
				if p := p.(map[string]any); p["in"] == "path" {
					described[p["name"].(string)] = true
				}
			}
			for _, part := range strings.Split(path, "/") {
				if name, ok := strings.CutPrefix(part, "{"); ok && !described[strings.TrimSuffix(name, "}")] {
					t.Errorf("%s %s does not read %s", method, path, part)
				}
			}
		}
	}
}
