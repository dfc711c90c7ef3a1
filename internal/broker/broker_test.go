package broker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/broker"
)

// The test binary is its own victim: started with this variable it publishes until it is killed.
const victim = "ANALYTIX_BROKER_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		publishUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

var key = bytes.Repeat([]byte{5}, 32)

func open(t *testing.T, cfg broker.Config) *broker.Broker {
	t.Helper()
	cfg.Key, cfg.Backoff = key, time.Millisecond
	b, err := broker.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publish(t *testing.T, b *broker.Broker, run, kind string, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := b.Publish(t.Context(), broker.Message{ID: id, Run: run, Kind: kind, Data: []byte("canary " + id)}); err != nil {
			t.Fatal(err)
		}
	}
}

// collector gathers what a handler is given and tells when it has enough.
type collector struct {
	mu   sync.Mutex
	got  []string
	want int
	done chan struct{}
}

func collect(want int) *collector { return &collector{want: want, done: make(chan struct{})} }

func (c *collector) add(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.got = append(c.got, id); len(c.got) == c.want {
		close(c.done)
	}
}

func (c *collector) handle(_ context.Context, m broker.Message) error {
	c.add(m.ID)
	return nil
}

func (c *collector) wait(t *testing.T) []string {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(20 * time.Second):
		t.Errorf("waited in vain for %d messages", c.want)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got
}

func consume(t *testing.T, b *broker.Broker, name, kind string, h broker.Handler) *broker.Subscription {
	t.Helper()
	s, err := b.Consume(t.Context(), name, kind, h)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDeliversEachConsumerItsKindOnceAndInOrder(t *testing.T) {
	b := open(t, broker.Config{Dir: t.TempDir()})
	defer b.Close()
	publish(t, b, "r", "event.a", "1", "2", "2", "3")
	publish(t, b, "r", "command.a", "c1")
	publish(t, b, "r", "event", "4")
	events, commands := collect(4), collect(1)
	s1 := consume(t, b, "control", "event", events.handle)
	defer s1.Stop()
	s2 := consume(t, b, "managers", "command", commands.handle)
	defer s2.Stop()
	if got := strings.Join(events.wait(t), " "); got != "1 2 3 4" {
		t.Errorf("events %s", got)
	}
	if got := strings.Join(commands.wait(t), " "); got != "c1" {
		t.Errorf("commands %s", got)
	}
}

func TestKeepsOrderOfARunWhileMessagesFail(t *testing.T) {
	b := open(t, broker.Config{Dir: t.TempDir()})
	defer b.Close()
	const runs, each = 3, 20
	for i := range each {
		for r := range runs {
			publish(t, b, fmt.Sprint("run", r), "event", fmt.Sprintf("%d-%02d", r, i))
		}
	}
	c := collect(runs * each)
	var mu sync.Mutex
	busy, failed := map[string]bool{}, map[string]int{}
	s := consume(t, b, "control", "event", func(_ context.Context, m broker.Message) error {
		mu.Lock()
		if busy[m.Run] {
			t.Errorf("two messages of %s at a time", m.Run)
		}
		busy[m.Run] = true
		failed[m.ID]++
		fail := failed[m.ID] <= int(m.ID[3]-'0')%3
		mu.Unlock()
		defer func() { mu.Lock(); busy[m.Run] = false; mu.Unlock() }()
		if fail {
			return errors.New("not yet")
		}
		c.add(m.ID)
		return nil
	})
	defer s.Stop()
	last := map[byte]string{}
	for _, id := range c.wait(t) {
		if id <= last[id[0]] {
			t.Errorf("%s came after %s", id, last[id[0]])
		}
		last[id[0]] = id
	}
}

func TestPoisonIsSetAsideAndReplayed(t *testing.T) {
	told := make(chan broker.DeadLetter, 4)
	b := open(t, broker.Config{Dir: t.TempDir(), Tries: 3, OnDead: func(d broker.DeadLetter) { told <- d }})
	defer b.Close()
	publish(t, b, "r", "event.x", "bad", "worse", "good")
	c := collect(1)
	var mu sync.Mutex
	tries, mended := map[string]int{}, false
	h := func(ctx context.Context, m broker.Message) error {
		mu.Lock()
		defer mu.Unlock()
		tries[m.ID]++
		switch {
		case m.ID == "good" || mended:
			return c.handle(ctx, m)
		case m.ID == "worse":
			return broker.Poison(errors.New("line one\nline two"))
		default:
			return errors.New("broken")
		}
	}
	s := consume(t, b, "control", "event", h)
	c.wait(t)
	<-told
	<-told
	mu.Lock()
	if tries["bad"] != 3 || tries["worse"] != 1 {
		t.Errorf("tries %v", tries)
	}
	mended = true
	mu.Unlock()
	letters, err := b.DeadLetters(t.Context())
	if err != nil || len(letters) != 2 || letters[0].Message.ID != "bad" || letters[1].Reason != "line one\nline two" ||
		letters[0].Consumer != "control" || letters[0].Tries != 3 || letters[0].Message.Kind != "event.x" {
		t.Fatalf("dead letters %+v, %v", letters, err)
	}
	s.Stop()
	*c = *collect(2)
	for _, d := range letters {
		if err := b.Replay(t.Context(), d.Seq); err != nil {
			t.Fatal(err)
		}
	}
	s = consume(t, b, "control", "event", h)
	defer s.Stop()
	if got := strings.Join(c.wait(t), " "); got != "bad worse" {
		t.Errorf("replayed %s", got)
	}
	if letters, err := b.DeadLetters(t.Context()); err != nil || len(letters) != 0 {
		t.Errorf("dead letters after the replay: %v, %v", letters, err)
	}
}

func TestUnacknowledgedMessagesComeAgainInOrderAfterARestart(t *testing.T) {
	dir := t.TempDir()
	b := open(t, broker.Config{Dir: dir})
	publish(t, b, "r", "event", "1", "2", "3")
	started := make(chan struct{})
	var once sync.Once
	s := consume(t, b, "control", "event", func(ctx context.Context, m broker.Message) error {
		if m.ID == "1" {
			return nil
		}
		once.Do(func() { close(started) })
		<-ctx.Done()
		return ctx.Err()
	})
	<-started
	s.Stop()
	publish(t, b, "r", "event", "4")
	b.Close()
	b = open(t, broker.Config{Dir: dir})
	defer b.Close()
	c := collect(3)
	begun := time.Now()
	s = consume(t, b, "control", "event", c.handle)
	defer s.Stop()
	if got := strings.Join(c.wait(t), " "); got != "2 3 4" {
		t.Errorf("after the restart: %s", got)
	}
	if waited := time.Since(begun); waited > 25*time.Second { // they would come again by themselves after 30
		t.Errorf("waited %s for messages that were under way", waited)
	}
}

func publishUntilKilled(dir string) {
	ctx := context.Background()
	b, err := broker.Open(ctx, broker.Config{Dir: dir, Key: key})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		if err := b.Publish(ctx, broker.Message{ID: strconv.Itoa(i), Run: "r", Kind: "event"}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(i) // what is told here was acknowledged
	}
}

func TestWhatWasAcknowledgedOutlivesSIGKILL(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+dir)
	out := &watched{at: "700\n", seen: make(chan struct{})}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.seen:
	case <-time.After(30 * time.Second):
		t.Error("the victim publishes nothing")
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	told := strings.Count(out.text.String(), "\n")
	b := open(t, broker.Config{Dir: dir})
	defer b.Close()
	c := collect(told)
	s := consume(t, b, "control", "event", c.handle)
	defer s.Stop()
	for i, id := range c.wait(t)[:told] {
		if id != strconv.Itoa(i) {
			t.Fatalf("message %s in the place of %d", id, i)
		}
	}
}

type watched struct {
	text bytes.Buffer
	at   string
	seen chan struct{}
	once sync.Once
}

func (w *watched) Write(p []byte) (int, error) {
	w.text.Write(p)
	if strings.Contains(w.text.String(), w.at) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}

// A process that is killed while a stream is made leaves a part of it: the next one starts all the same.
func TestAStreamThatWasNotFinishedIsMadeAnew(t *testing.T) {
	t.Parallel()
	remove := func(names ...string) func(dir string) error {
		return func(dir string) (err error) {
			for _, n := range names {
				err = errors.Join(err, os.Remove(filepath.Join(dir, n)))
			}
			return err
		}
	}
	truncate := func(name string, to int64) func(dir string) error {
		return func(dir string) error { return os.Truncate(filepath.Join(dir, name), to) }
	}
	both := func(all ...func(string) error) func(string) error {
		return func(dir string) (err error) {
			for _, f := range all {
				err = errors.Join(err, f(dir))
			}
			return err
		}
	}
	for name, left := range map[string]func(dir string) error{
		"the key was not written":   both(truncate("meta.key", 0), remove("meta.inf", "meta.sum")),
		"a part of the key":         both(truncate("meta.key", 40), remove("meta.inf", "meta.sum")),
		"a key that fits nothing":   both(remove("meta.inf", "meta.sum"), func(dir string) error { return os.WriteFile(filepath.Join(dir, "meta.key"), make([]byte, 72), 0o600) }),
		"no description":            remove("meta.inf", "meta.sum"),
		"a description of no bytes": both(truncate("meta.inf", 0), remove("meta.sum")),
		"no checksum":               remove("meta.sum"),
		"nothing but the folder":    remove("meta.key", "meta.inf", "meta.sum"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			open(t, broker.Config{Dir: dir}).Close()
			all, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "ANALYTIX_DEAD"))
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			if err := left(all[0]); err != nil {
				t.Fatal(err)
			}
			b := open(t, broker.Config{Dir: dir})
			defer b.Close()
			publish(t, b, "r", "event", "1")
		})
	}
}

func TestStoreIsEncrypted(t *testing.T) {
	dir := t.TempDir()
	b := open(t, broker.Config{Dir: dir})
	publish(t, b, "r", "event", "1", "2")
	b.Close()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte("canary")) {
			t.Errorf("%s holds plain text", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestRefusesWhatIsNoSubject(t *testing.T) {
	b := open(t, broker.Config{Dir: t.TempDir()})
	defer b.Close()
	for _, m := range []broker.Message{{}, {ID: "1", Run: "a.b", Kind: "k"}, {ID: "1", Run: "*", Kind: "k"}, {ID: "1", Run: "r", Kind: "a >"}} {
		if err := b.Publish(t.Context(), m); err == nil {
			t.Errorf("published %+v", m)
		}
	}
	if _, err := broker.Open(t.Context(), broker.Config{Dir: t.TempDir(), Key: key[:5]}); err == nil {
		t.Error("a short key was taken")
	}
}

// A message that is too early waits for the one ahead of it, which another process may have had when it died, for longer than one
// that fails; but not for ever.
func TestEarlyMessagesAreGivenBackUntilTheirTurn(t *testing.T) {
	dead := make(chan broker.DeadLetter, 4)
	b := open(t, broker.Config{Dir: t.TempDir(), Tries: 2, Backoff: time.Millisecond, Patience: 12, OnDead: func(d broker.DeadLetter) { dead <- d }})
	defer b.Close()
	var mu sync.Mutex
	given := map[string]int{}
	often := make(chan struct{})
	handled := collect(3)
	s := consume(t, b, "control", "event", func(_ context.Context, m broker.Message) error {
		mu.Lock()
		defer mu.Unlock()
		given[m.ID]++
		switch {
		case m.ID == "never", m.ID == "second" && given["first"] == 0:
			if given[m.ID] == 6 && m.ID == "second" {
				close(often)
			}
			return broker.Early(fmt.Errorf("%s is not due", m.ID))
		default:
			handled.add(m.ID)
			return nil
		}
	})
	defer s.Stop()
	publish(t, b, "r", "event", "second")
	publish(t, b, "other", "event", "never", "free")
	<-often // three times as often as one that fails would be tried
	publish(t, b, "r", "event", "first")
	if got := handled.wait(t); slices.Index(got, "first") > slices.Index(got, "second") || !slices.Contains(got, "free") {
		t.Errorf("handled in the order %v", got)
	}
	if d := <-dead; d.Message.ID != "never" || !strings.Contains(d.Reason, "not due") {
		t.Errorf("%+v was set aside", d)
	}
	mu.Lock()
	defer mu.Unlock()
	if given["never"] != 12 {
		t.Errorf("it was given %d times before it was set aside, not 12", given["never"])
	}
}
