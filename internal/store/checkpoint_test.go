package store_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/analytix-flow/analytix/internal/store"
)

// The log of SQLite is moved into the file beside those who write, who do not outrun it for ever, and all that was written is there
// when the records are opened again.
func TestTheLogIsMovedBesideThoseWhoWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "records.db")
	s := openSQLite(t, path)
	if _, err := s.DB().ExecContext(t.Context(), "CREATE TABLE mark (n INTEGER, filling BLOB)"); err != nil {
		t.Fatal(err)
	}
	const writers, each = 4, 120 // 12,000 pages and more
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range each {
				err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.SQL().ExecContext(ctx, "INSERT INTO mark (n, filling) VALUES ($1, randomblob(100000))", w*each+n)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	const page, most = 4096 + 24, 8000 + 1000 + 200 // the longest log, what may come before somebody moves it, and a transaction
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() > page*most {
		t.Errorf("the log grew to %v, more than %d pages, %v", log, most, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openSQLite(t, path)
	closed(t, s)
	var rows, kinds int
	err := s.Reader().QueryRowContext(t.Context(), "SELECT count(*), count(DISTINCT n) FROM mark WHERE length(filling) = 100000").Scan(&rows, &kinds)
	if err != nil || rows != writers*each || kinds != rows {
		t.Errorf("%d rows, %d of them different, are there, %v", rows, kinds, err)
	}
}
