package task

import (
	"sync"
	"time"
)

// pace knows how long tasks of a kind and an order of magnitude of data take in this process. The zero value is ready.
type pace struct {
	mu   sync.Mutex
	took map[paceKey]time.Duration
}

type paceKey struct {
	kind  string
	class int
}

// briefest is what a task may take that is taken ahead.
const briefest = 5 * time.Millisecond

// learn takes in what a task took: more counts at once, less by an eighth.
func (p *pace) learn(t Task, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.took == nil {
		p.took = map[paceKey]time.Duration{}
	}
	k := paceKey{t.Kind, t.Size.Class()}
	if known := p.took[k]; took < known {
		took = known - (known-took)/8
	}
	p.took[k] = max(took, time.Microsecond)
}

// of is how long a task will take where that is known to be brief, and 0 otherwise.
func (p *pace) of(t Task) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.took[paceKey{t.Kind, t.Size.Class()}]; d <= briefest {
		return d
	}
	return 0
}
