package store

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
)

// Checkpoints move what was committed from SQLite's log into its file. By itself whoever commits does so as soon as the log has grown
// long, and waits for the disk once more, twice: here it is done beside them. Commits are in the log, on the disk, before.
const (
	longLog    = 1000 // pages that are to be moved
	longestLog = 8000 // pages of a log that writers outran: then one of them does it, and the log begins anew
)

// checkpoints does them on a connection of its own.
type checkpoints struct {
	db     *sql.DB
	due    chan struct{}
	mu     sync.Mutex   // is held while one is done
	moved  atomic.Int64 // pages of the log
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func newCheckpoints() *checkpoints { return &checkpoints{due: make(chan struct{}, 1)} }

// committed is called after each commit, by the connection that made it, with how many pages the log has. What it does cannot fail
// the commit.
func (c *checkpoints) committed(by *sqlite3.Conn, schema string, pages int) error {
	n, moved := int64(pages), c.moved.Load()
	if n < moved { // it began anew
		c.moved.Store(0)
		moved = 0
	}
	switch {
	case n >= longestLog && n-moved >= longLog:
		c.mu.Lock()
		defer c.mu.Unlock()
		if _, done, err := by.WALCheckpoint(schema, sqlite3.CHECKPOINT_PASSIVE); err == nil {
			c.moved.Store(int64(done))
		} // otherwise the next commit does it: this one is on the disk
	case n-moved >= longLog:
		select {
		case c.due <- struct{}{}:
		default:
		}
	}
	return nil
}

// start begins to do them, until close.
func (c *checkpoints) start(ctx context.Context, db *sql.DB) {
	ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	c.db = db
	c.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.due:
			}
			c.move(ctx)
		}
	})
}

// move does one. Where that fails the next commit asks for it again.
func (c *checkpoints) move(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var busy, pages, moved int64
	if err := c.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved); err == nil && moved > 0 {
		c.moved.Store(moved)
	}
}

// close ends them.
func (c *checkpoints) close() error {
	if c == nil || c.cancel == nil {
		return nil
	}
	c.cancel()
	c.done.Wait()
	return c.db.Close()
}
