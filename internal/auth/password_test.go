package auth_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
)

func show(format string, v any) string { return fmt.Sprintf(format, v) }

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	b := start(t)
	a, _, err := b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: "Wilhelmina Featherstone", Email: "w.featherstone@northwind.example"})
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]string{
		"":                              "characters",
		"Tr0ub4dor&3":                   "characters",
		"elevenchars":                   "characters",
		strings.Repeat("ab cd ", 50):    "bytes",
		"password1234":                  "leaked",
		"PASSWORD1234":                  "leaked",
		"1234567890123":                 "leaked",
		"qwertyuiop123":                 "leaked",
		"WilhelminaFeatherstone":        "name",
		"w.featherstone@northwind":      "name",
		"aaaaaaaaaaaaaaaaaaaa!":         "leaked|guessed",
		"abcdefghijklmnopqrst":          "leaked|guessed",
		"25.12.198725.12.1987":          "guessed",
		"analytix analytix":             "name",
		"correct horse\x00battery":      "no characters",
		"correct horse \xff\xfebattery": "no characters",
	} {
		l, err := b.Reset(t.Context(), auth.Operator(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.Accept(t.Context(), l.Token, password, home)
		var weak *auth.WeakPasswordError
		if !errors.As(err, &weak) {
			t.Errorf("%q: %v", password, err)
			continue
		}
		ok := false
		for _, word := range strings.Split(want, "|") {
			ok = ok || strings.Contains(weak.Reason, word)
		}
		if !ok || (password != "" && strings.Contains(err.Error(), password)) {
			t.Errorf("%q: %v, want a word of %q, and never the password", password, err, want)
		}
	}
	for _, password := range []string{goodPassword, otherPassword, "kx7!vQ2m#Tz9", "größer als der Mond über Ulm", strings.Repeat("öäü§%&/x1Q", 15)} {
		l, err := b.Reset(t.Context(), auth.Operator(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Accept(t.Context(), l.Token, password, home); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestPasswordsAreTheSameWhateverTheKeyboard(t *testing.T) {
	t.Parallel()
	b := start(t)
	_, l, err := b.Create(t.Context(), auth.Operator(), auth.NewAccount{Name: "Ben", Email: "ben@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Accept(t.Context(), l.Token, "gr\u00f6\u00dfer als der Mond \u00fcber Ulm", home); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignIn(t.Context(), "ben@example.org", "gro\u0308\u00dfer als der Mond u\u0308ber Ulm", "", home); err != nil {
		t.Errorf("composed otherwise: %v", err)
	}
}

func TestHashesGrowWithTheirCost(t *testing.T) {
	t.Parallel()
	b := start(t)
	a := b.administrator(t)
	hash := func() string {
		r, err := b.records.Account(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		return string(r.Password)
	}
	old := hash()
	if !strings.HasPrefix(old, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("the hash is %s", old)
	}
	b.signIn(t, a.Email)
	if hash() != old {
		t.Error("a hash of the present cost was made anew")
	}
	dearer := b.another(t, func(cfg *auth.Config, _ *auth.Parts) { cfg.Hashing.MemoryKiB = 128 })
	_, err := dearer.SignIn(t.Context(), a.Email, otherPassword, "", home)
	wants(t, "a wrong password", err, auth.ErrCredentials)
	if hash() != old {
		t.Error("a wrong password changed the hash")
	}
	if _, err := dearer.SignIn(t.Context(), a.Email, goodPassword, "", home); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash(), "$argon2id$v=19$m=128,t=1,p=1$") {
		t.Errorf("the hash is still %s", hash())
	}
	b.signIn(t, a.Email) // whoever has the lower cost still reads it
	if !strings.HasPrefix(hash(), "$argon2id$v=19$m=128,t=1,p=1$") {
		t.Error("a process of lower cost made the hash cheaper")
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZXNhbHRzb21lc2FsdA")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$$")
	f.Add("$argon2i$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, encoded string) {
		cost, salt, hash, err := auth.ParseHash(encoded)
		if err == nil && (cost.MemoryKiB > 4<<20 || cost.Passes > 64 || cost.Passes < 1 || cost.Lanes < 1 || len(salt) < 8 || len(hash) > 64) {
			t.Errorf("%q costs %+v", encoded, cost)
		}
	})
}

func TestAPITokens(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	ben := b.member(t, "ben@example.org", "")
	i := b.identity(t, b.signIn(t, ada.Email))
	made, secret, err := b.MakeToken(t.Context(), i, token(b, access.RunsStart, access.RunsRead, access.RunsRead), home)
	if err != nil || !strings.HasPrefix(secret.Reveal(), "atx_") || len(made.Scopes) != 2 {
		t.Fatalf("%+v, %v", made, err)
	}
	holds := func(text string) (*auth.Identity, error) { return b.Authenticate(t.Context(), text, home.Address) }
	as, err := holds(secret.Reveal())
	if err != nil || as.Kind != auth.KindToken || as.Account != ada.ID || as.Session != made.ID || !as.Scoped(access.RunsRead) ||
		as.Scoped(access.DatasetsErase) || as.Scoped(access.SelfManage) || as.Instance != access.Administrator {
		t.Fatalf("%+v, %v", as, err)
	}
	_, _, err = b.MakeToken(t.Context(), as, token(b, access.RunsRead), home)
	wants(t, "a token that makes tokens", err, auth.ErrForbidden)
	wants(t, "a token that changes the password", b.ChangePassword(t.Context(), as, goodPassword, otherPassword, home), auth.ErrForbidden)
	wants(t, "a token that signs out", b.SignOut(t.Context(), as, home), auth.ErrForbidden)
	_, err = b.Enrol(t.Context(), as, goodPassword, home)
	wants(t, "a token that enrols", err, auth.ErrForbidden)

	for name, bad := range map[string]auth.NewAPIToken{
		"no name":     {Scopes: []access.Permission{access.RunsRead}, Expires: b.clock.now().Add(time.Hour)},
		"no scope":    {Name: "x", Expires: b.clock.now().Add(time.Hour)},
		"a made-up":   {Name: "x", Scopes: []access.Permission{"runs.all"}, Expires: b.clock.now().Add(time.Hour)},
		"past":        {Name: "x", Scopes: []access.Permission{access.RunsRead}, Expires: b.clock.now()},
		"two years":   {Name: "x", Scopes: []access.Permission{access.RunsRead}, Expires: b.clock.now().AddDate(2, 0, 0)},
		"no end":      {Name: "x", Scopes: []access.Permission{access.RunsRead}},
		"a long name": {Name: strings.Repeat("x", 101), Scopes: []access.Permission{access.RunsRead}, Expires: b.clock.now().Add(time.Hour)},
	} {
		_, _, err := b.MakeToken(t.Context(), i, bad, home)
		wants(t, name, err, auth.ErrInvalid)
	}
	text := secret.Reveal()
	for name, bad := range map[string]string{
		"another secret": text[:25] + strings.Repeat("A", 43), "another id": "atx_aaaaaaaaaaaaaaaaaaaa" + text[24:], "no secret": text[:25],
		"the secret cut": text[:len(text)-1], "more": text + "A", "upper case": strings.ToUpper(text), "the hash": "atx_" + text[4:25] + strings.Repeat("0", 43),
	} {
		_, err := holds(bad)
		wants(t, name, err, auth.ErrUnauthenticated)
	}
	b.clock.pass(time.Minute)
	if _, err := holds(text); err != nil {
		t.Fatal(err)
	}
	if err := b.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, err := b.APITokens(t.Context(), ada.ID); err != nil || len(all) != 1 || !all[0].Used.Equal(b.clock.now()) || all[0].Name != "script" {
		t.Fatalf("%+v, %v", all, err)
	}
	wants(t, "somebody else's token", b.RevokeToken(t.Context(), auth.By{Account: ben.ID}, ben.ID, made.ID), auth.ErrNotFound)
	if err := b.RevokeToken(t.Context(), i.By(home), ada.ID, made.ID); err != nil {
		t.Fatal(err)
	}
	_, err = holds(text)
	wants(t, "a revoked token", err, auth.ErrUnauthenticated)
	if b.told(auth.EventTokenMade) != 1 || b.told(auth.EventTokenRevoked) != 1 {
		t.Error("the audit was not told")
	}
}

func TestAPITokensEndWithTheirTimeAndTheirAccount(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	ben := b.member(t, "ben@example.org", "")
	i := b.identity(t, b.signIn(t, ben.Email))
	made := func() string {
		_, secret, err := b.MakeToken(t.Context(), i, token(b, access.RunsRead), home)
		if err != nil {
			t.Fatal(err)
		}
		return secret.Reveal()
	}
	first := made()
	b.clock.pass(time.Hour)
	_, err := b.Authenticate(t.Context(), first, home.Address)
	wants(t, "after its time", err, auth.ErrUnauthenticated)
	second := made()
	if _, err := b.Authenticate(t.Context(), second, home.Address); err != nil {
		t.Fatal(err)
	}
	yes := true
	if _, err := b.Change(t.Context(), auth.Operator(), ben.ID, 0, auth.Change{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	_, err = b.Authenticate(t.Context(), second, home.Address)
	wants(t, "of a disabled account", err, auth.ErrUnauthenticated)
}

func TestAPITokensAreCounted(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	i := b.identity(t, b.signIn(t, "ada@example.org"))
	for range 50 {
		if _, _, err := b.MakeToken(t.Context(), i, token(b, access.RunsRead), home); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := b.MakeToken(t.Context(), i, token(b, access.RunsRead), home)
	wants(t, "one too many", err, auth.ErrForbidden)
}

func FuzzParseAPIToken(f *testing.F) {
	f.Add("atx_aaaaaaaaaaaaaaaaaaaa_" + strings.Repeat("A", 43))
	f.Add("atx_")
	f.Add("atx_aaaaaaaaaaaaaaaaaaaa_" + strings.Repeat("_", 43))
	f.Fuzz(func(t *testing.T, text string) {
		id, hash, ok := auth.ParseAPIToken(text)
		if ok != (id != "" && len(hash) == 64) || (ok && (len(text) != 68 || "atx_"+id[4:]+"_" != text[:25])) {
			t.Errorf("%q is %q, %q, %v", text, id, hash, ok)
		}
	})
}
