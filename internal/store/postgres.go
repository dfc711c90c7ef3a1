package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
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
	light, err := openPool(dsn, forLight, "synchronous_commit", "off")
	if err != nil {
		return nil, errors.Join(err, db.Close(), read.Close())
	}
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // none was ever used
		_ = read.Close()
		_ = light.Close()
		return nil, fmt.Errorf("reaching the records on PostgreSQL (nothing was changed; check the address and whether "+
			"the server runs): %w", err)
	}
	s, err := newStore(ctx, db, read, Postgres, opt)
	if err != nil {
		return nil, errors.Join(err, light.Close())
	}
	s.light = light
	return s, nil
}

// Connections of one process: PostgreSQL by itself takes 100 from all.
const (
	forWriting = 9
	forReading = 6
	forLight   = 2
)

const (
	// connectWithin bounds how long a connection may take to come about.
	connectWithin = 10 * time.Second
	// silentFor is after how long a connection is given up whose other side acknowledges nothing.
	silentFor = 30 * time.Second
)

// dialer makes connections on which a server that vanished, with its machine or the network to it, is noticed.
func dialer() *net.Dialer {
	return &net.Dialer{Control: giveUpSilent, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silentFor / 2, Interval: silentFor / 6, Count: 3}}
}

// parsePostgres reads an address, and completes it by how patient connections are.
func parsePostgres(dsn string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	if cfg.ConnectTimeout == 0 { // the address does not say otherwise (connect_timeout)
		cfg.ConnectTimeout = connectWithin
	}
	cfg.DialFunc = dialer().DialContext
	return cfg, nil
}

// openPool makes a pool of connections with settings of the server's, given as names and values.
func openPool(dsn string, connections int, settings ...string) (*sql.DB, error) {
	cfg, err := parsePostgres(dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the records on PostgreSQL: %w", err)
	}
	for i := 0; i+1 < len(settings); i += 2 {
		cfg.RuntimeParams[settings[i]] = settings[i+1]
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Listen hears what is notified on a channel of PostgreSQL, until ctx ends or the connection is lost, and holds a connection
// meanwhile. heard is called with each payload, and with an empty one as soon as it listens: what was notified before is not heard.
func (s *Store) Listen(ctx context.Context, channel string, heard func(payload string)) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("listening to the records: %w", err)
	}
	err = conn.Raw(func(raw any) error {
		c := raw.(*stdlib.Conn).Conn() //nolint:forcetypeassert // that is what the driver pgx makes
		if _, err := c.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
			return err
		}
		for heard(""); ; {
			n, err := c.WaitForNotification(ctx)
			if err != nil {
				return errors.Join(driver.ErrBadConn, err) // it goes on listening: nobody else gets it
			}
			heard(n.Payload)
		}
	})
	return fmt.Errorf("listening to the records: %w", errors.Join(err, conn.Close()))
}
