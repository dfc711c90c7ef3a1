package store

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx
)

// OpenPostgres opens the records on PostgreSQL (14 or later). Sealed columns are encrypted by opt.Seal, which should
// be given: PostgreSQL does not encrypt its files.
func OpenPostgres(ctx context.Context, dsn string, opt Options) (*Store, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the records on PostgreSQL: %w", err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("reaching the records on PostgreSQL (nothing was changed; check the address and whether "+
			"the server runs): %w", err)
	}
	return newStore(ctx, db, db, Postgres, opt)
}
