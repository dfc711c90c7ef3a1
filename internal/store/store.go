package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/analytix-flow/analytix/internal/outbound"
)

//go:embed migration/*.sql
var migrations embed.FS

// Dialect names the database behind a store.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// ErrNotFound is wrapped by errors about a record that is not there.
var ErrNotFound = errors.New("not found")

// ErrConflict is wrapped by errors of a compare-and-swap that somebody else won.
var ErrConflict = errors.New("changed by somebody else in the meantime")

// Options are what both databases take.
type Options struct {
	// Seal encrypts what is written to a sealed column, Unseal decrypts it. Nil leaves it as it is: right where the
	// whole database is encrypted.
	Seal, Unseal func([]byte) ([]byte, error)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Store is a database of records. It is safe for concurrent use.
type Store struct {
	write       *sql.DB // for SQLite a single connection, which is also the queue's
	read        *sql.DB // for SQLite other connections, so that readers do not wait for writers
	light       *sql.DB // for PostgreSQL, whose commits are not waited for; nil for SQLite
	dialect     Dialect
	opt         Options
	outbox      chan struct{}
	outage      outage
	recovery    outbound.Recovery
	gathering   gathering
	checkpoints *checkpoints             // of SQLite
	copyTo      func(path string) string // of SQLite: the address of a copy, with its key
}

func newStore(ctx context.Context, write, read *sql.DB, d Dialect, opt Options) (*Store, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Store{write: write, read: read, dialect: d, opt: opt, outbox: make(chan struct{}, 1), gathering: gathering{long: longGathered}}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing the records to this version's form (they were left as they were): %w", err)
	}
	return nil
}

func (s *Store) provider() (*goose.Provider, error) {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	dialect := goose.DialectSQLite3
	if s.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, s.write, sub, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(s.ownMigrations()...))
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return p, nil
}

// Close closes the database. Nobody may be using it.
func (s *Store) Close() error {
	err := errors.Join(s.checkpoints.close(), s.read.Close(), s.write.Close())
	if s.light != nil {
		err = errors.Join(err, s.light.Close())
	}
	return err
}

// Dialect says which database the records are on.
func (s *Store) Dialect() Dialect { return s.dialect }

// DB is the pool for writing, for the queue, whose tables live beside the records. On SQLite it has one connection:
// whoever holds a transaction must not ask it for another.
func (s *Store) DB() *sql.DB { return s.write }

// Reader is the pool for reading alone.
func (s *Store) Reader() *sql.DB { return s.read }

// OutboxFilled receives after a transaction that put messages into the outbox. It is a nudge: it may be missed or
// spurious, so its receiver looks into the outbox now and then in any case.
func (s *Store) OutboxFilled() <-chan struct{} { return s.outbox }

func (s *Store) nudge() {
	select {
	case s.outbox <- struct{}{}:
	default:
	}
}

func (s *Store) now() int64 { return s.opt.Now().UnixMicro() }

func (s *Store) seal(b []byte) ([]byte, error) {
	if b == nil {
		b = []byte{}
	}
	if s.opt.Seal == nil {
		return b, nil
	}
	return s.opt.Seal(b)
}

func (s *Store) unseal(b []byte) ([]byte, error) {
	if s.opt.Unseal == nil {
		return b, nil
	}
	return s.opt.Unseal(b)
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
