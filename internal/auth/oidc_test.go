package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
)

// party is a provider of OpenID Connect: discovery, keys, and the code flow with PKCE.
type party struct {
	*httptest.Server
	t      *testing.T
	clock  *clock
	key    *rsa.PrivateKey
	claims map[string]any              // of whoever signs in there
	tamper func(map[string]any)        // with the claims of an ID token
	sign   func(map[string]any) string // nil: as it should be
	codes  map[string]url.Values       // what was asked for, by code
	called map[string]int              // by path
}

func openParty(t *testing.T) *party {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &party{t: t, key: key, codes: map[string]url.Values{}, called: map[string]int{}, claims: map[string]any{
		"sub": "ada-at-the-party", "email": "ada@northwind.example", "email_verified": true, "name": "Ada of Northwind", "groups": []string{"staff"}}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/keys", p.keys)
	mux.HandleFunc("/token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *party) reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Error(err)
	}
}

func (p *party) discovery(w http.ResponseWriter, r *http.Request) {
	p.called[r.URL.Path]++
	p.reply(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}})
}

func (p *party) keys(w http.ResponseWriter, _ *http.Request) {
	p.reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
}

// agree is what a person does at the provider: it returns the state and a code.
func (p *party) agree(address string) (state, code string) {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	if q.Get("client_id") != "analytix" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" ||
		q.Get("redirect_uri") != issuer+"/back" || q.Get("state") == "" {
		p.t.Fatalf("asked for %v", q)
	}
	code = "code-" + q.Get("state")
	p.codes[code] = q
	return q.Get("state"), code
}

func (p *party) token(w http.ResponseWriter, r *http.Request) {
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, basic := r.BasicAuth()
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || !basic || id != "analytix" || secret != "party-secret" ||
		r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := maps.Clone(p.claims)
	claims["iss"], claims["aud"], claims["nonce"] = p.URL, "analytix", asked.Get("nonce")
	claims["iat"], claims["exp"] = p.clock.now().Unix(), p.clock.now().Add(time.Minute).Unix()
	if p.tamper != nil {
		p.tamper(claims)
	}
	sign := p.signed
	if p.sign != nil {
		sign = p.sign
	}
	p.reply(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": sign(claims)})
}

func (p *party) signed(claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k"}}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// joined is a service that knows the party.
func joined(t *testing.T, change func(*auth.Provider)) (*bench, *party) {
	t.Helper()
	p := openParty(t)
	b := start(t, func(cfg *auth.Config, parts *auth.Parts) {
		parts.HTTP = p.Client()
		provider := auth.Provider{ID: "party", Name: "The party", Issuer: p.URL, ClientID: "analytix", ClientSecret: auth.NewSecret("party-secret"),
			RedirectURL: issuer + "/back", Create: true}
		if change != nil {
			change(&provider)
		}
		cfg.Providers = []auth.Provider{provider}
	})
	p.clock = b.clock
	return b, p
}

// come signs in by the party.
func (b *bench) come(t *testing.T, p *party) (*auth.Tokens, error) {
	t.Helper()
	d, err := b.Depart(t.Context(), "party", "/runs")
	if err != nil {
		t.Fatal(err)
	}
	state, code := p.agree(d.URL)
	tokens, back, err := b.Arrive(t.Context(), "party", auth.NewSecret(state), d.Binding, code, home)
	if back != "/runs" {
		t.Errorf("back to %q", back)
	}
	return tokens, err
}

func TestPeopleComeInByAProvider(t *testing.T) {
	t.Parallel()
	b, p := joined(t, nil)
	tokens, err := b.come(t, p)
	if err != nil {
		t.Fatal(err)
	}
	first := b.identity(t, tokens)
	if first.Name != "Ada of Northwind" || first.Email != "ada@northwind.example" || first.Instance != "" {
		t.Errorf("%+v", first)
	}
	p.claims["email"], p.claims["email_verified"] = "ada@married.example", false // who it is, is the subject
	if tokens, err = b.come(t, p); err != nil || b.identity(t, tokens).Account != first.Account {
		t.Errorf("the second time: %v", err)
	}
	if n := p.called["/.well-known/openid-configuration"]; n != 1 {
		t.Errorf("the provider's description was read %d times", n)
	}
	_, err = b.SignIn(t.Context(), "ada@northwind.example", goodPassword, "", home)
	wants(t, "with a password that there is not", err, auth.ErrCredentials)
	if s, err := b.Sessions(t.Context(), first.Account); err != nil || len(s) != 2 || s[0].Method != "oidc:party" {
		t.Errorf("%+v, %v", s, err)
	}
	yes := true
	if _, err := b.Change(t.Context(), auth.Operator(), first.Account, 0, auth.Change{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	_, err = b.come(t, p)
	wants(t, "a disabled account", err, auth.ErrCredentials)
}

func TestTheWayByAProviderIsHeld(t *testing.T) {
	t.Parallel()
	b, p := joined(t, nil)
	arrive := func(state string, binding auth.Secret, code string) error {
		_, _, err := b.Arrive(t.Context(), "party", auth.NewSecret(state), binding, code, home)
		return err
	}
	depart := func() (*auth.Departure, string, string) {
		d, err := b.Depart(t.Context(), "party", "//evil.example")
		if err != nil {
			t.Fatal(err)
		}
		state, code := p.agree(d.URL)
		return d, state, code
	}
	_, err := b.Depart(t.Context(), "nobody", "/")
	wants(t, "a provider that is not there", err, auth.ErrNotFound)
	d, state, code := depart()
	wants(t, "a made-up state", arrive("made up", d.Binding, code), auth.ErrCredentials)
	other, _, otherCode := depart()
	wants(t, "another browser", arrive(state, other.Binding, code), auth.ErrCredentials)
	wants(t, "the state again", arrive(state, d.Binding, code), auth.ErrCredentials)
	d, state, _ = depart()
	wants(t, "the code of another way", arrive(state, d.Binding, otherCode), auth.ErrCredentials)
	d, state, _ = depart()
	wants(t, "a made-up code", arrive(state, d.Binding, "made up"), auth.ErrCredentials)
	d, state, code = depart()
	b.clock.pass(10 * time.Minute)
	wants(t, "after ten minutes", arrive(state, d.Binding, code), auth.ErrCredentials)
	d, state, code = depart()
	if err := arrive(state, d.Binding, code); err != nil {
		t.Errorf("a good way: %v", err)
	}
}

func TestForgedIDTokensAreRefused(t *testing.T) {
	t.Parallel()
	b, p := joined(t, nil)
	unsigned := func(alg string) func(map[string]any) string {
		return func(c map[string]any) string {
			return forge(map[string]any{"alg": alg, "kid": "k"}, c, func(string) []byte { return nil })
		}
	}
	symmetric := func(c map[string]any) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte("party-secret, padded to 256 bits.")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := jwt.Signed(signer).Claims(c).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, c := range map[string]struct {
		tamper func(map[string]any)
		sign   func(map[string]any) string
	}{
		"another nonce":    {tamper: func(c map[string]any) { c["nonce"] = "x" }},
		"no nonce":         {tamper: func(c map[string]any) { delete(c, "nonce") }},
		"another issuer":   {tamper: func(c map[string]any) { c["iss"] = "https://evil.example" }},
		"another audience": {tamper: func(c map[string]any) { c["aud"] = "somebody else" }},
		"expired":          {tamper: func(c map[string]any) { c["exp"] = b.clock.now().Add(-time.Minute).Unix() }},
		"nobody":           {tamper: func(c map[string]any) { delete(c, "sub") }},
		"none":             {sign: unsigned("none")},
		"HS256":            {sign: symmetric},
		"no signature":     {sign: unsigned("RS256")},
	} {
		p.tamper, p.sign = c.tamper, c.sign
		_, err := b.come(t, p)
		wants(t, name, err, auth.ErrCredentials)
	}
	p.tamper, p.sign = nil, nil
	if _, err := b.come(t, p); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

func TestStrangersAndLinks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		provider func(*auth.Provider)
		verified bool
		local    bool // there is an account of the same mail address
		want     error
	}{
		"made":                     {nil, true, false, nil},
		"not verified":             {nil, false, false, auth.ErrForbidden},
		"not made":                 {func(p *auth.Provider) { p.Create = false }, true, false, auth.ErrForbidden},
		"not linked":               {nil, true, true, auth.ErrForbidden},
		"linked":                   {func(p *auth.Provider) { p.LinkByEmail = true }, true, true, nil},
		"not linked, not verified": {func(p *auth.Provider) { p.LinkByEmail = true }, false, true, auth.ErrForbidden},
		"in none of the groups":    {func(p *auth.Provider) { p.GroupRequired = true }, true, false, auth.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, p := joined(t, c.provider)
			p.claims["email_verified"] = c.verified
			var local *auth.Account
			if c.local {
				local = b.member(t, "ada@northwind.example", access.Operator)
			}
			tokens, err := b.come(t, p)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if c.want == nil && c.local {
				if i := b.identity(t, tokens); i.Account != local.ID || i.Instance != access.Operator {
					t.Errorf("linked to %+v", i)
				}
				b.signIn(t, "ada@northwind.example") // the password holds as well
			}
		})
	}
}

func TestGroupsBecomeRoles(t *testing.T) {
	t.Parallel()
	b, p := joined(t, func(p *auth.Provider) {
		p.GroupRequired = true
		p.Groups = map[string]auth.Grant{"staff": {}, "admins": {Instance: access.Administrator}, "ops": {Instance: access.Operator}}
	})
	for _, c := range []struct {
		groups any
		want   access.Role
	}{
		{[]string{"staff", "strangers"}, ""},
		{[]string{"ops", "staff"}, access.Operator},
		{[]string{"ops", "admins"}, access.Administrator},
		{[]string{"admins", "ops"}, access.Administrator},
		{"ops", access.Operator},
	} {
		p.claims["groups"] = c.groups
		if c.want == access.Operator {
			b.member(t, show("%v", b.clock.now().Unix())+"@example.org", access.Administrator)
			b.clock.pass(time.Second)
		}
		tokens, err := b.come(t, p)
		if err != nil {
			t.Fatal(err)
		}
		if i := b.identity(t, tokens); i.Instance != c.want {
			t.Errorf("%v give %q, want %q", c.groups, i.Instance, c.want)
		}
	}
	p.claims["groups"] = []string{"strangers"}
	_, err := b.come(t, p)
	wants(t, "in no group any more", err, auth.ErrForbidden)
	p.claims["groups"] = map[string]int{"admins": 1}
	_, err = b.come(t, p)
	wants(t, "groups of a form that nobody knows", err, auth.ErrCredentials)
}

func TestTheOwnSecondFactorIsAskedForUnlessTheProviderDoes(t *testing.T) {
	t.Parallel()
	for name, trusted := range map[string]bool{"asked for": false, "left to the provider": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, p := joined(t, func(p *auth.Provider) { p.SecondFactor, p.LinkByEmail = trusted, true })
			b.member(t, "ada@northwind.example", "")
			secret, _ := b.enrolled(t, b.identity(t, b.signIn(t, "ada@northwind.example")))
			b.clock.pass(time.Minute)
			_, err := b.come(t, p)
			var asked *auth.SecondFactorError
			if errors.As(err, &asked) == trusted {
				t.Fatalf("got %v", err)
			}
			if !trusted {
				if _, err := b.SecondFactor(t.Context(), asked.Challenge, auth.TOTPAt(secret, b.clock.now()), home); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestBrowsersStayOnThisServer(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/runs?a=1#b": "/runs?a=1#b", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/",
		"/\t/evil.example": "/", "runs": "/", "javascript:alert(1)": "/"} {
		if got := auth.LocalPath(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}

func TestProvidersAreChecked(t *testing.T) {
	t.Parallel()
	good := auth.Provider{ID: "a", Issuer: "https://a.example", ClientID: "c", RedirectURL: "https://b.example"}
	for name, change := range map[string]func(*auth.Provider){
		"id": func(p *auth.Provider) { p.ID = "A/b" }, "issuer": func(p *auth.Provider) { p.Issuer = "" },
		"role": func(p *auth.Provider) { p.Groups = map[string]auth.Grant{"g": {Instance: access.Steward}} },
		"workspace role": func(p *auth.Provider) {
			p.Groups = map[string]auth.Grant{"g": {Workspaces: map[string]access.Role{"w": access.Operator}}}
		},
	} {
		p := good
		change(&p)
		_, err := auth.New(t.Context(), auth.Config{Issuer: issuer, Hashing: cheap, Providers: []auth.Provider{p}}, auth.Parts{Records: openRecords(t), Keys: start(t).ring})
		wants(t, name, err, auth.ErrInvalid)
	}
}
