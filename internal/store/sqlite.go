package store

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"

	"github.com/ncruces/go-sqlite3/driver"
	_ "github.com/ncruces/go-sqlite3/vfs/xts" // registers the encrypting file system
)

const readers = 4

// OpenSQLite opens, or makes, the encrypted database at path. Only one process may have it open: the caller holds the
// lock of the home. The key has at least 32 bytes; the database's AES-256-XTS key is derived from it.
func OpenSQLite(ctx context.Context, path string, key []byte, opt Options) (*Store, error) {
	if len(key) < 32 {
		return nil, fmt.Errorf("opening the records: the key has %d bytes, at least 32 are needed", len(key))
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "analytix records", 64)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of the records: %w", err)
	}
	secret := hex.EncodeToString(derived)
	moving := newCheckpoints()
	open := func(connections int, pragmas ...string) (*sql.DB, error) {
		// FULL makes each commit outlive a power cut: the database is the truth that the broker follows.
		pragmas = append([]string{"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)", "secure_delete(ON)",
			"foreign_keys(ON)"}, pragmas...)
		u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: url.Values{"vfs": {"xts"}, "hexkey": {secret}, "_txlock": {"immediate"},
			"_pragma": pragmas}.Encode()}
		connector, err := (&driver.SQLite{}).OpenConnector(u.String())
		if err != nil {
			return nil, err
		}
		db := sql.OpenDB(remembering{connector, moving.committed})
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db, nil
	}
	write, err := open(1)
	if err != nil {
		return nil, fmt.Errorf("opening the records at %s: %w", path, err)
	}
	var n int
	if err := write.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
		err = fmt.Errorf("reading the records at %s: the master key is not the one they were written with, or the file "+
			"is damaged (nothing was changed): %w", path, err)
		return nil, errors.Join(err, write.Close())
	}
	read, err := open(readers, "query_only(ON)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the records at %s: %w", path, err), write.Close())
	}
	beside, err := open(1)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the records at %s: %w", path, err), write.Close(), read.Close())
	}
	moving.start(ctx, beside)
	s, err := newStore(ctx, write, read, SQLite, opt)
	if err != nil {
		return nil, errors.Join(err, moving.close())
	}
	s.checkpoints = moving
	s.copyTo = func(path string) string {
		u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "vfs=xts&hexkey=" + secret}
		return u.String()
	}
	return s, nil
}
