package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to make databases on the server

	"github.com/analytix-flow/analytix/internal/store"
)

// Tests are a package's tests, which share one PostgreSQL server. It is started when the first of them asks for it.
type Tests struct{ m interface{ Run() int } }

// Main must be used in TestMain by every package whose tests call Postgres.
func Main(m *testing.M) Tests { return Tests{m} }

// Run runs the tests, ends the server, and returns the exit code.
func (t Tests) Run() int {
	shared.wrapped = true
	defer shared.stop()
	return t.m.Run()
}

// shared is the server of this process.
var shared server

type server struct {
	wrapped   bool
	once      sync.Once
	dir       string
	process   *exec.Cmd
	command   func(name string, args ...string) *exec.Cmd
	err       error
	databases atomic.Int64
	formed    sync.Once // the database of which all others are copies
}

// Postgres makes a database without records, but in their form, on a PostgreSQL server of Debian's, reached over a Unix socket only, and returns its
// address. Where PostgreSQL is not installed the test is skipped with a message, and fails where CI is set.
func Postgres(t *testing.T) string {
	t.Helper()
	bin := installed(t)
	if !shared.wrapped {
		t.Fatal("TestMain does not call storetest.Main, so nobody would end the server")
	}
	shared.once.Do(func() { shared.err = shared.start(bin) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	name, err := shared.database()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// installed is where PostgreSQL's programs are. Where they are missing the test is skipped, or with CI set, fails.
func installed(t *testing.T) string {
	t.Helper()
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err == nil && len(bins) > 0 {
		return bins[len(bins)-1]
	}
	const missing = "PostgreSQL is not installed (apt-get install postgresql): what holds on SQLite was not tried on it"
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

func (s *server) start(bin string) (err error) {
	if s.dir, err = os.MkdirTemp("", "analytix-pg-"); err != nil { // short: a socket's path has at most 107 bytes
		return err
	}
	as, err := account(s.dir)
	if err != nil {
		return err
	}
	s.command = func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(bin, name), args...) //nolint:noctx // ended by stop
		c.Dir, c.SysProcAttr = s.dir, as
		return c
	}
	if out, err := s.command("initdb", "-D", s.data(), "-U", "analytix", "-A", "trust", "--no-sync").CombinedOutput(); err != nil {
		return fmt.Errorf("making a database cluster: %w\n%s", err, out)
	}
	return s.run()
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// run starts the server on the data that are there.
func (s *server) run() error {
	s.process = s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400")
	return s.process.Start()
}

func (s *server) stop() {
	if s.process != nil && s.process.Process != nil {
		_ = s.process.Process.Signal(syscall.SIGQUIT)
		_ = s.process.Wait() // ended by the signal above
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// database makes a database, once the server answers, and returns its address. It is a copy of one that was brought to the form of
// the records, which takes longer than most tests do.
func (s *server) database() (string, error) {
	admin, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		return "", err
	}
	defer func() { _ = admin.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for admin.PingContext(ctx) != nil {
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("PostgreSQL did not start: %w", ctx.Err())
		case <-tick.C:
		}
	}
	s.formed.Do(func() { s.err = s.form(ctx, admin) })
	if s.err != nil {
		return "", fmt.Errorf("bringing a database to the form of the records: %w", s.err)
	}
	name := "t" + strconv.FormatInt(s.databases.Add(1), 10)
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+form); err != nil {
		return "", fmt.Errorf("making a database: %w", err)
	}
	return s.address(name), nil
}

func (s *server) address(database string) string {
	return "host=" + s.dir + " user=analytix dbname=" + database
}

// form is the database of which others are copies.
const form = "form"

func (s *server) form(ctx context.Context, admin *sql.DB) error {
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+form); err != nil {
		return err
	}
	records, err := store.OpenPostgres(ctx, s.address(form), store.Options{})
	if err != nil {
		return err
	}
	return records.Close()
}

// account gives the server another user where the test runs as root, which PostgreSQL refuses.
func account(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and its own user is not there: %w", err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("user postgres: %w, %w", err1, err2)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, int(uid), int(gid))
}

// Own is a PostgreSQL server of one test's own, which can be stopped and started again.
type Own struct {
	Address string
	server  *server
}

// PostgresOfItsOwn starts one. It is skipped where Postgres would be.
func PostgresOfItsOwn(t *testing.T) *Own {
	t.Helper()
	o := &Own{server: &server{}}
	t.Cleanup(o.server.stop)
	err := o.server.start(installed(t))
	if err != nil {
		t.Fatal(err)
	}
	if o.Address, err = o.server.database(); err != nil {
		t.Fatal(err)
	}
	return o
}

// Stop ends the server at once, as a crash would, and waits for that.
func (o *Own) Stop() {
	_ = o.server.process.Process.Signal(syscall.SIGQUIT)
	_ = o.server.process.Wait() // ended by the signal above
}

// Start starts it again on the same data.
func (o *Own) Start(t *testing.T) {
	t.Helper()
	if err := o.server.run(); err != nil {
		t.Fatal(err)
	}
}
