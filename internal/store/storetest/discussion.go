package storetest

import (
	"context"
	"errors"
	"fmt"
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
			tx.PutAssignment(ctx, store.Assignment{Run: "r1", Item: "i", Workspace: "w", Account: "a", Assigner: "b"}),
			tx.PutAssignment(ctx, store.Assignment{Run: "r1", Item: "i", Workspace: "w", Account: "c", Assigner: "b", Due: due}))
	})
	all, err := s.Remarks(t.Context(), "r1")
	if err != nil || len(all) != 1 || all[0].Text != "see here" || !slices.Equal(all[0].Mentions, []string{"b"}) || all[0].Created.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	if of, err := s.AssignedTo(t.Context(), "w", "c", 10); err != nil || len(of) != 1 || of[0].Run != "r1" {
		t.Errorf("assigned to c: %+v, %v", of, err)
	}
	if of, err := s.Assignments(t.Context(), "r1"); err != nil || len(of) != 1 || of[0].Account != "c" || !of[0].Due.Equal(due) {
		t.Errorf("%+v, %v", of, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		editErr := tx.SaveRemark(ctx, "m1", store.RemarkBody{Text: "see there", Salt: "s"})
		edited, readErr := tx.Remarks(ctx, "r1")
		if len(edited) != 1 || edited[0].Text != "see there" || edited[0].Edited.IsZero() {
			t.Errorf("after the edit: %+v", edited)
		}
		foreign, err := tx.DropRemark(ctx, "r2", "m1")
		own, ownErr := tx.DropRemark(ctx, "r1", "m1")
		if foreign || !own {
			t.Errorf("removed from another run: %v, from its own: %v", foreign, own)
		}
		there, thereErr := tx.DropAssignment(ctx, "r1", "i")
		again, againErr := tx.DropAssignment(ctx, "r1", "i")
		if !there || again {
			t.Errorf("an assignment was removed: %v, again: %v", there, again)
		}
		return errors.Join(err, ownErr, thereErr, againErr, editErr, readErr)
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
			_, err := tx.InsertNotice(ctx, store.Notice{ID: id, Account: "a", Run: "r", Kind: "mentioned", NoticeBody: store.NoticeBody{Text: id}})
			all = errors.Join(all, err)
		}
		_, err := tx.InsertNotice(ctx, store.Notice{ID: "n4", Account: "b", Run: "r", Kind: "mentioned", Mail: "pending"})
		return errors.Join(all, err, tx.SeeNotices(ctx, "a", []string{"n2", "n4"}), tx.SetNoticeMail(ctx, "n4", "sent"))
	})
	if n, err := s.Notice(t.Context(), "n4"); err != nil || n.Mail != "sent" || n.Account != "b" {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := s.Notice(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a notice that is not there: %v", err)
	}
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
	if got, err := s.Presences(t.Context()); err != nil || len(got) != 2 || len(got["r"]) != 2 || got["r"]["gone"] != (time.Time{}) ||
		!got["other"]["c"].Equal(now.Add(time.Hour).Truncate(time.Microsecond)) {
		t.Errorf("%v, %v", got, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropPresence(ctx, "r", "a") })
	if got, err := s.Present(t.Context(), "r"); err != nil || !slices.Equal(got, []string{"b"}) {
		t.Errorf("%v, %v", got, err)
	}
}

func noticesAboutTheSameAreToldOnce(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		var all error
		for i, c := range []struct {
			account, about string
			want           bool
		}{{"a", "x", true}, {"a", "x", false}, {"b", "x", true}, {"a", "y", true}, {"a", "", true}, {"a", "", true}} {
			fresh, err := tx.InsertNotice(ctx, store.Notice{ID: fmt.Sprint("n", i), Account: c.account, Run: "r", About: c.about})
			if fresh != c.want {
				t.Errorf("the %d. notice is told: %v", i+1, fresh)
			}
			all = errors.Join(all, err)
		}
		return all
	})
}

func noticePreferencesAreKept(t *testing.T, s *store.Store) {
	var p []string
	if chosen, err := s.NoticePreference(t.Context(), "a", &p); chosen || err != nil {
		t.Errorf("chosen before: %v, %v", chosen, err)
	}
	for _, want := range [][]string{{"x", "y"}, {}} {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.PutNoticePreference(ctx, "a", want); err != nil {
				return err
			}
			chosen, err := tx.NoticePreference(ctx, "a", &p)
			if !chosen || !slices.Equal(p, want) {
				t.Errorf("chosen: %v, %v", chosen, p)
			}
			return err
		})
	}
}
