package queue_test

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/tooltest"
)

var (
	tasks = flag.Int("queue.tasks", 0, "how many tasks go through at once; 0 skips the measurement")
	rate  = flag.Float64("queue.rate", 100, "tasks a second whose delay is measured")
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m).Run()) }

// figures are what a system did.
type figures struct {
	throughput float64         // tasks a second, from sending the first to the beginning of the last
	delays     []time.Duration // from sending to beginning, at a rate that leaves the system idle in between
}

func (f figures) String() string {
	slices.Sort(f.delays)
	at := func(q float64) time.Duration {
		return f.delays[int(q*float64(len(f.delays)-1))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("%6.0f tasks/s; at %.0f tasks/s: median %v, p99 %v", f.throughput, *rate, at(0.5), at(0.99))
}

// system sends tasks that do nothing, count of them, at a rate or as fast as it can where it is 0, and tells for each when it was
// sent and when it began.
type system func(t *testing.T, count int, rate float64) []span

type span struct{ sent, began time.Time }

func measure(t *testing.T, s system) figures {
	t.Helper()
	s(t, 200, 0) // whatever is slow the first time
	all := s(t, *tasks, 0)
	first, last := all[0].sent, all[0].began
	for _, x := range all {
		if x.sent.Before(first) {
			first = x.sent
		}
		if x.began.After(last) {
			last = x.began
		}
	}
	f := figures{throughput: float64(len(all)) / last.Sub(first).Seconds()}
	for _, x := range s(t, int(*rate)*10, *rate) {
		f.delays = append(f.delays, x.began.Sub(x.sent))
	}
	return f
}

// TestBesideCelery measures the queue on SQLite and on PostgreSQL, the broker, and Celery on Redis, with one, two and four workers.
func TestBesideCelery(t *testing.T) {
	if *tasks == 0 {
		t.Skip("a measurement: make bench-queue")
	}
	for _, workers := range []int{1, 2, 4} {
		celery := measure(t, newCelery(t, workers))
		t.Logf("%d workers: Celery on Redis            %v", workers, celery)
		sqlite, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "records.db"), make([]byte, 32), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d workers: queue on SQLite, encrypted %v", workers, measure(t, newQueue(t, sqlite, workers)))
		postgres, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d workers: queue on PostgreSQL        %v", workers, measure(t, newQueue(t, postgres, workers)))
	}
	t.Logf("broker, embedded, encrypted          %v", measure(t, newBroker(t)))
}

// senders is how many send at the same time: as many as the API would.
const senders = 8

// send calls one for each task, at the rate.
func send(t *testing.T, count int, rate float64, one func(ctx context.Context, i int) error) {
	t.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range senders {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				if rate > 0 {
					timer := time.NewTimer(time.Until(begun.Add(time.Duration(float64(i) / rate * float64(time.Second)))))
					<-timer.C
				}
				if err := one(t.Context(), i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// collected gathers spans by the number of their task.
type collected struct {
	mu   sync.Mutex
	sent map[string]time.Time
	all  []span
	want int
	done chan struct{}
}

func collect(count int) *collected {
	return &collected{sent: map[string]time.Time{}, want: count, done: make(chan struct{})}
}

func (c *collected) send(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent[id] = time.Now()
}

func (c *collected) begin(id string) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, span{c.sent[id], now})
	if len(c.all) == c.want {
		close(c.done)
	}
}

func (c *collected) wait(t *testing.T) []span {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(10 * time.Minute):
		t.Fatalf("%d of %d came", len(c.all), c.want)
	}
	return c.all
}

func newQueue(t *testing.T, s *store.Store, workers int) system {
	t.Helper()
	var now atomic.Pointer[collected]
	q, err := task.Open(t.Context(), task.Config{Store: s, Workers: workers, Exclusive: s.Dialect() != store.Postgres,
		Kinds: []task.Kind{{Name: "noop", Work: func(_ context.Context, k task.Task, _ task.Report) (task.Finish, error) {
			now.Load().begin(k.Run)
			return nil, nil
		}}}})
	if err == nil {
		err = q.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(q.Stop(context.WithoutCancel(t.Context())), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return through(&now, func(ctx context.Context, id string) error {
		return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			return q.Insert(ctx, tx, task.Task{Kind: "noop", Run: id}, time.Time{})
		})
	})
}

// through is a system to which one sends a task of an id, and whose worker notes in now that it began.
func through(now *atomic.Pointer[collected], one func(ctx context.Context, id string) error) system {
	turn := 0
	return func(t *testing.T, count int, rate float64) []span {
		c := collect(count)
		now.Store(c)
		turn++
		send(t, count, rate, func(ctx context.Context, i int) error {
			id := fmt.Sprint("t", turn, "-", i)
			c.send(id)
			return one(ctx, id)
		})
		return c.wait(t)
	}
}

func newBroker(t *testing.T) system {
	t.Helper()
	var now atomic.Pointer[collected]
	b, err := broker.Open(t.Context(), broker.Config{Dir: t.TempDir(), Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Consume(t.Context(), "noop", "noop", func(_ context.Context, m broker.Message) error {
		now.Load().begin(m.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		b.Close()
	})
	return through(&now, func(ctx context.Context, id string) error {
		return b.Publish(ctx, broker.Message{ID: id, Run: id, Kind: "noop", Data: []byte("{}")})
	})
}

// newCelery starts a Redis and a Celery of Debian's.
func newCelery(t *testing.T, workers int) system {
	t.Helper()
	_, port, err := net.SplitHostPort(tooltest.FreeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	notes := t.TempDir()
	env := append(os.Environ(), "NOOP_BROKER=redis://127.0.0.1:"+port+"/0", "NOOP_NOTES="+notes)
	start := func(name string, args ...string) {
		c := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
		c.Env = env
		if err := c.Start(); err != nil {
			t.Fatalf("%v (apt-get install redis-server python3-celery python3-redis)", err)
		}
		t.Cleanup(func() {
			_ = c.Process.Signal(os.Interrupt)
			_ = c.Wait() // that it was ended is the purpose
		})
	}
	start("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", notes, "--loglevel", "warning")
	start("/usr/bin/python3", "-m", "celery", "-A", "noop", "worker", "--concurrency", fmt.Sprint(workers), "--loglevel", "ERROR", "--without-gossip", "--without-mingle")
	read := 0
	return func(t *testing.T, count int, rate float64) []span {
		shares := []int{count}
		if rate == 0 {
			shares = slices.Repeat([]int{count / senders}, senders)
		}
		var all sync.WaitGroup
		total := 0
		for _, n := range shares {
			total += n
			c := exec.CommandContext(t.Context(), "/usr/bin/python3", "noop.py", fmt.Sprint(n), fmt.Sprint(rate))
			c.Env = env
			all.Go(func() {
				if out, err := c.CombinedOutput(); err != nil {
					t.Errorf("sending: %v: %s", err, out)
				}
			})
		}
		all.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			spans := noted(t, notes)
			if len(spans) >= read+total {
				slices.SortFunc(spans, func(x, y span) int { return x.sent.Compare(y.sent) })
				fresh := spans[read:]
				read = len(spans)
				return fresh
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatalf("%d of %d came", len(spans)-read, total)
			}
		}
	}
}

// noted reads what Celery's workers noted: pairs of seconds since 1970, sent and begun.
func noted(t *testing.T, dir string) []span {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*"))
	if err != nil {
		t.Fatal(err)
	}
	var all []span
	at := func(b []byte) time.Time {
		return time.UnixMicro(int64(math.Float64frombits(binary.LittleEndian.Uint64(b)) * 1e6))
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for ; len(b) >= 16; b = b[16:] {
			all = append(all, span{at(b), at(b[8:])})
		}
	}
	return all
}
