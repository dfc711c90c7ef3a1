package usage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
	"github.com/analytix-flow/analytix/internal/tier"
	"github.com/analytix-flow/analytix/internal/usage"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m).Run()) }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func both(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Run("SQLite", func(t *testing.T) {
		s, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "r.db"), bytes.Repeat([]byte{1}, 32), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		f(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		f(t, s)
	})
}

func begin(ctx context.Context, s *store.Store, l tier.Limits, id string, at time.Time) error {
	return s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := usage.Admit(ctx, tx, l, "w", at, 100); err != nil {
			return err
		}
		return tx.InsertRun(ctx, store.Run{ID: id, Workspace: "w", Status: "running", Stage: "reception", State: []byte("{}")})
	})
}

func end(t *testing.T, s *store.Store, id string) {
	t.Helper()
	r, err := s.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r.Status = "done"
	if err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveState(ctx, r) }); err != nil {
		t.Fatal(err)
	}
}

func TestRunsAreHeldAgainstTheTier(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		demo, err := tier.Of(tier.Demo)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			id := fmt.Sprint("r", i)
			if err := begin(t.Context(), s, demo, id, noon); err != nil {
				t.Fatalf("run %d: %v", i, err)
			}
			if err := begin(t.Context(), s, demo, "another", noon); !errors.Is(err, tier.ErrLimit) {
				t.Errorf("a second run at the same time: %v", err)
			}
			end(t, s, id)
		}
		if err := begin(t.Context(), s, demo, "r3", noon); !errors.Is(err, tier.ErrLimit) {
			t.Errorf("a fourth run on a day: %v", err)
		}
		if u, err := usage.Now(t.Context(), s, "w", noon); err != nil || u != (tier.Use{Today: 3}) {
			t.Errorf("used %+v, %v", u, err)
		}
		if err := begin(t.Context(), s, demo, "r3", noon.Add(24*time.Hour)); err != nil {
			t.Errorf("the next day: %v", err)
		}
		if u, err := usage.Now(t.Context(), s, "w", noon.Add(24*time.Hour)); err != nil || u != (tier.Use{Today: 1, Now: 1}) {
			t.Errorf("used %+v, %v", u, err)
		}
		days, err := usage.Days(t.Context(), s, "w", noon, noon.Add(24*time.Hour))
		if err != nil || len(days) != 2 || days[0].Day != "2026-11-24" || days[0].Used[usage.Bytes] != 300 || usage.Total(days)[usage.Runs] != 4 {
			t.Errorf("%+v, %v", days, err)
		}
	})
}

func TestOfRunsThatAreAskedForAtOnceOneBegins(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		demo, err := tier.Of(tier.Demo)
		if err != nil {
			t.Fatal(err)
		}
		var begun atomic.Int32
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				switch err := begin(t.Context(), s, demo, fmt.Sprint("r", i), noon); {
				case err == nil:
					begun.Add(1)
				case !errors.Is(err, tier.ErrLimit):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if begun.Load() != 1 {
			t.Errorf("%d runs began", begun.Load())
		}
	})
}

func TestTheCommandLineIsNotMetered(t *testing.T) {
	t.Parallel()
	if err := errors.Join(usage.Admit(t.Context(), nil, tier.Limits{}, "", noon, 5), usage.Add(t.Context(), nil, "", noon, usage.Rows, 5)); err != nil {
		t.Error(err)
	}
}
