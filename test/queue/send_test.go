package queue_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// senders is how many send at the same time: as many as the API would.
const senders = 8

// send calls one for each task when it is due: at the rate, however many are under way, as far as there are senders; or at once.
func send(ctx context.Context, count int, rate float64, one func(ctx context.Context, i int, due time.Time) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	begun := time.Now()
	for range senders {
		all.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				due := time.Now()
				if rate > 0 {
					due = begun.Add(time.Duration(float64(i) / rate * float64(time.Second)))
					timer := time.NewTimer(time.Until(due))
					<-timer.C
				}
				if err := one(ctx, i, due); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// collected gathers when tasks were sent and began, by their ids.
type collected struct {
	mu    sync.Mutex
	spans map[string]span // of which the beginning may come first
	began int
	want  int
	done  chan struct{} // closed when all have begun
}

func collect(count int) *collected {
	return &collected{spans: map[string]span{}, want: count, done: make(chan struct{})}
}

func (c *collected) send(id string, due, sent time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.spans[id]
	s.due, s.sent = due, sent
	c.spans[id] = s
}

func (c *collected) begin(id string) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.spans[id]
	s.began = now
	c.spans[id] = s
	if c.began++; c.began == c.want {
		close(c.done)
	}
}

// patience bounds a measurement.
const patience = 10 * time.Minute

func (c *collected) wait(t *testing.T) (all []span) {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		t.Fatalf("%d of %d came", c.began, c.want)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		all = append(all, s)
	}
	return all
}

// through is a system to which one sends a task of an id, and whose worker notes in now that it began.
func through(now *atomic.Pointer[collected], one func(ctx context.Context, id string) error) system {
	turn := 0
	return func(t *testing.T, count int, rate float64) []span {
		t.Helper()
		c := collect(count)
		now.Store(c)
		turn++
		err := send(t.Context(), count, rate, func(ctx context.Context, i int, due time.Time) error {
			id := fmt.Sprint("t", turn, "-", i)
			c.send(id, due, time.Now())
			return one(ctx, id)
		})
		if err != nil {
			t.Fatal(err)
		}
		return c.wait(t)
	}
}
