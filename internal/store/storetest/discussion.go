package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

func remarksBelongToARun(t *testing.T, s *store.Store) {
	due := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertRun(ctx, run("r1")),
			tx.InsertRemark(ctx, store.Remark{ID: "m1", Run: "r1", Item: "i", Account: "a", RemarkBody: store.RemarkBody{Text: "see here", Mentions: []string{"b"}}}),
			tx.InsertRemark(ctx, store.Remark{ID: "m2", Run: "r2", Item: "i", Account: "a", RemarkBody: store.RemarkBody{Text: "elsewhere"}}),
			tx.PutAssignment(ctx, store.Assignment{Run: "r1", Item: "i", Account: "a", Assigner: "b"}),
			tx.PutAssignment(ctx, store.Assignment{Run: "r1", Item: "i", Account: "c", Assigner: "b", Due: due}))
	})
	all, err := s.Remarks(t.Context(), "r1")
	if err != nil || len(all) != 1 || all[0].Text != "see here" || !slices.Equal(all[0].Mentions, []string{"b"}) || all[0].Created.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	if of, err := s.Assignments(t.Context(), "r1"); err != nil || len(of) != 1 || of[0].Account != "c" || !of[0].Due.Equal(due) {
		t.Errorf("%+v, %v", of, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		foreign, err := tx.DropRemark(ctx, "r1", "m1", "b")
		own, ownErr := tx.DropRemark(ctx, "r1", "m1", "a")
		if foreign || !own {
			t.Errorf("removed by somebody else: %v, by its author: %v", foreign, own)
		}
		there, thereErr := tx.DropAssignment(ctx, "r1", "i")
		again, againErr := tx.DropAssignment(ctx, "r1", "i")
		if !there || again {
			t.Errorf("an assignment was removed: %v, again: %v", there, again)
		}
		return errors.Join(err, ownErr, thereErr, againErr)
	})
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		err := tx.InsertRemark(ctx, store.Remark{ID: "m3", Run: "r1", Account: "a", RemarkBody: store.RemarkBody{Text: "to be erased"}})
		_, eraseErr := tx.EraseRun(ctx, run("r1"))
		return errors.Join(err, eraseErr)
	})
	if left, err := s.Remarks(t.Context(), "r1"); err != nil || len(left) != 0 {
		t.Errorf("an erased run keeps %d remarks, %v", len(left), err)
	}
}

func noticesAreReadOnce(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		var all error
		for _, id := range []string{"n1", "n2", "n3"} {
			all = errors.Join(all, tx.InsertNotice(ctx, store.Notice{ID: id, Account: "a", Run: "r", Kind: "mentioned", NoticeBody: store.NoticeBody{Text: id}}))
		}
		return errors.Join(all, tx.InsertNotice(ctx, store.Notice{ID: "n4", Account: "b", Run: "r", Kind: "mentioned"}),
			tx.SeeNotices(ctx, "a", []string{"n2", "n4"}))
	})
	got, err := s.Notices(t.Context(), "a", 10)
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, n := range got {
		if n.Seen.IsZero() == (n.ID == "n2") || n.Text != n.ID {
			t.Errorf("%+v", n)
		}
	}
	if of, err := s.Notices(t.Context(), "b", 10); err != nil || len(of) != 1 || !of[0].Seen.IsZero() {
		t.Errorf("what somebody else marked as read: %+v, %v", of, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SeeNotices(ctx, "a", nil) })
	if got, err = s.Notices(t.Context(), "a", 2); err != nil || len(got) != 2 || got[0].Seen.IsZero() || got[1].Seen.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.DropNotices(ctx, time.Now().Add(time.Hour))
		if n != 4 {
			t.Errorf("%d notices were removed", n)
		}
		return err
	})
}

func presencePasses(t *testing.T, s *store.Store) {
	now := time.Now()
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.PutPresence(ctx, "r", "b", now.Add(time.Hour)), tx.PutPresence(ctx, "r", "a", now.Add(time.Hour)),
			tx.PutPresence(ctx, "r", "gone", now.Add(-time.Hour)), tx.PutPresence(ctx, "other", "c", now.Add(time.Hour)))
	})
	if got, err := s.Present(t.Context(), "r"); err != nil || !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%v, %v", got, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropPresence(ctx, "r", "a") })
	if got, err := s.Present(t.Context(), "r"); err != nil || !slices.Equal(got, []string{"b"}) {
		t.Errorf("%v, %v", got, err)
	}
}
