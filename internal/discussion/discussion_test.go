package discussion_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var place = discussion.Place{Workspace: "w", Run: "r", File: "orders.csv", Item: "i1"}

// desk is a service on records of its own, with a clock that the test moves, and what it asks others to do.
type desk struct {
	*discussion.Service
	store   *store.Store
	mu      sync.Mutex
	now     time.Time
	entries []discussion.Entry // what the audit got
	tasks   []task.Task
	at      []time.Time
}

func (d *desk) pass(x time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(x)
}

func (d *desk) Insert(_ context.Context, _ *store.Tx, t task.Task, at time.Time) error {
	d.tasks, d.at = append(d.tasks, t), append(d.at, at)
	return nil
}

func begin(t *testing.T, mail *discussion.MailConfig) *desk {
	t.Helper()
	d := &desk{now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.now
	}
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d.store, d.Service = s, discussion.New(discussion.Config{Store: s, Now: clock, Mail: mail})
	t.Cleanup(func() { d.Close(context.WithoutCancel(t.Context())) })
	d.Use(func(ctx context.Context, _ string, by flow.Actor, f func(context.Context, *store.Tx) (*discussion.Entry, error)) error {
		if by.Name == "" {
			t.Error("nobody is named to the audit")
		}
		var e *discussion.Entry
		err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			e, err = f(ctx, tx)
			return err
		})
		if err == nil {
			d.entries = append(d.entries, *e)
		}
		return err
	}, d)
	return d
}

func by(account string) discussion.Person {
	return discussion.Person{Account: account, Actor: flow.Actor{Kind: flow.ActorPerson, Name: account}}
}

// told lists what an account was told of, the latest first.
func told(t *testing.T, d *desk, account string) []string {
	t.Helper()
	all, err := d.Notices(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	kinds := make([]string, len(all))
	for i := range all {
		kinds[i] = all[i].Kind
	}
	return kinds
}

func say(t *testing.T, d *desk, at discussion.Place, account, text string, mentions ...string) {
	t.Helper()
	if _, err := d.Say(t.Context(), at, by(account), text, mentions); err != nil {
		t.Fatal(err)
	}
}

func TestARemarkIsToldToThoseWhomItConcernsAndOnlyOnce(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	if err := d.Assign(t.Context(), place, by("boss"), "worker", time.Time{}); err != nil {
		t.Fatal(err)
	}
	say(t, d, place, "ada", "Is it so, @bo?", "bo", "bo", "ada", "worker")
	say(t, d, place, "bo", "It is.")
	elsewhere := place
	elsewhere.Item = "i2"
	say(t, d, elsewhere, "cleo", "Something else.")
	for account, want := range map[string][]string{"ada": {"remarked"}, "bo": {"mentioned"}, "worker": {"remarked", "mentioned", "assigned"}, "cleo": {}, "boss": {}} {
		got := told(t, d, account)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s was told %v in the place of %v", account, got, want)
		}
	}
}

func TestWhatCannotBeSaidIsRefusedAndTellsNobody(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	many := make([]string, discussion.MostMentions+1)
	for i := range many {
		many[i] = fmt.Sprint("x", i)
	}
	for _, x := range []struct {
		text     string
		mentions []string
	}{{" \n", nil}, {strings.Repeat("ä", discussion.MostText+1), nil}, {"a\x00b", nil}, {"a\xffb", nil}, {"Hello", many}} {
		if _, err := d.Say(t.Context(), place, by("ada"), x.text, x.mentions); !errors.Is(err, discussion.ErrInvalid) {
			t.Errorf("%.10q: %v", x.text, err)
		}
	}
	say(t, d, place, "ada", strings.Repeat("ä", discussion.MostText), "bo")
	all, err := d.Notices(t.Context(), "bo")
	if err != nil || len(all) != 1 || len([]rune(all[0].Text)) != 160 {
		t.Errorf("%v, %v", all, err)
	}
	if got := told(t, d, "x"); len(got) != 0 {
		t.Errorf("a refused remark told %v", got)
	}
}

func TestWhoLooksAtARunIsNotToldOfItsMovesUnlessItMustBe(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	tell := func(x discussion.Told) {
		x.Place = place
		err := d.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return d.Tell(ctx, tx, x, "ada", "", "ada") })
		if err != nil {
			t.Fatal(err)
		}
	}
	leave := d.Enter("r", "ada")
	tell(discussion.Told{Kind: discussion.Waits, About: "1"})
	if got := told(t, d, "ada"); len(got) != 0 {
		t.Errorf("whoever looks at it is told %v", got)
	}
	tell(discussion.Told{Kind: discussion.Escalated, About: "1", Here: true})
	leave() // which the records need not know yet
	d.pass(time.Second)
	tell(discussion.Told{Kind: discussion.Waits, About: "1"})
	tell(discussion.Told{Kind: discussion.Waits, About: "1"})
	tell(discussion.Told{Kind: discussion.Waits, About: "2"})
	if got := told(t, d, "ada"); len(got) != 3 || got[0] != "waits" || got[1] != "waits" || got[2] != "escalated" {
		t.Errorf("whoever does not look at it is told %v", got)
	}
}

func TestWatchersAreWokenByWhatTheyWatch(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	run, account := d.Watch(ctx, discussion.Signal{Run: "r"}), d.Watch(ctx, discussion.Signal{Account: "bo"})
	other := d.Watch(ctx, discussion.Signal{Run: "other"})
	say(t, d, place, "ada", "Hello", "bo")
	say(t, d, place, "ada", "Again", "bo") // nobody has received the first: this says nothing new
	<-account
	d.Enter("r", "ada")
	<-run
	select {
	case x := <-other:
		t.Errorf("somebody else's: %+v", x)
	case x := <-run:
		t.Errorf("twice: %+v", x)
	case x := <-account:
		t.Errorf("twice: %+v", x)
	default:
	}
	stop()
}

func TestOldNoticesGo(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	say(t, d, place, "ada", "Hello", "bo")
	d.pass(91 * 24 * time.Hour)
	say(t, d, place, "ada", "Hello again", "bo")
	work(t, d, "discussion.tend", task.Task{})
	if err := d.See(t.Context(), "bo", nil); err != nil {
		t.Fatal(err)
	}
	all, err := d.Notices(t.Context(), "bo")
	if err != nil || len(all) != 1 || all[0].Seen.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
}

// work works a task the way the queue does.
func work(t *testing.T, d *desk, kind string, x task.Task) {
	t.Helper()
	for _, k := range d.Tasks() {
		if k.Name != kind {
			continue
		}
		finish, err := k.Work(t.Context(), x, nil)
		if err != nil {
			t.Fatal(err)
		}
		if finish == nil {
			return
		}
		if err := d.store.InTx(t.Context(), finish); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("there is no task %q", kind)
}

func TestOnesOwnRemarkIsEditedAndTakenBack(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	r, err := d.Say(t.Context(), place, by("ada"), "Hello", []string{"bo"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Edit(t.Context(), place, r.ID, by("bo"), "mine", nil); !errors.Is(err, discussion.ErrForeign) {
		t.Errorf("edited by somebody else: %v", err)
	}
	if _, err := d.Edit(t.Context(), place, "none", by("bo"), "mine", nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a remark that is not there: %v", err)
	}
	e, err := d.Edit(t.Context(), place, r.ID, by("ada"), "Hello, both", []string{"bo", "cleo"})
	if err != nil || e.Text != "Hello, both" || e.Edited.IsZero() || e.Item != "i1" {
		t.Errorf("%+v, %v", e, err)
	}
	if bo, cleo := told(t, d, "bo"), told(t, d, "cleo"); len(bo) != 1 || len(cleo) != 1 {
		t.Errorf("bo was told %v, cleo %v", bo, cleo)
	}
	if err := d.Unsay(t.Context(), "r", r.ID, by("bo"), false); !errors.Is(err, discussion.ErrForeign) {
		t.Errorf("taken back by somebody else: %v", err)
	}
	if err := d.Unsay(t.Context(), "r", r.ID, by("steward"), true); err != nil {
		t.Error(err)
	}
	if all, err := d.Remarks(t.Context(), "r"); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := d.Unassign(t.Context(), "r", "i1", by("ada")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody was to see to it: %v", err)
	}
	var actions []string
	for _, x := range d.entries {
		actions = append(actions, x.Action)
		if x.Object != "i1" || len(x.Details["sha256"].(string)) != 64 || strings.Contains(fmt.Sprint(x.Details), "Hello") { //nolint:forcetypeassert // fails as it should
			t.Errorf("the audit holds %+v", x)
		}
	}
	if got := strings.Join(actions, " "); got != "remark.made remark.edited remark.removed" || d.entries[0].Details["sha256"] == d.entries[1].Details["sha256"] {
		t.Errorf("the audit holds %s", got)
	}
}
