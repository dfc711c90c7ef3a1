package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// InLightTx runs f in a transaction that others see as any other, but which a power cut, or the end of the database's server, may
// undo: it does not wait for the disk. It is not tried again where another was in the way.
func (s *Store) InLightTx(ctx context.Context, f func(tx *sql.Tx) error) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return beginning(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }() // gives it back to the pool
	if s.dialect == SQLite {
		if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
			return beginning(err)
		}
		defer func() {
			if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); failed != nil {
				// Nobody else may get it like this.
				_ = conn.Raw(func(any) error { return driver.ErrBadConn })
			}
		}()
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return beginning(err)
	}
	defer func() { _ = tx.Rollback() }() // without effect once it is committed
	if s.dialect == Postgres {
		if _, err := tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return beginning(err)
		}
	}
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return committing(err)
	}
	return nil
}
