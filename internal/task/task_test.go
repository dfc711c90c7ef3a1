package task_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/tier"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(storetest.Main(m)) }

const patience = 30 * time.Second

// bench is a queue on a database of its own.
type bench struct {
	*testing.T
	store *store.Store
}

func openSQLite(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (b *bench) open(cfg task.Config) *task.Queue {
	b.Helper()
	cfg.Store, cfg.Exclusive, cfg.Backoff = b.store, b.store.Dialect() == store.SQLite, time.Millisecond
	q, err := task.Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	return q
}

func (b *bench) start(cfg task.Config) *task.Queue {
	b.Helper()
	q := b.open(cfg)
	if err := q.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	return q
}

func (b *bench) stop(q *task.Queue) {
	b.Helper()
	if err := q.Stop(context.WithoutCancel(b.Context())); err != nil {
		b.Error(err)
	}
}

func (b *bench) insert(q *task.Queue, tasks ...task.Task) {
	b.Helper()
	b.tx(func(ctx context.Context, tx *store.Tx) error {
		for _, t := range tasks {
			if err := q.Insert(ctx, tx, t, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) tx(f func(ctx context.Context, tx *store.Tx) error) {
	b.Helper()
	if err := b.store.InTx(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) await(what string, c <-chan struct{}) {
	b.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		b.Fatalf("waited in vain for %s", what)
	}
}

func one(kind string) task.Task {
	return task.Task{Run: "r", Stage: flow.Quality, Round: 1, Kind: kind, Tier: string(tier.Professional)}
}

func both(t *testing.T, f func(b *bench)) {
	t.Run("SQLite", func(t *testing.T) { f(&bench{t, openSQLite(t)}) })
	t.Run("PostgreSQL", func(t *testing.T) { f(onPostgres(t)) })
}

func onPostgres(t *testing.T) *bench {
	t.Helper()
	s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &bench{t, s}
}

func TestWorksUniqueTasksOnceAndRecordsInTheTransaction(t *testing.T) {
	both(t, func(b *bench) {
		done := make(chan struct{})
		var runs, recorded atomic.Int32
		kind := task.Kind{Name: "quality.formats", Work: func(_ context.Context, t task.Task, report task.Report) (task.Finish, error) {
			report(0.5, "half")
			runs.Add(1)
			return func(ctx context.Context, tx *store.Tx) error {
				tx.AfterCommit(func() {
					if recorded.Add(1) == 2 {
						close(done)
					}
				})
				return tx.Post(ctx, &store.Message{ID: t.ID(), Run: t.Run, Channel: store.Event, Kind: "done"})
			}, nil
		}}
		q := b.start(task.Config{Kinds: []task.Kind{kind}, Workers: 1})
		defer b.stop(q)
		second := one("quality.formats")
		second.Round = 2
		b.insert(q, one("quality.formats"), one("quality.formats"))
		b.insert(q, one("quality.formats"), second)
		b.await("the tasks", done)
		if runs.Load() != 2 {
			b.Errorf("worked %d times", runs.Load())
		}
		b.tx(func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Pending(ctx, 9)
			if err != nil || len(all) != 2 || all[0].ID == all[1].ID {
				b.Errorf("messages %+v", all)
			}
			return q.Insert(ctx, tx, one("quality.formats"), time.Time{}) // completed, and still unique
		})
		counts, err := q.Counts(b.Context())
		if want := []task.Count{{Kind: "quality.formats", State: "completed", N: 2}}; err != nil || !slices.Equal(counts, want) {
			b.Errorf("counts %+v, %v", counts, err)
		}
		err = b.store.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
			return q.Insert(ctx, tx, one("nobody.knows"), time.Time{})
		})
		if !errors.Is(err, task.ErrUnknownKind) {
			b.Errorf("an unknown kind: %v", err)
		}
	})
}

func TestRetriesAndSetsAside(t *testing.T) {
	both(t, func(b *bench) {
		dead := make(chan string, 4)
		var mu sync.Mutex
		tries := map[string]int{}
		mended := false
		work := func(_ context.Context, t task.Task, _ task.Report) (task.Finish, error) {
			mu.Lock()
			defer mu.Unlock()
			tries[t.Kind]++
			switch {
			case mended || (t.Kind == "a.second" && tries[t.Kind] == 2):
				return nil, nil
			case t.Kind == "a.permanent":
				return nil, stage.Permanent(errors.New("no such column"))
			case t.Kind == "a.panic":
				panic("oops")
			}
			return nil, errors.New("broken")
		}
		var kinds []task.Kind
		for _, name := range []string{"a.second", "a.permanent", "a.panic", "a.never"} {
			kinds = append(kinds, task.Kind{Name: name, Work: work})
		}
		q := b.start(task.Config{Kinds: kinds, Tries: 3, OnDead: func(_ context.Context, tx *store.Tx, t task.Task, cause error) error {
			tx.AfterCommit(func() { dead <- t.Kind + ": " + cause.Error() })
			return nil
		}})
		defer b.stop(q)
		b.insert(q, one("a.second"), one("a.permanent"), one("a.panic"), one("a.never"))
		got := []string{}
		for range 3 {
			select {
			case d := <-dead:
				got = append(got, d)
			case <-time.After(patience):
				b.Fatalf("set aside only %q", got)
			}
		}
		slices.Sort(got)
		want := []string{"a.never: broken", "a.panic: task r/quality/1/0/a.panic stumbled over a fault of the program (oops); nothing of it was kept",
			"a.permanent: no such column"}
		mu.Lock()
		if !slices.Equal(got, want) || tries["a.permanent"] != 1 || tries["a.never"] != 3 {
			b.Errorf("set aside %q after %v", got, tries)
		}
		mended = true
		mu.Unlock()
		letters, err := q.Dead(b.Context())
		if err != nil || len(letters) != 3 {
			b.Fatalf("dead %+v, %v", letters, err)
		}
		b.tx(func(ctx context.Context, tx *store.Tx) error {
			for _, d := range letters {
				if err := q.Retry(ctx, tx, d); err != nil {
					return err
				}
			}
			return nil
		})
		b.eventually("all are completed", func() bool {
			counts, err := q.Counts(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			var n int64
			for _, c := range counts {
				if c.State == "completed" {
					n += c.N
				}
			}
			return n == 4
		})
	})
}

// eventually asks until the answer is yes: for what ends in another goroutine without a signal.
func (b *bench) eventually(what string, yes func() bool) {
	b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !yes(); <-tick.C {
		if time.Now().After(end) {
			b.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestCancelReachesTheWork(t *testing.T) {
	both(t, func(b *bench) {
		started, ended := make(chan struct{}), make(chan struct{})
		var others atomic.Int32
		kinds := []task.Kind{
			{Name: "slow.query", Work: func(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
				close(started)
				<-ctx.Done()
				close(ended)
				return nil, fmt.Errorf("interrupted: %w", ctx.Err())
			}},
			{Name: "other", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
				others.Add(1)
				return nil, nil
			}},
		}
		q := b.start(task.Config{Kinds: kinds, Workers: 1, OnDead: func(context.Context, *store.Tx, task.Task, error) error {
			b.Error("a cancelled task was set aside")
			return nil
		}})
		defer b.stop(q)
		b.insert(q, one("slow.query"))
		b.await("the start", started)
		b.insert(q, one("other")) // waits behind it
		b.tx(func(ctx context.Context, tx *store.Tx) error { return q.Cancel(ctx, tx, "r", "") })
		b.await("the end", ended)
		b.eventually("both are cancelled", func() bool {
			counts, err := q.Counts(b.Context())
			return err == nil && len(counts) == 2 && counts[0].State == "cancelled" && counts[1].State == "cancelled"
		})
		if others.Load() != 0 {
			b.Error("a cancelled task was worked")
		}
	})
}

func TestPrioritiesAndLimits(t *testing.T) {
	b := &bench{t, openSQLite(t)}
	var mu sync.Mutex
	var order []string
	var now, most int32
	finished := make(chan struct{}, 32)
	kinds := []task.Kind{
		{Name: "any", Work: func(_ context.Context, t task.Task, _ task.Report) (task.Finish, error) {
			mu.Lock()
			order = append(order, t.Run)
			mu.Unlock()
			return nil, nil
		}},
		{Name: "limited.kind", Limit: 2, Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(5 * time.Millisecond) // long enough for others to overlap if they could
			mu.Lock()
			now--
			mu.Unlock()
			finished <- struct{}{}
			return nil, nil
		}},
	}
	q := b.open(task.Config{Kinds: kinds, Workers: 1})
	b.insert(q, task.Task{Run: "demo1", Tier: string(tier.Demo), Kind: "any"}, task.Task{Run: "none", Kind: "any"},
		task.Task{Run: "demo2", Tier: string(tier.Demo), Kind: "any"}, task.Task{Run: "pro", Tier: string(tier.Professional), Kind: "any"})
	for i := range 6 {
		b.insert(q, task.Task{Run: strconv.Itoa(i), Kind: "limited.kind"})
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer b.stop(q)
	for range 6 {
		<-finished
	}
	b.eventually("all were worked", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 4 })
	if want := []string{"pro", "none", "demo1", "demo2"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if most > 2 {
		t.Errorf("%d of a limited kind ran at the same time", most)
	}
}

func TestInterruptedTasksRunAgainAtOnce(t *testing.T) {
	b := &bench{t, openSQLite(t)}
	started, again := make(chan struct{}), make(chan struct{})
	var runs atomic.Int32
	kind := task.Kind{Name: "long", Work: func(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
		if runs.Add(1) == 1 {
			close(started)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		close(again)
		return nil, nil
	}}
	q := b.start(task.Config{Kinds: []task.Kind{kind}, Tries: 1}) // the interruption must not count as a try
	b.insert(q, one("long"))
	b.await("the start", started)
	b.stop(q)
	// As after a SIGKILL: the task is still marked as running.
	b.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(ctx, "UPDATE river_job SET state = 'running', attempt = 1")
		return err
	})
	q = b.start(task.Config{Kinds: []task.Kind{kind}, Tries: 1})
	defer b.stop(q)
	b.await("the second run", again)
}

func TestScheduledAndPeriodicTasks(t *testing.T) {
	b := &bench{t, openSQLite(t)}
	ticked, late := make(chan struct{}), make(chan time.Time, 1)
	var once sync.Once
	kinds := []task.Kind{
		{Name: "house.keeping", Every: time.Hour, Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			once.Do(func() { close(ticked) })
			return nil, nil
		}},
		{Name: "later", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			late <- time.Now()
			return nil, nil
		}},
	}
	q := b.start(task.Config{Kinds: kinds})
	defer b.stop(q)
	at := time.Now().Add(300 * time.Millisecond)
	b.tx(func(ctx context.Context, tx *store.Tx) error { return q.Insert(ctx, tx, one("later"), at) })
	b.await("the periodic task", ticked)
	select {
	case when := <-late:
		if when.Before(at) {
			t.Errorf("worked %s too early", at.Sub(when))
		}
	case <-time.After(patience):
		t.Error("the scheduled task was not worked")
	}
}

func TestTasksOfADeadWorkerAreTakenOver(t *testing.T) {
	b := onPostgres(t)
	done := make(chan struct{})
	kind := task.Kind{Name: "some.kind", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
		close(done)
		return nil, nil
	}}
	inserter := b.open(task.Config{Kinds: []task.Kind{kind}, Workers: -1})
	b.insert(inserter, one("some.kind"))
	b.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(ctx,
			"UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{somebody-who-died}'")
		return err
	})
	q := b.start(task.Config{Kinds: []task.Kind{kind}})
	defer b.stop(q)
	b.await("the take-over", done)
}

// TestIsToldOfTasksAndAsksNoMoreThanThat has the fallback come after an hour: what is put in, tried again or due later is begun all the
// same, and the database is asked a number of times that follows from what happened and not from how long it took.
func TestIsToldOfTasksAndAsksNoMoreThanThat(t *testing.T) {
	t.Parallel()
	both(t, isToldOfTasks)
}

func isToldOfTasks(b *bench) {
	const each = 20
	done := make(chan string, 3*each)
	var mu sync.Mutex
	tries := map[string]int{}
	work := func(_ context.Context, t task.Task, _ task.Report) (task.Finish, error) {
		mu.Lock()
		defer mu.Unlock()
		if tries[t.ID()]++; t.Kind == "a.second" && tries[t.ID()] == 1 {
			return nil, errors.New("broken")
		}
		return func(_ context.Context, tx *store.Tx) error {
			tx.AfterCommit(func() { done <- t.ID() })
			return nil
		}, nil
	}
	q := b.start(task.Config{Poll: time.Hour, Workers: 2, Kinds: []task.Kind{{Name: "a.first", Work: work}, {Name: "a.second", Work: work},
		{Name: "a.alone", Work: work, Limit: 1}}})
	defer b.stop(q)
	for i := range each {
		for _, kind := range []string{"a.first", "a.second", "a.alone"} {
			t := one(kind)
			t.Round = i
			at := time.Time{}
			if i%5 == 0 {
				at = time.Now().Add(20 * time.Millisecond)
			}
			b.tx(func(ctx context.Context, tx *store.Tx) error { return q.Insert(ctx, tx, t, at) })
		}
	}
	for i := range 3 * each {
		select {
		case <-done:
		case <-time.After(patience):
			b.Fatalf("only %d of %d were worked", i, 3*each)
		}
	}
	// Each try is a word when it is put in, one when it ends, and one when it is due; two queues at the start, and where one listens.
	if most := int64(4*each*4 + 2*4); q.Looks() > most {
		b.Errorf("%d looks into the database, at most %d follow from what happened", q.Looks(), most)
	}
}

// TestATaskWhoseTakingWasNotHeardOfIsWorked has one stand as taken by a process that never heard that it took it, beside one that has
// been worked there for as long.
func TestATaskWhoseTakingWasNotHeardOfIsWorked(t *testing.T) {
	t.Parallel()
	b := onPostgres(t)
	begun, end, done := make(chan struct{}, 2), make(chan struct{}), make(chan struct{})
	q := b.start(task.Config{Kinds: []task.Kind{
		{Name: "long.kind", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			begun <- struct{}{}
			<-end
			return nil, nil
		}},
		{Name: "some.kind", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			close(done)
			return nil, nil
		}},
	}, Workers: 2, Poll: time.Hour})
	defer b.stop(q)
	b.insert(q, one("long.kind"))
	b.await("the long one", begun)
	inserter := b.open(task.Config{Kinds: []task.Kind{{Name: "some.kind"}}, Workers: -1})
	b.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := inserter.Insert(ctx, tx, one("some.kind"), time.Time{}); err != nil {
			return err
		}
		_, err := tx.SQL().ExecContext(ctx, "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '1 hour', "+
			"attempted_by = (SELECT attempted_by FROM river_job WHERE kind = 'long.kind')")
		return err
	})
	b.await("the task whose taking was not heard of", done)
	if len(begun) > 0 {
		t.Error("a task that is being worked was set free")
	}
	close(end)
}

// TestOtherProcessesAreTold has one process put in what another works, which looks by itself after an hour only.
func TestOtherProcessesAreTold(t *testing.T) {
	t.Parallel()
	b := onPostgres(t)
	const count = 50
	done := make(chan struct{}, count)
	kind := task.Kind{Name: "some.kind", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
		done <- struct{}{}
		return nil, nil
	}}
	q := b.start(task.Config{Kinds: []task.Kind{kind}, Poll: time.Hour})
	defer b.stop(q)
	inserter := b.open(task.Config{Kinds: []task.Kind{kind}, Workers: -1})
	defer b.stop(inserter)
	for i := range count {
		next := one("some.kind")
		next.Round = i
		b.tx(func(ctx context.Context, tx *store.Tx) error {
			return inserter.Insert(ctx, tx, next, time.Now().Add(time.Duration(i%3)*10*time.Millisecond))
		})
	}
	for range count {
		b.await("tasks of another process", done)
	}
}

// TestBriefTasksAreHandedOutManyAtATime has one worker work many tasks that take next to nothing.
func TestBriefTasksAreHandedOutManyAtATime(t *testing.T) {
	t.Parallel()
	both(t, func(b *bench) {
		const count = 300
		var worked, atOnce atomic.Int32
		done := make(chan struct{})
		kind := task.Kind{Name: "some.kind", Work: func(context.Context, task.Task, task.Report) (task.Finish, error) {
			if atOnce.Add(1) > 1 {
				b.Error("one worker works on two tasks")
			}
			atOnce.Add(-1)
			if worked.Add(1) == count {
				close(done)
			}
			return nil, nil
		}}
		inserter := b.open(task.Config{Kinds: []task.Kind{kind}, Workers: -1})
		defer b.stop(inserter)
		all := make([]task.Task, count)
		for i := range all {
			all[i] = one("some.kind")
			all[i].Round = i
		}
		b.insert(inserter, all...)
		q := b.start(task.Config{Kinds: []task.Kind{kind}, Workers: 1, Poll: time.Hour})
		defer b.stop(q)
		b.await("all tasks", done)
		if looks := q.Looks(); looks > count/2 {
			b.Errorf("%d looks into the database for %d tasks", looks, count)
		}
	})
}
