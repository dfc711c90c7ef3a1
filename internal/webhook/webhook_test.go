package webhook_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/outbound"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receiver is somebody else's system, over TLS.
type receiver struct {
	url   string
	roots *x509.CertPool

	mu     sync.Mutex
	answer func(call int) (status int, body string)
	calls  []*http.Request
	bodies [][]byte
}

func newReceiver(t *testing.T, answer func(call int) (int, string)) *receiver {
	t.Helper()
	r := &receiver{answer: answer, roots: x509.NewCertPool()}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.calls, r.bodies = append(r.calls, q), append(r.bodies, body)
		status, text := r.answer(len(r.calls))
		r.mu.Unlock()
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "7200")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	r.url = s.URL + "/hook?token=of-theirs"
	r.roots.AddCert(s.Certificate())
	return r
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

// due is a queue whose tasks a test works by hand, with a clock that it moves.
type due struct {
	mu    sync.Mutex
	tasks []scheduled
}

type scheduled struct {
	task task.Task
	at   time.Time
}

func (d *due) Insert(_ context.Context, tx *store.Tx, t task.Task, at time.Time) error {
	tx.AfterCommit(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.tasks = append(d.tasks, scheduled{t, at})
	})
	return nil
}

type bench struct {
	*testing.T
	store *store.Store
	hooks *webhook.Service
	due   *due
	clock atomic.Int64
}

func (b *bench) now() time.Time { return time.UnixMicro(b.clock.Load()).UTC() }

func newBench(t *testing.T, r *receiver, allow ...string) *bench {
	t.Helper()
	b := &bench{T: t, due: &due{}}
	b.clock.Store(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC).UnixMicro())
	var err error
	b.store, err = store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{Now: b.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.store.Close() })
	policy, err := outbound.ParsePolicy(allow)
	if err != nil {
		t.Fatal(err)
	}
	b.hooks = webhook.New(webhook.Config{Store: b.store, Outbound: outbound.Options{Policy: policy, Roots: r.roots}, Version: "1.0", Now: b.now})
	b.hooks.Use(b.due)
	t.Cleanup(b.hooks.Close)
	return b
}

func (b *bench) create(url string, kinds ...webhook.Kind) (*store.Webhook, string) {
	b.Helper()
	w, secret, err := b.hooks.Create(b.Context(), "wks_1", webhook.Spec{URL: url, Events: kinds, Active: true})
	if err != nil {
		b.Fatal(err)
	}
	return w, secret
}

func (b *bench) tell(kinds ...webhook.Kind) {
	b.Helper()
	err := b.store.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, k := range kinds {
			e := webhook.Event{Kind: k, Workspace: "wks_1", At: b.now(), About: "run1", Run: webhook.Run{ID: "run1", File: "orders.csv", Status: "done"}}
			if err := b.hooks.Tell(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// work works every task that is due, moving the clock on to those that are scheduled for later, until none is left.
func (b *bench) work() {
	b.Helper()
	for {
		b.due.mu.Lock()
		if len(b.due.tasks) == 0 {
			b.due.mu.Unlock()
			return
		}
		next := b.due.tasks[0]
		b.due.tasks = b.due.tasks[1:]
		b.due.mu.Unlock()
		if next.at.After(b.now()) {
			b.clock.Store(next.at.UnixMicro())
		}
		b.do(next.task)
	}
}

func (b *bench) do(t task.Task) {
	b.Helper()
	i := slices.IndexFunc(b.hooks.Kinds(), func(k task.Kind) bool { return k.Name == t.Kind })
	finish, err := b.hooks.Kinds()[i].Work(b.Context(), t, nil)
	if err != nil {
		b.Fatal(err)
	}
	if finish == nil {
		return
	}
	if err := b.store.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error { return finish(ctx, tx) }); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) deliveries(w *store.Webhook) []store.Delivery {
	b.Helper()
	all, err := b.hooks.Deliveries(b.Context(), "wks_1", w.ID, store.DeliveryPlace{}, 100)
	if err != nil {
		b.Fatal(err)
	}
	return all
}

const local = "127.0.0.1"

func TestAReceiverThatFailsAFewTimesIsToldInTheEnd(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(call int) (int, string) {
		if call < 3 {
			return http.StatusInternalServerError, strings.Repeat("no", 5000)
		}
		return http.StatusAccepted, "ok"
	})
	b := newBench(t, r, local)
	w, secret := b.create(r.url, webhook.RunDone, webhook.RunFailed)
	b.tell(webhook.RunDone, webhook.RunDone, webhook.RunStarted) // the same again, and one that nobody asked for
	b.work()
	all := b.deliveries(w)
	if len(all) != 1 || all[0].Status != webhook.Delivered || all[0].Attempts != 3 || r.count() != 3 {
		t.Fatalf("%+v after %d calls", all, r.count())
	}
	attempts, err := b.hooks.Attempts(t.Context(), all[0].ID)
	if err != nil || len(attempts) != 3 || attempts[0].Status != 500 || len(attempts[0].Answer) != 2048 || attempts[2].Status != 202 {
		t.Errorf("the log: %+v, %v", attempts, err)
	}
	for i, q := range r.calls {
		if err := webhook.Verify([]byte(secret), r.bodies[i], q.Header.Get(webhook.HeaderSignature), b.now(), time.Hour); err != nil {
			t.Errorf("attempt %d: %v", i+1, err)
		}
		if q.Header.Get("Analytix-Attempt") != fmt.Sprint(i+1) || q.Header.Get("Analytix-Delivery") != all[0].ID || q.Header.Get("Analytix-Event") != "run.done" ||
			q.Header.Get("User-Agent") != "Analytix-Flow 1.0" {
			t.Errorf("headers: %v", q.Header)
		}
	}
	var got struct {
		ID, Event, Workspace string
		Run                  struct{ ID, File string }
	}
	if err := json.Unmarshal(r.bodies[0], &got); err != nil || got.Event != "run.done" || got.Run.ID != "run1" || got.Run.File != "orders.csv" || got.Workspace != "wks_1" {
		t.Errorf("%s, %v", r.bodies[0], err)
	}
	again, err := b.hooks.Replay(t.Context(), "wks_1", w.ID, all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(again.About, all[0].About+" ") { // by which it is erased with the data of its run
		t.Errorf("%q is sent again as %q", all[0].About, again.About)
	}
	b.work()
	if r.count() != 4 || !bytes.Equal(r.bodies[3], r.bodies[0]) || r.calls[3].Header.Get("Analytix-Delivery") != again.ID {
		t.Errorf("replayed: %d calls, %s", r.count(), r.bodies[len(r.bodies)-1])
	}
}

func TestAttemptsGrowRareAndEndAfterADay(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return http.StatusBadGateway, "" })
	b := newBench(t, r, local)
	w, _ := b.create(r.url, webhook.RunDone)
	began := b.now()
	b.tell(webhook.RunDone)
	b.work()
	d := b.deliveries(w)[0]
	if took := b.now().Sub(began); d.Status != webhook.GivenUp || d.Attempts < 8 || d.Attempts > 12 || took < 12*time.Hour || took > 24*time.Hour {
		t.Errorf("%s after %d attempts within %s", d.Status, d.Attempts, took)
	}
	if got, err := b.hooks.Get(t.Context(), "wks_1", w.ID); err != nil || !got.Active || got.Failures != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheReceiverIsLeftAloneAsLongAsItAsks(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(call int) (int, string) {
		return map[int]int{1: 503}[call] + map[bool]int{true: 0, false: 200}[call == 1], ""
	})
	b := newBench(t, r, local)
	w, _ := b.create(r.url, webhook.RunDone)
	began := b.now()
	b.tell(webhook.RunDone)
	b.work()
	if d := b.deliveries(w)[0]; d.Status != webhook.Delivered || b.now().Sub(began) < 2*time.Hour {
		t.Errorf("%+v after %s", d, b.now().Sub(began))
	}
}

func TestAWebhookThatFailsTooOftenIsSwitchedOff(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return http.StatusNotFound, "" })
	b := newBench(t, r, local)
	w, _ := b.create(r.url, webhook.Kinds()...)
	b.tell(webhook.Kinds()...)
	b.work()
	got, err := b.hooks.Get(t.Context(), "wks_1", w.ID)
	if err != nil || got.Active || !strings.Contains(got.Note, "5 deliveries in a row") {
		t.Errorf("%+v, %v", got, err)
	}
	var statuses []string
	for _, d := range b.deliveries(w) {
		statuses = append(statuses, d.Status)
	}
	slices.Sort(statuses)
	want := append(slices.Repeat([]string{"dropped"}, len(webhook.Kinds())-5), slices.Repeat([]string{"given_up"}, 5)...)
	if !slices.Equal(statuses, want) {
		t.Errorf("%v", statuses)
	}
	if _, err := b.hooks.Try(t.Context(), "wks_1", w.ID); !errors.Is(err, webhook.ErrInvalid) {
		t.Errorf("tried though it is off: %v", err)
	}
	on, err := b.hooks.Change(t.Context(), "wks_1", w.ID, got.Version, webhook.Spec{URL: w.URL, Events: []webhook.Kind{webhook.RunDone}, Active: true})
	if err != nil || !on.Active || on.Failures != 0 || on.Note != "" {
		t.Errorf("switched on: %+v, %v", on, err)
	}
	r.mu.Lock()
	r.answer = func(int) (int, string) { return http.StatusGone, "" }
	r.mu.Unlock()
	if _, err := b.hooks.Try(t.Context(), "wks_1", w.ID); err != nil {
		t.Fatal(err)
	}
	b.work()
	if got, err := b.hooks.Get(t.Context(), "wks_1", w.ID); err != nil || got.Active || !strings.Contains(got.Note, "410") {
		t.Errorf("gone: %+v, %v", got, err)
	}
}

func TestOnlyWhereItMayLeadAndOnlyInItsWorkspace(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return 200, "" })
	b := newBench(t, r) // nothing on the premises is allowed
	for _, x := range []webhook.Spec{{URL: r.url, Events: webhook.Kinds()}, {URL: "http://example.com", Events: webhook.Kinds()}, {URL: "https://example.com"},
		{URL: "https://example.com", Events: []webhook.Kind{"run.eaten"}}, {URL: "https://169.254.169.254/", Events: webhook.Kinds()}} {
		if _, _, err := b.hooks.Create(t.Context(), "wks_1", x); !errors.Is(err, webhook.ErrInvalid) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	// A name that leads inside is refused at the attempt, and the log says so without the URL.
	w, _ := b.create("https://localhost.example.invalid/secret-path", webhook.RunDone)
	b.tell(webhook.RunDone)
	b.do(b.due.tasks[0].task)
	attempts, err := b.hooks.Attempts(t.Context(), b.deliveries(w)[0].ID)
	if err != nil || len(attempts) != 1 || attempts[0].Error == "" || strings.Contains(attempts[0].Error, "secret-path") {
		t.Errorf("%+v, %v", attempts, err)
	}
	if _, err := b.hooks.Get(t.Context(), "wks_2", w.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another workspace reads it: %v", err)
	}
	for name, err := range map[string]error{
		"change": func() error {
			_, err := b.hooks.Change(t.Context(), "wks_2", w.ID, w.Version, webhook.Spec{URL: w.URL, Events: webhook.Kinds()})
			return err
		}(),
		"rotate": func() error { _, _, err := b.hooks.Rotate(t.Context(), "wks_2", w.ID); return err }(),
		"remove": b.hooks.Remove(t.Context(), "wks_2", w.ID),
		"replay": func() error { _, err := b.hooks.Replay(t.Context(), "wks_2", w.ID, b.deliveries(w)[0].ID); return err }(),
		"list": func() error {
			_, err := b.hooks.Deliveries(t.Context(), "wks_2", w.ID, store.DeliveryPlace{}, 9)
			return err
		}(),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another workspace may %s it: %v", name, err)
		}
	}
	if r.count() != 0 {
		t.Error("it was called")
	}
	if err := b.hooks.Remove(t.Context(), "wks_1", w.ID); err != nil {
		t.Fatal(err)
	}
	b.work() // the tasks that are left find nothing to do
}

func TestSecretsAreRotatedAndWebhooksAreFew(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return 200, "" })
	b := newBench(t, r, local)
	w, old := b.create(r.url, webhook.RunDone)
	w, secret, err := b.hooks.Rotate(t.Context(), "wks_1", w.ID)
	if err != nil || secret == old || !strings.HasPrefix(secret, "whsec_") || len(secret) < 40 {
		t.Fatalf("%q, %v", secret, err)
	}
	if _, err := b.hooks.Change(t.Context(), "wks_1", w.ID, w.Version-1, webhook.Spec{URL: w.URL, Events: webhook.Kinds()}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("an older version was changed: %v", err)
	}
	if _, err := b.hooks.Try(t.Context(), "wks_1", w.ID); err != nil {
		t.Fatal(err)
	}
	b.work()
	header := r.calls[0].Header.Get(webhook.HeaderSignature)
	for name, c := range map[string]struct {
		secret string
		body   []byte
		header string
		at     time.Time
		ok     bool
	}{
		"as it is":      {secret, r.bodies[0], header, b.now(), true},
		"old secret":    {old, r.bodies[0], header, b.now(), false},
		"another body":  {secret, append(r.bodies[0], ' '), header, b.now(), false},
		"too late":      {secret, r.bodies[0], header, b.now().Add(time.Hour), false},
		"too early":     {secret, r.bodies[0], header, b.now().Add(-time.Hour), false},
		"another time":  {secret, r.bodies[0], strings.Replace(header, "t=1", "t=2", 1), b.now(), false},
		"no signature":  {secret, r.bodies[0], "t=" + fmt.Sprint(b.now().Unix()), b.now(), false},
		"nothing":       {secret, r.bodies[0], "", b.now(), false},
		"one of two":    {secret, r.bodies[0], header + ",v1=00", b.now(), true},
		"not even hex":  {secret, r.bodies[0], strings.Replace(header, "v1=", "v1=x", 1), b.now(), false},
		"other version": {secret, r.bodies[0], strings.Replace(header, "v1=", "v2=", 1), b.now(), false},
	} {
		if err := webhook.Verify([]byte(c.secret), c.body, c.header, c.at, 5*time.Minute); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range webhook.Most - 1 {
		b.create(r.url, webhook.RunDone)
	}
	if _, _, err := b.hooks.Create(t.Context(), "wks_1", webhook.Spec{URL: r.url, Events: webhook.Kinds()}); !errors.Is(err, webhook.ErrInvalid) {
		t.Errorf("one too many: %v", err)
	}
}

func TestRunsThatWaitTooLongAreToldOnceAndOldDeliveriesGo(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return 200, "" })
	b := newBench(t, r, local)
	w, _ := b.create(r.url, webhook.RunWaiting)
	err := b.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertRun(ctx, store.Run{ID: "run1", Status: "waiting", Stage: "quality", Workspace: "wks_1", State: []byte("{}"), Head: store.Head{File: "a.csv"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	tend := func() { b.do(task.Task{Kind: "webhook.tend"}); b.work() }
	if tend(); r.count() != 0 {
		t.Error("told at once")
	}
	b.clock.Add(int64(25 * time.Hour / time.Microsecond))
	tend()
	if tend(); r.count() != 1 || !bytes.Contains(r.bodies[0], []byte(`"stage":"quality"`)) {
		t.Errorf("told %d times", r.count())
	}
	b.clock.Add(int64(31 * 24 * time.Hour / time.Microsecond))
	tend()
	if all := b.deliveries(w); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// The whole way through the real queue: the task is part of the transaction, and a crash of the receiver is outlived.
func TestDeliveriesGoThroughTheQueue(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(call int) (int, string) { return map[bool]int{true: 500, false: 204}[call == 1], "" })
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	policy, err := outbound.ParsePolicy([]string{local})
	if err != nil {
		t.Fatal(err)
	}
	hooks := webhook.New(webhook.Config{Store: s, Outbound: outbound.Options{Policy: policy, Roots: r.roots}, First: time.Millisecond})
	defer hooks.Close()
	q, err := task.Open(t.Context(), task.Config{Store: s, Kinds: hooks.Kinds(), Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	hooks.Use(q)
	b := &bench{T: t, store: s, hooks: hooks}
	b.clock.Store(time.Now().UnixMicro())
	w, _ := b.create(r.url, webhook.RunDone)
	boom := errors.New("boom")
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(hooks.Tell(ctx, tx, webhook.Event{Kind: webhook.RunDone, Workspace: "wks_1", About: "never"}), boom)
	})
	if !errors.Is(err, boom) || len(b.deliveries(w)) != 0 {
		t.Errorf("a transaction that was undone left a delivery: %v", err)
	}
	b.tell(webhook.RunDone)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := q.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); ; <-tick.C {
		if d := b.deliveries(w)[0]; d.Status == webhook.Delivered && d.Attempts == 2 && r.count() == 2 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not delivered: %+v", b.deliveries(w))
		}
	}
}

// A receiver that gives no answer is asked five times for all its deliveries together; the others are put off, which is no attempt, and
// nothing waits longer than a day.
func TestDeliveriesToAReceiverThatIsGoneArePutOff(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return http.StatusOK, "" })
	gone := httptest.NewTLSServer(http.NotFoundHandler())
	gone.Close()
	b := newBench(t, r, local)
	w, _ := b.create(gone.URL, webhook.RunDone, webhook.RunStarted)
	well, _ := b.create(r.url, webhook.RunDone)
	b.tell(webhook.RunDone, webhook.RunStarted)
	began := b.now()
	b.work()
	attempts := int64(0)
	for _, d := range b.deliveries(w) {
		if attempts += d.Attempts; d.Status != webhook.GivenUp || !d.Next.IsZero() {
			t.Errorf("%+v", d)
		}
	}
	if took := b.now().Sub(began); attempts != 5 || took < 12*time.Hour || took > 24*time.Hour {
		t.Errorf("%d attempts within %s", attempts, took)
	}
	if d := b.deliveries(well); len(d) != 1 || d[0].Status != webhook.Delivered || d[0].Attempts != 1 {
		t.Errorf("to another receiver: %+v", d)
	}
	if got, err := b.hooks.Get(t.Context(), "wks_1", w.ID); err != nil || !got.Active || got.Failures != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}
