package object

import (
	"context"
	"time"
)

// checkTime bounds how long it takes to find out whether the storage answers.
const checkTime = 10 * time.Second

// Outlast is called after something failed that might have failed since the storage does not answer. Where that is so it returns true
// once it answers again; then the work is worth another try, which is not to be counted. It returns false where that was not the
// reason, or ctx has ended.
func (b *Bucket) Outlast(ctx context.Context) bool {
	return b.recovery.Outlast(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		return b.Check(ctx)
	})
}
