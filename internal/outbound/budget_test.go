package outbound_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/outbound"
)

var errOut = errors.New("out")

// Whatever is called in whatever order, further tries are at most ten, a fifth of the first calls, and one in five seconds.
func TestFurtherTriesStayWithinTheirBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clock := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		began := clock
		w := outbound.NewWay(outbound.Limits{Answered: func(error) bool { return true }, Now: func() time.Time { return clock }})
		firsts, tries := 0, 0
		for range rapid.IntRange(1, 400).Draw(t, "calls") {
			ctx := context.Background()
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				firsts++
			case 1, 2:
				ctx = outbound.Again(ctx)
			default:
				clock = clock.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond)
				continue
			}
			err := w.Do(ctx, "host", func(ctx context.Context) error {
				if outbound.IsAgain(ctx) {
					tries++
				}
				return errOut
			})
			if !errors.Is(err, errOut) && !errors.Is(err, outbound.ErrSpent) {
				t.Fatal(err)
			}
		}
		if most := 10.001 + 0.2*float64(firsts) + clock.Sub(began).Seconds()/5; float64(tries) > most {
			t.Errorf("%d further tries of %d calls within %s", tries, firsts, clock.Sub(began))
		}
	})
}

// Where tries have success again they are not held back, however many wait.
func TestTriesThatHaveSuccessAreNotHeldBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := outbound.NewWay(outbound.Limits{Answered: func(error) bool { return true }})
		again := outbound.Again(t.Context())
		made := 0
		fails := func(context.Context) error { made++; return errOut }
		for range 100 {
			if err := w.Do(again, "host", fails); err == nil {
				t.Fatal("no error")
			}
		}
		if made != 10 {
			t.Errorf("%d tries were made at once", made)
		}
		<-time.After(6 * time.Second) // of the bubble's clock: one comes by itself
		for range 100 {
			if err := w.Do(again, "host", func(context.Context) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// As many calls of a host are under way as may be; others wait for their turn, and not for ever, and those of other hosts do not.
func TestASlowHostHoldsItsOwnCallersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := outbound.NewWay(outbound.Limits{AtOnce: 2, Turn: 3 * time.Second, Timeout: time.Minute})
		results := make(chan error, 3)
		let := make(chan struct{})
		for range 3 {
			go func() {
				results <- w.Do(t.Context(), "slow", func(context.Context) error { <-let; return nil })
			}()
		}
		synctest.Wait()
		if err := w.Do(t.Context(), "quick", func(context.Context) error { return nil }); err != nil {
			t.Errorf("another host: %v", err)
		}
		<-time.After(4 * time.Second)
		if err := <-results; !errors.Is(err, outbound.ErrBusy) || !outbound.NotAsked(err) {
			t.Errorf("the third call: %v", err)
		}
		waits := make(chan error, 1)
		go func() { waits <- w.Do(t.Context(), "slow", func(context.Context) error { return nil }) }()
		synctest.Wait()
		close(let)
		for _, c := range []chan error{results, results, waits} {
			if err := <-c; err != nil {
				t.Errorf("a call that had its turn: %v", err)
			}
		}
	})
}

// A call ends in time whatever the other side does, and who is told hears of answers and of none.
func TestACallEndsInTimeAndIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []error
		w := outbound.NewWay(outbound.Limits{Timeout: time.Second, Answered: func(err error) bool { return errors.Is(err, errOut) },
			Told: func(host string, err error) {
				if host != "host" {
					t.Errorf("told of %s", host)
				}
				told = append(told, err)
			}})
		hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		began := time.Now()
		if err := w.Do(t.Context(), "host", hangs); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if err := w.Do(t.Context(), "host", func(context.Context) error { return errOut }); !errors.Is(err, errOut) {
			t.Error(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Do(gone, "host", hangs); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if len(told) != 2 || !errors.Is(told[0], context.DeadlineExceeded) || told[1] != nil {
			t.Errorf("told %v", told)
		}
	})
}
