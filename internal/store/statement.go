package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
	sqlite "github.com/ncruces/go-sqlite3/driver"
)

// remembering is a connector to SQLite whose connections keep the statements that they have prepared: to read a statement takes
// longer than to run most of them. The driver of PostgreSQL does so by itself.
type remembering struct {
	driver.Connector
	committed func(by *sqlite3.Conn, schema string, pages int) error // is called after each commit, with how many pages the log has
}

// Connect implements driver.Connector.
func (r remembering) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver of SQLite makes connections of another kind (%T)", c), c.Close())
	}
	inner.Raw().WALHook(r.committed)
	return &rememberingConn{sqliteConn: inner, idle: map[string]sqliteStmt{}}, nil
}

// sqliteConn is what the driver's connections can do.
type sqliteConn interface {
	sqlite.Conn
	driver.ExecerContext
	driver.NamedValueChecker
}

// sqliteStmt is what its statements can do.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// mostIdle is how many statements a connection keeps. The program has fewer; one more drops all of them.
const mostIdle = 256

// rememberingConn keeps the statements that are not in use, by their text.
type rememberingConn struct {
	sqliteConn
	idle map[string]sqliteStmt
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *rememberingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return &rememberedStmt{s, c, query}, nil
	}
	s, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &rememberedStmt{s.(sqliteStmt), c, query}, nil //nolint:forcetypeassert // the driver makes no others
}

// Close implements driver.Conn.
func (c *rememberingConn) Close() error { return errors.Join(c.drop(), c.sqliteConn.Close()) }

func (c *rememberingConn) drop() error {
	var all []error
	for query, s := range c.idle {
		delete(c.idle, query)
		all = append(all, s.Close())
	}
	return errors.Join(all...)
}

// rememberedStmt is a statement in use.
type rememberedStmt struct {
	sqliteStmt
	conn  *rememberingConn
	query string
}

// Close implements driver.Stmt: the statement, which has been reset and holds no values any more, is kept for its next use.
func (s *rememberedStmt) Close() error {
	if _, another := s.conn.idle[s.query]; another {
		return s.sqliteStmt.Close()
	}
	var err error
	if len(s.conn.idle) >= mostIdle {
		err = s.conn.drop()
	}
	s.conn.idle[s.query] = s.sqliteStmt
	return err
}
