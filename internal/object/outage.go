package object

import (
	"context"
	"sync"
	"time"
)

// How often the storage is asked whether it answers again.
const (
	firstPause = 100 * time.Millisecond
	longPause  = 2 * time.Second
	checkTime  = 10 * time.Second
)

// outage has those who wait for the storage ask for it one at a time.
type outage struct{ one sync.Mutex }

// Outlast is called after something failed that might have failed since the storage does not answer. Where that is so it returns true
// once it answers again; then the work is worth another try, which is not to be counted. It returns false where that was not the
// reason, or ctx has ended.
func (b *Bucket) Outlast(ctx context.Context) bool {
	for pause := time.Duration(0); ; pause = min(max(2*pause, firstPause), longPause) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
		if b.ask(ctx) == nil {
			return pause > 0
		}
	}
}

func (b *Bucket) ask(ctx context.Context) error {
	b.outage.one.Lock()
	defer b.outage.one.Unlock()
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return b.Check(ctx)
}
