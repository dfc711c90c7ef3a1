package auth_test

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/store"
)

// forge makes a token of any header and claims, signed as the test likes.
func forge(header, claims map[string]any, sign func(string) []byte) string {
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(header) + "." + part(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(sign(text))
}

// parts takes a token apart.
func parts(t *testing.T, token string) (header, claims map[string]any) {
	t.Helper()
	all := strings.Split(token, ".")
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(all[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	return header, claims
}

// ownKey is the key that the service signs with, as somebody who read the records has it.
func ownKey(t *testing.T, s *store.Store) ed25519.PrivateKey {
	t.Helper()
	all, err := s.SigningKeys(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d keys, %v", len(all), err)
	}
	return ed25519.NewKeyFromSeed(all[0].Private)
}

func TestForgedAccessTokensAreRefused(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	tokens := b.signIn(t, "ada@example.org")
	header, claims := parts(t, tokens.Access.Reveal())
	private := ownKey(t, b.records)
	public := private.Public().(ed25519.PublicKey)
	other := ed25519.NewKeyFromSeed(make([]byte, 32))
	ours := func(s string) []byte { return ed25519.Sign(private, []byte(s)) }
	theirs := func(s string) []byte { return ed25519.Sign(other, []byte(s)) }
	mac := func(key []byte) func(string) []byte {
		return func(s string) []byte {
			h := hmac.New(sha256.New, key)
			_, _ = h.Write([]byte(s))
			return h.Sum(nil)
		}
	}
	nothing := func(string) []byte { return nil }
	with := func(m map[string]any, pairs ...any) map[string]any {
		m = maps.Clone(m)
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
			if pairs[i+1] == nil {
				delete(m, pairs[i].(string))
			}
		}
		return m
	}
	now := b.clock.now()
	if token := forge(header, claims, ours); token == "" || !b.holdsText(token) {
		t.Fatal("a token made like the service's does not hold: the cases below would prove nothing")
	}
	jwk := map[string]any{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(other.Public().(ed25519.PublicKey))}
	for name, token := range map[string]string{
		"none":                             forge(with(header, "alg", "none"), claims, nothing),
		"None":                             forge(with(header, "alg", "None"), claims, nothing),
		"no algorithm":                     forge(with(header, "alg", nil), claims, ours),
		"none, our signature":              forge(with(header, "alg", "none"), claims, ours),
		"no signature":                     forge(header, claims, nothing),
		"HS256 by the public key":          forge(with(header, "alg", "HS256"), claims, mac(public)),
		"HS256 by the encoded key":         forge(with(header, "alg", "HS256"), claims, mac([]byte(base64.RawURLEncoding.EncodeToString(public)))),
		"RS256":                            forge(with(header, "alg", "RS256"), claims, ours),
		"ES256":                            forge(with(header, "alg", "ES256"), claims, ours),
		"another key under our id":         forge(header, claims, theirs),
		"another key's id":                 forge(with(header, "kid", "key_aaaaaaaaaaaaaaaaaaaa"), claims, ours),
		"no key's id":                      forge(with(header, "kid", nil), claims, ours),
		"an empty key's id":                forge(with(header, "kid", ""), claims, ours),
		"a path for a key's id":            forge(with(header, "kid", "../../dev/null"), claims, mac(nil)),
		"SQL for a key's id":               forge(with(header, "kid", "' OR 1=1 --"), claims, ours),
		"a number for a key's id":          forge(with(header, "kid", 7), claims, ours),
		"a key of its own":                 forge(with(header, "jwk", jwk), claims, theirs),
		"a key of its own, no id":          forge(with(header, "jwk", jwk, "kid", nil), claims, theirs),
		"an address for keys":              forge(with(header, "jku", "https://evil.example/keys"), claims, theirs),
		"critical and unknown":             forge(with(header, "crit", []string{"x"}, "x", 1), claims, ours),
		"an ID token":                      forge(with(header, "typ", "JWT"), claims, ours),
		"no type":                          forge(with(header, "typ", nil), claims, ours),
		"another issuer":                   forge(header, with(claims, "iss", "https://evil.example"), ours),
		"no issuer":                        forge(header, with(claims, "iss", nil), ours),
		"another audience":                 forge(header, with(claims, "aud", "other"), ours),
		"no audience":                      forge(header, with(claims, "aud", nil), ours),
		"expired":                          forge(header, with(claims, "exp", now.Add(-time.Second).Unix()), ours),
		"expires now":                      forge(header, with(claims, "exp", now.Unix()), ours),
		"never expires":                    forge(header, with(claims, "exp", nil), ours),
		"issued in the future":             forge(header, with(claims, "iat", now.Add(time.Minute).Unix()), ours),
		"never issued":                     forge(header, with(claims, "iat", nil), ours),
		"not yet valid":                    forge(header, with(claims, "nbf", now.Add(time.Minute).Unix()), ours),
		"no id":                            forge(header, with(claims, "jti", nil), ours),
		"another account":                  forge(header, with(claims, "sub", "usr_aaaaaaaaaaaaaaaaaaaa"), ours),
		"no account":                       forge(header, with(claims, "sub", nil), ours),
		"a session that is not there":      forge(header, with(claims, "sid", "ses_aaaaaaaaaaaaaaaaaaaa"), ours),
		"an API token for a session":       forge(header, with(claims, "sid", "tok_aaaaaaaaaaaaaaaaaaaa"), ours),
		"no session":                       forge(header, with(claims, "sid", nil), ours),
		"the refresh token":                tokens.Refresh.Reveal(),
		"nothing":                          "",
		"two dots":                         "..",
		"more than anybody reads":          strings.Repeat("a", 5000),
		"the token with a part more":       tokens.Access.Reveal() + ".x",
		"the token with white space in it": tokens.Access.Reveal()[:20] + " " + tokens.Access.Reveal()[20:],
	} {
		_, err := b.Authenticate(t.Context(), token, home.Address)
		wants(t, name, err, auth.ErrUnauthenticated)
	}
}

func (b *bench) holdsText(token string) bool {
	return b.holds(&auth.Tokens{Access: auth.NewSecret(token)})
}

func TestEveryCharacterOfAnAccessTokenCounts(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	token := b.signIn(t, "ada@example.org").Access.Reveal()
	last := strings.LastIndexByte(token, '.')
	rapid.Check(t, func(t *rapid.T) {
		changed := []byte(token)
		at := rapid.IntRange(0, len(token)-2).Draw(t, "at") // the last character has bits that mean nothing
		if at == last {
			return
		}
		to := rapid.SampledFrom([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")).Draw(t, "to")
		if changed[at] == to {
			return
		}
		changed[at] = to
		if b.holdsText(string(changed)) {
			t.Fatalf("the token holds with %q at %d", to, at)
		}
	})
}

func TestAccessTokensExpire(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	tokens := b.signIn(t, "ada@example.org")
	b.clock.pass(10*time.Minute - time.Second)
	if !b.holds(tokens) || !tokens.AccessExpires.Equal(b.clock.now().Add(time.Second)) {
		t.Error("the token ended early")
	}
	b.clock.pass(time.Second)
	if b.holds(tokens) {
		t.Error("the token outlived its time")
	}
}

func TestKeysRotateWithOverlap(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	replica := b.another(t)
	ids := func() []string {
		var all []string
		for _, k := range b.JWKS().Keys {
			if !k.IsPublic() || !k.Valid() {
				t.Fatalf("the document holds a key that is not public: %s", k.KeyID)
			}
			all = append(all, k.KeyID)
		}
		return all
	}
	signer := func(tokens *auth.Tokens) string {
		header, _ := parts(t, tokens.Access.Reveal())
		return header["kid"].(string)
	}
	maintain := func() {
		if err := b.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	first := ids()
	b.clock.pass(29*24*time.Hour - time.Second)
	if maintain(); len(ids()) != 1 {
		t.Fatalf("keys %v", ids())
	}
	b.clock.pass(2 * time.Second)
	maintain()
	both := ids()
	if len(both) != 2 || both[0] != first[0] {
		t.Fatalf("a day before its time the next key is not published: %v", both)
	}
	if got := signer(b.signIn(t, "ada@example.org")); got != first[0] {
		t.Error("the next key signs early")
	}
	b.clock.pass(24*time.Hour - 2*time.Second)
	old := b.signIn(t, "ada@example.org")
	b.clock.pass(time.Second)
	fresh := b.signIn(t, "ada@example.org")
	if signer(fresh) != both[1] || signer(old) != both[0] {
		t.Error("the keys do not follow one another")
	}
	if !b.holds(old) || !b.holds(fresh) {
		t.Error("a token of either key does not hold")
	}
	if _, err := replica.Authenticate(t.Context(), fresh.Access.Reveal(), home.Address); err != nil {
		t.Errorf("in a process that did not know the key: %v", err)
	}
	b.clock.pass(2 * time.Hour)
	if maintain(); !slices.Equal(ids(), both[1:]) {
		t.Errorf("the old key is still there: %v", ids())
	}
	if b.told(auth.EventKeyRotated) != 3 { // the first key; and the replica's own look at a key that is there is none
		t.Logf("%d rotations were told of", b.told(auth.EventKeyRotated))
	}
}

func TestAServerThatSleptSignsAgain(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	b.clock.pass(400 * 24 * time.Hour)
	if err := b.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !b.holds(b.signIn(t, "ada@example.org")) {
		t.Error("the token does not hold")
	}
	if n := len(b.JWKS().Keys); n != 2 {
		t.Errorf("%d keys", n)
	}
}

// FuzzAuthenticate holds that no token but a real one is anybody, and that none makes the service fail.
func FuzzAuthenticate(f *testing.F) {
	for _, seed := range []string{"", "atx_", "..", "a.b.c", "atx_aaaaaaaaaaaaaaaaaaaa_" + strings.Repeat("A", 43),
		"eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImtleV9hIn0.e30.AAAA"} {
		f.Add(seed)
	}
	var b *bench
	f.Fuzz(func(t *testing.T, token string) {
		if b == nil {
			b = start(t)
			t.Cleanup(func() { b = nil })
		}
		if i, err := b.Authenticate(context.Background(), token, home.Address); err == nil || i != nil {
			t.Errorf("%q is %+v", token, i)
		} else {
			wants(t, "a made-up token", err, auth.ErrUnauthenticated)
		}
	})
}
