package accesslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
)

const (
	// most is how many entries one transaction writes.
	most = 1024
	// again is how long after a failure the reads that wait are tried again, where no change comes before.
	again = 200 * time.Millisecond
	// lastTries is how often the last entries are tried when the log is closed.
	lastTries = 5
)

// end is the mark in the records that knows the end of the chain.
const end = "end"

// writer gathers entries and adds them to the chain.
type writer struct {
	*Log
	batch    []*pending
	failed   bool      // the batch could not be written
	since    time.Time // of the oldest entry of the batch
	unsigned int       // entries since the last signature
	signedAt time.Time
}

// write is the goroutine that adds to the chain, until the queues are closed.
func (l *Log) write(ctx context.Context) {
	defer close(l.done)
	w := &writer{Log: l, signedAt: time.Now()}
	for w.gather() {
		w.flush(ctx)
	}
	w.last(ctx)
}

// gather waits until there is something to write at once: a change, a full batch, reads that have waited long enough, or a
// signature that is due. It returns false when the log is closed. Reads that could not be written stand in the way of further
// reads once they fill a batch, and never in that of changes, whose callers are told at once.
func (w *writer) gather() bool {
	timer := time.NewTimer(w.pause())
	defer timer.Stop()
	for {
		reads := w.reads
		if len(w.batch) >= most {
			reads = nil
		}
		select {
		case p, open := <-w.changes:
			if !open {
				return false
			}
			w.batch = append(w.batch, p)
			w.drain()
			return true
		case p, open := <-reads:
			if !open {
				return false
			}
			w.batch = append(w.batch, p)
			if len(w.batch) == 1 {
				w.since = time.Now()
				timer.Reset(w.pause())
			}
			if len(w.batch) >= most && !w.failed {
				return true
			}
		case <-timer.C:
			return true
		}
	}
}

// drain takes what waits without waiting for more: changes, and reads as far as they fit.
func (w *writer) drain() {
	for len(w.batch) < 2*most {
		select {
		case p, open := <-w.changes:
			if !open {
				return
			}
			w.batch = append(w.batch, p)
			continue
		default:
		}
		if len(w.batch) >= most {
			return
		}
		select {
		case p, open := <-w.reads:
			if !open {
				return
			}
			w.batch = append(w.batch, p)
		default:
			return
		}
	}
}

// pause is how long may be waited for more.
func (w *writer) pause() time.Duration {
	wait := w.cfg.SignEvery - time.Since(w.signedAt)
	if w.unsigned == 0 {
		wait = w.cfg.SignEvery
	}
	if len(w.batch) > 0 {
		wait = min(wait, w.cfg.Delay-time.Since(w.since))
	}
	if w.failed {
		wait = max(wait, again)
	}
	return max(wait, 0)
}

// flush writes the batch. Of one that cannot be written those are told who wait; the others are tried again.
func (w *writer) flush(ctx context.Context) {
	sign := w.unsigned+len(w.batch) >= w.cfg.SignEntries || (w.unsigned > 0 && time.Since(w.signedAt) >= w.cfg.SignEvery)
	if len(w.batch) == 0 && !sign {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err := w.add(ctx, w.batch, sign)
	if err != nil {
		w.cfg.Log.Error("the access log could not be written; what waits to be recorded is refused", "error", err)
	}
	w.failed = err != nil
	kept := w.batch[:0]
	for _, p := range w.batch {
		switch {
		case p.written != nil:
			p.written <- err
		case err != nil:
			kept = append(kept, p)
		}
	}
	if err == nil {
		w.unsigned += len(w.batch)
		if sign {
			w.unsigned, w.signedAt = 0, time.Now()
		}
	}
	clear(w.batch[len(kept):])
	w.batch = kept
}

// last writes what is left, that the log was closed, and the last signature.
func (w *writer) last(ctx context.Context) {
	for _, queue := range []chan *pending{w.changes, w.reads} {
		for p := range queue {
			w.batch = append(w.batch, p)
		}
	}
	for {
		n := min(len(w.batch), most)
		rest := w.batch[n:]
		w.batch = w.batch[:n]
		if len(rest) == 0 {
			w.batch = append(w.batch, &pending{access: Access{Kind: "system", Operation: "serve"}.cleaned(w.cfg.Now()), action: ActionClosed, outcome: Success})
			w.unsigned = w.cfg.SignEntries // so that it is signed
		}
		for try := 1; ; try++ {
			w.flush(ctx)
			if !w.failed {
				break
			}
			if try == lastTries {
				w.cfg.Log.Error("the last entries of the access log are lost", "entries", len(w.batch)+len(rest))
				return
			}
			time.Sleep(again) //nolint:forbidigo // nothing will signal that the records can be written again
		}
		if len(rest) == 0 {
			return
		}
		w.batch, w.unsigned = rest, 0
	}
}

// add appends to the chain, in one transaction.
func (l *Log) add(ctx context.Context, batch []*pending, sign bool) error {
	var a *appending
	err := l.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if a, err = l.appendTo(ctx, tx); err != nil {
			return err
		}
		for _, p := range batch {
			if err := a.access(p); err != nil {
				return err
			}
		}
		if sign {
			if err := a.sign(); err != nil {
				return err
			}
		}
		return a.write(ctx, tx)
	})
	if err != nil {
		return err
	}
	l.written(a.last)
	return nil
}

// written moves the anchor on, and nudges whoever forwards the log.
func (l *Log) written(last *audit.Link) {
	if last == nil {
		return
	}
	if err := l.anchor.move(store.Mark{Seq: last.Seq, Hash: last.Hash}); err != nil {
		l.cfg.Log.Warn("moving the anchor of the access log", "error", err)
	}
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// appending is a transaction that adds to the chain.
type appending struct {
	*Log
	last    *audit.Link // of the chain with what was appended; nil where it is empty
	entries []store.Access
}

// appendTo locks the chain for the transaction and finds its end.
func (l *Log) appendTo(ctx context.Context, tx *store.Tx) (*appending, error) {
	if err := tx.LockAccess(ctx); err != nil {
		return nil, err
	}
	m, err := tx.AccessMark(ctx, end)
	if err != nil {
		return nil, err
	}
	a := &appending{Log: l}
	if m.Seq > 0 {
		a.last = &audit.Link{Seq: m.Seq, Hash: m.Hash}
	}
	return a, nil
}

func (a *appending) access(p *pending) error {
	row := store.Access{Action: p.action, Account: p.access.Account, Operation: p.access.Operation, Object: a.objectHash(p.access.Object),
		Workspace: p.access.Workspace, Outcome: string(p.outcome)}
	return a.append(row, p.access.entry(p.action, p.outcome))
}

func (a *appending) append(row store.Access, e audit.Entry) error {
	link, err := audit.Append(a.last, e)
	if err != nil {
		return err
	}
	row.Seq, row.At, row.Prev, row.Hash, row.Body = link.Seq, e.At.Truncate(time.Microsecond), link.Prev, link.Hash, link.Body
	a.entries, a.last = append(a.entries, row), &link
	return nil
}

func (a *appending) write(ctx context.Context, tx *store.Tx) error {
	if len(a.entries) == 0 {
		return nil
	}
	if err := tx.AddAccess(ctx, a.entries); err != nil {
		return err
	}
	return tx.SetAccessMark(ctx, end, store.Mark{Seq: a.last.Seq, Hash: a.last.Hash})
}

// Retain drops entries that are older than the configuration says, and leaves a signed summary of them in the chain. It
// says how many were dropped.
func (l *Log) Retain(ctx context.Context) (dropped int64, err error) {
	if l.cfg.Keep == 0 {
		return 0, nil
	}
	const atOnce = 50_000
	for {
		n, err := l.drop(ctx, l.cfg.Now().Add(-l.cfg.Keep), atOnce)
		dropped += n
		if err != nil || n < atOnce {
			return dropped, err
		}
	}
}

func (l *Log) drop(ctx context.Context, before time.Time, atOnce int64) (n int64, err error) {
	var a *appending
	err = l.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n = 0
		var err error
		if a, err = l.appendTo(ctx, tx); err != nil {
			return err
		}
		old, err := tx.OldAccess(ctx, before, atOnce)
		if err != nil || old == nil {
			return err
		}
		n = old.To.Seq - old.From.Seq + 1
		outcomes := map[string]any{}
		for name, count := range old.Outcomes {
			if name != "" {
				outcomes[name] = count
			}
		}
		if err := a.append(store.Access{Action: ActionDropped}, audit.Entry{At: l.cfg.Now(), Run: Chain, Actor: "system:server", Action: ActionDropped,
			Details: map[string]any{"from": old.From.Seq, "to": old.To.Seq, "head": old.To.Hash, "first_at": old.FirstAt, "last_at": old.LastAt,
				"outcomes": outcomes, "keep_days": int64(l.cfg.Keep.Hours() / 24)}}); err != nil {
			return err
		}
		return errors.Join(a.sign(), a.write(ctx, tx), tx.DropAccess(ctx, old.To.Seq))
	})
	if err != nil {
		return 0, fmt.Errorf("dropping old entries of the access log (none were dropped): %w", err)
	}
	if n > 0 {
		l.written(a.last)
	}
	return n, nil
}
