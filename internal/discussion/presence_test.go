package discussion_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/store"
)

func agree(t *testing.T, all ...*discussion.Service) {
	t.Helper()
	for _, s := range all {
		if err := s.Agree(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func present(t *testing.T, s *discussion.Service, want string) {
	t.Helper()
	got, err := s.Present(t.Context(), "r")
	if err != nil || strings.Join(got, " ") != want {
		t.Errorf("%v look at the run, %v; wanted %s", got, err, want)
	}
}

func TestWhoLooksIsSeenThroughEveryProcess(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	other := discussion.New(discussion.Config{Store: d.store})
	t.Cleanup(func() { other.Close(context.WithoutCancel(t.Context())) })
	ada, again := d.Enter("r", "ada"), d.Enter("r", "ada")
	hidden := d.Enter("r", "")
	present(t, d.Service, "ada")
	bo := other.Enter("r", "bo")
	moved := d.Watch(t.Context(), discussion.Signal{Run: "r"})
	agree(t, other, d.Service, other)
	<-moved
	present(t, d.Service, "ada bo")
	present(t, other, "ada bo")
	ada()
	ada() // does nothing
	agree(t, d.Service, other)
	present(t, other, "ada bo") // through the other stream
	elsewhere := other.Enter("r", "ada")
	again()
	hidden()
	agree(t, d.Service, other) // what the first removes the second puts there again
	present(t, d.Service, "ada bo")
	elsewhere()
	bo()
	agree(t, other)
	present(t, d.Service, "")
	if rows, err := d.store.Presences(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestWhoseProcessDiedIsForgotten(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	defer d.Enter("r", "")()
	err := d.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.PutPresence(ctx, "r", "cleo", d.now.Add(time.Minute))
	})
	if err != nil {
		t.Fatal(err)
	}
	agree(t, d.Service)
	present(t, d.Service, "cleo")
	d.pass(2 * time.Minute)
	agree(t, d.Service)
	present(t, d.Service, "")
}

func TestAClosedServiceLeavesNobodyBehind(t *testing.T) {
	t.Parallel()
	d := begin(t, nil)
	leave := d.Enter("r", "ada")
	agree(t, d.Service)
	if rows, err := d.store.Present(t.Context(), "r"); err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
	leave()
	d.Close(t.Context())
	if rows, err := d.store.Present(t.Context(), "r"); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v", rows, err)
	}
}
