package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
)

// Tx is a transaction. It is not safe for concurrent use and not valid after the function given to InTx returns.
type Tx struct {
	tx     *sql.Tx
	s      *Store
	after  []func()
	filled bool
}

// SQL is the transaction itself, for the queue.
func (t *Tx) SQL() *sql.Tx { return t.tx }

// AfterCommit has f called when the transaction is committed, and not at all when it is not.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

const tries = 20

// InTx runs f in a serializable transaction and commits it where f returns nil. Where another transaction was in the
// way everything is undone and f is called again: it must have no effect but through the transaction. On SQLite it may be written
// together with others, and f see what they have made before it is committed.
func (s *Store) InTx(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	if s.dialect == SQLite {
		return again(ctx, func() error { return s.gather(ctx, f) })
	}
	return again(ctx, func() error { return s.alone(ctx, sql.LevelSerializable, f) })
}

// InRunTx is InTx for an f that moves a run on, or keeps what was made of it. The transactions of a run wait for one another, so
// that what f reads of it stays so until the end; those of other runs are not in the way. Of what is not the run's f must rely on
// nothing that it has read, but on statements that hold by themselves: those that add to a sum, or put in what must be unique.
//
// PostgreSQL finds out whether transactions are serializable by what they read, in pages of its indexes: runs that have nothing to
// do with one another would have each other undone, the more of them move the more often.
func (s *Store) InRunTx(ctx context.Context, run string, f func(ctx context.Context, tx *Tx) error) error {
	if s.dialect == SQLite {
		return s.InTx(ctx, f)
	}
	return again(ctx, func() error {
		return s.alone(ctx, sql.LevelReadCommitted, func(ctx context.Context, tx *Tx) error {
			if _, err := tx.exec(ctx, "SELECT 1 FROM run WHERE id = $1 FOR UPDATE", run); err != nil {
				return fmt.Errorf("waiting for the turn of run %s: %w", run, err)
			}
			return f(ctx, tx)
		})
	})
}

// InOwnTx is InTx for an f that acts, outside of the transaction, on what it reads: all that it sees was committed. On PostgreSQL it
// is not serializable: f has to lock what nobody else may do meanwhile.
func (s *Store) InOwnTx(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	level := sql.LevelDefault
	if s.dialect == Postgres {
		level = sql.LevelReadCommitted
	}
	return again(ctx, func() error { return s.alone(ctx, level, f) })
}

// again calls once until nothing was in its way, some times at most.
func again(ctx context.Context, once func() error) error {
	for try := 1; ; try++ {
		err := once()
		if err == nil || try == tries || !retryable(err) {
			return err
		}
		wait := time.Duration(1<<min(try, 7)) * time.Millisecond
		wait += rand.N(wait) //nolint:gosec // spreads retries, no secret
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(wait):
		}
	}
}

// alone runs f in a transaction of its own.
func (s *Store) alone(ctx context.Context, level sql.IsolationLevel, f func(ctx context.Context, tx *Tx) error) (err error) {
	tx, err := s.write.BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return beginning(err)
	}
	t := &Tx{tx: tx, s: s}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // err says what matters; the driver drops a connection that cannot roll back
		}
	}()
	if err := t.call(ctx, f); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return committing(err)
	}
	t.committed()
	return nil
}

// call calls f. A panic in it is an error of this transaction and of nothing else: it is rolled back, and others go on.
func (t *Tx) call(ctx context.Context, f func(ctx context.Context, tx *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a transaction on the records stumbled over a fault of the program; nothing of it was kept: %v\n%s", p, debug.Stack())
		}
	}()
	return f(ctx, t)
}

func beginning(err error) error {
	return fmt.Errorf("beginning a transaction on the records: %w", err)
}

func committing(err error) error {
	return fmt.Errorf("writing to the records (nothing of it was kept): %w", err)
}

// committed tells those who wait for it.
func (t *Tx) committed() {
	if t.filled {
		t.s.nudge()
	}
	for _, f := range t.after {
		f()
	}
}

func retryable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		// serialization_failure, deadlock_detected; unique_violation: two transactions took the same next number.
		case "40001", "40P01", "23505":
			return true
		}
		return false
	}
	return errors.Is(err, sqlite3.BUSY) || errors.Is(err, sqlite3.LOCKED)
}

// IsFull says whether the error is about a full disk.
func IsFull(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, sqlite3.FULL) || (errors.As(err, &pg) && pg.Code == "53100")
}

// exec runs a statement and says how many rows it changed. Placeholders are $1, $2, ... in the order of first use,
// which both databases take.
func (t *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// list scans every row of a query.
func list[T any](ctx context.Context, q querier, scan func(row func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		x, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}
