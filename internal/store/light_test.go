package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// What is written lightly is there for all; what comes after it is as durable as before.
func TestWhatIsWrittenLightlyIsThereForAll(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, database := range []struct {
		name            string
		open            func(t *testing.T) *store.Store
		durable, always string
	}{
		{"SQLite", func(t *testing.T) *store.Store {
			t.Helper()
			return openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
		}, "PRAGMA synchronous", "2"},
		{"PostgreSQL", func(t *testing.T) *store.Store {
			t.Helper()
			s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s.DB().SetMaxOpenConns(1)
			return s
		}, "SHOW synchronous_commit", "on"},
	} {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			s := database.open(t)
			closed(t, s)
			if _, err := s.DB().ExecContext(t.Context(), "CREATE TABLE mark (n INTEGER)"); err != nil {
				t.Fatal(err)
			}
			var within string
			err := s.Lightly(t.Context(), func(db store.Queries) error {
				return errors.Join(last(t, db, "INSERT INTO mark (n) VALUES (1) RETURNING n", &within), last(t, db, database.durable, &within), broken)
			})
			if !errors.Is(err, broken) || within == database.always {
				t.Errorf("%v in the place of %v, durability %q within", err, broken, within)
			}
			var rows int
			var durable string
			err = errors.Join(s.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM mark").Scan(&rows),
				s.DB().QueryRowContext(t.Context(), database.durable).Scan(&durable))
			if err != nil || rows != 1 || durable != database.always {
				t.Errorf("%d rows, durability %q afterwards, %v", rows, durable, err)
			}
		})
	}
}

// last runs a query, and scans its only column's last value.
func last(t *testing.T, db store.Queries, query string, into *string) error {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Statements that a connection keeps are used again as if they were new, also while the same one is in use, and when there are more
// than it keeps.
func TestStatementsAreUsedAgain(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
	closed(t, s)
	db := s.DB()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE mark (n INTEGER, word TEXT)"); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO mark (n, word) VALUES ($1, $2)", n, "a"); err != nil {
			t.Fatal(err)
		}
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	const query = "SELECT n FROM mark WHERE n >= $1 ORDER BY n"
	outer, err := tx.QueryContext(t.Context(), query, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	for want := 0; outer.Next(); want++ {
		var n, inner int
		if err := errors.Join(outer.Scan(&n), tx.QueryRowContext(t.Context(), query, n+1).Scan(&inner)); n != want || (n < 2 && (err != nil || inner != n+1)) {
			t.Errorf("row %d: %d, and %d within, %v", want, n, inner, err)
		}
	}
	if err := outer.Err(); err != nil {
		t.Error(err)
	}
	var word sql.NullString
	for n := range store.MostIdle + 10 {
		if err := tx.QueryRowContext(t.Context(), fmt.Sprintf("SELECT $1 AS column%d", n), n).Scan(&word); err != nil {
			t.Fatal(err)
		}
	}
	// A column that comes later is seen by a statement that was prepared before.
	if _, err := tx.ExecContext(t.Context(), "ALTER TABLE mark ADD COLUMN late INTEGER DEFAULT 7"); err != nil {
		t.Fatal(err)
	}
	var n, late int
	for range 2 {
		if err := tx.QueryRowContext(t.Context(), "SELECT n, late FROM mark ORDER BY n LIMIT 1").Scan(&n, &late); err != nil || late != 7 {
			t.Errorf("%d, %v", late, err)
		}
	}
}
