package task

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/store"
)

// Forget removes the tasks of a run, with the errors that they kept, and says how many there were. One that is being worked
// goes too: what it makes is dropped.
func (q *Queue) Forget(ctx context.Context, tx *store.Tx, run string) (int64, error) {
	r, err := tx.SQL().ExecContext(ctx, "DELETE FROM river_job WHERE "+q.dialect.run+" = $1", run)
	if err != nil {
		return 0, fmt.Errorf("removing the tasks of run %s: %w", run, err)
	}
	return r.RowsAffected()
}
