// Command load puts a server under the load of many clients who poll and decide, and of many who watch, and prints how long
// they waited: `make bench-load`. It starts the server itself, from the built binary, on a folder of its own.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	l := &load{}
	flag.StringVar(&l.binary, "binary", "bin/analytix", "the server's binary")
	flag.IntVar(&l.clients, "clients", 500, "clients that poll and decide at the same time")
	flag.IntVar(&l.watchers, "watchers", 500, "clients that watch events at the same time")
	flag.DurationVar(&l.pause, "pause", time.Second, "how long a client looks at an answer before it asks again")
	flag.DurationVar(&l.length, "for", time.Minute, "how long")
	flag.IntVar(&l.runs, "runs", 8, "runs that wait at a control point, over which the clients spread")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := l.run(ctx)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// load is one test.
type load struct {
	binary                  string
	clients, watchers, runs int
	pause, length           time.Duration

	base, token, link, workspace string
	ids                          []string
	client                       *http.Client

	mu       sync.Mutex
	reads    []time.Duration
	changes  []time.Duration
	errors   atomic.Int64
	why      atomic.Value
	events   atomic.Int64
	watching atomic.Int64
	stale    atomic.Int64
}

func (l *load) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "analytix-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := l.start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() {
		_ = server.Process.Signal(syscall.SIGTERM) // it may have ended
		err = errors.Join(err, server.Wait())
	}()
	l.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.clients + l.watchers, MaxConnsPerHost: 0}}
	if err := l.prepare(ctx); err != nil {
		return err
	}
	before := usage(server.Process.Pid)
	timed, cancel := context.WithTimeout(ctx, l.length)
	defer cancel()
	var wg sync.WaitGroup
	for i := range l.watchers {
		wg.Go(func() { l.watch(timed, l.ids[i%len(l.ids)]) })
	}
	for i := range l.clients {
		wg.Go(func() { l.work(timed, i) })
	}
	wg.Wait()
	return l.tell(before, usage(server.Process.Pid))
}

var listening = regexp.MustCompile(`listening on ([^)]+)`)

// start starts the server and waits until it answers.
func (l *load) start(ctx context.Context, dir string) (*exec.Cmd, error) {
	c := exec.CommandContext(ctx, l.binary, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--per-caller", "4000")
	out, err := c.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, token, ok := strings.Cut(lines.Text(), "/start#"); ok {
			l.link = token
		}
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			l.base = "http://" + m[1] + "/api/v1"
			go func() { _, _ = io.Copy(os.Stderr, out) }() // what the server says from then on
			return c, nil
		}
	}
	return nil, errors.New("the server ended before it answered")
}

// call makes a request and reads the answer.
func (l *load) call(ctx context.Context, method, path string, body any, into any, headers ...string) (answered, error) {
	var text []byte
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		text, kind = []byte(b), "text/csv"
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			return answered{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, l.base+path, bytes.NewReader(text))
	if err != nil {
		return answered{}, err
	}
	req.Header.Set("Content-Type", kind)
	if l.token != "" {
		req.Header.Set("Authorization", "Bearer "+l.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return answered{}, err
	}
	answer, err := io.ReadAll(resp.Body)
	err = errors.Join(err, resp.Body.Close())
	if err == nil && resp.StatusCode >= 300 && resp.StatusCode != http.StatusPreconditionFailed {
		err = fmt.Errorf("%s %s: %d %.300s", method, path, resp.StatusCode, answer)
	}
	if err == nil && into != nil && resp.StatusCode < 300 {
		err = json.Unmarshal(answer, into)
	}
	return answered{resp.StatusCode, resp.Header.Get("ETag")}, err
}

// answered is what matters of an answer beside its body.
type answered struct {
	status int
	etag   string
}

const password = "tidal-Quartz-Umbrella-47" //nolint:gosec // of a server that lives as long as the test

// prepare makes an account, a workspace and the runs, and waits until all of them wait.
func (l *load) prepare(ctx context.Context) error {
	var in struct {
		SignedIn struct {
			Token string `json:"access_token"`
		} `json:"signed_in"`
	}
	if _, err := l.call(ctx, "POST", "/auth/first-start", map[string]any{"token": l.link, "name": "Ada", "email": "ada@example.org", "password": password}, nil); err != nil {
		return err
	}
	if _, err := l.call(ctx, "POST", "/auth/sign-in", map[string]any{"email": "ada@example.org", "password": password}, &in); err != nil {
		return err
	}
	l.token = in.SignedIn.Token
	var w struct{ ID string }
	if _, err := l.call(ctx, "POST", "/workspaces", map[string]any{"name": "load"}, &w); err != nil {
		return err
	}
	l.workspace = "/workspaces/" + w.ID
	for range l.runs {
		var d, r struct{ ID string }
		if _, err := l.call(ctx, "PUT", l.workspace+"/files/orders.csv", table(), &d); err != nil {
			return err
		}
		if _, err := l.call(ctx, "POST", l.workspace+"/runs", map[string]any{"dataset": d.ID}, &r); err != nil {
			return err
		}
		l.ids = append(l.ids, r.ID)
	}
	for _, id := range l.ids {
		if err := l.waiting(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// waiting polls a run until it waits.
func (l *load) waiting(ctx context.Context, id string) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var r struct{ Status string }
		if _, err := l.call(ctx, "GET", l.workspace+"/runs/"+id, nil, &r); err != nil {
			return err
		}
		switch r.Status {
		case "waiting":
			return nil
		case "failed", "aborted":
			return fmt.Errorf("run %s %s", id, r.Status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// work polls a run and decides at its control point now and then, as somebody at a screen does. Clients do not all begin at once.
func (l *load) work(ctx context.Context, number int) {
	run := l.workspace + "/runs/" + l.ids[number%len(l.ids)]
	select {
	case <-ctx.Done():
		return
	case <-time.After(l.pause * time.Duration(number) / time.Duration(l.clients)):
	}
	tick := time.NewTicker(l.pause)
	defer tick.Stop()
	for turn := number; ctx.Err() == nil; turn++ {
		l.timed(ctx, &l.reads, "GET", run, nil, nil)
		if turn%5 == 0 {
			l.timed(ctx, &l.reads, "GET", l.workspace+"/runs?limit=20", nil, nil)
		}
		if turn%10 == 0 {
			l.decide(ctx, run)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// decide decides on the first item. Somebody else may have decided meanwhile: that is an answer, not an error.
func (l *load) decide(ctx context.Context, run string) {
	var p struct {
		Items []struct {
			ID      string
			Options []string
		}
	}
	resp, ok := l.timed(ctx, &l.reads, "GET", run+"/point", nil, &p)
	if !ok || len(p.Items) == 0 {
		return
	}
	body := map[string]any{"decisions": []map[string]any{{"item": p.Items[0].ID, "choice": "accept", "option": p.Items[0].Options[0]}}}
	l.timed(ctx, &l.changes, "POST", run+"/point/decisions", body, nil, "If-Match", resp.etag)
}

func (l *load) timed(ctx context.Context, times *[]time.Duration, method, path string, body, into any, headers ...string) (answered, bool) {
	begun := time.Now()
	resp, err := l.call(ctx, method, path, body, into, headers...)
	took := time.Since(begun)
	if err != nil {
		l.failed(ctx, err)
		return resp, false
	}
	if resp.status == http.StatusPreconditionFailed {
		l.stale.Add(1)
	}
	l.mu.Lock()
	*times = append(*times, took)
	l.mu.Unlock()
	return resp, true
}

// failed counts an error; what the end of the test cuts off is none.
func (l *load) failed(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	l.errors.Add(1)
	l.why.Store(err.Error())
}

// watch holds a stream of events open to the end.
func (l *load) watch(ctx context.Context, id string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+l.workspace+"/runs/"+id+"/events", nil)
	if err != nil {
		l.failed(ctx, err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+l.token)
	resp, err := l.client.Do(req)
	if err != nil {
		l.failed(ctx, err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		l.failed(ctx, fmt.Errorf("watching: %d", resp.StatusCode))
		return
	}
	l.watching.Add(1)
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event: ") {
			l.events.Add(1)
		}
	}
	if ctx.Err() == nil {
		l.failed(ctx, errors.New("a stream of events ended"))
	}
}

// tell prints the figures; any error fails the test.
func (l *load) tell(before, after string) error {
	fmt.Printf("%d clients, %d watchers, %s\n", l.clients, l.watching.Load(), l.length) //nolint:forbidigo // the command's result
	for _, x := range []struct {
		name string
		all  []time.Duration
	}{{"reads", l.reads}, {"decisions", l.changes}} {
		slices.Sort(x.all)
		fmt.Printf("%-10s %7d  %6.0f/s  median %s  p95 %s  p99 %s  worst %s\n", x.name, len(x.all), float64(len(x.all))/l.length.Seconds(), //nolint:forbidigo // as above
			quantile(x.all, .5), quantile(x.all, .95), quantile(x.all, .99), quantile(x.all, 1))
	}
	fmt.Printf("events     %7d\nstale      %7d\nerrors     %7d\nserver before: %s\nserver after:  %s\n", l.events.Load(), l.stale.Load(), l.errors.Load(), before, after) //nolint:forbidigo // as above
	if n := l.errors.Load(); n > 0 {
		return fmt.Errorf("%d errors, the last: %v", n, l.why.Load())
	}
	return nil
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Round(100 * time.Microsecond)
}

// usage is what the server's process has used, as the kernel tells it.
func usage(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "unknown"
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "VmRSS") || strings.HasPrefix(line, "VmHWM") || strings.HasPrefix(line, "Threads") {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	if text, err = os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		// Behind the name, in brackets, stand 11 fields and then the processor time in user and system mode, in hundredths of a second (proc(5)).
		f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		user, err1 := strconv.Atoi(f[11])
		system, err2 := strconv.Atoi(f[12])
		if errors.Join(err1, err2) == nil {
			out = append(out, fmt.Sprintf("processor %.1f s", float64(user+system)/100))
		}
	}
	return strings.Join(out, ", ")
}

// table is a small table with something to decide on.
func table() string {
	var b strings.Builder
	b.WriteString("id,city,amount\n")
	for i := range 500 {
		fmt.Fprintf(&b, "%d,%s,%d\n", i, []string{"Berlin", "Paris", " Berlin ", "London"}[i%4], 100+i%17)
	}
	return b.String()
}
