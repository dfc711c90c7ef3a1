package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/analytix-flow/analytix/internal/store"
)

// Transactions that come while another is written are written together, and each stands for itself: what one of them has made is
// kept or not by what became of that one alone.
func TestTransactionsAreWrittenTogetherAndStandApart(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
	closed(t, s)
	if _, err := s.DB().ExecContext(t.Context(), "CREATE TABLE mark (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	put := func(ctx context.Context, tx *store.Tx, n int) error {
		_, err := tx.SQL().ExecContext(ctx, "INSERT INTO mark (n) VALUES ($1)", n)
		return err
	}
	count := func(ctx context.Context) (n int) {
		if err := s.Reader().QueryRowContext(ctx, "SELECT count(*) FROM mark").Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	refused := errors.New("refused")
	const others = 6
	var all sync.WaitGroup
	errs, committed := make([]error, others+1), make([]bool, others+1)
	begin := func(n int, f func(ctx context.Context, tx *store.Tx) error) {
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			errs[n] = s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
				tx.AfterCommit(func() { committed[n] = true })
				if err := put(ctx, tx, n); err != nil {
					return err
				}
				if n == 3 {
					cancel() // its own end is not that of others
				}
				return f(ctx, tx)
			})
		})
	}
	begun := make(chan struct{})
	begin(0, func(context.Context, *store.Tx) error {
		close(begun)
		store.AwaitGathered(t, s, others)
		return nil
	})
	<-begun
	for n := 1; n <= others; n++ {
		begin(n, func(ctx context.Context, _ *store.Tx) error {
			if n == 4 {
				panic("stumbled")
			}
			if n%2 == 0 {
				return refused
			}
			if seen := count(context.WithoutCancel(ctx)); n != 3 && seen != 0 {
				t.Errorf("%d rows were written before the others came", seen)
			}
			return nil
		})
	}
	all.Wait()
	if seen := count(t.Context()); seen != 3 {
		t.Errorf("%d rows are kept, not those of 0, 1 and 5", seen)
	}
	for n, err := range errs {
		switch kept := n == 0 || n == 1 || n == 5; {
		case kept != (err == nil) || kept != committed[n]:
			t.Errorf("transaction %d: %v, told of its commit: %v", n, err, committed[n])
		case (n == 2 || n == 6) && !errors.Is(err, refused), n == 3 && !errors.Is(err, context.Canceled):
			t.Errorf("transaction %d: %v", n, err)
		}
	}
}

// Whatever happens to those who write at the same time, what is told to be kept is kept, and nothing else.
func TestWhatIsToldToBeKeptIsKept(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
	closed(t, s)
	if _, err := s.DB().ExecContext(t.Context(), "CREATE TABLE mark (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	const writers, rounds = 8, 60
	kept := make([]map[int]bool, writers)
	var all sync.WaitGroup
	for w := range writers {
		kept[w] = map[int]bool{}
		all.Go(func() {
			for r := range rounds {
				ctx, cancel := context.WithCancel(t.Context())
				n := w*rounds + r
				if n%7 == 0 {
					go cancel() // at any moment
				}
				err := s.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
					for range 3 {
						if _, err := tx.SQL().ExecContext(ctx, "INSERT INTO mark (n) VALUES ($1)", n); err != nil {
							return err
						}
					}
					if n%5 == 0 {
						return errors.New("refused")
					}
					return nil
				})
				cancel()
				kept[w][n] = err == nil
				if err != nil && n%5 != 0 && n%7 != 0 {
					t.Errorf("transaction %d: %v", n, err)
				}
			}
		})
	}
	all.Wait()
	for w := range writers {
		for n, want := range kept[w] {
			var rows int
			if err := s.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM mark WHERE n = $1", n).Scan(&rows); err != nil {
				t.Fatal(err)
			}
			if (want && rows != 3) || (!want && rows != 0) {
				t.Errorf("transaction %d, told to be kept: %v, has %d of 3 rows", n, want, rows)
			}
		}
	}
}

// Who acts on what it reads must not see what may never be.
func TestATransactionOfItsOwnSeesWhatIsCommittedAlone(t *testing.T) {
	t.Parallel()
	s := openSQLite(t, filepath.Join(t.TempDir(), "records.db"))
	closed(t, s)
	if _, err := s.DB().ExecContext(t.Context(), "CREATE TABLE mark (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for n := range 30 {
				err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.SQL().ExecContext(ctx, "INSERT INTO mark (n) VALUES ($1)", n)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Go(func() {
		for range 30 {
			err := s.InOwnTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				const count = "SELECT count(*) FROM mark"
				var seen, committed int
				err := errors.Join(tx.SQL().QueryRowContext(ctx, count).Scan(&seen), s.Reader().QueryRowContext(ctx, count).Scan(&committed))
				if seen != committed {
					t.Errorf("it saw %d rows where %d were committed", seen, committed)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
}
