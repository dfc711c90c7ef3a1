package discussion_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var place = discussion.Place{Workspace: "w", Run: "r", File: "orders.csv", Item: "i1"}

// begin opens a service on records of its own, with a clock that the test moves.
func begin(t *testing.T) (*discussion.Service, *store.Store, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return discussion.New(s, clock), s, &now
}

// told lists what an account was told of, the latest first.
func told(t *testing.T, d *discussion.Service, account string) []string {
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

func say(t *testing.T, d *discussion.Service, at discussion.Place, account, text string, mentions ...string) {
	t.Helper()
	if _, err := d.Say(t.Context(), at, account, text, mentions); err != nil {
		t.Fatal(err)
	}
}

func TestARemarkIsToldToThoseWhomItConcernsAndOnlyOnce(t *testing.T) {
	t.Parallel()
	d, _, _ := begin(t)
	if err := d.Assign(t.Context(), place, "boss", "worker", time.Time{}); err != nil {
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
	d, _, _ := begin(t)
	many := strings.Split(strings.Repeat("x,", discussion.MostMentions), ",")
	for _, x := range []struct {
		text     string
		mentions []string
	}{{" \n", nil}, {strings.Repeat("ä", discussion.MostText+1), nil}, {"Hello", many}} {
		if _, err := d.Say(t.Context(), place, "ada", x.text, x.mentions); !errors.Is(err, discussion.ErrInvalid) {
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

func TestWhoLooksAtARunIsNotToldOfItsMoves(t *testing.T) {
	t.Parallel()
	d, s, now := begin(t)
	move := func() {
		err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(d.Moved(ctx, tx, place, discussion.Waits, "ada", "quality"), d.Moved(ctx, tx, place, discussion.Waits, "", "quality"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Here(t.Context(), "r", "ada"); err != nil {
		t.Fatal(err)
	}
	move()
	if got := told(t, d, "ada"); len(got) != 0 {
		t.Errorf("whoever looks at it is told %v", got)
	}
	*now = now.Add(time.Minute) // without a heartbeat they are gone
	move()
	if got := told(t, d, "ada"); !slices.Equal(got, []string{"waits"}) {
		t.Errorf("whoever does not look at it is told %v", got)
	}
}

func TestWatchersAreWokenByWhatTheyWatch(t *testing.T) {
	t.Parallel()
	d, _, _ := begin(t)
	ctx, stop := context.WithCancel(t.Context())
	run, account := d.Watch(ctx, discussion.Signal{Run: "r"}), d.Watch(ctx, discussion.Signal{Account: "bo"})
	other := d.Watch(ctx, discussion.Signal{Run: "other"})
	before, err := d.Mark(t.Context(), "r")
	if err != nil {
		t.Fatal(err)
	}
	say(t, d, place, "ada", "Hello", "bo")
	say(t, d, place, "ada", "Again", "bo") // nobody has received the first: this says nothing new
	<-run
	<-account
	select {
	case x := <-other:
		t.Errorf("somebody else's: %+v", x)
	case x := <-run:
		t.Errorf("twice: %+v", x)
	default:
	}
	if after, err := d.Mark(t.Context(), "r"); err != nil || after == before {
		t.Errorf("the mark stayed %q, %v", after, err)
	}
	stop()
}

func TestOldNoticesGo(t *testing.T) {
	t.Parallel()
	d, _, now := begin(t)
	say(t, d, place, "ada", "Hello", "bo")
	*now = now.Add(91 * 24 * time.Hour)
	say(t, d, place, "ada", "Hello again", "bo")
	if err := d.See(t.Context(), "bo", nil); err != nil {
		t.Fatal(err)
	}
	all, err := d.Notices(t.Context(), "bo")
	if err != nil || len(all) != 1 || all[0].Seen.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestOnesOwnRemarkIsTakenBackAndNoOther(t *testing.T) {
	t.Parallel()
	d, _, _ := begin(t)
	r, err := d.Say(t.Context(), place, "ada", "Hello", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Unsay(t.Context(), "r", r.ID, "bo"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("by somebody else: %v", err)
	}
	if err := d.Unsay(t.Context(), "r", r.ID, "ada"); err != nil {
		t.Error(err)
	}
	if all, err := d.Remarks(t.Context(), "r"); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := d.Unassign(t.Context(), "r", "i1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody was to see to it: %v", err)
	}
}
