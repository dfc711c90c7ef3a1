// Package storetest is the conformance suite of the records: what holds on one database holds on the other.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
)

// Exercise runs the suite on the store that open returns; each call of open must give an empty one.
func Exercise(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Helper()
	for name, f := range map[string]func(*testing.T, *store.Store){
		"RunsAreKept":                         runsAreKept,
		"StateIsComparedAndSwapped":           stateIsComparedAndSwapped,
		"NothingOfAFailedTransactionIsKept":   nothingOfAFailedTransactionIsKept,
		"OutboxKeepsOrder":                    outboxKeepsOrder,
		"InboxTakesOnceAndInOrder":            inboxTakesOnceAndInOrder,
		"UnhandledMessagesAreSentAgain":       unhandledMessagesAreSentAgain,
		"PostedTellsWhatBecameOfMessages":     postedTellsWhatBecameOfMessages,
		"DecisionsKeepOrder":                  decisionsKeepOrder,
		"DocumentsAndFilesAreRecordedOnce":    documentsAndFilesAreRecordedOnce,
		"VersionsFormALine":                   versionsFormALine,
		"KeysAreReplaced":                     keysAreReplaced,
		"AuditIsAChain":                       auditIsAChain,
		"DatasetsAreComparedAndSwapped":       datasetsAreComparedAndSwapped,
		"ProgressAndDeadTasks":                progressAndDeadTasks,
		"AccessIsSearchedAndDropped":          accessIsSearchedAndDropped,
		"AccessIsAddedInOneOrder":             accessIsAddedInOneOrder,
		"UsageAddsUp":                         usageAddsUp,
		"WebhooksAreKept":                     webhooksAreKept,
		"DeliveriesAreToldOnce":               deliveriesAreToldOnce,
		"ConcurrentTransactionsLoseNoMessage": concurrentTransactionsLoseNoMessage,
		"WorkspacesAreComparedAndSwapped":     workspacesAreComparedAndSwapped,
		"MembersHoldOneRole":                  membersHoldOneRole,
		"RunsOfAWorkspaceArePaged":            runsOfAWorkspaceArePaged,
		"RecipesBelongToAWorkspace":           recipesBelongToAWorkspace,
		"AnswersAreGivenOnce":                 answersAreGivenOnce,
		"RemarksBelongToARun":                 remarksBelongToARun,
		"NoticesAreReadOnce":                  noticesAreReadOnce,
		"NoticesAboutTheSameAreToldOnce":      noticesAboutTheSameAreToldOnce,
		"NoticePreferencesAreKept":            noticePreferencesAreKept,
		"PresencePasses":                      presencePasses,
	} {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
	for name, f := range exerciseAuth {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
	for name, f := range exerciseCondition {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
}

func in(t *testing.T, s *store.Store, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func run(id string) store.Run {
	return store.Run{ID: id, Status: "running", Stage: "reception", Tier: "demo", State: []byte(`{"a":1}`),
		Head: store.Head{File: "orders.csv", Goal: "sell more", Dataset: "d-" + id, Bytes: 12}}
}

func runsAreKept(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertRun(ctx, run("r1")), tx.InsertRun(ctx, run("r2")))
	})
	got, err := s.Run(t.Context(), "r1")
	if err != nil || got.Head.Goal != "sell more" || string(got.State) != `{"a":1}` || got.Version != 1 || got.Tier != "demo" {
		t.Errorf("read %+v, %v", got, err)
	}
	if in, err := s.RunsIn(t.Context(), "running"); err != nil || len(in) != 2 {
		t.Errorf("running: %d runs, %v", len(in), err)
	}
	all, err := s.Runs(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("listed %d runs, %v", len(all), err)
	}
	if _, err := s.Run(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run that is not there: %v", err)
	}
}

func stateIsComparedAndSwapped(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.InsertRun(ctx, run("r")) })
	first, err := s.Run(t.Context(), "r")
	if err != nil {
		t.Fatal(err)
	}
	second := *first
	first.Status, first.State = "waiting", []byte("new")
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveState(ctx, first) })
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveState(ctx, &second) })
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("the second write: %v", err)
	}
	got, err := s.Run(t.Context(), "r")
	if err != nil || got.Status != "waiting" || string(got.State) != "new" || got.Version != 2 {
		t.Errorf("read %+v, %v", got, err)
	}
	if v, err := s.RunVersion(t.Context(), "r"); err != nil || v != 2 {
		t.Errorf("version %d, %v", v, err)
	}
	if _, err := s.RunVersion(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the version of a run that is not there: %v", err)
	}
}

func nothingOfAFailedTransactionIsKept(t *testing.T, s *store.Store) {
	boom := errors.New("boom")
	called := false
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		tx.AfterCommit(func() { called = true })
		return errors.Join(tx.InsertRun(ctx, run("r")), boom)
	})
	if !errors.Is(err, boom) || called {
		t.Errorf("error %v, called %v", err, called)
	}
	if _, err := s.Run(t.Context(), "r"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the run is there: %v", err)
	}
}

func post(ctx context.Context, tx *store.Tx, id, run string, c store.Channel) error {
	return tx.Post(ctx, &store.Message{ID: id, Run: run, Channel: c, Kind: "k", Body: []byte("body " + id)})
}

func outboxKeepsOrder(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(post(ctx, tx, "z", "r", store.Event), post(ctx, tx, "a", "r", store.Event),
			post(ctx, tx, "m", "r", store.Command), post(ctx, tx, "b", "other", store.Event))
	})
	select {
	case <-s.OutboxFilled():
	default:
		t.Error("nobody was told of the messages")
	}
	if more, err := s.HasPending(t.Context()); err != nil || !more {
		t.Errorf("pending: %v, %v", more, err)
	}
	if m, err := s.Message(t.Context(), "a"); err != nil || string(m.Body) != "body a" || m.Seq != 2 {
		t.Errorf("message %+v, %v", m, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if ok, err := tx.LockRelay(ctx); err != nil || !ok {
			return fmt.Errorf("lock: %v, %w", ok, err)
		}
		all, err := tx.Pending(ctx, 10)
		if err != nil {
			return err
		}
		got := ""
		for _, m := range all {
			got += fmt.Sprintf("%s%d%s ", m.ID, m.Seq, m.Body)
			if err := tx.MarkSent(ctx, m.ID); err != nil {
				return err
			}
		}
		if want := "z1body z a2body a m1body m b1body b "; got != want {
			t.Errorf("pending %q, want %q", got, want)
		}
		return nil
	})
	if more, err := s.HasPending(t.Context()); err != nil || more {
		t.Errorf("pending after sending: %v, %v", more, err)
	}
}

func inboxTakesOnceAndInOrder(t *testing.T, s *store.Store) {
	take := func(id string, seq int64) (fresh bool, err error) {
		err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			fresh, err = tx.Take(ctx, "c", store.Message{ID: id, Run: "r", Seq: seq})
			return err
		})
		return fresh, err
	}
	if fresh, err := take("one", 1); !fresh || err != nil {
		t.Errorf("first: %v, %v", fresh, err)
	}
	if fresh, err := take("one", 1); fresh || err != nil {
		t.Errorf("again: %v, %v", fresh, err)
	}
	if _, err := take("three", 3); !errors.Is(err, store.ErrEarly) {
		t.Errorf("out of order: %v", err)
	}
	if fresh, err := take("two", 2); !fresh || err != nil {
		t.Errorf("second: %v, %v", fresh, err)
	}
}

func unhandledMessagesAreSentAgain(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		err := errors.Join(post(ctx, tx, "a", "r", store.Event), post(ctx, tx, "b", "r", store.Event),
			tx.MarkSent(ctx, "a"), tx.MarkSent(ctx, "b"))
		if err != nil {
			return err
		}
		_, err = tx.Take(ctx, "c", store.Message{ID: "a", Run: "r", Seq: 1})
		return err
	})
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Unhandled(ctx)
		if err != nil || n != 1 {
			return fmt.Errorf("unhandled %d, %w", n, err)
		}
		all, err := tx.Pending(ctx, 9)
		if len(all) != 1 || all[0].ID != "b" {
			t.Errorf("pending %v", all)
		}
		return err
	})
}

func decisionsKeepOrder(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(
			tx.AddDecision(ctx, "r", flow.Quality, 1, flow.Decision{ID: "z", Item: "i", Choice: flow.Accept}),
			tx.AddDecision(ctx, "r", flow.Quality, 1, flow.Decision{ID: "a", Item: "i", Choice: flow.Reject}))
	})
	all, err := s.Decisions(t.Context(), "r")
	if err != nil || len(all) != 2 || all[0].Decision.ID != "z" || all[1].Decision.Choice != flow.Reject || all[1].Stage != flow.Quality {
		t.Errorf("read %+v, %v", all, err)
	}
}

func documentsAndFilesAreRecordedOnce(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i, want := range []bool{true, false} {
			d := store.Document{ID: fmt.Sprint("d", i), Run: "r", Stage: flow.Quality, Round: 1, Name: "quality.formats", Ref: "x"}
			if fresh, err := tx.PutDocument(ctx, d); err != nil || fresh != want {
				t.Errorf("document %d: %v, %v", i, fresh, err)
			}
			f := store.File{ID: fmt.Sprint("f", i), Run: "r", Stage: flow.Quality, Round: 1, Name: "cells", Ref: "y", Rows: 7}
			if fresh, err := tx.PutFile(ctx, f); err != nil || fresh != want {
				t.Errorf("file %d: %v, %v", i, fresh, err)
			}
		}
		return nil
	})
	docs, err := s.Documents(t.Context(), "r")
	if err != nil || len(docs) != 1 || docs[0].ID != "d0" {
		t.Errorf("documents %+v, %v", docs, err)
	}
	if d, err := s.Document(t.Context(), "d0"); err != nil || d.Ref != "x" {
		t.Errorf("document %+v, %v", d, err)
	}
	if _, err := s.Document(t.Context(), "d1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a document that is not there: %v", err)
	}
	if f, err := s.File(t.Context(), "f0"); err != nil || f.Ref != "y" {
		t.Errorf("file %+v, %v", f, err)
	}
	files, err := s.Files(t.Context(), "r")
	if err != nil || len(files) != 1 || files[0].Rows != 7 {
		t.Errorf("files %+v, %v", files, err)
	}
}

func versionsFormALine(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.PutVersion(ctx, store.Version{ID: "v0", Dataset: "d", Run: "r", Kind: "received"}),
			tx.PutVersion(ctx, store.Version{ID: "v1", Dataset: "d", Run: "r", Parent: "v0", Kind: "parsed", Rows: 3, Decisions: []byte("[]")}))
	})
	all, err := s.Versions(t.Context(), "r")
	if err != nil || len(all) != 2 || all[1].Parent != "v0" || all[1].Rows != 3 || string(all[1].Decisions) != "[]" {
		t.Errorf("read %+v, %v", all, err)
	}
}

func keysAreReplaced(t *testing.T, s *store.Store) {
	for _, wrapped := range []string{"first", "second"} {
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.PutDataKey(ctx, "d", []byte(wrapped)) })
	}
	got, err := s.DataKey(t.Context(), "d")
	if err != nil || string(got) != "second" {
		t.Errorf("read %q, %v", got, err)
	}
	if all, err := s.DataKeys(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("listed %v, %v", all, err)
	}
	replace := func(dataset, read string) (changed bool) {
		in(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			changed, err = tx.ReplaceDataKey(ctx, dataset, []byte(read), []byte("third"))
			return err
		})
		return changed
	}
	if replace("d", "first") || !replace("d", "second") || replace("none", "second") {
		t.Error("a key is replaced that is not the one that was read, or the one that was is not")
	}
	if all, err := s.DataKeys(t.Context()); err != nil || len(all) != 1 || string(all["d"]) != "third" {
		t.Errorf("listed %v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropDataKey(ctx, "d") })
	if _, err := s.DataKey(t.Context(), "d"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a forgotten key: %v", err)
	}
	if _, err := s.DataKey(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a key that is not there: %v", err)
	}
}

func auditIsAChain(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if last, err := tx.AuditLast(ctx, "r"); err != nil || last != nil {
			t.Errorf("an empty chain ends in %v, %v", last, err)
		}
		return errors.Join(tx.AddAudit(ctx, store.AuditEntry{Run: "r", Seq: 1, Kind: "a", Hash: "h1", Body: []byte("x")}),
			tx.AddAudit(ctx, store.AuditEntry{Run: "r", Seq: 2, Kind: "b", Prev: "h1", Hash: "h2", Body: []byte("y")}))
	})
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		last, err := tx.AuditLast(ctx, "r")
		if err == nil && (last.Seq != 2 || last.Prev != "h1" || string(last.Body) != "y") {
			t.Errorf("the last entry is %+v", last)
		}
		return err
	})
	if all, err := s.Audit(t.Context(), "r"); err != nil || len(all) != 2 || all[0].Kind != "a" {
		t.Errorf("read %+v, %v", all, err)
	}
}

func progressAndDeadTasks(t *testing.T, s *store.Store) {
	for _, f := range []float64{0.25, 0.5} {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.PutProgress(ctx, store.Progress{Run: "r", Task: "t", Fraction: f, Sentence: "counting"})
		})
	}
	if all, err := s.Progress(t.Context(), "r"); err != nil || len(all) != 1 || all[0].Fraction != 0.5 || all[0].Sentence != "counting" {
		t.Errorf("progress %+v, %v", all, err)
	}
	dead := store.DeadTask{ID: "x", Run: "r", Stage: flow.Insight, Handler: "insight.trend", Attempts: 3, Reason: "no memory"}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, want := range []bool{true, false} {
			if fresh, err := tx.PutDeadTask(ctx, dead); err != nil || fresh != want {
				t.Errorf("set aside: %v, %v", fresh, err)
			}
		}
		return nil
	})
	if all, err := s.DeadTasks(t.Context()); err != nil || len(all) != 1 || all[0].Reason != "no memory" || all[0].Attempts != 3 {
		t.Errorf("dead %+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, want := range []bool{true, false} {
			if had, err := tx.DropDeadTask(ctx, "x"); err != nil || had != want {
				t.Errorf("taken up: %v, %v", had, err)
			}
		}
		return nil
	})
}

// concurrentTransactionsLoseNoMessage has several writers post to one run: numbers are given without gap or repeat.
func concurrentTransactionsLoseNoMessage(t *testing.T, s *store.Store) {
	const writers, each = 4, 10
	var wg sync.WaitGroup
	errs := make(chan error, writers*each)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				errs <- s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					return post(ctx, tx, fmt.Sprintf("%d-%d", w, i), "r", store.Event)
				})
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Pending(ctx, 1000)
		if len(all) != writers*each {
			t.Errorf("%d messages", len(all))
		}
		for i, m := range all {
			if m.Seq != int64(i+1) {
				t.Errorf("message %d has number %d", i, m.Seq)
			}
		}
		return err
	})
}

func datasetsAreComparedAndSwapped(t *testing.T, s *store.Store) {
	d := store.Dataset{ID: "d1", Workspace: "w", Account: "usr_a", Status: store.DatasetOpen, Size: -1, Body: []byte("canary")}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		other := d
		other.ID, other.Expires = "d2", time.UnixMicro(5)
		foreign := d
		foreign.ID, foreign.Workspace = "d3", "v"
		return errors.Join(tx.InsertDataset(ctx, d), tx.InsertDataset(ctx, other), tx.InsertDataset(ctx, foreign))
	})
	d.Received, d.Size = 7, 7
	in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveDataset(ctx, d, store.DatasetOpen, 0) })
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveDataset(ctx, d, store.DatasetOpen, 0) })
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second write: %v", err)
	}
	got, err := s.Dataset(t.Context(), "d1")
	if err != nil || got.Received != 7 || string(got.Body) != "canary" || !got.Expires.IsZero() || got.Account != "usr_a" {
		t.Errorf("read %+v, %v", got, err)
	}
	first, err := s.DatasetsOf(t.Context(), "w", store.Dataset{}, 1)
	if err != nil || len(first) != 1 || first[0].ID != "d2" {
		t.Fatalf("listed %+v, %v", first, err)
	}
	rest, err := s.DatasetsOf(t.Context(), "w", first[0], 5)
	if err != nil || len(rest) != 1 || rest[0].ID != "d1" {
		t.Errorf("listed %+v, %v", rest, err)
	}
	due, err := s.DatasetsDue(t.Context(), store.DatasetOpen, time.UnixMicro(6), 5)
	if err != nil || len(due) != 1 || due[0].ID != "d2" {
		t.Errorf("due %+v, %v", due, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if n, err := tx.CountDatasets(ctx, "usr_a", store.DatasetOpen); err != nil || n != 3 {
			t.Errorf("%d open, %v", n, err)
		}
		return tx.DropDataset(ctx, "d1")
	})
	if _, err := s.Dataset(t.Context(), "d1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a dataset that is gone: %v", err)
	}
	if open, err := s.Datasets(t.Context(), store.DatasetOpen); err != nil || len(open) != 2 {
		t.Errorf("%d open, %v", len(open), err)
	}
}
