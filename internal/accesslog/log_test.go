package accesslog_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(storetest.Main(m)) }

// ring gives keys that are derived from their names, the same for every log of a test.
type ring struct{}

func (ring) Key(_ context.Context, name string, size int) (keys.Secret, error) {
	sum := sha256.Sum256([]byte(name))
	return keys.NewSecret(sum[:size]), nil
}

// clock is a clock that a test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time { return time.Unix(0, c.at.Load()).UTC() }

func (c *clock) pass(d time.Duration) { c.at.Add(int64(d)) }

type bench struct {
	*testing.T
	store *store.Store
	cfg   accesslog.Config
}

// each runs a test on either database; open makes a new one.
func each(t *testing.T, f func(t *testing.T, open func(*testing.T) *bench)) {
	t.Helper()
	opened := func(t *testing.T, s *store.Store, err error) *bench {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return newBench(t, s)
	}
	t.Run("SQLite", func(t *testing.T) {
		f(t, func(t *testing.T) *bench {
			t.Helper()
			s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
			return opened(t, s, err)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		f(t, func(t *testing.T) *bench {
			t.Helper()
			s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
			return opened(t, s, err)
		})
	})
}

// both runs a test on a new database of either kind.
func both(t *testing.T, f func(b *bench)) {
	t.Helper()
	each(t, func(t *testing.T, open func(*testing.T) *bench) { f(open(t)) })
}

func newBench(t *testing.T, s *store.Store) *bench {
	return &bench{t, s, accesslog.Config{Store: s, Ring: ring{}, Anchor: filepath.Join(t.TempDir(), "anchor"), Delay: 5 * time.Millisecond}}
}

func (b *bench) open() *accesslog.Log {
	b.Helper()
	l, err := accesslog.Open(b.Context(), b.cfg)
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func (b *bench) close(l *accesslog.Log) {
	b.Helper()
	if err := l.Close(context.WithoutCancel(b.Context())); err != nil {
		b.Error(err)
	}
}

func read(i int) accesslog.Access {
	return accesslog.Access{Request: fmt.Sprint("req", i), Account: "usr_ann", Name: "Ann", Kind: "session", Session: "ses_1", Operation: "runs.get",
		Object: fmt.Sprint("run", i%3), Workspace: "wks_1", Address: "192.0.2.7", Agent: "curl/8", Status: 200}
}

func change(i int) accesslog.Access {
	a := read(i)
	a.Operation, a.Change, a.Before, a.After = "runs.decide", true, accesslog.Hash("old"), accesslog.Hash("new")
	return a
}

// fill writes n reads and n changes, each begun and ended: 3n entries.
func (b *bench) fill(l *accesslog.Log, n int) {
	b.Helper()
	for i := range n {
		err := errors.Join(l.Record(b.Context(), read(i)), l.Begin(b.Context(), change(i)), l.Record(b.Context(), change(i)))
		if err != nil {
			b.Fatal(err)
		}
	}
}

func (b *bench) verified() accesslog.Report {
	b.Helper()
	l, err := accesslog.Look(b.Context(), b.cfg)
	if err != nil {
		b.Fatal(err)
	}
	report, err := l.Verify(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return report
}

func TestEverythingIsRecordedInOneChainAcrossRestarts(t *testing.T) {
	both(t, func(b *bench) {
		l := b.open()
		b.fill(l, 5)
		b.close(l)
		report := b.verified()
		if report.First != 1 || report.Last != 18 || !report.Closed || report.Signed != 17 || report.Signatures != 1 {
			b.Errorf("after the first process: %+v", report)
		}
		l = b.open()
		b.fill(l, 1)
		if err := l.Event(b.Context(), accesslog.Access{Operation: "dataset.erased", Object: "run1"}); err != nil {
			b.Fatal(err)
		}
		if report := b.verified(); report.Closed || report.Signed != 17 {
			b.Errorf("while it runs: %+v", report)
		}
		b.close(l)
		if report = b.verified(); report.Last != 18+1+3+1+2 || !report.Closed || report.Signed != report.Last-1 {
			b.Errorf("after the second process: %+v", report)
		}
		if err := l.Record(b.Context(), read(1)); !errors.Is(err, accesslog.ErrUnrecorded) {
			b.Errorf("recorded after the end: %v", err)
		}
		if err := l.Close(b.Context()); err != nil {
			b.Errorf("closed twice: %v", err)
		}
	})
}

func TestAChangeIsWrittenBeforeItIsMade(t *testing.T) {
	both(t, func(b *bench) {
		b.cfg.Delay = time.Hour // reads alone would wait
		l := b.open()
		defer b.close(l)
		if err := errors.Join(l.Record(b.Context(), read(0)), l.Begin(b.Context(), change(1))); err != nil {
			b.Fatal(err)
		}
		page, err := l.Search(b.Context(), accesslog.Query{})
		actions := map[string]int{} // the writer may take either first
		for _, e := range page.Entries {
			actions[e.Action]++
		}
		if err != nil || len(page.Entries) != 3 || actions[accesslog.ActionBegun] != 1 || actions[accesslog.ActionRead] != 1 {
			b.Errorf("written: %+v, %v", page.Entries, err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		cancel()
		if err := l.Begin(ctx, change(2)); !errors.Is(err, accesslog.ErrUnrecorded) {
			b.Errorf("whoever does not wait may not change: %v", err)
		}
	})
}

func TestWhatCannotBeRecordedIsRefused(t *testing.T) {
	t.Parallel()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, s)
	b.cfg.Queue, b.cfg.Patience = 4, time.Millisecond
	l := b.open()
	if err := s.Close(); err != nil { // the records are gone
		t.Fatal(err)
	}
	if err := l.Begin(t.Context(), change(1)); !errors.Is(err, accesslog.ErrUnrecorded) {
		t.Errorf("a change: %v", err)
	}
	// The writer holds a batch of reads that it tries again, and four more wait. It may be slow to take them, so that one is
	// refused before: that many are taken in the end, and not one more.
	const most = 1024 + 4
	taken := 0
	for i := 0; taken < most; i++ {
		err := l.Record(t.Context(), read(i))
		switch {
		case err == nil:
			taken++
		case !errors.Is(err, accesslog.ErrUnrecorded):
			t.Fatal(err)
		}
	}
	if err := l.Record(t.Context(), read(most)); !errors.Is(err, accesslog.ErrUnrecorded) {
		t.Errorf("a read more than there is room for: %v", err)
	}
	if err := l.Ready(); !errors.Is(err, accesslog.ErrUnrecorded) {
		t.Errorf("ready for more reads: %v", err)
	}
	if err := l.Begin(t.Context(), change(2)); !errors.Is(err, accesslog.ErrUnrecorded) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a change behind all the reads: %v", err)
	}
	if err := l.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestManyProcessesAndClientsMakeOneChain(t *testing.T) {
	both(t, func(b *bench) {
		b.cfg.SignEntries = 20
		logs := []*accesslog.Log{b.open()}
		if b.store.Dialect() == store.Postgres {
			logs = append(logs, b.open(), b.open())
		}
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				l := logs[i%len(logs)]
				for k := range 5 {
					if err := errors.Join(l.Record(b.Context(), read(k)), l.Record(b.Context(), change(k))); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, l := range logs {
			b.close(l)
		}
		report := b.verified()
		want := int64(24*10 + 2*len(logs))
		if report.Last-report.Signatures != want || report.Signatures < 5 || report.Signed != report.Last-1 {
			b.Errorf("%+v, want %d entries", report, want)
		}
	})
}

func TestReadsAreWrittenLongBeforeASignatureIsDue(t *testing.T) {
	t.Parallel()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is over
	b := newBench(t, s)
	b.cfg.SignEvery = 24 * time.Hour
	l := b.open()
	defer b.close(l)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n := 1; n <= 2; n++ {
		if err := l.Record(t.Context(), read(n)); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(30 * time.Second); ; <-tick.C {
			found, err := s.FindAccess(t.Context(), store.AccessQuery{Action: accesslog.ActionRead, Limit: 9})
			if err != nil || time.Now().After(deadline) {
				t.Fatalf("read %d was not written: %v", n, err)
			}
			if len(found) == n {
				break
			}
		}
	}
}

func TestReadsAreWrittenWithoutAnybodyWaiting(t *testing.T) {
	t.Parallel()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is over
	b := newBench(t, s)
	b.cfg.SignEvery = 10 * time.Millisecond
	l := b.open()
	defer b.close(l)
	if err := l.Record(t.Context(), read(0)); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-tick.C {
		found, err := s.FindAccess(t.Context(), store.AccessQuery{Ascending: true, Limit: 9})
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the read or its signature was not written: %d entries, %v", len(found), err)
		}
		if len(found) >= 3 && found[len(found)-1].Action == accesslog.ActionSigned {
			return
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	s, err := store.OpenSQLite(b.Context(), filepath.Join(b.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the benchmark is over
	l, err := accesslog.Open(b.Context(), accesslog.Config{Store: s, Ring: ring{}, Patience: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		if err := l.Record(b.Context(), read(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
