package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/auth"
)

const requestID = "a-request-of-this-client"

func TestRefreshTokensRotate(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	first := b.signIn(t, "ada@example.org")
	b.clock.pass(time.Hour)
	if b.holds(first) {
		t.Fatal("the access token did not expire")
	}
	second, err := b.Refresh(t.Context(), first.Refresh, "", home)
	if err != nil || !b.holds(second) || second.Session != first.Session || second.Refresh.Reveal() == first.Refresh.Reveal() {
		t.Fatalf("%+v, %v", second, err)
	}
	_, err = b.Refresh(t.Context(), auth.NewSecret("made up"), "", home)
	wants(t, "a made-up token", err, auth.ErrUnauthenticated)
	_, err = b.Refresh(t.Context(), auth.Secret{}, "", home)
	wants(t, "no token", err, auth.ErrUnauthenticated)
	_, err = b.Refresh(t.Context(), second.Access, "", home)
	wants(t, "an access token", err, auth.ErrUnauthenticated)
	if !b.holds(second) {
		t.Fatal("made-up tokens ended the session")
	}
	_, err = b.Refresh(t.Context(), first.Refresh, "", home)
	wants(t, "the first token again", err, auth.ErrUnauthenticated)
	if b.holds(second) {
		t.Error("the session outlived the re-use")
	}
	_, err = b.Refresh(t.Context(), second.Refresh, "", home)
	wants(t, "the live token after the re-use", err, auth.ErrUnauthenticated)
	if b.told(auth.EventRefreshReuse) != 1 {
		t.Errorf("%d re-uses were told of", b.told(auth.EventRefreshReuse))
	}
}

func TestTheSameRefreshGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		between func(t *testing.T, b *bench, next *auth.Tokens)
		id      string
		same    bool
	}{
		"at once":              {func(*testing.T, *bench, *auth.Tokens) {}, requestID, true},
		"within seconds":       {func(_ *testing.T, b *bench, _ *auth.Tokens) { b.clock.pass(9 * time.Second) }, requestID, true},
		"later":                {func(_ *testing.T, b *bench, _ *auth.Tokens) { b.clock.pass(10 * time.Second) }, requestID, false},
		"as another request":   {func(*testing.T, *bench, *auth.Tokens) {}, requestID + "2", false},
		"as a nameless one":    {func(*testing.T, *bench, *auth.Tokens) {}, "", false},
		"with the answer used": {use, requestID, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t)
			b.administrator(t)
			tokens := b.signIn(t, "ada@example.org")
			next, err := b.Refresh(t.Context(), tokens.Refresh, requestID, home)
			if err != nil {
				t.Fatal(err)
			}
			c.between(t, b, next)
			again, err := b.Refresh(t.Context(), tokens.Refresh, c.id, home)
			if c.same {
				if err != nil || again.Refresh.Reveal() != next.Refresh.Reveal() || !b.holds(next) {
					t.Fatalf("%+v, %v", again, err)
				}
				return
			}
			wants(t, "the token again", err, auth.ErrUnauthenticated)
			if b.holds(next) {
				t.Error("the session goes on")
			}
		})
	}
}

func use(t *testing.T, b *bench, next *auth.Tokens) {
	t.Helper()
	if _, err := b.Refresh(t.Context(), next.Refresh, "another-request-of-it", home); err != nil {
		t.Fatal(err)
	}
}

func TestShortRequestIDsGiveNoGrace(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	tokens := b.signIn(t, "ada@example.org")
	if _, err := b.Refresh(t.Context(), tokens.Refresh, "1", home); err != nil {
		t.Fatal(err)
	}
	_, err := b.Refresh(t.Context(), tokens.Refresh, "1", home)
	wants(t, "again", err, auth.ErrUnauthenticated)
}

func TestOfConcurrentRefreshesOneWins(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	tokens := b.signIn(t, "ada@example.org")
	errs := make(chan error, 8)
	var wg sync.WaitGroup
	for range cap(errs) {
		wg.Go(func() {
			_, err := b.Refresh(t.Context(), tokens.Refresh, "", home)
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	won := 0
	for err := range errs {
		if err == nil {
			won++
		} else {
			wants(t, "a loser", err, auth.ErrUnauthenticated)
		}
	}
	if won != 1 || b.holds(tokens) {
		t.Errorf("%d refreshes won; the session holds: %v", won, b.holds(tokens))
	}
}

// TestRotation drives sessions at random: no line ever has two live tokens, and a token that was used before always ends
// its session, unless the very same request comes again within seconds.
func TestRotation(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	rapid.Check(t, func(t *rapid.T) {
		tokens := b.signIn(t, "ada@example.org")
		line := []auth.Secret{tokens.Refresh}
		requests := []string{} // by which line[i] was used
		ended := false
		var usedAt time.Time
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if d := rapid.SampledFrom([]time.Duration{0, 0, time.Second, 11 * time.Second}).Draw(t, "pause"); d > 0 {
				b.clock.pass(d)
			}
			at := rapid.IntRange(0, len(line)-1).Draw(t, "token")
			if rapid.Bool().Draw(t, "live") {
				at = len(line) - 1
			}
			request := rapid.SampledFrom([]string{"", "request-number-one-", "request-number-two-"}).Draw(t, "request")
			got, err := b.Refresh(t.Context(), line[at], request, home)
			live := at == len(line)-1
			repeat := at == len(line)-2 && request != "" && requests[at] == request && b.clock.now().Sub(usedAt) < 10*time.Second
			switch {
			case ended:
				if err == nil {
					t.Fatal("an ended session was refreshed")
				}
			case live:
				if err != nil {
					t.Fatal(err)
				}
				line, requests, usedAt = append(line, got.Refresh), append(requests, request), b.clock.now()
			case repeat:
				if err != nil || got.Refresh.Reveal() != line[at+1].Reveal() {
					t.Fatalf("the same request got another answer: %v", err)
				}
			default:
				if !errors.Is(err, auth.ErrUnauthenticated) {
					t.Fatalf("a used token got %v", err)
				}
				ended = true
			}
			records, err := b.records.RefreshTokens(t.Context(), tokens.Session)
			if err != nil || len(records) != len(line) {
				t.Fatalf("%d tokens on record, %d given out: %v", len(records), len(line), err)
			}
			alive := 0
			for _, r := range records {
				if r.Used.IsZero() {
					alive++
				}
			}
			if alive != 1 {
				t.Fatalf("%d tokens are live", alive)
			}
			x, err := b.records.Session(t.Context(), tokens.Session)
			if err != nil || x.Ended.IsZero() == ended {
				t.Fatalf("ended %v, on record %v, %v", ended, x.Ended, err)
			}
		}
		if _, err := b.EndSessions(t.Context(), auth.Operator(), ada.ID, ""); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSessionsRestAndEnd(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	resting := b.signIn(t, "ada@example.org")
	b.clock.pass(7 * 24 * time.Hour)
	_, err := b.Refresh(t.Context(), resting.Refresh, "", home)
	wants(t, "after a week's rest", err, auth.ErrUnauthenticated)

	busy := b.signIn(t, "ada@example.org")
	for range 5 {
		b.clock.pass(6 * 24 * time.Hour)
		next, err := b.Refresh(t.Context(), busy.Refresh, "", home)
		if err != nil && b.clock.now().Sub(busy.AccessExpires) < 0 {
			t.Fatal(err)
		}
		if next == nil {
			break
		}
		if next.RefreshExpires.After(b.clock.now().Add(7 * 24 * time.Hour)) {
			t.Error("a refresh token holds longer than a week")
		}
		busy = next
	}
	b.clock.pass(6 * 24 * time.Hour)
	_, err = b.Refresh(t.Context(), busy.Refresh, "", home)
	wants(t, "after more than thirty days", err, auth.ErrUnauthenticated)
	b.clock.pass(31 * 24 * time.Hour)
	if err := b.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.records.Session(t.Context(), busy.Session); err == nil {
		t.Error("an old session was not forgotten")
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	ben := b.member(t, "ben@example.org", "")
	one, two, three := b.signIn(t, ada.Email), b.signIn(t, ada.Email), b.signIn(t, ada.Email)
	i := b.identity(t, one)
	other := b.identity(t, b.signIn(t, ben.Email))
	b.clock.pass(time.Minute)
	b.identity(t, one)
	if err := b.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := b.Sessions(t.Context(), ada.ID)
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	for _, s := range all {
		if s.Device != home.Agent || s.Address != home.Address.String() || s.Method != "password" ||
			s.Seen.Equal(b.clock.now()) != (s.ID == one.Session) {
			t.Errorf("%+v", s)
		}
	}
	wants(t, "somebody else's session", b.EndSession(t.Context(), other.By(home), ben.ID, two.Session), auth.ErrNotFound)
	if err := b.EndSession(t.Context(), i.By(home), ada.ID, two.Session); err != nil {
		t.Fatal(err)
	}
	wants(t, "an ended session", b.EndSession(t.Context(), i.By(home), ada.ID, two.Session), auth.ErrNotFound)
	if b.holds(two) || !b.holds(three) || !b.holds(one) {
		t.Error("not that session ended, or not that one alone")
	}
	if n, err := b.EndSessions(t.Context(), i.By(home), ada.ID, i.Session); n != 1 || err != nil || b.holds(three) || !b.holds(one) {
		t.Errorf("%d sessions ended, %v", n, err)
	}
	if err := b.SignOut(t.Context(), i, home); err != nil || b.holds(one) {
		t.Errorf("signed out: %v", err)
	}
	last := b.signIn(t, ada.Email)
	if err := b.SignOutByRefresh(t.Context(), last.Refresh, home); err != nil || b.holds(last) {
		t.Errorf("signed out by the refresh token: %v", err)
	}
	if err := b.SignOutByRefresh(t.Context(), auth.NewSecret("made up"), home); err != nil {
		t.Errorf("a made-up token: %v", err)
	}
}

// TestOtherProcessesNoticeWithinSeconds: a session that one process ended is believed by another for two seconds at most.
func TestOtherProcessesNoticeWithinSeconds(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	replica := b.another(t)
	tokens := b.signIn(t, ada.Email)
	there := func() error {
		_, err := replica.Authenticate(t.Context(), tokens.Access.Reveal(), home.Address)
		return err
	}
	if err := there(); err != nil {
		t.Fatal(err)
	}
	if err := b.EndSession(t.Context(), auth.Operator(), ada.ID, tokens.Session); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(2 * time.Second)
	wants(t, "after two seconds", there(), auth.ErrUnauthenticated)
}

func TestCSRFTokensAreBoundToTheirSession(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	one, two := b.signIn(t, ada.Email), b.signIn(t, ada.Email)
	if !b.CheckCSRF(one.Session, one.CSRF) || b.CheckCSRF(one.Session, two.CSRF) || b.CheckCSRF(one.Session, "") || one.CSRF == "" {
		t.Error("the tokens are not bound to their sessions")
	}
	if !b.another(t).CheckCSRF(one.Session, one.CSRF) {
		t.Error("another process does not know the token")
	}
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	here, there := b.signIn(t, ada.Email), b.signIn(t, ada.Email)
	i := b.identity(t, here)
	wants(t, "a wrong password", b.ChangePassword(t.Context(), i, "not my password", otherPassword, home), auth.ErrCredentials)
	wants(t, "a weak password", b.ChangePassword(t.Context(), i, goodPassword, "ada ada ada ada", home), auth.ErrWeakPassword)
	if err := b.ChangePassword(t.Context(), i, goodPassword, otherPassword, home); err != nil {
		t.Fatal(err)
	}
	if !b.holds(here) || b.holds(there) {
		t.Errorf("here %v, there %v", b.holds(here), b.holds(there))
	}
	_, err := b.SignIn(t.Context(), ada.Email, goodPassword, "", home)
	wants(t, "the old password", err, auth.ErrCredentials)
}

func TestNothingThatIsToldOrKeptHoldsASecret(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	tokens := b.signIn(t, ada.Email)
	for _, secret := range []auth.Secret{tokens.Access, tokens.Refresh} {
		for _, shown := range []string{secret.String(), show("%v", secret), show("%+v", tokens), show("%#v", secret), show("%s", secret), show("%x", secret)} {
			if strings.Contains(shown, secret.Reveal()[:12]) {
				t.Errorf("a secret shows: %s", shown)
			}
		}
		if _, err := secret.MarshalText(); err == nil {
			t.Error("a secret was encoded")
		}
	}
	_ = b.wrong(ada.Email, home)
	for _, e := range b.events {
		text := show("%+v", e)
		for _, secret := range []string{goodPassword, otherPassword, ada.Email, tokens.Refresh.Reveal()} {
			if strings.Contains(text, secret) {
				t.Errorf("the event %s shows a secret or a mail address", e.Kind)
			}
		}
	}
}
