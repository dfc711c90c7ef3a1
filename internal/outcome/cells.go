package outcome

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// The names under which the quality stage keeps flagged cells: what its checks flagged, and, once decisions were carried
// out, the same with what was applied.
const (
	fileCells   = "cells"
	fileChanges = "changes"
)

// cellsName is the file of the flagged cells.
const cellsName = "cells.csv"

// cellsHandler writes cells.csv from Files["changes"], or from Files["cells"] where nothing was carried out yet. With
// neither of them (no quality stage ran), it writes the header alone.
type cellsHandler struct{}

func (cellsHandler) Name() string { return HandlerCells }

func (cellsHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	file, ok := job.Files[fileChanges]
	if !ok {
		file, ok = job.Files[fileCells]
	}
	query := `SELECT NULL AS "row", NULL AS "column", NULL AS issue, NULL AS old, NULL AS new, NULL AS applied WHERE false`
	var rows int64
	if ok {
		from, err := env.Engine.ReadParquet(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("opening the flagged cells: %w", err)
		}
		if query, err = cellsQuery(ctx, env.Engine, from); err != nil {
			return nil, fmt.Errorf("opening the flagged cells: %w", err)
		}
		if err := env.Engine.QueryRow(ctx, "SELECT count(*) FROM "+from, &rows); err != nil {
			return nil, fmt.Errorf("counting the flagged cells: %w", err)
		}
	}
	err := replace(job.OutDir, cellsName, func(to string) error {
		return env.Engine.Exec(ctx, "COPY ("+query+") TO "+engine.Literal(to)+" (FORMAT csv, HEADER true, NULLSTR '', QUOTE '\"', ESCAPE '\"', DELIMITER ',')")
	})
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w; the flagged cells themselves are kept in the run", filepath.Join(job.OutDir, cellsName), err)
	}
	return exported(cellsName, rows)
}

func cellsQuery(ctx context.Context, s *engine.Session, from string) (string, error) {
	names, err := columnsOf(ctx, s, from)
	if err != nil {
		return "", err
	}
	applied := "'false'"
	if slices.Contains(names, "applied") {
		applied = "CASE WHEN applied THEN 'true' ELSE 'false' END"
	}
	return `SELECT __row AS "row", "column", issue, old, new, ` + applied + ` AS applied FROM ` + from +
		` ORDER BY 1, 2, 3, 6 DESC, 5`, nil
}
