package chaos_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/tooltest"
)

var (
	files = flag.Int("chaos.files", 6, "how many runs go through the system")
	kinds = flag.Int("chaos.kinds", 3, "of how many different files they are")
	long  = flag.Duration("chaos.for", 20*time.Second, "for how long processes are disturbed")
	seed  = flag.Uint64("chaos.seed", 1, "of the disturbances")
)

// TestNothingIsLostAndNothingDoneTwice takes runs through all stages by processes that are killed, paused and cut off at random.
// In the end every run must be done and its results those of a process that nobody disturbed; every effect and every entry of
// the audit must be there exactly once.
func TestNothingIsLostAndNothingDoneTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("needs minutes")
	}
	want := undisturbed(t)
	s := newSite(t)
	c := s.caller()
	c.begin(s.link())
	ctx, cancel := context.WithTimeout(t.Context(), *long)
	defer cancel()
	var beside sync.WaitGroup
	beside.Go(func() { s.disturb(ctx) })
	runs := make([]string, *files)
	for i := range runs {
		runs[i] = c.start(i % *kinds)
	}
	beside.Wait()
	s.heal()
	begun := time.Now()
	for i, run := range runs {
		got := c.result(run)
		if diff := got.differs(want[i%*kinds]); diff != "" {
			t.Errorf("run %s of file %d: %s", run, i%*kinds, diff)
		}
	}
	t.Logf("%d runs were done %s after the last disturbance", len(runs), time.Since(begun).Round(time.Second))
	c.chains()
	for _, r := range s.roles {
		r.end(syscall.SIGTERM)
	}
	s.verify(len(runs))
}

// undisturbed are the results of each file in one process with everything embedded.
func undisturbed(t *testing.T) []result {
	t.Helper()
	address := tooltest.FreeAddress(t)
	p := newProgram(t, "all in one", binary, []string{"serve", "--data", filepath.Join(t.TempDir(), "home"), "--listen", address}, nil)
	p.start()
	defer p.end(syscall.SIGTERM)
	c := &caller{t: t, apis: []string{"http://" + address}}
	c.begin(linkOf(t, p))
	runs, all := make([]string, *kinds), make([]result, *kinds)
	for i := range runs {
		runs[i] = c.start(i)
	}
	for i := range all {
		all[i] = c.result(runs[i])
	}
	return all
}

// disturb disturbs one thing after another until ctx is done.
func (s *site) disturb(ctx context.Context) {
	random := rand.New(rand.NewPCG(*seed, 0))
	var beside sync.WaitGroup
	defer beside.Wait()
	for ctx.Err() == nil {
		r, nats := s.roles[random.IntN(len(s.roles))], s.nats[random.IntN(len(s.nats))]
		k := r.links[random.IntN(len(r.links))]
		rest := time.Duration(500+random.IntN(4000)) * time.Millisecond
		type act struct {
			what     string
			do, undo func()
		}
		acts := []act{
			{"kill " + r.name, func() { r.end(syscall.SIGKILL) }, r.start},
			{"end " + r.name, func() { r.end(syscall.SIGTERM) }, r.start},
			{"pause " + r.name, func() { r.signal(syscall.SIGSTOP) }, func() { r.signal(syscall.SIGCONT) }},
			{"cut a link of " + r.name, func() { k.set(true, false) }, func() { k.set(false, false) }},
			{"stall a link of " + r.name, func() { k.set(false, true) }, func() { k.set(false, false) }},
			{"cut off " + r.name, func() { r.cutOff(true) }, func() { r.cutOff(false) }},
			{"kill " + nats.name, func() { nats.end(syscall.SIGKILL) }, nats.start},
			{"pause " + nats.name, func() { nats.signal(syscall.SIGSTOP) }, func() { nats.signal(syscall.SIGCONT) }},
			{"pause the storage", func() { _ = s.storage.Process().Signal(syscall.SIGSTOP) }, func() { _ = s.storage.Process().Signal(syscall.SIGCONT) }},
		}
		a := acts[random.IntN(len(acts))]
		s.t.Logf("%s for %s", a.what, rest)
		a.do()
		await(ctx, rest)
		a.undo()
		await(ctx, time.Duration(random.IntN(1500))*time.Millisecond)
	}
}

// cutOff cuts a process off from everything.
func (r *role) cutOff(cut bool) {
	for _, k := range r.links {
		k.set(cut, false)
	}
}

func await(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// linkOf waits for the token of the first start that a process tells.
func linkOf(t *testing.T, p *program) string {
	t.Helper()
	var token string
	err := within(t.Context(), time.Minute, func(context.Context) error {
		m := firstStart.FindStringSubmatch(p.said.String())
		if m == nil {
			return fmt.Errorf("%s told of no first start: %s", p.name, p.said)
		}
		token = m[1]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// link is the token that holds: of the process that told one last.
func (s *site) link() string { return linkOf(s.t, s.roles[1].program) }

// caller calls the API, at whichever address answers.
type caller struct {
	t         *testing.T
	apis      []string
	token     string
	workspace string
	next      int
}

func (s *site) caller() *caller { return &caller{t: s.t, apis: s.apis} }

const (
	password = "tidal-Quartz-Umbrella-47"
	email    = "ada@example.org"
	patience = 15 * time.Minute
)

// try makes a request once, at the next address.
func (c *caller) try(ctx context.Context, method, path string, body []byte, headers ...string) ([]byte, error) {
	c.next++
	base := c.apis[c.next%len(c.apis)]
	req, err := http.NewRequestWithContext(ctx, method, base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode < 300:
		return answer, nil
	case resp.StatusCode == http.StatusUnauthorized && c.token != "":
		return nil, errors.Join(c.signIn(ctx), errors.New("signed in anew"))
	}
	err = fmt.Errorf("%s %s at %s: %d %s", method, path, base, resp.StatusCode, answer)
	if slices.Contains([]int{400, 403, 404, 405, 413, 415, 422}, resp.StatusCode) {
		return nil, refusal{err}
	}
	return nil, err
}

// refusal is an answer that another try would not change.
type refusal struct{ error }

// call makes a request until it is answered.
func (c *caller) call(method, path string, body any, into any, headers ...string) {
	c.t.Helper()
	text, ok := body.([]byte)
	if !ok {
		var err error
		if text, err = json.Marshal(body); err != nil {
			c.t.Fatal(err)
		}
	}
	var answer []byte
	err := within(c.t.Context(), patience, func(ctx context.Context) (err error) {
		answer, err = c.try(ctx, method, path, text, headers...)
		return err
	})
	if raw, ok := into.(*[]byte); ok {
		*raw = answer
	} else if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *caller) signIn(ctx context.Context) error {
	body, err := json.Marshal(map[string]any{"email": email, "password": password})
	if err != nil {
		return err
	}
	c.token = ""
	answer, err := c.try(ctx, "POST", "/auth/sign-in", body)
	if err != nil {
		return err
	}
	var in struct {
		SignedIn struct {
			Token string `json:"access_token"`
		} `json:"signed_in"`
	}
	err = json.Unmarshal(answer, &in)
	c.token = in.SignedIn.Token
	return err
}

// begin makes an account and a workspace.
func (c *caller) begin(link string) {
	c.t.Helper()
	c.call("POST", "/auth/first-start", map[string]any{"token": link, "name": "Ada", "email": email, "password": password}, nil)
	if err := within(c.t.Context(), patience, c.signIn); err != nil {
		c.t.Fatal(err)
	}
	var w struct{ ID string }
	c.call("POST", "/workspaces", map[string]any{"name": "chaos"}, &w)
	c.workspace = "/workspaces/" + w.ID
}

// start uploads a file and starts a run on it that decides by itself.
func (c *caller) start(file int) string {
	c.t.Helper()
	var d, r struct{ ID string }
	c.call("PUT", c.workspace+fmt.Sprintf("/files/orders-%d.csv", file), table(file), &d, "Content-Type", "text/csv")
	c.call("POST", c.workspace+"/runs", map[string]any{"dataset": d.ID, "decide": "recommended", "goal": "raise the total"}, &r, "Idempotency-Key", "start "+d.ID)
	return r.ID
}

// table is a file with something wrong with it, another one for each number.
func table(number int) []byte {
	random := rand.New(rand.NewPCG(uint64(number), 1))
	var b bytes.Buffer
	b.WriteString("id,city,zip,email,amount,note\n")
	for i := 1; i <= 80+10*number; i++ {
		at := random.IntN(3)
		city, note := []string{"Berlin", "Paris", "London"}[at], fmt.Sprint("text ", random.IntN(1000))
		switch random.IntN(25) {
		case 0:
			city = " " + city
		case 1:
			city = strings.ToUpper(city)
		case 2:
			note = "N/A"
		}
		fmt.Fprintf(&b, "%d,%s,%d,person%d@example.org,%d,%s\n", i, city, 10000+at, i, 100+random.IntN(500)+300*at, note)
	}
	return b.Bytes()
}

// result is what came of a run, without what is of its time and place.
type result struct {
	status   string
	findings map[string]any
	data     string
	versions []string
	audit    []string
}

// noneDead refuses to wait any longer where a task was set aside: nothing here is the fault of a task, and nobody takes it up again.
func (c *caller) noneDead(ctx context.Context) error {
	answer, err := c.try(ctx, "GET", "/system/dead-tasks", nil)
	if err != nil {
		return err
	}
	var dead struct{ Tasks []json.RawMessage }
	if err := json.Unmarshal(answer, &dead); err != nil {
		return err
	}
	if len(dead.Tasks) > 0 {
		return refusal{fmt.Errorf("%d tasks were set aside: %s", len(dead.Tasks), answer)}
	}
	return nil
}

// ended waits until a run has ended, and says how.
func (c *caller) ended(run string) string {
	c.t.Helper()
	var status string
	err := within(c.t.Context(), patience, func(ctx context.Context) error {
		answer, err := c.try(ctx, "GET", c.workspace+"/runs/"+run, nil)
		if err != nil {
			return err
		}
		var now struct {
			Status, Stage string
			Failure       json.RawMessage
		}
		if err := json.Unmarshal(answer, &now); err != nil {
			return err
		}
		if status = now.Status; status == "running" || status == "waiting" {
			if err := c.noneDead(ctx); err != nil {
				return err
			}
			return fmt.Errorf("run %s is %s at %s", run, now.Status, now.Stage)
		}
		if status != "done" {
			status += string(now.Failure)
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return status
}

// result waits until a run has ended, and reads what came of it.
func (c *caller) result(run string) result {
	c.t.Helper()
	path := c.workspace + "/runs/" + run
	r := result{status: c.ended(run)}
	c.call("GET", path+"/results/findings.json", nil, &r.findings)
	delete(r.findings, "run")
	var versions struct {
		Versions []struct {
			ID, Kind    string
			Rows        int64
			ContentHash string `json:"content_hash"`
		}
	}
	c.call("GET", path+"/versions", nil, &versions)
	last := ""
	for _, v := range versions.Versions {
		r.versions = append(r.versions, fmt.Sprintf("%s %d %s", v.Kind, v.Rows, v.ContentHash))
		last = v.ID
	}
	if last != "" {
		var data []byte
		c.call("GET", path+"/versions/"+last+"/download?format=csv", nil, &data)
		r.data = string(data)
	}
	r.audit = c.effects(path)
	return r
}

// effects are the entries of a run's audit, whose chain must hold.
func (c *caller) effects(path string) []string {
	c.t.Helper()
	var chain []byte
	c.call("GET", path+"/results/audit.jsonl", nil, &chain)
	if _, err := audit.VerifySealed(bytes.NewReader(chain)); err != nil {
		c.t.Errorf("%s: the audit chain: %v", path, err)
	}
	var all []string
	lines := bufio.NewScanner(bytes.NewReader(chain))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var link struct {
			Body struct {
				Action, Object string
				Details        struct {
					Stage string
					Round int
				}
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &link); err != nil {
			c.t.Fatal(err)
		}
		b := link.Body
		kind, _, _ := strings.Cut(b.Object, ":")
		all = append(all, fmt.Sprint(b.Action, " ", kind, " ", b.Details))
	}
	slices.Sort(all)
	return all
}

// differs says in what a result is not the same.
func (r result) differs(want result) string {
	switch {
	case r.status != "done" || want.status != "done":
		return fmt.Sprintf("it is %s, undisturbed %s", r.status, want.status)
	case !slices.Equal(r.versions, want.versions):
		return fmt.Sprintf("its versions are %q, undisturbed %q", r.versions, want.versions)
	case r.data != want.data:
		return "its data is another"
	case !slices.Equal(r.audit, want.audit):
		return fmt.Sprintf("its audit has\n%s\nundisturbed\n%s", strings.Join(r.audit, "\n"), strings.Join(want.audit, "\n"))
	}
	return unlike("findings", r.findings, want.findings)
}

// unlike says where two documents differ first; empty where they do not.
func unlike(at string, got, want any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			break
		}
		for name := range w {
			if strings.HasSuffix(at, ".decision") && (name == "at" || name == "id") { // made anew with each
				continue
			}
			if diff := unlike(at+"."+name, g[name], w[name]); diff != "" {
				return diff
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			if diff := unlike(fmt.Sprintf("%s[%d]", at, i), g[i], w[i]); diff != "" {
				return diff
			}
		}
		return ""
	default:
		if got == want {
			return ""
		}
	}
	return fmt.Sprintf("%s is %.300v, undisturbed %.300v", at, got, want)
}

// chains asks the system to verify its access log.
func (c *caller) chains() {
	c.t.Helper()
	var v struct{ Last, Signatures int64 }
	c.call("GET", "/system/audit/verification", nil, &v) // what does not hold is no answer
	c.t.Logf("the access log holds: %+v", v)
}
