package task

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// River itself takes a task for lost after a time that must be longer than any task; here it is known who is dead. On
// SQLite whoever holds the home's lock knows that nobody else is alive. On PostgreSQL each process holds an advisory
// lock of its session for its id, which the server frees when the process dies; the others look for ids that are free.
const (
	rescueEvery = 5 * time.Second
	lockSpace   = 0x616e6c79 // sets these locks apart from others
)

// recover sets free what a dead process was working on.
func (q *Queue) recover(ctx context.Context) error {
	if q.cfg.Store.Dialect() == store.Postgres {
		return q.startRescue(ctx)
	}
	if !q.cfg.Exclusive {
		return nil
	}
	return q.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, query := range []string{
			"UPDATE river_job SET state = 'cancelled', finalized_at = datetime('now', 'subsec') WHERE state = 'running' " +
				"AND json_extract(metadata, '$.cancel_attempted_at') IS NOT NULL",
			// The try is not counted: it is not known to be the task's fault. What can bring a process down runs in a child.
			"UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0) WHERE state = 'running'",
			"DELETE FROM river_leader", // or nobody would lead until the dead one's term ends
		} {
			if _, err := tx.SQL().ExecContext(ctx, query); err != nil {
				return fmt.Errorf("setting free the tasks of a process that died: %w", err)
			}
		}
		return nil
	})
}

func lockOf(client string) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(client)) // never fails
	return int32(h.Sum32())
}

// startRescue takes this process's lock and begins to look after the others.
func (q *Queue) startRescue(ctx context.Context) error {
	conn, err := q.announce(ctx)
	if err != nil {
		return err
	}
	ctx, q.rescue = context.WithCancel(context.WithoutCancel(ctx))
	q.done.Go(func() { q.listen(ctx) })
	q.done.Go(func() {
		tick := time.NewTicker(rescueEvery)
		defer tick.Stop()
		patient := 0
		for {
			conn, patient = q.round(ctx, conn, patient)
			select {
			case <-ctx.Done():
				if conn != nil {
					_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock_all()")
					_ = conn.Close() // the session's locks end with it, or with the process
				}
				return
			case <-tick.C:
			}
		}
	})
	return nil
}

// patientRounds is how many rounds nobody is taken for dead after the database was gone: the others need time to announce
// themselves again.
const patientRounds = 3

// round looks after the others, and announces this process again where the database was gone: its lock went with the session.
func (q *Queue) round(ctx context.Context, conn *sql.Conn, patient int) (*sql.Conn, int) {
	if conn == nil {
		conn, err := q.announce(ctx)
		if err != nil {
			return nil, patientRounds
		}
		return conn, patientRounds
	}
	look := q.lookAfter
	if patient > 0 {
		look = func(ctx context.Context, conn *sql.Conn) error { return conn.PingContext(ctx) }
	}
	if err := look(ctx, conn); err != nil && ctx.Err() == nil {
		q.cfg.Log.Warn("looking for tasks of workers that died; this worker announces itself again", "error", err)
		_ = conn.Close() // it is of no use any more
		return nil, patientRounds
	}
	return conn, max(patient-1, 0)
}

// announce takes this process's lock, by which others see that it lives.
func (q *Queue) announce(ctx context.Context) (*sql.Conn, error) {
	conn, err := q.cfg.Store.DB().Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("announcing this worker to the others: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1, $2)", lockSpace, lockOf(q.id)); err != nil {
		return nil, errors.Join(fmt.Errorf("announcing this worker to the others: %w", err), conn.Close())
	}
	return conn, nil
}

// On PostgreSQL: what the worker $1 works, and how it is set free. The try is not counted.
const (
	workedBy = "state = 'running' AND attempted_by[array_length(attempted_by, 1)] = $1"
	setFree  = "UPDATE river_job SET state = 'available', attempt = greatest(attempt - 1, 0) WHERE "
)

// lookAfter sets free the tasks of workers whose lock is free.
func (q *Queue) lookAfter(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT attempted_by[array_length(attempted_by, 1)] FROM river_job "+
		"WHERE state = 'running' AND attempted_by[array_length(attempted_by, 1)] <> $1", q.id)
	if err != nil {
		return err
	}
	others, err := column[string](rows)
	if err != nil {
		return err
	}
	for _, id := range others {
		if err := q.free(ctx, conn, id); err != nil {
			return err
		}
	}
	return q.freeOwn(ctx, conn)
}

// lostAfter is how long ago a task must have been taken to be looked for here: those that have just been are on their way.
const lostAfter = "interval '30 seconds'"

// freeOwn sets free what stands as worked by this process and is not: the answer to its being taken was lost on the way. One whose end
// is just being recorded may be among them: it made nothing, or its end would have been recorded before it was let go, and is worked again.
func (q *Queue) freeOwn(ctx context.Context, conn *sql.Conn) error {
	const mine = workedBy + " AND attempted_at < now() - " + lostAfter
	rows, err := conn.QueryContext(ctx, "SELECT id, args FROM river_job WHERE "+mine, q.id)
	if err != nil {
		return err
	}
	lost, err := q.lost(rows)
	if err != nil || len(lost) == 0 {
		return err
	}
	freed, err := conn.ExecContext(ctx, setFree+"id = ANY($2) AND "+mine, q.id, lost)
	if err != nil {
		return err
	}
	if n, err := freed.RowsAffected(); err == nil && n > 0 {
		q.cfg.Log.Warn("tasks stood as taken by this worker and were not; they are worked now", "tasks", n)
	}
	q.nudgeAll()
	return nil
}

// lost reads tasks and lists those that are not being worked here.
func (q *Queue) lost(rows *sql.Rows) (ids []int64, err error) {
	defer rows.Close()
	q.mu.Lock()
	defer q.mu.Unlock()
	for rows.Next() {
		var id int64
		var raw []byte
		if err := rows.Scan(&id, &raw); err != nil {
			return nil, err
		}
		var t Task
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, fmt.Errorf("reading task %d: %w", id, err)
		}
		if _, here := q.running[t.ID()]; !here {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}

func (q *Queue) free(ctx context.Context, conn *sql.Conn, id string) error {
	var dead bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1, $2)", lockSpace, lockOf(id)).Scan(&dead); err != nil || !dead {
		return err
	}
	_, err := conn.ExecContext(ctx, setFree+workedBy, id)
	_, unlock := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1, $2)", lockSpace, lockOf(id))
	q.nudgeAll()
	return errors.Join(err, unlock)
}

// column reads the only column of rows and closes them, so that the connection is free for the next statement.
func column[T any](rows *sql.Rows) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, rows.Err()
}
