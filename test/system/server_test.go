package system_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// service is a server of its own: the built binary, on a port of its own, with a state folder of its own.
type service struct {
	base  string // address
	link  string // token of the first start
	data  string // state folder
	cmd   *exec.Cmd
	mu    sync.Mutex
	told  bytes.Buffer // on standard error
	ended chan struct{}
}

var (
	addressLine = regexp.MustCompile(`listening on ([^)]+)`)
	linkLine    = regexp.MustCompile(`/start#(\S+)`)
)

// serve starts a server on a state folder and waits until it answers.
func serve(t *testing.T, data string, args ...string) *service {
	t.Helper()
	return serveIn(t, nil, data, args...)
}

// serveIn does so with further variables in the environment.
func serveIn(t *testing.T, env []string, data string, args ...string) *service {
	t.Helper()
	s := &service{data: data, ended: make(chan struct{})}
	s.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), binary, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Env = append(os.Environ(), env...)
	out, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	ready := make(chan struct{})
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(out)
		for open := true; lines.Scan(); {
			s.mu.Lock()
			_, _ = s.told.WriteString(lines.Text() + "\n")
			if m := linkLine.FindStringSubmatch(lines.Text()); m != nil {
				s.link = m[1]
			}
			if m := addressLine.FindStringSubmatch(lines.Text()); m != nil && open {
				s.base, open = "http://"+m[1], false
				close(ready)
			}
			s.mu.Unlock()
		}
	}()
	select {
	case <-ready:
	case <-s.ended:
		t.Fatalf("the server ended: %s", s.told.String())
	}
	return s
}

// stop ends the server as an operator would.
func (s *service) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	<-s.ended
	_ = s.cmd.Wait()
}

// said is what the server wrote to standard error.
func (s *service) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told.String()
}

const password = "tidal-Quartz-Umbrella-47"

// user is somebody who calls the API.
type user struct {
	s       *service
	account string
	token   string
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// nobody calls without a token.
func (s *service) nobody() *user { return &user{s: s} }

// request makes a request below /api/v1 with the user's token.
func (u *user) request(t *testing.T, method, path string, body any, headers ...string) *http.Request {
	t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, u.s.base+"/api/v1"+path, r)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if u.token != "" {
		req.Header.Set("Authorization", "Bearer "+u.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// call makes a request and reads the whole answer.
func (u *user) call(t *testing.T, method, path string, body any, headers ...string) reply {
	t.Helper()
	return send(t, u.request(t, method, path, body, headers...))
}

func send(t *testing.T, req *http.Request) reply {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return reply{resp.StatusCode, resp.Header, nil} // it has no end
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	return reply{resp.StatusCode, resp.Header, text}
}

// want fails the test where the status is another.
func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("answered %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// into reads the answer.
func (r reply) into(t *testing.T, v any) reply {
	t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return r
}

// code is the code of a problem.
func (r reply) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(r.body, &p) // what is no problem has no code
	return p.Code
}

// signIn signs somebody in.
func (s *service) signIn(t *testing.T, email string) *user {
	t.Helper()
	var in struct {
		SignedIn struct {
			Account string `json:"account"`
			Token   string `json:"access_token"`
		} `json:"signed_in"`
	}
	s.nobody().call(t, "POST", "/auth/sign-in", map[string]any{"email": email, "password": password}).want(t, 200).into(t, &in)
	return &user{s: s, account: in.SignedIn.Account, token: in.SignedIn.Token}
}

// administrator makes the first account.
func (s *service) administrator(t *testing.T) *user {
	t.Helper()
	s.nobody().call(t, "POST", "/auth/first-start", map[string]any{"token": s.link, "name": "Ada", "email": "ada@example.org", "password": password}).want(t, 201)
	return s.signIn(t, "ada@example.org")
}

// invite makes an account with a role of the instance, which is empty for most.
func (u *user) invite(t *testing.T, name, instance string) *user {
	t.Helper()
	body := map[string]any{"name": name, "email": name + "@example.org"}
	if instance != "" {
		body["role"] = instance
	}
	var made struct {
		Link struct{ Token string }
	}
	u.call(t, "POST", "/accounts", body).want(t, 201).into(t, &made)
	u.s.nobody().call(t, "POST", "/auth/links/accept", map[string]any{"token": made.Link.Token, "password": password}).want(t, 200)
	return u.s.signIn(t, name+"@example.org")
}

// workspace makes a workspace.
func (u *user) workspace(t *testing.T, name, tier string) string {
	t.Helper()
	var w struct{ ID string }
	u.call(t, "POST", "/workspaces", map[string]any{"name": name, "tier": tier}).want(t, 201).into(t, &w)
	return w.ID
}

// join gives somebody a role in a workspace.
func (u *user) join(t *testing.T, workspace string, who *user, role string) {
	t.Helper()
	u.call(t, "PUT", "/workspaces/"+workspace+"/members/"+who.account, map[string]any{"role": role}).want(t, 200)
}

// start uploads a file and starts a run on it.
func (u *user) start(t *testing.T, workspace, name, text string, more map[string]any) (run string) {
	t.Helper()
	var d struct{ ID string }
	u.call(t, "PUT", "/workspaces/"+workspace+"/files/"+name, text, "Content-Type", "text/csv").want(t, 201).into(t, &d)
	body := map[string]any{"dataset": d.ID}
	for k, v := range more {
		body[k] = v
	}
	var r struct{ ID string }
	u.call(t, "POST", "/workspaces/"+workspace+"/runs", body).want(t, 201).into(t, &r)
	return r.ID
}

// runState is where a run stands.
type runState struct {
	Status, Stage string
	Failure       json.RawMessage
}

// await follows the events of a run until it waits at a stage's control point, or has ended.
func (u *user) await(t *testing.T, workspace, run string, enough func(runState) bool) runState {
	t.Helper()
	resp, err := http.DefaultClient.Do(u.request(t, "GET", "/workspaces/"+workspace+"/runs/"+run+"/events", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	for event := ""; lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
		}
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || event != "run" {
			continue
		}
		var s runState
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		if s.Status == "failed" || s.Status == "aborted" || enough(s) {
			return s
		}
	}
	t.Fatalf("the events of run %s ended: %v", run, lines.Err())
	return runState{}
}

func waitsAt(stage string) func(runState) bool {
	return func(s runState) bool { return s.Status == "waiting" && s.Stage == stage }
}

func isDone(s runState) bool { return s.Status == "done" }

// small is a table with something wrong with it, and enough rows to say so.
func small(rows int) string {
	var b strings.Builder
	b.WriteString("id,city,email,amount\n")
	for i := 1; i <= rows; i++ {
		city := []string{"Berlin", "Paris", "London"}[i%3]
		if i == 7 {
			city = " Berlin "
		}
		fmt.Fprintf(&b, "%d,%s,canary.person%d@example.org,%d\n", i, city, i, 100+i%17)
	}
	return b.String()
}

func serverData(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data")
}

// soon bounds a request that must not hang.
const soon = 30 * time.Second
