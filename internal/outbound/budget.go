package outbound

import (
	"sync"
	"time"
)

// What a budget of further tries holds and gains, after "Handling Overload" in Site Reliability Engineering (Google, 2016) and the retry
// throttling of gRPC (A6): calls that go wrong and are made again must not become a multiple of the load that made them go wrong.
const (
	// reserve is what a budget begins with and holds at most: so many further tries may come at once.
	reserve = 10.0
	// share is what each first call adds: of a hundred calls twenty may be tried once more.
	share = 0.2
	// spareEvery is the time in which one further try comes by itself, so that what is called rarely is tried again in the end.
	spareEvery = 5 * time.Second
)

// budget says how many further tries may be made.
type budget struct {
	now    func() time.Time
	mu     sync.Mutex
	left   float64
	filled time.Time
}

func newBudget(now func() time.Time) *budget {
	return &budget{now: now, left: reserve, filled: now()}
}

// first is called for each call that is no further try.
func (b *budget) first() { b.add(share) }

// worked gives back what a further try took that had success: where calls are answered again they need not be held back.
func (b *budget) worked() { b.add(1) }

func (b *budget) add(n float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+n, reserve)
}

// take says whether a further try may be made, and takes it from the budget.
func (b *budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.left = min(b.left+float64(now.Sub(b.filled))/float64(spareEvery), reserve)
	b.filled = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
