package auth_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/auth"
)

func (b *bench) wrong(email string, c auth.Client) error {
	_, err := b.SignIn(context.Background(), email, otherPassword, "", c)
	return err
}

func TestGuessesAreSlowedDownAndSurviveARestart(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	far := from("198.51.100.9")
	for range 5 {
		wants(t, "a guess", b.wrong("ada@example.org", far), auth.ErrCredentials)
	}
	var throttled *auth.ThrottledError
	if err := b.wrong("ada@example.org", far); !errors.As(err, &throttled) || throttled.RetryAfter != 2*time.Second {
		t.Fatalf("the sixth guess: %v", err)
	}
	again := b.another(t)
	_, err := again.SignIn(t.Context(), "ada@example.org", goodPassword, "", far)
	wants(t, "the right password, after a restart", err, auth.ErrThrottled)
	b.clock.pass(2 * time.Second)
	wants(t, "after the block", b.wrong("ada@example.org", far), auth.ErrCredentials)
	if err := b.wrong("ada@example.org", far); !errors.As(err, &throttled) || throttled.RetryAfter != 4*time.Second {
		t.Fatalf("the next block: %v", err)
	}
	b.clock.pass(4 * time.Second)
	if _, err := b.SignIn(t.Context(), "ada@example.org", goodPassword, "", far); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		wants(t, "a guess after the success", b.wrong("ada@example.org", far), auth.ErrCredentials)
	}
	if b.told(auth.EventLockOut) != 2 {
		t.Errorf("%d blocks were told of", b.told(auth.EventLockOut))
	}
}

func TestNobodyLocksOthersOutFromAfar(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	b.signIn(t, "ada@example.org") // her address is known now
	blocked := 0
	for n := range 40 {
		if errors.Is(b.wrong("ada@example.org", from(fmt.Sprintf("198.51.100.%d", n))), auth.ErrThrottled) {
			blocked++
		}
	}
	if blocked != 30 {
		t.Errorf("%d of 40 guesses from 40 addresses were refused, want all after the tenth", blocked)
	}
	b.signIn(t, "ada@example.org")
	_, err := b.SignIn(t.Context(), "ada@example.org", goodPassword, "", from("203.0.113.1"))
	wants(t, "the owner, from an address that nobody knows", err, auth.ErrThrottled)
	b.clock.pass(15 * time.Minute)
	if _, err := b.SignIn(t.Context(), "ada@example.org", goodPassword, "", from("203.0.113.1")); err != nil {
		t.Errorf("after the longest block: %v", err)
	}
}

func TestAResetLiftsABlock(t *testing.T) {
	t.Parallel()
	b := start(t)
	ada := b.administrator(t)
	for range 6 {
		_ = b.wrong("ada@example.org", home)
	}
	_, err := b.SignIn(t.Context(), "ada@example.org", goodPassword, "", home)
	wants(t, "while blocked", err, auth.ErrThrottled)
	l, err := b.Reset(t.Context(), auth.Operator(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Accept(t.Context(), l.Token, otherPassword, home); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SignIn(t.Context(), "ada@example.org", otherPassword, "", home); err != nil {
		t.Errorf("after the reset: %v", err)
	}
}

func TestOneAddressCannotTryManyAccounts(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	refused := 0
	for n := range 130 {
		if errors.Is(b.wrong(fmt.Sprintf("somebody%d@example.org", n), from("2001:db8::"+fmt.Sprint(n+1))), auth.ErrThrottled) {
			refused++
		}
	}
	if refused != 30 {
		t.Errorf("%d of 130 guesses from one network were refused, want all after the hundredth", refused)
	}
}

func TestGuessingInParallelGainsNothing(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	var wg sync.WaitGroup
	errs := make(chan error, 20)
	for range cap(errs) {
		wg.Go(func() { errs <- b.wrong("ada@example.org", from("198.51.100.9")) })
	}
	wg.Wait()
	close(errs)
	checked := 0
	for err := range errs {
		if errors.Is(err, auth.ErrCredentials) {
			checked++
		}
	}
	if checked > 5 {
		t.Errorf("%d of 20 guesses at once were checked", checked)
	}
}

// TestUnknownAccountsAnswerLikeKnownOnes: whoever guesses mail addresses learns nothing from the answers.
func TestUnknownAccountsAnswerLikeKnownOnes(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.administrator(t)
	a := b.member(t, "ben@example.org", "")
	yes := true
	if _, err := b.Change(t.Context(), auth.Operator(), a.ID, 0, auth.Change{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	for n, email := range []string{"ada@example.org", "nobody@example.org", a.Email, "no address at all", ""} {
		address := from(fmt.Sprintf("198.51.100.%d", n+1))
		for i := range 7 {
			err := b.wrong(email, address)
			want := auth.ErrCredentials
			if i >= 5 {
				want = auth.ErrThrottled
			}
			if !errors.Is(err, want) {
				t.Errorf("%q, guess %d: %v", email, i+1, err)
			}
		}
	}
	_, unknown := b.SignIn(t.Context(), "x@example.org", goodPassword, "", home)
	_, wrong := b.SignIn(t.Context(), "ada@example.org", otherPassword, "", home)
	_, disabled := b.SignIn(t.Context(), a.Email, goodPassword, "", home)
	if unknown.Error() != wrong.Error() || unknown.Error() != disabled.Error() && !errors.Is(disabled, auth.ErrThrottled) {
		t.Errorf("answers differ: %v / %v / %v", unknown, wrong, disabled)
	}
}

func TestBlocksGrowAndEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		free := rapid.Int64Range(1, 100).Draw(t, "free")
		n := rapid.Int64Range(0, 1_000_000).Draw(t, "failures")
		d, next := auth.Block(n, free), auth.Block(n+1, free)
		if d < 0 || d > 15*time.Minute || next < d || (n < free) != (d == 0) {
			t.Fatalf("after %d failures %v, after one more %v", n, d, next)
		}
	})
}
