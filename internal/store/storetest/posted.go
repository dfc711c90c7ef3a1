package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/analytix-flow/analytix/internal/store"
)

func postedTellsWhatBecameOfMessages(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		err := errors.Join(post(ctx, tx, "z", "r", store.Event), post(ctx, tx, "a", "r", store.Command), post(ctx, tx, "o", "other", store.Event),
			tx.MarkSent(ctx, "z"))
		for _, m := range []store.Message{{ID: "z", Run: "r", Seq: 1}, {ID: "lost", Run: "r", Seq: 2}} {
			_, took := tx.Take(ctx, "c", m)
			err = errors.Join(err, took)
		}
		_, took := tx.Take(ctx, "d", store.Message{ID: "z", Run: "r", Seq: 1})
		return errors.Join(err, took)
	})
	all, err := s.Posted(t.Context(), "r")
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	got := ""
	for _, d := range all {
		got += fmt.Sprintf("%s %s %d %v %d; ", d.ID, d.Channel, d.Seq, d.Sent, len(d.Handled))
	}
	if want := "z event 1 true 2; a command 1 false 0; lost  2 false 1; "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
