package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Lock is a lock among all processes that use a PostgreSQL database. It needs no tables, and goes with the connection of
// whoever holds it. The address must lead to the database itself, not to a pool that shares connections by transaction.
type Lock struct {
	dsn, name string
	key       int64
}

// PostgresLock is the lock of the name.
func PostgresLock(dsn, name string) *Lock {
	h := fnv.New64a()
	_, _ = h.Write([]byte("analytix/" + name)) // never fails (hash.Hash)
	return &Lock{dsn, name, int64(h.Sum64())}  // #nosec G115 -- any 64 bits will do
}

// Together takes the lock with others who do so; Alone keeps them waiting.
func (l *Lock) Together(ctx context.Context) (release func() error, err error) {
	return l.take(ctx, "SELECT pg_advisory_lock_shared($1)")
}

// Alone takes the lock when nobody else has it.
func (l *Lock) Alone(ctx context.Context) (release func() error, err error) {
	return l.take(ctx, "SELECT pg_advisory_lock($1)")
}

func (l *Lock) take(ctx context.Context, sql string) (func() error, error) {
	cfg, err := parsePostgres(l.dsn)
	if err != nil {
		return nil, fmt.Errorf("taking the lock %q: %w", l.name, err)
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("taking the lock %q: %w", l.name, err)
	}
	held := context.WithoutCancel(ctx) // the lock outlasts the call
	release := func() error {
		const patience = 5 * time.Second // the server lets go of the lock in any case once the connection is gone
		ctx, cancel := context.WithTimeout(held, patience)
		defer cancel()
		return conn.Close(ctx)
	}
	if _, err := conn.Exec(ctx, sql, l.key); err != nil {
		return nil, errors.Join(fmt.Errorf("taking the lock %q: %w", l.name, err), release())
	}
	return release, nil
}
