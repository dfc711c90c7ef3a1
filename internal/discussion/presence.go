package discussion

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// Who looks at a run is kept in memory: it changes with every page that is opened, and must not stand in the way of decisions.
// Every agreeEvery, the records are told in one transaction of what is another than they know, so that other processes see it,
// and what others wrote is read. A row holds for hereFor, should its process die, and is renewed after half of it.
const (
	agreeEvery = 3 * time.Second
	hereFor    = 40 * time.Second
)

// look is one person at one run.
type look struct{ run, account string }

// crowd is who looks at runs. The empty account is somebody who is not shown.
type crowd struct {
	mu     sync.Mutex
	here   map[string]map[string]int // run, account: how many streams of this process
	left   map[look]bool             // nobody of this process any more, which the records do not know
	others map[string][]string       // run: who looks at it through other processes; only of runs in here

	agreeing sync.Mutex // one at a time
	keeping  bool
	ended    bool
	end      context.CancelFunc
	keepers  sync.WaitGroup
}

func newCrowd() *crowd {
	return &crowd{here: map[string]map[string]int{}, left: map[look]bool{}, others: map[string][]string{}}
}

// Enter says that an account looks at a run, until leave is called. With an empty account somebody looks who is not shown to
// others. It takes no time: the records are told later.
func (s *Service) Enter(run, account string) (leave func()) {
	c := s.crowd
	c.mu.Lock()
	if c.here[run] == nil {
		c.here[run] = map[string]int{}
	}
	c.here[run][account]++
	fresh := c.here[run][account] == 1 && account != ""
	delete(c.left, look{run, account})
	s.keep()
	c.mu.Unlock()
	if fresh {
		s.hub.publish(Signal{Run: run})
	}
	return sync.OnceFunc(func() { s.leave(run, account) })
}

func (s *Service) leave(run, account string) {
	c := s.crowd
	c.mu.Lock()
	c.here[run][account]--
	gone := c.here[run][account] == 0
	if gone {
		delete(c.here[run], account)
		if account != "" {
			c.left[look{run, account}] = true
		}
	}
	if len(c.here[run]) == 0 {
		delete(c.here, run)
		delete(c.others, run)
	}
	c.mu.Unlock()
	if gone && account != "" {
		s.hub.publish(Signal{Run: run})
	}
}

// keep starts the keeper, where it is needed and does not run. The lock of the crowd is held.
func (s *Service) keep() {
	c := s.crowd
	if c.keeping || c.ended {
		return
	}
	ctx, end := context.WithCancel(context.Background())
	c.keeping, c.end = true, end
	c.keepers.Go(func() { s.keeper(ctx) })
}

// keeper has the records agree now and then, as long as there is anything to agree on.
func (s *Service) keeper(ctx context.Context) {
	tick := time.NewTicker(agreeEvery)
	defer tick.Stop()
	for {
		if err := s.Agree(ctx); err != nil && !errors.Is(err, context.Canceled) {
			s.log.Warn("the records cannot be told who looks at runs; it is tried again", "error", err)
		}
		c := s.crowd
		c.mu.Lock()
		if ctx.Err() != nil || len(c.here)+len(c.left) == 0 {
			c.keeping = false
			c.end()
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// Agree has the records and this process agree on who looks at runs. It is done by itself every few seconds.
func (s *Service) Agree(ctx context.Context) error {
	c := s.crowd
	c.agreeing.Lock()
	defer c.agreeing.Unlock()
	rows, err := s.store.Presences(ctx)
	if err != nil {
		return err
	}
	put, drop := c.differing(rows, s.now().Add(hereFor/2))
	if len(put)+len(drop) > 0 {
		err = s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			var all error
			for _, x := range put {
				all = errors.Join(all, tx.PutPresence(ctx, x.run, x.account, s.now().Add(hereFor)))
			}
			for _, x := range drop {
				all = errors.Join(all, tx.DropPresence(ctx, x.run, x.account))
			}
			return all
		})
		if err != nil {
			return fmt.Errorf("recording who looks at runs: %w", err)
		}
	}
	for _, run := range c.agreed(rows, drop) {
		s.hub.publish(Signal{Run: run})
	}
	return nil
}

// differing lists what the records are to be told: whom they do not know or soon forget, and who left.
func (c *crowd) differing(rows map[string]map[string]time.Time, soon time.Time) (put, drop []look) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for run, accounts := range c.here {
		for account := range accounts {
			if account != "" && rows[run][account].Before(soon) {
				put = append(put, look{run, account})
			}
		}
	}
	return put, slices.Collect(maps.Keys(c.left))
}

// agreed takes over what the records said of others, and lists the runs of which that is new.
func (c *crowd) agreed(rows map[string]map[string]time.Time, dropped []look) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var moved []string
	for run, accounts := range c.here {
		var others []string
		for account := range rows[run] {
			if x := (look{run, account}); accounts[account] == 0 && !c.left[x] && !slices.Contains(dropped, x) {
				others = append(others, account)
			}
		}
		slices.Sort(others)
		if !slices.Equal(others, c.others[run]) {
			moved = append(moved, run)
		}
		c.others[run] = others
	}
	for _, x := range dropped {
		delete(c.left, x)
	}
	return moved
}

// Present lists the accounts that look at a run, in their order.
func (s *Service) Present(ctx context.Context, run string) ([]string, error) {
	c := s.crowd
	c.mu.Lock()
	known, agreed := c.others[run]
	known = c.with(run, known)
	c.mu.Unlock()
	if agreed {
		return known, nil
	}
	rows, err := s.store.Present(ctx, run)
	return s.present(run, rows), err
}

// present adds to what the records say what they do not know yet.
func (s *Service) present(run string, rows []string) []string {
	c := s.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.with(run, slices.DeleteFunc(rows, func(account string) bool { return c.left[look{run, account}] }))
}

func (c *crowd) with(run string, others []string) []string {
	all := slices.Clone(others)
	for account := range c.here[run] {
		if account != "" {
			all = append(all, account)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Close ends what runs by itself, and tells the records who left.
func (s *Service) Close(ctx context.Context) {
	c := s.crowd
	c.mu.Lock()
	c.ended = true
	if c.end != nil {
		c.end()
	}
	left := len(c.left)
	c.mu.Unlock()
	c.keepers.Wait()
	if left == 0 {
		return
	}
	if err := s.Agree(ctx); err != nil {
		s.log.Warn("the records cannot be told who looks at runs no more; they forget it by themselves", "error", err)
	}
}
