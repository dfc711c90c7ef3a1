package condition

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// Condition is something that is out of order.
type Condition struct {
	Part  Part
	Which string // which of several, such as the host of a receiver; empty where there is one
	Since time.Time
	Last  time.Time // when it was last found so
	Why   string    // in our words
}

// forget is after how long nothing is known any more of what nobody reports: longer than the pauses between attempts ever are.
const forget = 7 * time.Hour

// most bounds how many of one part are kept: receivers of webhooks are as many as people name.
const most = 100

type place struct {
	part  Part
	which string
}

// Board keeps what is out of order. It is safe for concurrent use.
type Board struct {
	log *slog.Logger
	now func() time.Time
	mu  sync.Mutex
	all map[place]Condition
}

// NewBoard makes a Board on which everything is in order; now is the clock, nil meaning time.Now.
func NewBoard(log *slog.Logger, now func() time.Time) *Board {
	if now == nil {
		now = time.Now
	}
	return &Board{log: log, now: now, all: map[place]Condition{}}
}

// Report tells how something stands: nil where it is in order. An error about a call that was not made tells nothing, nor does that
// of a caller who went.
func (b *Board) Report(part Part, which string, err error) {
	if errors.Is(err, context.Canceled) || outbound.NotAsked(err) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now, at := b.now(), place{part, which}
	was, out := b.all[at]
	switch {
	case err == nil && out:
		delete(b.all, at)
		b.log.Info("in order again", "part", string(part), "out_for", now.Sub(was.Since).Round(time.Second).String())
	case err == nil:
	case out:
		was.Last, was.Why = now, why(part, err)
		b.all[at] = was
	case b.count(part) < most:
		b.all[at] = Condition{Part: part, Which: which, Since: now, Last: now, Why: why(part, err)}
		b.log.Warn("out of order", "part", string(part), "error", err)
	}
}

func (b *Board) count(part Part) (n int) {
	for at := range b.all {
		if at.part == part {
			n++
		}
	}
	return n
}

// Now lists what is out of order, the worst first.
func (b *Board) Now() []Condition {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Condition
	for at, c := range b.all {
		if b.now().Sub(c.Last) > forget {
			delete(b.all, at)
			continue
		}
		all = append(all, c)
	}
	order(all)
	return all
}

// Join puts together what several processes have found: of the same thing, what was found first.
func Join(own, others []Condition) []Condition {
	at := map[place]int{}
	var all []Condition
	for _, c := range append(own, others...) {
		i, known := at[place{c.Part, c.Which}]
		switch {
		case !known:
			at[place{c.Part, c.Which}] = len(all)
			all = append(all, c)
		case c.Since.Before(all[i].Since):
			all[i].Since = c.Since
		}
	}
	order(all)
	return all
}

// order puts the worst first.
func order(all []Condition) {
	parts := Parts()
	slices.SortFunc(all, func(x, y Condition) int {
		if d := slices.Index(parts, x.Part) - slices.Index(parts, y.Part); d != 0 {
			return d
		}
		return strings.Compare(x.Which, y.Which)
	})
}

// Out lists which of a part are out of order; one of which there is one is "".
func (b *Board) Out(part Part) []string {
	var which []string
	for _, c := range b.Now() {
		if c.Part == part {
			which = append(which, c.Which)
		}
	}
	return which
}

// why says in our words what is wrong: an error's own may hold what is not for everybody.
func why(part Part, err error) string {
	var timeout net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return "its name is not known"
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refuses connections"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "it does not answer in time"
	case errors.Is(err, syscall.ENOSPC):
		return "its disk is full"
	default:
		return part.Says().Why
	}
}
