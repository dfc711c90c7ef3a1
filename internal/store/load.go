package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrNotEmpty is wrapped by the error about records that were to be filled from a backup and hold something already.
var ErrNotEmpty = errors.New("there are records already; name an empty database")

// Schema is the version of the form of the records: the number of the last migration.
func (s *Store) Schema(ctx context.Context) (int64, error) {
	p, err := s.provider()
	if err != nil {
		return 0, err
	}
	v, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the version of the records: %w", err)
	}
	return v, nil
}

// Load is the filling of empty records on PostgreSQL from the parts of a snapshot, in one transaction. Commit ends it.
type Load struct {
	conn *sql.Conn
}

// Load begins to fill the records, which must be empty and have the form of the snapshot. Close must be called; without
// Commit it leaves nothing behind.
func (s *Store) Load(ctx context.Context) (*Load, error) {
	if s.dialect != Postgres {
		return nil, errors.New("records on SQLite are restored by putting their file back")
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("filling the records: %w", err)
	}
	l := &Load{conn: conn}
	_, err = conn.ExecContext(ctx, "BEGIN")
	if err == nil {
		err = l.empty(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("filling the records (nothing was changed): %w", err), l.Close(ctx))
	}
	return l, nil
}

// empty holds that nothing is there but what migrations made, and clears that.
func (l *Load) empty(ctx context.Context) error {
	for _, table := range []string{"run", "account", "workspace", "dataset", "access", "river_job"} {
		var there bool
		err := l.conn.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&there)
		if err != nil || !there {
			if err != nil {
				return err
			}
			continue
		}
		var n int64
		if err := l.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(table)).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%w (%s has %d rows)", ErrNotEmpty, table, n)
		}
	}
	tables, err := tablesOf(ctx, l.conn)
	if err != nil {
		return err
	}
	for i, t := range tables {
		tables[i] = quote(t)
	}
	_, err = l.conn.ExecContext(ctx, "TRUNCATE "+strings.Join(tables, ", "))
	return err
}

// Part fills a table from a part of a snapshot.
func (l *Load) Part(ctx context.Context, name string, r io.Reader) error {
	table, ok := strings.CutSuffix(name, copyExt)
	tables, err := tablesOf(ctx, l.conn)
	if err != nil {
		return err
	}
	known := false
	for _, t := range tables {
		known = known || t == table
	}
	if !ok || !known {
		return fmt.Errorf("filling the records: there is no table for %q: the backup is another version's", name)
	}
	err = l.conn.Raw(func(driver any) error {
		_, err := postgres(driver).CopyFrom(ctx, r, "COPY "+quote(table)+" FROM STDIN")
		return err
	})
	if err != nil {
		return fmt.Errorf("filling the table %s of the records (nothing is kept): %w", table, err)
	}
	return nil
}

// Commit has all that was filled in stay. Numbers that tables draw go on behind those that are there.
func (l *Load) Commit(ctx context.Context) error {
	const numbers = `SELECT format('SELECT setval(%L, (SELECT coalesce(max(%I), 0) + 1 FROM %I), false)',
		pg_get_serial_sequence(quote_ident(table_name), column_name), column_name, table_name)
		FROM information_schema.columns WHERE table_schema = current_schema()
		AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
		AND table_name NOT IN ('goose_db_version', 'river_migration')`
	set, err := names(ctx, l.conn, numbers)
	if err != nil {
		return fmt.Errorf("setting the numbers of the records: %w", err)
	}
	for _, statement := range append(set, "COMMIT") {
		if _, err := l.conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("keeping the records that were filled in: %w", err)
		}
	}
	return nil
}

// Close gives the connection back; what was not committed is undone.
func (l *Load) Close(ctx context.Context) error {
	_, err := l.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // a warning where there is nothing to undo
	return errors.Join(err, l.conn.Close())
}
