package outbound

import (
	"context"
	"net/http"
	"sync"
)

// operation is what a library does in the name of one call, with as many requests as it takes.
type operation struct {
	cancel context.CancelCauseFunc
	mu     sync.Mutex
	sent   map[string]bool
}

// Operation is a context for one call of a library that tries requests again by itself, beneath which a Guard stands. A request that was
// sent before within it is a further try. Where there is no budget for one, or the host is not asked, the context ends, so that the
// library does not go on trying. end must be called; it gives the reason in the place of the library's error then.
func Operation(ctx context.Context) (_ context.Context, end func(error) error) {
	ctx, cancel := context.WithCancelCause(ctx)
	ctx = context.WithValue(ctx, keyOperation, &operation{cancel: cancel, sent: map[string]bool{}})
	return ctx, func(err error) error {
		if cause := context.Cause(ctx); err != nil && NotAsked(cause) {
			err = cause
		}
		cancel(nil)
		return err
	}
}

// within notes that a request is sent, and marks it where it was before.
func within(r *http.Request) (*http.Request, *operation) {
	op, _ := r.Context().Value(keyOperation).(*operation)
	if op == nil {
		return r, nil
	}
	is := r.Method + " " + r.URL.String() + " " + r.Header.Get("Range")
	op.mu.Lock()
	defer op.mu.Unlock()
	if op.sent[is] {
		return r.WithContext(Again(r.Context())), op
	}
	op.sent[is] = true
	return r, op
}
