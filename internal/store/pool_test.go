package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

// Whoever reads beside a transaction waits for nobody else who holds one, however many there are.
func TestReadingBesideATransactionWaitsForNoOther(t *testing.T) {
	t.Parallel()
	s, err := store.OpenPostgres(t.Context(), storetest.Postgres(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()                           //nolint:errcheck // nothing was written
	most := s.DB().Stats().MaxOpenConnections // transactions that one process may have
	var begun sync.WaitGroup
	begun.Add(most)
	var all sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range most {
		all.Go(func() {
			err := s.InTx(ctx, func(ctx context.Context, _ *store.Tx) error {
				begun.Done()
				begun.Wait() // all hold one
				_, err := s.RunCounts(ctx)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
