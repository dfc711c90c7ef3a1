package chaos_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/object/objecttest"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/tooltest"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(builtFor(m)) }

func builtFor(m *testing.M) int {
	dir, err := os.MkdirTemp("", "analytix-chaos-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the folder of this run of the tests alone
	binary = filepath.Join(dir, "analytix")
	build := exec.Command("go", "build", "-o", binary, "github.com/analytix-flow/analytix/cmd/analytix")
	if text, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the binary: %v\n%s", err, text)
		return 1
	}
	return storetest.Main(m).Run()
}

// program is a process that can be killed, paused and started again.
type program struct {
	t    *testing.T
	name string
	path string
	args []string
	env  []string

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{} // closed once the process is gone
	alone bool          // it is not started again when it ends by itself
	said  *lines
}

// lines keeps the end of what a process writes.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	const most = 1 << 20
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text.Len() > most {
		l.text.Next(l.text.Len() - most/2)
	}
	return l.text.Write(p)
}

// String is what is kept.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (p *program) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return
	}
	p.cmd, p.ended, p.alone = exec.CommandContext(context.WithoutCancel(p.t.Context()), p.path, p.args...), make(chan struct{}), false
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with its children
	if err := p.cmd.Start(); err != nil {
		p.t.Errorf("%s: %v", p.name, err)
		p.cmd = nil
		return
	}
	go p.supervise(p.cmd, p.ended)
}

// supervise starts a process again that ended by itself, as whoever runs it at scale does.
func (p *program) supervise(cmd *exec.Cmd, ended chan struct{}) {
	_ = cmd.Wait() // what it wrote tells why
	p.mu.Lock()
	again := !p.alone
	p.cmd = nil
	close(ended)
	p.mu.Unlock()
	if again {
		_, _ = fmt.Fprintf(p.said, "%s ended by itself and is started again\n", p.name)
		await(p.t.Context(), time.Second)
		if p.t.Context().Err() == nil {
			p.start()
		}
	}
}

func (p *program) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, s) // it may have ended
	}
}

func (p *program) end(s syscall.Signal) {
	p.mu.Lock()
	running, ended := p.cmd != nil, p.ended
	p.alone = true
	p.mu.Unlock()
	p.signal(syscall.SIGCONT)
	p.signal(s)
	if running {
		<-ended
	}
}

func newProgram(t *testing.T, name, path string, args, env []string) *program {
	t.Helper()
	p := &program{t: t, name: name, path: path, args: args, env: env, said: &lines{}}
	t.Cleanup(func() {
		p.end(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("%s said last:\n%s", name, tail(p.said.String()))
		}
	})
	return p
}

func tail(s string) string {
	const most = 3000
	return s[max(0, len(s)-most):]
}

// site is the whole system.
type site struct {
	t        *testing.T
	storage  *objecttest.Server
	nats     []*program
	database string // folder of PostgreSQL's socket
	name     string // of the database
	roles    []*role
	apis     []string
}

// role is a process of the program, with links of its own to everything else.
type role struct {
	*program
	links []*link
	home  string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, storage: objecttest.Start(t)}
	dsn := storetest.Postgres(t)
	for field := range strings.FieldsSeq(dsn) {
		if v, ok := strings.CutPrefix(field, "host="); ok {
			s.database = v
		}
		if v, ok := strings.CutPrefix(field, "dbname="); ok {
			s.name = v
		}
	}
	s.startNATS()
	first := s.role("api")
	first.start()
	s.reached(first.args)
	for _, name := range []string{"api", "control", "control", "worker", "worker"} {
		s.role(name).start()
	}
	for _, r := range s.roles {
		s.reached(r.args)
	}
	return s
}

// startNATS starts a cluster of three. Clients are not told of addresses beside those that they know: they keep to their links.
func (s *site) startNATS() {
	s.t.Helper()
	path := tooltest.Path(s.t, tooltest.NATSServer)
	clients, routes := make([]string, 3), make([]string, 3)
	for i := range clients {
		clients[i], routes[i] = tooltest.FreeAddress(s.t), tooltest.FreeAddress(s.t)
	}
	for i := range clients {
		_, port, _ := net.SplitHostPort(clients[i])
		_, cluster, _ := net.SplitHostPort(routes[i])
		text := fmt.Sprintf("server_name: n%d\nhost: 127.0.0.1\nport: %s\njetstream { store_dir: %q }\n"+
			"cluster { name: analytix, host: 127.0.0.1, port: %s, no_advertise: true, routes: [nats://%s, nats://%s, nats://%s] }\n",
			i, port, s.t.TempDir(), cluster, routes[0], routes[1], routes[2])
		file := filepath.Join(s.t.TempDir(), "nats.conf")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
		p := newProgram(s.t, fmt.Sprint("nats ", i), path, []string{"-c", file}, nil)
		p.args = append(p.args, "-a", "127.0.0.1", "-p", port)
		p.start()
		s.nats = append(s.nats, p)
	}
}

// role makes a process with a role, and its links: to the database, each server of the cluster, and the storage.
func (s *site) role(name string) *role {
	s.t.Helper()
	r := &role{home: filepath.Join(s.t.TempDir(), "home")}
	database := newLink(s.t, to("unix", filepath.Join(s.database, ".s.PGSQL.5432")))
	r.links = append(r.links, database)
	var nats []string
	for _, p := range s.nats {
		k := newLink(s.t, to("tcp", "127.0.0.1:"+p.args[len(p.args)-1]))
		r.links = append(r.links, k)
		nats = append(nats, "nats://"+k.at)
	}
	storage, err := url.Parse(s.storage.URL("chaos"))
	if err != nil {
		s.t.Fatal(err)
	}
	query := storage.Query()
	endpoint, err := url.Parse(query.Get("endpoint"))
	if err != nil {
		s.t.Fatal(err)
	}
	objects := newLink(s.t, to("tcp", endpoint.Host))
	r.links = append(r.links, objects)
	query.Set("endpoint", "http://"+objects.at)
	storage.RawQuery = query.Encode()
	address := tooltest.FreeAddress(s.t)
	r.program = newProgram(s.t, fmt.Sprint(name, " ", len(s.roles)), binary, []string{
		"serve", "--role", name, "--data", r.home, "--listen", address, "--origin", "http://flow.example.org", "--workers", "1", "--memory", "1GiB",
		"--postgres", "postgres://analytix@" + database.at + "/" + s.name + "?sslmode=disable&connect_timeout=5",
		"--nats", strings.Join(nats, ","), "--objects", storage.String(), "--drain-within", "2s",
	}, []string{"ANALYTIX_MASTER_KEY=" + masterKey})
	s.roles = append(s.roles, r)
	if name == "api" {
		s.apis = append(s.apis, "http://"+address)
	}
	return r
}

// masterKey is that of all processes.
const masterKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// heal mends everything.
func (s *site) heal() {
	for _, r := range s.roles {
		for _, k := range r.links {
			k.set(false, false)
		}
		r.signal(syscall.SIGCONT)
		r.start()
	}
	for _, p := range s.nats {
		p.signal(syscall.SIGCONT)
		p.start()
	}
	if s.storage.Process() == nil {
		s.storage.Resume()
	}
	_ = s.storage.Process().Signal(syscall.SIGCONT)
}

// reached waits until a process is ready.
func (s *site) reached(args []string) {
	s.t.Helper()
	address := args[indexOf(args, "--listen")+1]
	err := within(s.t.Context(), 3*time.Minute, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusOK {
			err = errors.New(string(said))
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("%v is not ready: %v", args[2], err)
	}
}

func indexOf(all []string, s string) int {
	for i, x := range all {
		if x == s {
			return i
		}
	}
	return -1
}

// within tries again until there is no error or the time is over.
func within(ctx context.Context, most time.Duration, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		one, done := context.WithTimeout(ctx, 20*time.Second)
		err := try(one)
		done()
		var refused refusal
		if err == nil || errors.As(err, &refused) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

// link of the first start, as a process tells it.
var firstStart = regexp.MustCompile(`/start#(\S+)`)

// verify has the program check everything that is kept, when no process runs.
func (s *site) verify(runs int) {
	s.t.Helper()
	r := s.roles[0]
	c := exec.CommandContext(s.t.Context(), binary, "verify", r.home)
	c.Env = append(os.Environ(), r.env...)
	for name, flag := range map[string]string{"ANALYTIX_POSTGRES_URL": "--postgres", "ANALYTIX_NATS_URL": "--nats", "ANALYTIX_OBJECTS_URL": "--objects"} {
		c.Env = append(c.Env, name+"="+r.args[indexOf(r.args, flag)+1])
	}
	out, err := c.CombinedOutput()
	s.t.Logf("verify: %s", tail(string(out)))
	if held := bytes.Count(out, []byte("\nrun ")); err != nil || held != runs {
		s.t.Errorf("of %d runs %d hold: %v", runs, held, err)
	}
}
