package queue_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/task"
)

func openSQLite(t *testing.T) *store.Store {
	t.Helper()
	dir := t.TempDir()
	if *disk != "" {
		var err error
		if dir, err = os.MkdirTemp(*disk, "queue-"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		})
	}
	s, err := store.OpenSQLite(t.Context(), filepath.Join(dir, "records.db"), make([]byte, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openPostgres(t *testing.T) *store.Store {
	t.Helper()
	s, _ := postgres(t)
	return s
}

// postgres opens a database of its own, on a server that writes to the disk where that is to be.
func postgres(t *testing.T) (s *store.Store, address string) {
	t.Helper()
	address = storetest.Postgres(t)
	if *durable {
		db, err := sql.Open("pgx", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		for _, q := range []string{"ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()"} {
			if _, err := db.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := store.OpenPostgres(t.Context(), address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, address
}

// newQueue makes a queue whose tasks note in now that they begin; it works none where there is nobody to note it.
func newQueue(ctx context.Context, s *store.Store, workers int, now *atomic.Pointer[collected]) (*task.Queue, error) {
	if now == nil {
		workers = -1
	}
	q, err := task.Open(ctx, task.Config{Store: s, Workers: workers, Exclusive: s.Dialect() != store.Postgres,
		Kinds: []task.Kind{{Name: "noop", Work: func(_ context.Context, k task.Task, _ task.Report) (task.Finish, error) {
			now.Load().begin(k.Run)
			return nil, nil
		}}}})
	if err != nil {
		return nil, err
	}
	return q, q.Start(ctx)
}

func insert(ctx context.Context, s *store.Store, q *task.Queue, id string) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return q.Insert(ctx, tx, task.Task{Kind: "noop", Run: id}, time.Time{})
	})
}

func worked(t *testing.T, s *store.Store, workers int, now *atomic.Pointer[collected]) *task.Queue {
	t.Helper()
	q, err := newQueue(t.Context(), s, workers, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(q.Stop(context.WithoutCancel(t.Context())), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return q
}

// inProcess is a queue whose tasks are sent by the process that works them.
func inProcess(open func(t *testing.T) *store.Store) func(*testing.T, int) system {
	return func(t *testing.T, workers int) system {
		t.Helper()
		var now atomic.Pointer[collected]
		s := open(t)
		q := worked(t, s, workers, &now)
		return through(&now, func(ctx context.Context, id string) error { return insert(ctx, s, q, id) })
	}
}

// senderAddress names the variable with the address of the database for a process that sends.
const senderAddress = "ANALYTIX_QUEUE_SENDER"

// fromElsewhere is a queue on PostgreSQL whose tasks are sent by a process of their own.
func fromElsewhere(t *testing.T, workers int) system {
	t.Helper()
	var now atomic.Pointer[collected]
	s, address := postgres(t)
	worked(t, s, workers, &now)
	c := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])
	c.Env = append(os.Environ(), senderAddress+"="+address)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), c.Wait()); err != nil {
			t.Error(err)
		}
	})
	out, turn := bufio.NewReader(pipe), 0
	return func(t *testing.T, count int, rate float64) []span {
		t.Helper()
		c := collect(count)
		now.Store(c)
		turn++
		if _, err := fmt.Fprintln(in, turn, count, rate); err != nil {
			t.Fatal(err)
		}
		for range count {
			var id string
			var due, sent int64
			if _, err := fmt.Fscanln(out, &id, &due, &sent); err != nil {
				t.Fatalf("of the sender: %v", err)
			}
			c.send(id, time.UnixMicro(due), time.UnixMicro(sent))
		}
		return c.wait(t)
	}
}

// sendFor is the process that sends: for each line with a turn, a number of tasks and a rate it sends those, and then says of each
// when it was due and sent.
func sendFor(address string) int {
	ctx := context.Background()
	s, err := store.OpenPostgres(ctx, address, store.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	q, err := newQueue(ctx, s, 0, nil)
	for err == nil {
		var turn, count int
		var rate float64
		if _, err = fmt.Scanln(&turn, &count, &rate); err == nil {
			err = sendTurn(ctx, s, q, turn, count, rate)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if q != nil {
		err = errors.Join(err, q.Stop(ctx))
	}
	if err := errors.Join(err, s.Close()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func sendTurn(ctx context.Context, s *store.Store, q *task.Queue, turn, count int, rate float64) error {
	lines := make([]string, count)
	err := send(ctx, count, rate, func(ctx context.Context, i int, due time.Time) error {
		id := fmt.Sprint("t", turn, "-", i)
		lines[i] = fmt.Sprintln(id, due.UnixMicro(), time.Now().UnixMicro())
		return insert(ctx, s, q, id)
	})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for _, line := range lines {
		if _, err := out.WriteString(line); err != nil {
			return err
		}
	}
	return out.Flush()
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
