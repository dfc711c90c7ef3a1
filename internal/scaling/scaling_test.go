package scaling_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/scaling"
)

var policy = scaling.Policy{Least: 1, Most: 4, Slow: time.Second, Quiet: 3, Reserve: 1000}

func TestDecisions(t *testing.T) {
	t.Parallel()
	busy := scaling.Seen{Workers: 2, Busy: 2, Waiting: 5, Delay: 2 * time.Second, Free: 9000, Child: 500}
	with := func(change func(*scaling.Seen)) scaling.Seen {
		s := busy
		change(&s)
		return s
	}
	for name, row := range map[string]struct {
		seen    scaling.Seen
		workers int
		reason  scaling.Reason
	}{
		"tasks wait too long":               {busy, 3, scaling.QueueDelay},
		"tasks wait, but not long":          {with(func(s *scaling.Seen) { s.Delay = time.Millisecond }), 2, scaling.Enough},
		"tasks wait for memory, not for us": {with(func(s *scaling.Seen) { s.Busy = 1 }), 2, scaling.Enough},
		"no memory for one more":            {with(func(s *scaling.Seen) { s.Free = 1400 }), 2, scaling.NoMemory},
		"memory is not known":               {with(func(s *scaling.Seen) { s.Free = -1 }), 3, scaling.QueueDelay},
		"as many as there may be":           {with(func(s *scaling.Seen) { s.Workers, s.Busy = 4, 4 }), 4, scaling.AtMost},
		"memory runs out":                   {with(func(s *scaling.Seen) { s.Free = 400 }), 1, scaling.Pressure},
		"memory runs out, at the minimum":   {with(func(s *scaling.Seen) { s.Workers, s.Busy, s.Free = 1, 1, 400 }), 1, scaling.NoMemory},
		"nothing to do for long":            {scaling.Seen{Workers: 3, Quiet: 2, Free: 9000}, 2, scaling.Idle},
		"nothing to do for a moment":        {scaling.Seen{Workers: 3, Quiet: 1, Free: 9000}, 3, scaling.Enough},
		"nothing to do, at the minimum":     {scaling.Seen{Workers: 1, Quiet: 99, Free: 9000}, 1, scaling.Enough},
		"fewer than the minimum":            {scaling.Seen{Workers: 0, Free: 9000}, 1, scaling.Bounds},
		"more than the maximum":             {with(func(s *scaling.Seen) { s.Workers = 9 }), 4, scaling.Bounds},
	} {
		if d := policy.Decide(row.seen); d.Workers != row.workers || d.Reason != row.reason {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// TestWalks holds for any sequence of looks: the bounds, one step at a time, and that it settles.
func TestWalks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		workers, quiet := rapid.IntRange(1, 4).Draw(t, "workers"), 0
		for range rapid.IntRange(0, 60).Draw(t, "looks") {
			s := scaling.Seen{Workers: workers, Busy: rapid.IntRange(0, workers).Draw(t, "busy"), Waiting: rapid.IntRange(0, 3).Draw(t, "waiting"),
				Delay: time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "delay")), Quiet: quiet,
				Free: rapid.Int64Range(-1, 5000).Draw(t, "free"), Child: 500}
			d := policy.Decide(s)
			if d.Workers < policy.Least || d.Workers > policy.Most || d.Workers > workers+1 || d.Workers < workers-1 {
				t.Fatalf("%+v after %+v", d, s)
			}
			if d.Workers > workers && (s.Waiting == 0 || (s.Free >= 0 && s.Free-s.Child < policy.Reserve)) {
				t.Fatalf("grew for nothing, or without memory: %+v after %+v", d, s)
			}
			if d.Workers != workers && (d.Reason == scaling.Enough || d.Reason == scaling.AtMost || d.Reason == scaling.NoMemory) {
				t.Fatalf("a change without a reason: %+v after %+v", d, s)
			}
			workers, quiet = d.Workers, d.Quiet
		}
		for range policy.Quiet * policy.Most { // nothing to do any more
			d := policy.Decide(scaling.Seen{Workers: workers, Quiet: quiet, Free: 9000, Child: 500})
			workers, quiet = d.Workers, d.Quiet
		}
		if workers != policy.Least {
			t.Fatalf("%d workers rest for ever", workers)
		}
	})
}
