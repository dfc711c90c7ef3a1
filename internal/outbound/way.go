package outbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/sony/gobreaker/v2"
)

// Errors about calls that were not made, so that a system that is out does not take down what calls it.
var (
	// ErrOpen is wrapped by errors about a host that did not answer several times in succession, and is not asked for a while: who
	// waits for it would hold what others need.
	ErrOpen = errors.New("the host has not answered lately and is not asked for a while")
	// ErrBusy is wrapped by errors about a host of which as many calls are under way as may be.
	ErrBusy = errors.New("too many calls to the host are under way")
	// ErrSpent is wrapped by errors about a further try for which there is no budget.
	ErrSpent = errors.New("calls to the host have failed so often that it is not tried again just now")
)

// NotAsked says whether the error is about a call that was not made: nobody knows more about the host than before.
func NotAsked(err error) bool {
	return errors.Is(err, ErrOpen) || errors.Is(err, ErrBusy) || errors.Is(err, ErrSpent)
}

const (
	// failuresToOpen is how many times in succession a host may give no answer.
	failuresToOpen = 5
	// openFor is how long it is not asked then; after that one request tries.
	openFor = 30 * time.Second
	// hosts is how many are remembered.
	hosts = 1024
	// usualAtOnce is how many calls to a host may be under way where nothing else is said.
	usualAtOnce = 16
	// turnWithin is how long a call waits for one of them to end where nothing else is said.
	turnWithin = 10 * time.Second
)

// Limits say how patient calls of one kind are. The zero value is good.
type Limits struct {
	// Timeout bounds a call made by Do; 0 leaves that to its context. Requests are bounded by their client.
	Timeout time.Duration
	// AtOnce is how many calls to one host may be under way; 0 means 16.
	AtOnce int
	// Rest is how long a host is not asked that did not answer five times in succession; 0 means 30 seconds.
	Rest time.Duration
	// Turn is how long a call waits for others to end; 0 means 10 seconds.
	Turn time.Duration
	// Repeat has a request that asks for something and changes nothing sent once more, within the budget, where it is not answered.
	Repeat bool
	// Down says of an answer that it is as good as none, such as that of a gateway before a server that is gone; nil means of none.
	Down func(*http.Response) bool
	// Answered says of an error of a call made by Do that the host gave it; nil means of none.
	Answered func(error) bool
	// Told is told what came of each call that was made: nil where the host answered. It must return at once.
	Told func(host string, err error)
	// Now is the clock of the budget; nil means time.Now.
	Now func() time.Time
}

// Gateway is a Down for servers behind gateways: 502, 503 and 504.
func Gateway(a *http.Response) bool {
	return a.StatusCode == http.StatusBadGateway || a.StatusCode == http.StatusServiceUnavailable || a.StatusCode == http.StatusGatewayTimeout
}

// Way is how systems of one kind are called. Each host has its own breaker, which asks no host that does not answer, its own bulkhead,
// which lets so many calls be under way and no more, and its own budget of further tries. It is safe for concurrent use.
type Way struct {
	limits Limits
	hosts  *lru.Cache[string, *host]
}

// host is what is known of one.
type host struct {
	name    string
	breaker *gobreaker.CircuitBreaker[any]
	slots   chan struct{}
	budget  *budget
}

// ToldOf is a Told of a way to a single host, of which f, which may be nil, need not be told the name.
func ToldOf(f func(error)) func(string, error) {
	if f == nil {
		return nil
	}
	return func(_ string, err error) { f(err) }
}

// NewWay makes a Way.
func NewWay(l Limits) *Way {
	if l.AtOnce == 0 {
		l.AtOnce = usualAtOnce
	}
	if l.Rest == 0 {
		l.Rest = openFor
	}
	if l.Turn == 0 {
		l.Turn = turnWithin
	}
	if l.Now == nil {
		l.Now = time.Now
	}
	cache, _ := lru.New[string, *host](hosts) // the number is ours, and right
	return &Way{limits: l, hosts: cache}
}

// Do makes a call to a host. Errors about a call that was not made wrap ErrOpen, ErrBusy or ErrSpent.
func (w *Way) Do(ctx context.Context, name string, call func(context.Context) error) error {
	h := w.of(name)
	leave, err := w.enter(ctx, h, false)
	if err != nil {
		return err
	}
	defer leave()
	further := again(ctx)
	if w.limits.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.limits.Timeout)
		defer cancel()
	}
	_, err = h.breaker.Execute(func() (any, error) { return nil, call(ctx) })
	if err == nil && further {
		h.budget.worked()
	}
	return w.ended(h, err)
}

// MayRetry says whether a library that tries again by itself may do so, and takes it from the host's budget.
func (w *Way) MayRetry(name string) bool { return w.of(name).budget.take() }

// enter waits for the turn of a call; one that is paid for has had its share of the budget. leave must be called when it has ended.
func (w *Way) enter(ctx context.Context, h *host, paid bool) (leave func(), err error) {
	if h.breaker.State() == gobreaker.StateOpen { // it would wait for nothing
		return nil, fmt.Errorf("%s: %w", h.name, ErrOpen)
	}
	switch {
	case paid:
	case !again(ctx):
		h.budget.first()
	case !h.budget.take():
		return nil, fmt.Errorf("%s: %w", h.name, ErrSpent)
	}
	leave = func() { <-h.slots }
	select {
	case h.slots <- struct{}{}:
		return leave, nil
	default:
	}
	patience := time.NewTimer(w.limits.Turn)
	defer patience.Stop()
	select {
	case h.slots <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-patience.C:
		return nil, fmt.Errorf("%s: %w (%d)", h.name, ErrBusy, w.limits.AtOnce)
	}
}

// ended tells of what came of a call, and says it in words of ours where it was not made.
func (w *Way) ended(h *host, err error) error {
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return fmt.Errorf("%s: %w: %w", h.name, ErrOpen, err)
	}
	if errors.Is(err, context.Canceled) {
		return err // who gives up waiting says nothing about the host
	}
	if w.limits.Told == nil {
		return err
	}
	if w.answered(err) {
		w.limits.Told(h.name, nil)
	} else {
		w.limits.Told(h.name, err)
	}
	return err
}

func (w *Way) answered(err error) bool {
	return err == nil || w.limits.Answered != nil && w.limits.Answered(err)
}

// of is what is known of a host.
func (w *Way) of(name string) *host {
	if h, ok := w.hosts.Get(name); ok {
		return h
	}
	h := &host{name: name, slots: make(chan struct{}, w.limits.AtOnce), budget: newBudget(w.limits.Now), breaker: gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name: name, Timeout: w.limits.Rest,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresToOpen },
		IsSuccessful: func(err error) bool { return errors.Is(err, context.Canceled) || w.answered(err) },
	})}
	if was, had, _ := w.hosts.PeekOrAdd(name, h); had {
		return was
	}
	return h
}

type contextKey int

const (
	keyAgain contextKey = iota
	keyOperation
)

// Again marks what is called with the context as a further try of something that failed, which the budget must allow.
func Again(ctx context.Context) context.Context { return context.WithValue(ctx, keyAgain, true) }

func again(ctx context.Context) bool {
	is, _ := ctx.Value(keyAgain).(bool)
	return is
}
