package auth_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
)

// TestCodesAreThoseOfTheRFC uses the vectors of RFC 6238, appendix B (SHA-1), of which the last six digits count.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
		2000000000: "279037", 20000000000: "353130"} {
		if got := auth.TOTPAt([]byte("12345678901234567890"), time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

// challenged signs in with the password and returns what is needed for the second step.
func (b *bench) challenged(t *testing.T, email string) auth.Secret {
	t.Helper()
	_, err := b.SignIn(t.Context(), email, goodPassword, "", home)
	var asked *auth.SecondFactorError
	if !errors.As(err, &asked) {
		t.Fatalf("no code was asked for: %v", err)
	}
	return asked.Challenge
}

func TestSecondFactorIsAskedFor(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	secret, codes := b.enrolled(t, b.identity(t, b.signIn(t, "ada@example.org")))
	code := func() string { return auth.TOTPAt(secret, b.clock.now()) }

	challenge := b.challenged(t, "ada@example.org")
	_, err := b.SecondFactor(t.Context(), challenge, code(), home)
	wants(t, "the code with which it was enrolled", err, auth.ErrCredentials)
	b.clock.pass(30 * time.Second)
	used := code()
	if _, err := b.SecondFactor(t.Context(), challenge, used[:3]+" "+used[3:], home); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(30 * time.Second)
	_, err = b.SecondFactor(t.Context(), challenge, code(), home)
	wants(t, "the challenge again", err, auth.ErrCredentials)
	_, err = b.SecondFactor(t.Context(), b.challenged(t, "ada@example.org"), used, home)
	wants(t, "a used code", err, auth.ErrCredentials)
	_, err = b.SignIn(t.Context(), "ada@example.org", goodPassword, used, home)
	wants(t, "a used code in one step", err, auth.ErrCredentials)
	if _, err := b.SignIn(t.Context(), "ada@example.org", goodPassword, code(), home); err != nil {
		t.Errorf("in one step: %v", err)
	}
	_, err = b.SignIn(t.Context(), "ada@example.org", otherPassword, code(), home)
	wants(t, "a code with a wrong password", err, auth.ErrCredentials)

	challenge = b.challenged(t, "ada@example.org")
	if _, err := b.SecondFactor(t.Context(), challenge, strings.ToUpper(codes[0].Reveal()), home); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	_, err = b.SecondFactor(t.Context(), b.challenged(t, "ada@example.org"), codes[0].Reveal(), home)
	wants(t, "a used recovery code", err, auth.ErrCredentials)
	if n, err := b.RecoveryCodesLeft(t.Context(), b.identity(t, must(b.SignIn(t.Context(), "ada@example.org", goodPassword, codes[1].Reveal(), home))(t)).Account); n != 8 || err != nil {
		t.Errorf("%d recovery codes are left, %v", n, err)
	}
	if b.told(auth.EventRecoveryUsed) != 2 || b.told(auth.EventTOTPEnrolled) != 1 {
		t.Error("the audit was not told")
	}
	challenge = b.challenged(t, "ada@example.org")
	b.clock.pass(5 * time.Minute)
	_, err = b.SecondFactor(t.Context(), challenge, code(), home)
	wants(t, "an old challenge", err, auth.ErrCredentials)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	secret, _ := b.enrolled(t, b.identity(t, b.signIn(t, "ada@example.org")))
	b.clock.pass(time.Hour)
	challenge := b.challenged(t, "ada@example.org")
	throttled := 0
	for n := range 30 {
		wrong := hex.EncodeToString([]byte{byte(n), 0xff, 0xff})
		_, err := b.SecondFactor(t.Context(), challenge, wrong, from("198.51.100.9"))
		if errors.Is(err, auth.ErrThrottled) {
			throttled++
		}
		if n%3 == 0 { // the right password in between takes no guess back
			_, _ = b.SignIn(t.Context(), "ada@example.org", goodPassword, "", from("198.51.100.9"))
		}
	}
	if throttled != 25 {
		t.Errorf("%d of 30 guesses were refused, want all after the fifth", throttled)
	}
	if _, err := b.SecondFactor(t.Context(), challenge, auth.TOTPAt(secret, b.clock.now()), home); err != nil {
		t.Errorf("from the owner's address: %v", err)
	}
}

func TestSecondFactorCanBeDemanded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who  auth.Requirement
		role access.Role
		want bool
	}{
		"nobody":                    {auth.ForNobody, access.Administrator, false},
		"administrators, of one":    {auth.ForAdministrators, access.Administrator, true},
		"administrators, of others": {auth.ForAdministrators, "", false},
		"everyone":                  {auth.ForEveryone, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, func(cfg *auth.Config, _ *auth.Parts) { cfg.TOTP = c.who })
			b.member(t, "ben@example.org", c.role)
			tokens := b.signIn(t, "ben@example.org")
			i := b.identity(t, tokens)
			if tokens.Restricted != c.want || i.Restricted != c.want || i.Scoped(access.RunsRead) == c.want || !i.Scoped(access.SelfManage) {
				t.Fatalf("restricted: %v, %+v", tokens.Restricted, i)
			}
			_, _, err := b.MakeToken(t.Context(), i, token(b, access.RunsRead), home)
			if errors.Is(err, auth.ErrForbidden) != c.want {
				t.Errorf("making a token: %v", err)
			}
			secret, _ := b.enrolled(t, i)
			if b.identity(t, tokens).Restricted {
				t.Error("enrolling did not lift the restriction")
			}
			b.clock.pass(time.Minute)
			err = b.Unenrol(t.Context(), i, goodPassword, auth.TOTPAt(secret, b.clock.now()), home)
			if errors.Is(err, auth.ErrForbidden) != c.want || (!c.want && err != nil) {
				t.Errorf("taking it away: %v", err)
			}
		})
	}
}

func token(b *bench, scopes ...access.Permission) auth.NewAPIToken {
	return auth.NewAPIToken{Name: "script", Scopes: scopes, Expires: b.clock.now().Add(time.Hour)}
}

func TestEnrolmentNeedsThePasswordAndACode(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	i := b.identity(t, b.signIn(t, "ada@example.org"))
	_, err := b.Enrol(t.Context(), i, otherPassword, home)
	wants(t, "a wrong password", err, auth.ErrCredentials)
	_, err = b.Confirm(t.Context(), i, "123456", home)
	wants(t, "confirming nothing", err, auth.ErrInvalid)
	e, err := b.Enrol(t.Context(), i, goodPassword, home)
	if err != nil || !strings.HasPrefix(e.URL.Reveal(), "otpauth://totp/Analytix%20Flow:ada@example.org?") {
		t.Fatalf("%v, %v", e.URL.Reveal(), err)
	}
	_, err = b.Confirm(t.Context(), i, "abcdef", home)
	wants(t, "a wrong code", err, auth.ErrCredentials)
	b.signIn(t, "ada@example.org") // a factor that was never confirmed is not asked for
	secret, _ := b.enrolled(t, i)
	_, err = b.Enrol(t.Context(), i, goodPassword, home)
	wants(t, "a second second factor", err, auth.ErrExists)

	b.clock.pass(time.Minute)
	codes, err := b.RenewRecoveryCodes(t.Context(), i, auth.TOTPAt(secret, b.clock.now()), home)
	if err != nil || len(codes) != 10 {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	wants(t, "removing with a wrong code", b.Unenrol(t.Context(), i, goodPassword, "000-bad", home), auth.ErrCredentials)
	if err := b.Unenrol(t.Context(), i, goodPassword, codes[0].Reveal(), home); err != nil {
		t.Fatal(err)
	}
	b.signIn(t, "ada@example.org")
}

func TestAdministratorsTakeALostFactorAway(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	a := b.member(t, "ben@example.org", "")
	tokens := b.signIn(t, a.Email)
	b.enrolled(t, b.identity(t, tokens))
	if err := b.RemoveTOTP(t.Context(), auth.Operator(), a.ID); err != nil {
		t.Fatal(err)
	}
	if b.holds(tokens) {
		t.Error("the session outlived the second factor")
	}
	b.signIn(t, a.Email)
}
