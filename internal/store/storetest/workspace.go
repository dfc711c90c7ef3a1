package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

func workspacesAreComparedAndSwapped(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertWorkspace(ctx, store.Workspace{ID: "w1", Tier: "demo", Name: "Sales"})
	})
	w, err := s.Workspace(t.Context(), "w1")
	if err != nil || w.Name != "Sales" || w.Version != 1 {
		t.Fatalf("%+v, %v", w, err)
	}
	other := *w
	w.Settings.FourEyes = true
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveWorkspace(ctx, w) })
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveWorkspace(ctx, &other) })
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("an older version was written: %v", err)
	}
	if got, err := s.Workspace(t.Context(), "w1"); err != nil || !got.Settings.FourEyes || got.Version != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Workspace(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a workspace that is not there: %v", err)
	}
	if all, err := s.Workspaces(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d workspaces, %v", len(all), err)
	}
}

func membersHoldOneRole(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.PutMember(ctx, store.Member{Workspace: "w1", Account: "a", Role: "viewer"}),
			tx.PutMember(ctx, store.Member{Workspace: "w1", Account: "a", Role: "steward"}),
			tx.PutMember(ctx, store.Member{Workspace: "w2", Account: "a", Role: "analyst"}))
	})
	if of, err := s.Memberships(t.Context(), "a"); err != nil || len(of) != 2 || of[0].Role != "steward" {
		t.Errorf("%+v, %v", of, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropMember(ctx, "w1", "a") })
	if in, err := s.Members(t.Context(), "w1"); err != nil || len(in) != 0 {
		t.Errorf("%+v, %v", in, err)
	}
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.DropMember(ctx, "w1", "a") })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func runsOfAWorkspaceArePaged(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, id := range []string{"r1", "r2", "r3", "r4", "r5"} {
			r := run(id)
			r.Workspace = "w1"
			if id == "r3" {
				r.Workspace = "w2"
			}
			if err := tx.InsertRun(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	var got []string
	for page := (store.Page{Limit: 3}); ; {
		runs, err := s.RunsOf(t.Context(), "w1", []string{"running", "waiting"}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runs {
			got = append(got, r.ID)
			if len(r.State) > 0 || r.Head.Goal != "sell more" {
				t.Errorf("%+v", r)
			}
			page.Before, page.ID = r.Created, r.ID
		}
		if len(runs) < page.Limit {
			break
		}
	}
	if len(got) != 4 || got[0] != "r5" || got[3] != "r1" {
		t.Errorf("listed %v", got)
	}
	if none, err := s.RunsOf(t.Context(), "w1", []string{"done"}, store.Page{Limit: 9}); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
	if changed, err := s.RunsChanged(t.Context(), time.Unix(0, 0)); err != nil || len(changed) != 5 || changed[0].Version != 1 {
		t.Errorf("changed: %v, %v", changed, err)
	}
}

func recipesBelongToAWorkspace(t *testing.T, s *store.Store) {
	r := store.Recipe{ID: "x", Workspace: "w1", Kind: store.KindPolicy, Name: "trim", Text: "policies: []", Author: "a", Active: true}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.InsertRecipe(ctx, r) })
	if _, err := s.Recipe(t.Context(), "w2", "x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another workspace's recipe: %v", err)
	}
	got, err := s.Recipe(t.Context(), "w1", "x")
	if err != nil || got.Text != r.Text || !got.Active {
		t.Fatalf("%+v, %v", got, err)
	}
	old := *got
	got.Name = "trim all"
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveRecipe(ctx, got) })
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveRecipe(ctx, &old) })
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("an older version was written: %v", err)
	}
	if of, err := s.Recipes(t.Context(), "w1", store.KindRecipe); err != nil || len(of) != 0 {
		t.Errorf("%v, %v", of, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropRecipe(ctx, "x", 2) })
	if of, err := s.Recipes(t.Context(), "w1", store.KindPolicy); err != nil || len(of) != 0 {
		t.Errorf("%v, %v", of, err)
	}
}

func answersAreGivenOnce(t *testing.T, s *store.Store) {
	take := func() (old *store.Answer) {
		in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			old, err = tx.TakeAnswer(ctx, store.Answer{Account: "a", Name: "k", Request: "hash"})
			return err
		})
		return old
	}
	if old := take(); old != nil {
		t.Fatalf("an answer before there was one: %+v", old)
	}
	if old := take(); old == nil || old.Status != 0 || old.Request != "hash" {
		t.Errorf("while it is being worked on: %+v", old)
	}
	put := func(status int) {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.PutAnswer(ctx, store.Answer{Account: "a", Name: "k", Status: status, Body: []byte("done")})
		})
	}
	put(201)
	if old := take(); old == nil || old.Status != 201 || string(old.Body) != "done" {
		t.Errorf("the answer: %+v", old)
	}
	put(0)
	if old := take(); old != nil {
		t.Errorf("a forgotten answer: %+v", old)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropAnswers(ctx, time.Now().Add(time.Hour)) })
	if old := take(); old != nil {
		t.Errorf("an answer that is too old: %+v", old)
	}
}
