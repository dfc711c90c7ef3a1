package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Queries runs statements that return rows.
type Queries interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Lightly runs f, each of whose statements is a transaction of its own that others see as any other, but which a power cut, or the
// end of the database's server, may undo: none waits for the disk. Nothing is tried again where another was in the way.
func (s *Store) Lightly(ctx context.Context, f func(db Queries) error) (err error) {
	if s.dialect == Postgres {
		return f(s.light)
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return beginning(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }() // gives it back to the pool
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return beginning(err)
	}
	defer func() {
		if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); failed != nil {
			// Nobody else may get it like this.
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
	}()
	return f(conn)
}
