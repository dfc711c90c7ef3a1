package store

import (
	"context"
	"fmt"
	"time"
)

// Figures tell whoever watches over the instance how much there is of what, and for how long it has been so.
type Figures struct {
	Runs   []RunFigure
	Points []PointFigure
	Outbox int64     // messages that were not sent yet
	Unsent time.Time // when the oldest of them was posted; the zero time where there is none
	Tiers  []TierFigure
}

// RunFigure is of the runs of a status in a stage.
type RunFigure struct {
	Status, Stage string
	N             int64
}

// PointFigure is of the open control points of a stage.
type PointFigure struct {
	Stage   string
	Open    int64
	Touched time.Time // when the one that rests longest was last touched
}

// TierFigure is what the workspaces of a tier used today.
type TierFigure struct {
	Tier, Measure string
	Amount        int64
}

// Figures reads them; waiting is the status of runs whose control point is open.
func (s *Store) Figures(ctx context.Context, waiting string, now time.Time) (*Figures, error) {
	var f Figures
	var oldest int64
	err := s.read.QueryRowContext(ctx, "SELECT count(*), coalesce(min(created), 0) FROM outbox WHERE sent = 0").Scan(&f.Outbox, &oldest)
	if err == nil && f.Outbox > 0 {
		f.Unsent = moment(oldest)
	}
	if err == nil {
		f.Runs, err = list(ctx, s.read, func(scan func(...any) error) (r RunFigure, err error) { return r, scan(&r.Status, &r.Stage, &r.N) },
			"SELECT status, stage, count(*) FROM run GROUP BY status, stage")
	}
	if err == nil {
		f.Points, err = list(ctx, s.read, func(scan func(...any) error) (p PointFigure, err error) {
			var touched int64
			err = scan(&p.Stage, &p.Open, &touched)
			p.Touched = moment(touched)
			return p, err
		}, "SELECT stage, count(*), min(updated) FROM run WHERE status = $1 GROUP BY stage", waiting)
	}
	if err == nil {
		f.Tiers, err = list(ctx, s.read, func(scan func(...any) error) (t TierFigure, err error) {
			return t, scan(&t.Tier, &t.Measure, &t.Amount)
		}, "SELECT w.tier, u.measure, CAST(sum(u.amount) AS BIGINT) FROM usage u JOIN workspace w ON w.id = u.workspace WHERE u.day = $1 "+
			"GROUP BY w.tier, u.measure", dayOf(now))
	}
	if err != nil {
		return nil, fmt.Errorf("reading figures from the records: %w", err)
	}
	return &f, nil
}
