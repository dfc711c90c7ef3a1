package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// CellChange is one thing that happened to a cell.
type CellChange struct {
	Version    string  `json:"version"` // the version that it led to
	Issue      string  `json:"issue"`
	Resolution string  `json:"resolution"`
	Decision   string  `json:"decision"` // id; empty where the version's records do not tell
	Old        *string `json:"old"`      // nil for missing
	New        *string `json:"new"`
	Removed    bool    `json:"removed,omitempty"` // the whole row was removed
}

// CellStory is everything that happened to a cell, from the file as received on.
type CellStory struct {
	Row      int64        `json:"row"`
	Column   string       `json:"column"`
	Received *string      `json:"received"` // as parsed from the file; nil for missing
	Changes  []CellChange `json:"changes"`
	Now      *string      `json:"now"` // in the last version; nil for missing
	Removed  bool         `json:"removed"`
}

// ErrNoCell is wrapped by errors about a row or column that the dataset does not have.
var ErrNoCell = errors.New("there is no such cell")

// CellHistory says what happened to a cell: row counts the data rows as received from 1, column is the name as received.
// versions are those of the dataset, oldest first, as far as they are tables. decided maps the id of an issue to that of
// the decision which was carried out on it. The session must be allowed to read the store's folder.
//
// It holds the changes against the versions themselves: where they do not tell the same story the error wraps ErrDamaged.
func (s *Store) CellHistory(ctx context.Context, e *engine.Session, versions []Version, decided map[string]string,
	row int64, column string,
) (*CellStory, error) {
	return CellHistory(ctx, e, s.File, versions, decided, row, column)
}

// Files finds a kept file of a dataset by its ref; Store.File is one.
type Files func(ctx context.Context, dataset, ref string) (engine.File, error)

// CellHistory is Store.CellHistory for whoever has the files and not the store: a child process.
func CellHistory(ctx context.Context, e *engine.Session, files Files, versions []Version, decided map[string]string,
	row int64, column string,
) (*CellStory, error) {
	s := history{e: e, files: files}
	story := &CellStory{Row: row, Column: column, Changes: []CellChange{}}
	first := true
	for i := range versions {
		v := &versions[i]
		if v.Kind == KindReceived {
			continue
		}
		changed, err := s.changesOf(ctx, v, row, column)
		if err != nil {
			return nil, fmt.Errorf("the history of row %d, column %q, in version %s: %w", row, column, v.ID, err)
		}
		text, there, err := s.cell(ctx, v, row, column)
		if err != nil {
			return nil, fmt.Errorf("the history of row %d, column %q, in version %s: %w", row, column, v.ID, err)
		}
		if first {
			if !there {
				return nil, fmt.Errorf("%w: the dataset has no row %d", ErrNoCell, row)
			}
			story.Received, story.Now, first = text, text, false
		}
		for _, c := range changed {
			c.Decision = decided[c.Issue]
			story.Changes = append(story.Changes, c)
			story.Now, story.Removed = c.New, story.Removed || c.Removed
		}
		if there == story.Removed || there && !equal(text, story.Now) {
			return nil, fmt.Errorf("%w: row %d, column %q of version %s is not what its changes say", ErrDamaged, row, column, v.ID)
		}
	}
	if first {
		return nil, fmt.Errorf("%w: the dataset was never read as a table", ErrNoCell)
	}
	return story, nil
}

func equal(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// history is the way through the versions of a dataset.
type history struct {
	e     *engine.Session
	files Files
}

func (s *history) table(ctx context.Context, dataset, ref string) (string, error) {
	f, err := s.files(ctx, dataset, ref)
	if err != nil {
		return "", err
	}
	return s.e.ReadParquet(ctx, f)
}

// cell reads a cell of a version; there is false where the version does not have the row.
func (s *history) cell(ctx context.Context, v *Version, row int64, column string) (text *string, there bool, err error) {
	from, err := s.table(ctx, v.Dataset, v.Ref)
	if err != nil {
		return nil, false, err
	}
	columns, err := s.e.Columns(ctx, from)
	if err != nil {
		return nil, false, err
	}
	known := false
	for _, c := range columns {
		known = known || c == column
	}
	if !known {
		return nil, false, fmt.Errorf("%w: the dataset has no column %q", ErrNoCell, column)
	}
	err = s.e.QueryRow(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s = %d", engine.Text(column), from, engine.RowColumn, row), &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return text, err == nil, err
}

// table is the expression that reads a kept file.
func (s *Store) table(ctx context.Context, e *engine.Session, dataset, ref string) (string, error) {
	f, err := s.File(ctx, dataset, ref)
	if err != nil {
		return "", err
	}
	return e.ReadParquet(ctx, f)
}

// changesOf reads what making the version changed about a cell or its row.
func (s *history) changesOf(ctx context.Context, v *Version, row int64, column string) (list []CellChange, err error) {
	if v.Changes == "" {
		return nil, nil
	}
	from, err := s.table(ctx, v.Dataset, v.Changes)
	if err != nil {
		return nil, err
	}
	star := engine.Literal(flow.AllColumns)
	rows, err := s.e.Query(ctx, fmt.Sprintf(`SELECT issue, resolution, old, new, "column" = %s FROM %s WHERE applied AND %s = %d `+
		`AND "column" IN (%s, %s) ORDER BY "column" = %s`, star, from, engine.RowColumn, row, engine.Literal(column), star, star))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		c := CellChange{Version: v.ID}
		if err := rows.Scan(&c.Issue, &c.Resolution, &c.Old, &c.New, &c.Removed); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
