package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"
)

// A person who leaves a page before it is there is no failure of the server: alerts and the audit would speak of one.
func TestWhoGoesAwayIsNoFailureOfTheServer(t *testing.T) {
	t.Parallel()
	a := &API{log: slog.New(slog.DiscardHandler)}
	left, leave := context.WithCancel(t.Context())
	leave()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"went away":         {left, fmt.Errorf("asking: %w", context.Canceled), 499},
		"by another name":   {left, errors.New("interrupted"), 499},
		"took too long":     {late, errors.New("interrupted"), 503},
		"given up in there": {t.Context(), fmt.Errorf("asking: %w", context.Canceled), 503},
		"went wrong":        {t.Context(), errors.New("boom"), 500},
	} {
		var p *Problem
		if err := a.problem(c.ctx, c.err); !errors.As(err, &p) || p.Status != c.want || p.Title == "" {
			t.Errorf("%s: %+v", name, err)
		}
	}
}
