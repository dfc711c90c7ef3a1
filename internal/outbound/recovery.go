package outbound

import (
	"context"
	"sync"
	"time"
)

// How often a system that is out is asked whether it is back.
const (
	firstPause = 100 * time.Millisecond
	longPause  = 2 * time.Second
)

// Recovery waits for a system that everything needs to be back. Of those who wait one asks at a time. The zero value is ready.
type Recovery struct{ one sync.Mutex }

// Outlast is called after something failed that might have failed since the system is out, which ask finds out. Where that is so it
// returns true once the system is back; then the work is worth another try, which is not to be counted. It returns false where that
// was not the reason, or ctx has ended.
func (r *Recovery) Outlast(ctx context.Context, ask func(context.Context) error) bool {
	for pause := time.Duration(0); ; pause = min(max(2*pause, firstPause), longPause) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
		if r.answers(ctx, ask) {
			return pause > 0
		}
	}
}

func (r *Recovery) answers(ctx context.Context, ask func(context.Context) error) bool {
	r.one.Lock()
	defer r.one.Unlock()
	return ask(ctx) == nil
}
