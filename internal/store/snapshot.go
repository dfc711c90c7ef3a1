package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Snapshot is the records, the queue's with them, as they were at one moment, while others go on writing. Close must be
// called.
type Snapshot struct {
	file string    // of SQLite: a copy, encrypted as the records are
	conn *sql.Conn // of PostgreSQL: in a transaction that sees the moment
}

// SnapshotFile is the name of the one part of a snapshot of SQLite, which takes the place of the database's file.
const SnapshotFile = "records.db"

// Snapshot takes a snapshot. On SQLite a copy, encrypted under the same key, is written into the folder.
func (s *Store) Snapshot(ctx context.Context, dir string) (*Snapshot, error) {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("taking a snapshot of the records: %w", err)
	}
	if s.dialect == SQLite {
		path := filepath.Join(dir, SnapshotFile)
		if err := errors.Join(s.copyInto(ctx, conn, path), conn.Close()); err != nil {
			return nil, fmt.Errorf("copying the records to %s (they go on as they are): %w", path, err)
		}
		return &Snapshot{file: path}, nil
	}
	n := &Snapshot{conn: conn}
	_, err = conn.ExecContext(ctx, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
	if err == nil { // the first statement fixes the moment
		_, err = conn.ExecContext(ctx, "SELECT count(*) FROM run")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("taking a snapshot of the records: %w", err), n.Close(ctx))
	}
	return n, nil
}

// copyInto writes the copy on a connection for reading, so that writers do not wait; to write a file it must be let loose.
func (s *Store) copyInto(ctx context.Context, conn *sql.Conn, path string) error {
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only=OFF"); err != nil {
		return err
	}
	// The address holds the key: it is bound, so that no error and no statement quotes it.
	_, err := conn.ExecContext(ctx, "VACUUM INTO $1", s.copyTo(path))
	_, only := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only=ON")
	return errors.Join(err, only)
}

// Each gives every part of the snapshot to do, under its name.
func (n *Snapshot) Each(ctx context.Context, do func(name string, r io.Reader) error) error {
	if n.conn == nil {
		f, err := os.Open(n.file)
		if err != nil {
			return fmt.Errorf("reading the copy of the records: %w", err)
		}
		return errors.Join(do(SnapshotFile, f), f.Close())
	}
	tables, err := tablesOf(ctx, n.conn)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := n.table(ctx, table, do); err != nil {
			return fmt.Errorf("reading the table %s of the records: %w", table, err)
		}
	}
	return nil
}

// table streams a table as PostgreSQL writes it.
func (n *Snapshot) table(ctx context.Context, table string, do func(string, io.Reader) error) error {
	r, w := io.Pipe()
	copied := make(chan error, 1)
	go func() {
		err := n.conn.Raw(func(driver any) error {
			_, err := postgres(driver).CopyTo(ctx, w, "COPY "+quote(table)+" TO STDOUT")
			return err
		})
		_ = w.CloseWithError(err) // never fails
		copied <- err
	}()
	err := do(table+copyExt, r)
	_ = r.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // never fails; ends the copy where do did not read it all
	if failed := <-copied; err == nil && failed != nil {
		return failed
	}
	return err
}

const copyExt = ".copy"

func postgres(driver any) *pgconn.PgConn {
	return driver.(*stdlib.Conn).Conn().PgConn() // package postgres.go opens no other
}

// quote makes a name of our own an identifier.
func quote(name string) string { return `"` + name + `"` }

// tablesOf lists the tables whose rows make up the records. Those that say which migrations were made are made by these,
// and who leads is of no use to others.
func tablesOf(ctx context.Context, conn *sql.Conn) ([]string, error) {
	return names(ctx, conn, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() "+
		"AND table_type = 'BASE TABLE' AND table_name NOT IN ('goose_db_version', 'river_migration', 'river_leader') ORDER BY 1")
}

// names lists the only column of a query about the database's own tables.
func names(ctx context.Context, conn *sql.Conn, query string) ([]string, error) {
	all, err := list(ctx, conn, func(scan func(...any) error) (name string, err error) { return name, scan(&name) }, query)
	if err != nil {
		return nil, fmt.Errorf("listing the tables of the records: %w", err)
	}
	return all, nil
}

// Close gives the snapshot up. The copy of SQLite stays: whoever named its folder removes it.
func (n *Snapshot) Close(ctx context.Context) error {
	if n.conn == nil {
		return nil
	}
	_, err := n.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return errors.Join(err, n.conn.Close())
}
