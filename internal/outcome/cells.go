package outcome

import (
	"context"
	"fmt"
	"path/filepath"

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

// cellsHandler writes cells.csv from Files["changes"] and Files["cells"]: what was carried out, and every other flagged
// cell with what is proposed for it. With neither of them (no quality stage ran), it writes the header alone.
type cellsHandler struct{}

func (cellsHandler) Name() string { return HandlerCells }

func (cellsHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	flagged, err := view(ctx, job, env.Engine, fileCells)
	if err != nil {
		return nil, err
	}
	changed, err := view(ctx, job, env.Engine, fileChanges)
	if err != nil {
		return nil, err
	}
	query := cellsQuery(flagged, changed)
	var rows int64
	if err := env.Engine.QueryRow(ctx, "SELECT count(*) FROM ("+query+")", &rows); err != nil {
		return nil, fmt.Errorf("counting the flagged cells: %w", err)
	}
	err = replace(job.OutDir, cellsName, func(to string) error {
		return env.Engine.Exec(ctx, "COPY ("+query+") TO "+engine.Literal(to)+" (FORMAT csv, HEADER true, NULLSTR '', QUOTE '\"', ESCAPE '\"', DELIMITER ',')")
	})
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w; the flagged cells themselves are kept in the run", filepath.Join(job.OutDir, cellsName), err)
	}
	return exported(cellsName, rows)
}

// view is the table expression of one of the job's files of cells; an empty table where the job has no such file.
func view(ctx context.Context, job *stage.Job, e *engine.Session, name string) (string, error) {
	file, ok := job.Files[name]
	if !ok {
		return `(SELECT 0::BIGINT AS __row, '' AS "column", '' AS issue, '' AS old, '' AS new, false AS applied WHERE false)`, nil
	}
	from, err := e.ReadParquet(ctx, file)
	if err != nil {
		return "", fmt.Errorf("opening the flagged cells: %w", err)
	}
	return from, nil
}

func cellsQuery(flagged, changed string) string {
	const columns = `__row AS "row", "column", issue, old, new, `
	return `SELECT ` + columns + `CASE WHEN applied THEN 'true' ELSE 'false' END AS applied FROM ` + changed +
		` UNION ALL SELECT ` + columns + `'false' AS applied FROM ` + flagged + ` f WHERE NOT EXISTS (SELECT 1 FROM ` + changed +
		` c WHERE c.__row = f.__row AND c."column" = f."column") ORDER BY 1, 2, 3, 6 DESC, 5`
}
