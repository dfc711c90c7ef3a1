package system_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// tokens are what a sign-in gives.
type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	CSRFToken    string `json:"csrf_token"`
}

func (s *service) tokensOf(t *testing.T, email string) tokens {
	t.Helper()
	var in struct {
		SignedIn tokens `json:"signed_in"`
	}
	s.nobody().call(t, "POST", "/auth/sign-in", map[string]any{"email": email, "password": password}).want(t, 200).into(t, &in)
	return in.SignedIn
}

// Tokens that are forged in the known ways open nothing.
func TestForgedTokensOpenNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	parts := strings.Split(ada.token, ".")
	if len(parts) != 3 {
		t.Fatalf("an access token of %d parts", len(parts))
	}
	var head, body map[string]any
	for i, v := range []*map[string]any{&head, &body} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(raw, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	enc := func(v map[string]any, name string, value any) string {
		c := map[string]any{}
		for k, x := range v {
			c[k] = x
		}
		if name != "" {
			c[name] = value
		}
		return base64.RawURLEncoding.EncodeToString(mustJSON(t, c))
	}
	var jwks struct{ Keys []struct{ X string } }
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/.well-known/jwks.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	send(t, req).want(t, 200).into(t, &jwks)
	public, err := base64.RawURLEncoding.DecodeString(jwks.Keys[0].X)
	if err != nil {
		t.Fatal(err)
	}
	hs := enc(head, "alg", "HS256") + "." + parts[1] // the public key taken for a secret
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(hs))
	for name, token := range map[string]string{
		"none":                 enc(head, "alg", "none") + "." + parts[1] + ".",
		"None":                 enc(head, "alg", "None") + "." + parts[1] + "." + parts[2],
		"algorithm confusion":  hs + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"another subject":      parts[0] + "." + enc(body, "sub", "usr_aaaaaaaaaaaaaaaaaaaa") + "." + parts[2],
		"a longer life":        parts[0] + "." + enc(body, "exp", 4102444800) + "." + parts[2],
		"another key":          enc(head, "kid", "../../master.key") + "." + parts[1] + "." + parts[2],
		"a key of its own":     enc(head, "jwk", map[string]any{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}) + "." + parts[1] + "." + parts[2],
		"a key from elsewhere": enc(head, "jku", "http://127.0.0.1/keys") + "." + parts[1] + "." + parts[2],
		"no signature":         parts[0] + "." + parts[1] + ".",
		"half of it":           ada.token[:len(ada.token)/2],
		"an API token":         "atx_aaaaaaaaaaaaaaaaaaaa_" + strings.Repeat("a", 52),
		"rubbish":              "\x7f\x00",
	} {
		forged := &user{s: s, token: token}
		if name == "rubbish" {
			forged.token = "%00%7f"
		}
		if got := forged.call(t, "GET", "/me", nil); got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	ada.call(t, "GET", "/me", nil).want(t, 200)
}

// A refresh token that is used twice ends the session, for the thief and for the owner.
func TestStolenRefreshTokenEndsTheSession(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	s.administrator(t)
	first := s.tokensOf(t, "ada@example.org")
	var next tokens
	refresh := func(token string) reply {
		return s.nobody().call(t, "POST", "/auth/refresh", map[string]any{"refresh_token": token})
	}
	refresh(first.RefreshToken).want(t, 200).into(t, &next)
	ada := &user{s: s, token: next.AccessToken}
	ada.call(t, "GET", "/me", nil).want(t, 200)
	refresh(first.RefreshToken).want(t, 401) // the thief
	refresh(next.RefreshToken).want(t, 401)
	ada.call(t, "GET", "/me", nil).want(t, 401) // the access token of the session as well, at once
}

// A session that is ended opens nothing any more, at once; so does a disabled account's.
func TestEndedSessionsAndDisabledAccountsAreOutAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	bob := ada.invite(t, "bob", "")
	other := s.signIn(t, "bob@example.org")
	other.call(t, "POST", "/auth/sign-out", "{}").want(t, http.StatusNoContent)
	other.call(t, "GET", "/me", nil).want(t, 401)
	bob.call(t, "GET", "/me", nil).want(t, 200)
	tag := ada.call(t, "GET", "/accounts/"+bob.account, nil).want(t, 200).header.Get("ETag")
	ada.call(t, "PATCH", "/accounts/"+bob.account, map[string]any{"disabled": true}, "If-Match", tag).want(t, 200)
	bob.call(t, "GET", "/me", nil).want(t, 401)
	s.nobody().call(t, "POST", "/auth/sign-in", map[string]any{"email": "bob@example.org", "password": password}).want(t, 401)
}

// A change with a browser's cookies needs the token of the session, which another site cannot read.
func TestForgedRequestsOfOtherSites(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	s.administrator(t)
	got := s.nobody().call(t, "POST", "/auth/sign-in", map[string]any{"email": "ada@example.org", "password": password, "cookies": true}).want(t, 200)
	var in struct {
		SignedIn tokens `json:"signed_in"`
	}
	got.into(t, &in)
	if in.SignedIn.AccessToken != "" || in.SignedIn.RefreshToken != "" {
		t.Error("a script could read the tokens")
	}
	var cookies []string
	for _, c := range got.header.Values("Set-Cookie") {
		forScripts := strings.Contains(c, "analytix_csrf=") // what the page has to show is what another site cannot read
		if !strings.Contains(c, "HttpOnly") && !forScripts || !strings.Contains(c, "SameSite=Strict") {
			t.Errorf("an open cookie: %s", c)
		}
		cookies = append(cookies, strings.SplitN(c, ";", 2)[0])
	}
	jar := strings.Join(cookies, "; ")
	body := map[string]any{"name": "w"}
	for name, headers := range map[string][]string{
		"no token":      {"Cookie", jar},
		"a wrong token": {"Cookie", jar, "X-CSRF-Token", "guess"},
		"another site":  {"Cookie", jar, "X-CSRF-Token", in.SignedIn.CSRFToken, "Sec-Fetch-Site", "cross-site"},
	} {
		if got := s.nobody().call(t, "POST", "/workspaces", body, headers...); got.status != http.StatusForbidden || got.code() != "forged" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	s.nobody().call(t, "GET", "/me", nil, "Cookie", jar).want(t, 200)
	s.nobody().call(t, "POST", "/workspaces", body, "Cookie", jar, "X-CSRF-Token", in.SignedIn.CSRFToken, "Sec-Fetch-Site", "same-origin").want(t, 201)
}

// Guessing is slowed down, and the answers do not tell who has an account.
func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	s.administrator(t)
	guess := func(email string) reply {
		return s.nobody().call(t, "POST", "/auth/sign-in", map[string]any{"email": email, "password": "wrong"})
	}
	if known, unknown := guess("ada@example.org"), guess("nobody@example.org"); known.status != 401 || cut(known.body) != cut(unknown.body) {
		t.Errorf("%s, %s", known.body, unknown.body)
	}
	slowed := false
	for range 30 {
		if got := guess("ada@example.org"); got.status == http.StatusTooManyRequests {
			slowed = got.header.Get("Retry-After") != ""
			break
		}
	}
	if !slowed {
		t.Error("thirty guesses were taken")
	}
}

// Paths that climb reach nothing.
func TestPathsThatClimb(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	for _, id := range []string{"..%2f..%2fmaster.key", "%2e%2e%2f%2e%2e", "%00", "....//", "a%0d%0aX-Evil:1", strings.Repeat("a", 64)} {
		for _, path := range []string{"/workspaces/" + w + "/runs/" + id, "/workspaces/" + w + "/datasets/" + id, "/workspaces/" + id, "/workspaces/" + w + "/runs/" + id + "/original"} {
			got := ada.call(t, "GET", path, nil)
			if got.status < 300 && got.status != http.StatusOK || got.status >= 500 || got.status == http.StatusOK && !strings.Contains(string(got.body), `"workspaces"`) &&
				!strings.Contains(string(got.body), `"runs"`) && !strings.Contains(string(got.body), `"datasets"`) {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
			if got.header.Get("X-Evil") != "" {
				t.Errorf("%s put a header into the answer", path)
			}
		}
	}
	var d struct{ Name, ID string }
	ada.call(t, "PUT", "/workspaces/"+w+"/files/..%2f..%2fevil.csv", small(30), "Content-Type", "text/csv").into(t, &d)
	if strings.Contains(d.Name, "/") {
		t.Errorf("the name of a file climbs: %q", d.Name)
	}
}
