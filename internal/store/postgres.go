package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx
)

// OpenPostgres opens the records on PostgreSQL (14 or later). Sealed columns are encrypted by opt.Seal, which should
// be given: PostgreSQL does not encrypt its files.
func OpenPostgres(ctx context.Context, dsn string, opt Options) (*Store, error) {
	db, err := openPool(dsn, forWriting)
	if err != nil {
		return nil, err
	}
	// What is read beside transactions has connections of its own: who holds a transaction and reads something beside it would
	// otherwise wait for a connection that others, who do the same, hold.
	read, err := openPool(dsn, forReading)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // both were never used
		_ = read.Close()
		return nil, fmt.Errorf("reaching the records on PostgreSQL (nothing was changed; check the address and whether "+
			"the server runs): %w", err)
	}
	return newStore(ctx, db, read, Postgres, opt)
}

// Connections of one process: PostgreSQL by itself takes 100 from all.
const (
	forWriting = 10
	forReading = 6
)

func openPool(dsn string, connections int) (*sql.DB, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the records on PostgreSQL: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}
