package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Cell asks what happened to a cell.
type Cell struct {
	Row      int64             `json:"row"`
	Column   string            `json:"column"`
	Versions []dataset.Version `json:"versions"` // oldest first; the job's files have their refs as names
	Decided  map[string]string `json:"decided"`  // decision by issue
}

// Story is what happened to a cell; Found is false where the dataset has no such cell.
type Story struct {
	Found bool               `json:"found"`
	Story *dataset.CellStory `json:"story,omitempty"`
}

func cell(ctx context.Context, job *stage.Job, e *engine.Session, q *Cell) (any, error) {
	story, err := dataset.CellHistory(ctx, e, func(_ context.Context, _, ref string) (engine.File, error) {
		f, ok := job.Files[ref]
		if !ok {
			return f, stage.Permanent(fmt.Errorf("the job names no file %q", ref))
		}
		return f, nil
	}, q.Versions, q.Decided, q.Row, q.Column)
	if errors.Is(err, dataset.ErrNoCell) {
		return &Story{}, nil
	}
	if err != nil {
		return nil, err
	}
	return &Story{Found: true, Story: story}, nil
}
