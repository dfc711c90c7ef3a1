package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// ownMigrations are those that the two databases do not take the same text for.
func (s *Store) ownMigrations() []*goose.Migration {
	return []*goose.Migration{goose.NewGoMigration(11, &goose.GoFunc{RunTx: s.drawPositions}, nil)}
}

// drawPositions has PostgreSQL draw the positions of the outbox from a sequence: whoever looks for the last to count on from it is
// in the way of all others who post. SQLite has one writer at a time.
func (s *Store) drawPositions(ctx context.Context, tx *sql.Tx) error {
	if s.dialect != Postgres {
		return nil
	}
	// The owner is how a restored backup finds the sequence to set.
	_, err := tx.ExecContext(ctx, "CREATE SEQUENCE outbox_position OWNED BY outbox.position")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "SELECT setval('outbox_position', (SELECT coalesce(max(position), 0) + 1 FROM outbox), false)")
	return err
}
