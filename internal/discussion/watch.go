package discussion

import (
	"context"
	"sync"
)

// Signal says that something is another: who looks at a run, or the notices of an account. What it is stands in the records.
// What is said and assigned is told with the audit of the run.
type Signal struct {
	Run     string
	Account string
}

// Watch tells what happens in this process until ctx ends, to the run or to the notices of the account that about names. A
// signal that comes before the one ahead of it was received says nothing new, and is left out.
func (s *Service) Watch(ctx context.Context, about Signal) <-chan Signal {
	w := &watcher{about: about, out: make(chan Signal, 1)}
	s.hub.mu.Lock()
	s.hub.watchers[w] = true
	s.hub.mu.Unlock()
	context.AfterFunc(ctx, func() {
		s.hub.mu.Lock()
		delete(s.hub.watchers, w)
		s.hub.mu.Unlock()
	})
	return w.out
}

type watcher struct {
	about Signal
	out   chan Signal
}

type hub struct {
	mu       sync.Mutex
	watchers map[*watcher]bool
}

func newHub() *hub { return &hub{watchers: map[*watcher]bool{}} }

func (h *hub) publish(signals ...Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		for _, x := range signals {
			if x != w.about {
				continue
			}
			select {
			case w.out <- x:
			default: // one is waiting already, which says the same
			}
		}
	}
}
