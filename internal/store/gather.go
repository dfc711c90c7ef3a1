package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"
)

// gathering writes transactions of SQLite that come at the same time together. One is written at a time there, and most of what it
// takes is the disk's acknowledgement: those who would wait for it take part in the next, each in a savepoint of its own, and all
// are answered once that one is on the disk.
type gathering struct {
	mu      sync.Mutex
	waiting []*part
	led     bool // somebody writes, or is about to
	// long is how long others are taken in after the first.
	long time.Duration
}

// part is one of the transactions that are written together.
type part struct {
	ctx  context.Context //nolint:containedctx // of the one who waits for it
	f    func(ctx context.Context, tx *Tx) error
	tx   *Tx
	err  error
	turn chan struct{} // closed when this one is to write, with those who come meanwhile
	done chan struct{} // closed when err is what became of it
}

// Bounds of what is written together: nobody is to wait long for those who come after.
const (
	mostGathered = 64
	longGathered = 5 * time.Millisecond
)

// errApart is the error of parts that could not be written together: each is written alone then.
var errApart = errors.New("transactions could not be written together")

// gather runs f in a transaction, its own or one with others.
func (s *Store) gather(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	p := &part{ctx: ctx, f: f, turn: make(chan struct{}), done: make(chan struct{})}
	if s.gathering.await(p) {
		s.together(ctx, p)
		s.gathering.pass()
	}
	if errors.Is(p.err, errApart) {
		return s.alone(ctx, sql.LevelDefault, f)
	}
	if p.err == nil {
		p.tx.committed()
	}
	return p.err
}

// await returns true when it is the turn of p to write, false when what became of it is known.
func (g *gathering) await(p *part) bool {
	g.mu.Lock()
	if !g.led {
		g.led = true
		g.mu.Unlock()
		return true
	}
	g.waiting = append(g.waiting, p)
	g.mu.Unlock()
	ended := p.ctx.Done()
	for {
		select {
		case <-p.turn:
			return true
		case <-p.done:
			return false
		case <-ended:
			if g.leave(p) {
				p.err = p.ctx.Err()
				return false
			}
			ended = nil // it has begun: it ends by itself
		}
	}
}

// leave takes p out of those who wait; false where it waits no more.
func (g *gathering) leave(p *part) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, p)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// next takes the one who waits longest; nil where nobody does.
func (g *gathering) next() *part {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		return nil
	}
	p := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	return p
}

// pass has the one who waits longest write.
func (g *gathering) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.led = false
		return
	}
	close(g.waiting[0].turn)
	g.waiting = slices.Delete(g.waiting, 0, 1)
}

// together writes first, whose context it is, and with it those who come meanwhile.
func (s *Store) together(ctx context.Context, first *part) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		first.err = beginning(err)
		return
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	ctx = context.WithoutCancel(ctx)    // of others' parts too
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		first.err = beginning(err)
		return
	}
	first.run(s, tx)
	if first.err != nil {
		_ = tx.Rollback() // the error says what matters; the driver drops a connection that cannot roll back
		return
	}
	parts, err := s.others(ctx, tx)
	if err == nil {
		err = tx.Commit()
	} else {
		_ = tx.Rollback()
	}
	if err != nil && len(parts) == 0 {
		first.err = committing(err)
	} else if err != nil {
		first.err = errApart
	}
	for _, p := range parts {
		if err != nil { // also one that failed: it may have, for something that was not kept
			p.err = errApart
		}
		close(p.done)
	}
}

// others runs those who have come in the transaction. The error says that nothing of it can be kept.
func (s *Store) others(ctx context.Context, tx *sql.Tx) (parts []*part, err error) {
	for begun := time.Now(); len(parts) < mostGathered && time.Since(begun) < s.gathering.long; {
		p := s.gathering.next()
		if p == nil {
			break
		}
		parts = append(parts, p)
		if p.err = p.ctx.Err(); p.err != nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, "SAVEPOINT part"); err != nil {
			return parts, err
		}
		p.run(s, tx)
		if p.err != nil {
			// A statement that was broken off takes the whole transaction with it, and the savepoint is gone.
			if _, err := tx.ExecContext(ctx, "ROLLBACK TO part"); err != nil {
				return parts, err
			}
		}
		if _, err := tx.ExecContext(ctx, "RELEASE part"); err != nil {
			return parts, err
		}
	}
	return parts, nil
}

// run calls the part's function.
func (p *part) run(s *Store, tx *sql.Tx) {
	p.tx = &Tx{tx: tx, s: s}
	if p.err = p.tx.call(p.ctx, p.f); p.err == nil {
		p.err = p.ctx.Err()
	}
}
