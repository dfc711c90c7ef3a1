package store

import (
	"context"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Progress is how far a task of a run is.
type Progress struct {
	Run      string
	Task     string
	Fraction float64 // 0..1
	Sentence string
	Updated  time.Time
}

// PutProgress records how far a task is.
func (t *Tx) PutProgress(ctx context.Context, p Progress) error {
	sentence, err := t.s.seal([]byte(p.Sentence))
	if err != nil {
		return fmt.Errorf("encrypting the progress of run %s: %w", p.Run, err)
	}
	_, err = t.exec(ctx, "INSERT INTO progress (run, task, fraction, sentence, updated) VALUES ($1,$2,$3,$4,$5) "+
		"ON CONFLICT (run, task) DO UPDATE SET fraction = excluded.fraction, sentence = excluded.sentence, "+
		"updated = excluded.updated", p.Run, p.Task, p.Fraction, sentence, t.s.now())
	if err != nil {
		return fmt.Errorf("recording the progress of run %s: %w", p.Run, err)
	}
	return nil
}

// Progress lists how far the tasks of a run are.
func (s *Store) Progress(ctx context.Context, run string) ([]Progress, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (Progress, error) {
		var p Progress
		var sentence []byte
		var updated int64
		if err := scan(&p.Run, &p.Task, &p.Fraction, &sentence, &updated); err != nil {
			return p, err
		}
		p.Updated = moment(updated)
		sentence, err := s.unseal(sentence)
		p.Sentence = string(sentence)
		return p, err
	}, "SELECT run, task, fraction, sentence, updated FROM progress WHERE run = $1 ORDER BY task", run)
	if err != nil {
		return nil, fmt.Errorf("reading the progress of run %s: %w", run, err)
	}
	return all, nil
}

// DeadTask is a task that was set aside after its last try, or after an error that no try can mend.
type DeadTask struct {
	ID       string
	Run      string
	Stage    flow.Stage
	Round    int
	Try      int
	Handler  string
	Tier     string
	Attempts int
	Reason   string
	At       time.Time
}

const deadColumns = "id, run, stage, round, try, handler, tier, attempts, reason, created"

// PutDeadTask records a task that was set aside; a second record of the same id is dropped, and false returned.
func (t *Tx) PutDeadTask(ctx context.Context, d DeadTask) (bool, error) {
	reason, err := t.s.seal([]byte(d.Reason))
	if err != nil {
		return false, fmt.Errorf("encrypting the record of a task of run %s: %w", d.Run, err)
	}
	n, err := t.exec(ctx, "INSERT INTO dead_task ("+deadColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) "+
		"ON CONFLICT (id) DO NOTHING", d.ID, d.Run, string(d.Stage), d.Round, d.Try, d.Handler, d.Tier, d.Attempts, reason, t.s.now())
	if err != nil {
		return false, fmt.Errorf("setting a task of run %s aside: %w", d.Run, err)
	}
	return n > 0, nil
}

// DeadTasks lists the tasks that were set aside, oldest first.
func (s *Store) DeadTasks(ctx context.Context) ([]DeadTask, error) {
	all, err := list(ctx, s.read, func(scan func(...any) error) (DeadTask, error) {
		var d DeadTask
		var reason []byte
		var at int64
		if err := scan(&d.ID, &d.Run, &d.Stage, &d.Round, &d.Try, &d.Handler, &d.Tier, &d.Attempts, &reason, &at); err != nil {
			return d, err
		}
		d.At = moment(at)
		reason, err := s.unseal(reason)
		d.Reason = string(reason)
		return d, err
	}, "SELECT "+deadColumns+" FROM dead_task ORDER BY created, id")
	if err != nil {
		return nil, fmt.Errorf("listing the tasks that were set aside: %w", err)
	}
	return all, nil
}

// DropDeadTask removes the record of a task that is tried again, and says whether there was one.
func (t *Tx) DropDeadTask(ctx context.Context, id string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM dead_task WHERE id = $1", id)
	if err != nil {
		return false, fmt.Errorf("taking task %s up again: %w", id, err)
	}
	return n > 0, nil
}

// DropDeadTasks removes the records of all tasks of a run that were set aside: the run is tried again.
func (t *Tx) DropDeadTasks(ctx context.Context, run string) error {
	if _, err := t.exec(ctx, "DELETE FROM dead_task WHERE run = $1", run); err != nil {
		return fmt.Errorf("taking up the tasks of run %s again: %w", run, err)
	}
	return nil
}
