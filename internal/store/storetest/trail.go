package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

var midday = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func accessEntries(from, n int) []store.Access {
	var all []store.Access
	for i := from; i < from+n; i++ {
		all = append(all, store.Access{Seq: int64(i), At: midday.Add(time.Duration(i) * time.Second), Action: "read", Account: fmt.Sprint("usr_", i%3),
			Operation: "runs.get", Object: fmt.Sprint("o", i%5), Workspace: "w", Outcome: []string{"success", "denied"}[i%2],
			Prev: fmt.Sprint("h", i-1), Hash: fmt.Sprint("h", i), Body: []byte(fmt.Sprint("body ", i))})
	}
	return all
}

func accessIsSearchedAndDropped(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockAccess(ctx); err != nil {
			return err
		}
		if m, err := tx.AccessMark(ctx, "end"); err != nil || m != (store.Mark{}) {
			t.Errorf("the end of an empty log is %+v, %v", m, err)
		}
		if o, err := tx.OldAccess(ctx, midday, 9); o != nil || err != nil {
			t.Errorf("old entries of an empty log: %+v, %v", o, err)
		}
		return errors.Join(tx.AddAccess(ctx, accessEntries(1, 150)), tx.SetAccessMark(ctx, "end", store.Mark{Seq: 1}),
			tx.SetAccessMark(ctx, "end", store.Mark{Seq: 150, Hash: "h150"}))
	})
	if m, err := s.AccessMark(t.Context(), "end"); err != nil || m.Seq != 150 || m.Hash != "h150" {
		t.Errorf("the mark is %+v, %v", m, err)
	}
	for name, c := range map[string]struct {
		q     store.AccessQuery
		first int64
		n     int
	}{
		"latest first": {store.AccessQuery{Limit: 10}, 150, 10},
		"a page on":    {store.AccessQuery{Limit: 10, Before: 141}, 140, 10},
		"ascending":    {store.AccessQuery{Limit: 10, After: 20, Ascending: true}, 21, 10},
		"by account":   {store.AccessQuery{Limit: 1000, Account: "usr_2"}, 149, 50},
		"by object":    {store.AccessQuery{Limit: 1000, Object: "o1", Outcome: "denied"}, 141, 15},
		"by time":      {store.AccessQuery{Limit: 1000, From: midday.Add(10 * time.Second), To: midday.Add(20 * time.Second)}, 19, 10},
		"all of it": {store.AccessQuery{Limit: 9, Action: "read", Operation: "runs.get", Workspace: "w", Outcome: "success",
			Account: "usr_0", Object: "o0"}, 150, 5},
		"nothing": {store.AccessQuery{Limit: 9, Workspace: "another"}, 0, 0},
	} {
		all, err := s.FindAccess(t.Context(), c.q)
		if err != nil || len(all) != c.n || (c.n > 0 && all[0].Seq != c.first) {
			t.Errorf("%s: %d entries, %v", name, len(all), err)
			continue
		}
		if c.n > 0 && (string(all[0].Body) != fmt.Sprint("body ", c.first) || !all[0].At.Equal(midday.Add(time.Duration(c.first)*time.Second))) {
			t.Errorf("%s: read %+v", name, all[0])
		}
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		o, err := tx.OldAccess(ctx, midday.Add(31*time.Second), 20)
		if err != nil || o == nil || o.From.Seq != 1 || o.To != (store.Mark{Seq: 20, Hash: "h20"}) || o.Outcomes["denied"] != 10 {
			t.Errorf("the first 20 of 30 old entries: %+v, %v", o, err)
		}
		if err := tx.DropAccess(ctx, 20); err != nil {
			return err
		}
		o, err = tx.OldAccess(ctx, midday.Add(31*time.Second), 20)
		if err != nil || o == nil || o.From.Seq != 21 || o.To.Seq != 30 || !o.LastAt.Equal(midday.Add(30*time.Second)) {
			t.Errorf("the rest of the old entries: %+v, %v", o, err)
		}
		if o, err := tx.OldAccess(ctx, midday, 20); o != nil || err != nil {
			t.Errorf("nothing is so old: %+v, %v", o, err)
		}
		return err
	})
}

func accessIsAddedInOneOrder(t *testing.T, s *store.Store) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					if err := tx.LockAccess(ctx); err != nil {
						return err
					}
					m, err := tx.AccessMark(ctx, "end")
					if err != nil {
						return err
					}
					entries := accessEntries(int(m.Seq)+1, 3)
					return errors.Join(tx.AddAccess(ctx, entries), tx.SetAccessMark(ctx, "end", store.Mark{Seq: entries[2].Seq}))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if all, err := s.FindAccess(t.Context(), store.AccessQuery{Limit: 1000}); err != nil || len(all) != 120 {
		t.Errorf("%d entries, %v", len(all), err)
	}
}

func usageAddsUp(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i, want := range []int64{5, 10} {
			if now, err := tx.AddUsage(ctx, "w", midday, "bytes", 5); err != nil || now != want {
				t.Errorf("the %d. time: %d, %v", i+1, now, err)
			}
		}
		_, err := tx.AddUsage(ctx, "w", midday.Add(24*time.Hour), "bytes", 1)
		_, err2 := tx.AddUsage(ctx, "other", midday, "bytes", 1)
		return errors.Join(err, err2, tx.InsertRun(ctx, run("r1")))
	})
	today, err := s.Usage(t.Context(), "w", midday, midday)
	if err != nil || len(today) != 1 || today[0] != (store.Usage{Workspace: "w", Day: midday.Truncate(24 * time.Hour), Measure: "bytes", Amount: 10}) {
		t.Errorf("today: %+v, %v", today, err)
	}
	if all, err := s.Usage(t.Context(), "", midday, midday.Add(48*time.Hour)); err != nil || len(all) != 3 {
		t.Errorf("all: %+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountRuns(ctx, "", "waiting", "running")
		if n != 1 {
			t.Errorf("%d runs", n)
		}
		return err
	})
}

func webhooksAreKept(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(
			tx.InsertWebhook(ctx, store.Webhook{ID: "h1", Workspace: "w", Active: true,
				WebhookBody: store.WebhookBody{URL: "https://x", Events: []string{"run.done"}, Secret: []byte("s")}}),
			tx.InsertWebhook(ctx, store.Webhook{ID: "h2", Workspace: "other"}))
	})
	h, err := s.Webhook(t.Context(), "h1")
	if err != nil || !h.Active || h.URL != "https://x" || string(h.Secret) != "s" || h.Version != 1 || len(h.Events) != 1 {
		t.Fatalf("%+v, %v", h, err)
	}
	old := *h
	h.Active, h.Note = false, "too many failures"
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SetWebhookFailures(ctx, "h1", 3), tx.SaveWebhook(ctx, h))
	})
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveWebhook(ctx, &old) })
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("an older version was written: %v", err)
	}
	if all, err := s.Webhooks(t.Context(), "w"); err != nil || len(all) != 1 || all[0].Active || all[0].Note == "" {
		t.Errorf("listed %+v, %v", all, err)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, want := range []bool{true, false} {
			if had, err := tx.DropWebhook(ctx, "h1"); err != nil || had != want {
				t.Errorf("dropped %v, %v", had, err)
			}
		}
		return nil
	})
	if _, err := s.Webhook(t.Context(), "h1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a webhook that is not there: %v", err)
	}
}

func deliveriesAreToldOnce(t *testing.T, s *store.Store) {
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i := range 5 {
			d := store.Delivery{ID: fmt.Sprint("d", i), Webhook: "h", Workspace: "w", About: fmt.Sprint("run/done/", i), Event: "run.done", Status: "pending", Body: []byte("{}")}
			if fresh, err := tx.PutDelivery(ctx, d); err != nil || !fresh {
				t.Errorf("delivery %d: %v, %v", i, fresh, err)
			}
			d.ID += "again"
			if fresh, err := tx.PutDelivery(ctx, d); err != nil || fresh {
				t.Errorf("delivery %d again: %v, %v", i, fresh, err)
			}
		}
		a := store.Attempt{Delivery: "d1", Attempt: 1, Status: 500, Millis: 7, AttemptBody: store.AttemptBody{Answer: "no"}}
		return errors.Join(tx.PutAttempt(ctx, a), tx.PutAttempt(ctx, a),
			tx.SaveDelivery(ctx, store.Delivery{ID: "d1", Status: "failed", Attempts: 1, Next: midday}))
	})
	d, err := s.Delivery(t.Context(), "d1")
	if err != nil || d.Status != "failed" || d.Attempts != 1 || !d.Next.Equal(midday) || string(d.Body) != "{}" {
		t.Errorf("%+v, %v", d, err)
	}
	if all, err := s.Attempts(t.Context(), "d1"); err != nil || len(all) != 1 || all[0].Status != 500 || all[0].Answer != "no" {
		t.Errorf("attempts %+v, %v", all, err)
	}
	seen := map[string]bool{}
	for place := (store.DeliveryPlace{}); ; {
		page, err := s.Deliveries(t.Context(), "h", place, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			if seen[page[i].ID] {
				t.Errorf("%s was listed twice", page[i].ID)
			}
			seen[page[i].ID] = true
		}
		if len(page) < 2 {
			break
		}
		place = store.DeliveryPlace{Created: page[1].Created, ID: page[1].ID}
	}
	if len(seen) != 5 {
		t.Errorf("listed %v", seen)
	}
	in(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.DropDeliveries(ctx, time.Now().Add(time.Hour), "pending")
		if n != 1 {
			t.Errorf("dropped %d", n)
		}
		return err
	})
	if all, err := s.Attempts(t.Context(), "d1"); err != nil || len(all) != 0 {
		t.Errorf("attempts %+v, %v", all, err)
	}
}
