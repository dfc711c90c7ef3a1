package engine

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/analytix-flow/analytix/internal/engine/extension"
	"github.com/analytix-flow/analytix/internal/trace"
)

// Config sets the bounds of a session.
type Config struct {
	// MemoryLimit is how much memory the engine may hold, in bytes; 0 leaves DuckDB's default (80% of the machine).
	MemoryLimit int64
	// Threads is the number of worker threads; 0 means one for each processor.
	Threads int
	// SpillDir is where queries over the limit spill, encrypted; a new folder in it is made for the session and
	// removed by Close. Empty switches spilling off.
	SpillDir string
	// ExtensionDir is a private folder (0700) that keeps the unpacked extension between sessions.
	ExtensionDir string
	// Folders are the folders in which the session may read and write files. /proc/self/fd/ is always allowed.
	Folders []string
}

// Session is one engine: an in-memory database on one connection, so that temporary tables last as long as it does.
// It is not safe for concurrent use.
type Session struct {
	db    *sql.DB
	conn  *sql.Conn
	spill string
	keys  map[string]string // base64 key -> name under which the engine knows it
	watch func(query string)
	wide  *wide // where the table data has many columns; see Narrow
}

// Open starts a session, locked down. Close must be called.
func Open(ctx context.Context, cfg Config) (*Session, error) {
	path, err := extension.Unpack(cfg.ExtensionDir)
	if err != nil {
		return nil, err
	}
	dsn, loaded := trusted.dsn(path)
	connector, err := duckdb.NewConnector(dsn, nil)
	if err != nil {
		return nil, fmt.Errorf("starting the engine: %w", err)
	}
	s := &Session{db: sql.OpenDB(connector), keys: map[string]string{}}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the engine: %w", err), s.db.Close())
	}
	if err := s.lockDown(ctx, cfg, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	loaded()
	return s, nil
}

func (s *Session) lockDown(ctx context.Context, cfg Config, extensionPath string) error {
	set := []string{
		"LOAD " + Literal(extensionPath),
		"SET autoinstall_known_extensions=false",
		"SET autoload_known_extensions=false",
		"SET TimeZone='UTC'",
		"SET preserve_insertion_order=true",
		"SET temp_file_encryption=true",
		"SET temp_directory=''",
	}
	folders := []string{"/proc/self/fd/"}
	if cfg.SpillDir != "" {
		dir, err := os.MkdirTemp(cfg.SpillDir, "spill-")
		if err != nil {
			return fmt.Errorf("making a folder for spills: %w", err)
		}
		s.spill = dir
		set = append(set, "SET temp_directory="+Literal(dir))
		folders = append(folders, dir+"/")
	}
	if cfg.MemoryLimit > 0 {
		set = append(set, "SET memory_limit="+Literal(bytesLimit(cfg.MemoryLimit)))
	}
	if cfg.Threads > 0 {
		set = append(set, fmt.Sprintf("SET threads=%d", cfg.Threads))
	}
	for _, f := range cfg.Folders {
		folders = append(folders, strings.TrimSuffix(f, "/")+"/")
	}
	set = append(set, "SET allowed_directories=["+Literals(folders)+"]",
		"SET enable_external_access=false", "SET lock_configuration=true")
	for _, q := range set {
		if _, err := s.conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("setting up the engine (%s): %w", q, err)
		}
	}
	return nil
}

// Close ends the session and removes what it spilled.
func (s *Session) Close() error {
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	errs = append(errs, s.db.Close())
	if s.spill != "" {
		errs = append(errs, os.RemoveAll(s.spill))
	}
	return errors.Join(errs...)
}

// Exec runs a statement. A cancelled ctx interrupts it.
func (s *Session) Exec(ctx context.Context, query string, args ...any) error {
	return s.run(ctx, query, func(query string) error {
		s.watched(query)
		ctx, done := trace.Query(ctx, query)
		r, err := s.conn.ExecContext(ctx, query, args...)
		done(changed(r, err), err)
		return err
	})
}

// Query runs a query; the rows must be closed before the next statement.
func (s *Session) Query(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	err = s.run(ctx, query, func(query string) error {
		s.watched(query)
		ctx, done := trace.Query(ctx, query)
		rows, err = s.conn.QueryContext(ctx, query, args...) //nolint:rowserrcheck,sqlclosecheck // whoever reads the rows does both
		done(-1, err)                                        // how many there are shows as they are read
		return err
	})
	return rows, err
}

// QueryRow runs a query for a single row and scans it.
func (s *Session) QueryRow(ctx context.Context, query string, dest ...any) error {
	return s.run(ctx, query, func(query string) error {
		s.watched(query)
		ctx, done := trace.Query(ctx, query)
		err := s.conn.QueryRowContext(ctx, query).Scan(dest...)
		if errors.Is(err, sql.ErrNoRows) {
			done(0, nil)
			return err
		}
		done(1, err)
		return err
	})
}

// run runs a statement as it is or, on a wide table, on the columns that it names. One that turns out to need others, which is
// known before it begins, runs as it is.
func (s *Session) run(ctx context.Context, query string, do func(query string) error) error {
	less, ok, err := s.narrowed(ctx, query)
	if err != nil {
		return err
	}
	if ok {
		var d *duckdb.Error
		if err = do(less); !errors.As(err, &d) || d.Type != duckdb.ErrorTypeBinder {
			return explain(err, query)
		}
	}
	return explain(do(query), query)
}

// changed is how many rows a statement wrote.
func changed(r sql.Result, err error) int64 {
	if err != nil {
		return -1
	}
	n, err := r.RowsAffected()
	if err != nil {
		return -1
	}
	return n
}

// ErrMemory is wrapped by errors of statements that needed more memory than the session may hold.
var ErrMemory = errors.New("the engine's memory limit was reached")

// explain adds the statement to an error of the engine, shortened: literals in it may be a user's data, so the
// text is for the person who sees the run, never for the log.
func explain(err error, query string) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, context.Canceled) {
		return err
	}
	var d *duckdb.Error
	if errors.As(err, &d) && d.Type == duckdb.ErrorTypeOutOfMemory {
		return fmt.Errorf("%w: %w", ErrMemory, err)
	}
	const most = 300
	if len(query) > most {
		query = query[:most] + "…"
	}
	return fmt.Errorf("%w (in %s)", err, query)
}

// File is a Parquet file encrypted with AES-256-GCM.
type File struct {
	Path string `json:"path"`
	Key  []byte `json:"key"` // 32 bytes
}

// ReadParquet is the table expression that reads encrypted Parquet files, one after the other.
func (s *Session) ReadParquet(ctx context.Context, files ...File) (string, error) {
	if len(files) == 0 {
		return "", errors.New("reading Parquet: no file given")
	}
	name, err := s.keyName(ctx, files[0].Key)
	if err != nil {
		return "", err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		if string(f.Key) != string(files[0].Key) {
			return "", errors.New("reading Parquet: the files of one table must share a key")
		}
		paths[i] = f.Path
	}
	return "read_parquet([" + Literals(paths) + "], encryption_config={footer_key: " + Literal(name) + "})", nil
}

// WriteParquet writes the rows of a query, in their order, as an encrypted Parquet file. The file must not exist.
func (s *Session) WriteParquet(ctx context.Context, query string, to File) error {
	name, err := s.keyName(ctx, to.Key)
	if err != nil {
		return err
	}
	return s.Exec(ctx, "COPY ("+query+") TO "+Literal(to.Path)+
		" (FORMAT parquet, COMPRESSION snappy, ENCRYPTION_CONFIG {footer_key: "+Literal(name)+"})")
}

// keyName makes a key known to the engine under a random name.
func (s *Session) keyName(ctx context.Context, key []byte) (string, error) {
	if len(key) != 32 {
		return "", fmt.Errorf("an encryption key has %d bytes in the place of 32", len(key))
	}
	b64 := base64.StdEncoding.EncodeToString(key)
	if name, ok := s.keys[b64]; ok {
		return name, nil
	}
	var r [8]byte
	_, _ = rand.Read(r[:]) // never fails (crypto/rand)
	name := "k" + hex.EncodeToString(r[:])
	if _, err := s.conn.ExecContext(ctx, "PRAGMA add_parquet_key("+Literal(name)+", "+Literal(b64)+")"); err != nil {
		return "", errors.New("the engine did not take the dataset's key") // the cause would quote the key
	}
	s.keys[b64] = name
	return name, nil
}

// DataTable is the name under which handlers and evidence see the version that is studied.
const DataTable = "data"

// AttachData makes the version available as the table data, read into memory where it is small (under a quarter of
// the limit, judged by the file's size) and as a view of the file where it is not.
func (s *Session) AttachData(ctx context.Context, small bool, files ...File) error {
	from, err := s.ReadParquet(ctx, files...)
	if err != nil {
		return err
	}
	kind := "VIEW"
	if small {
		kind = "TABLE"
	}
	s.wide = nil
	return s.Exec(ctx, "CREATE OR REPLACE "+kind+" "+DataTable+" AS SELECT * FROM "+from)
}
