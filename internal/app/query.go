package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/masking"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
)

// Bounds of the child processes that read for people who look: they are apart from those that work, so that nobody waits
// for a stage to look at a window.
const (
	readers      = 2
	readerMemory = 1 << 30
)

// Latest names the newest version of a run's dataset that is a table.
const Latest = "latest"

// Version finds a version of a run's dataset by its id or Latest; the error wraps store.ErrNotFound where there is none.
func (a *App) Version(ctx context.Context, run, id string) (*store.Version, error) {
	all, err := a.records.Versions(ctx, run)
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if v := &all[i]; v.ID == id || id == Latest && v.Kind != string(dataset.KindReceived) {
			return v, nil
		}
	}
	return nil, fmt.Errorf("version %s of run %s: %w", id, run, store.ErrNotFound)
}

// tableOf is the file of a version that is a table.
func (a *App) tableOf(ctx context.Context, run, id string) (engine.File, error) {
	v, err := a.Version(ctx, run, id)
	if err != nil {
		return engine.File{}, err
	}
	if v.Kind == string(dataset.KindReceived) {
		return engine.File{}, fmt.Errorf("version %s of run %s is the file as received, no table: %w", id, run, store.ErrNotFound)
	}
	return a.files.File(ctx, v.Dataset, v.Ref)
}

// Columns are what is known of the columns of a run's data: as decided, as proposed, or nothing yet.
func (a *App) Columns(ctx context.Context, run string) ([]flow.Column, error) {
	facts, err := DocumentOf[flow.Facts](ctx, a, run, flow.Reception)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return facts.Columns, nil
}

// Masker masks the data of a run for those who may not see personal data.
func (a *App) Masker(ctx context.Context, run string) (*masking.Masker, error) {
	columns, err := a.Columns(ctx, run)
	if err != nil {
		return nil, err
	}
	return masking.New(columns), nil
}

// read runs a handler of package query in a reader.
func (a *App) read(ctx context.Context, run, handler string, files map[string]engine.File, params, into any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("asking for data of run %s: %w", run, err)
	}
	r, err := a.readers().Run(ctx, &stage.Job{Run: run, Stage: flow.Recommendation, Handler: handler, Files: files, Params: raw}, func(float64, string) {})
	if err != nil {
		return query.Returned(err)
	}
	if err := json.Unmarshal(r.Document, into); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", handler, err)
	}
	return nil
}

// readers are the processes that read; where a processor was given, it does that too.
func (a *App) readers() control.Processor {
	if a.reading != nil {
		return a.reading
	}
	return a.opt.Processor
}

// Rows reads a window of a version.
func (a *App) Rows(ctx context.Context, run, version string, w query.Window) (*query.Page, error) {
	file, err := a.tableOf(ctx, run, version)
	if err != nil {
		return nil, err
	}
	if w.Facts, err = a.Columns(ctx, run); err != nil {
		return nil, err
	}
	p := &query.Page{}
	return p, a.read(ctx, run, query.HandlerRows, map[string]engine.File{stage.FileData: file}, w, p)
}

// Profile tells what a column of a version holds.
func (a *App) Profile(ctx context.Context, run, version string, c query.Column) (*query.Profile, error) {
	file, err := a.tableOf(ctx, run, version)
	if err != nil {
		return nil, err
	}
	if c.Facts, err = a.Columns(ctx, run); err != nil {
		return nil, err
	}
	p := &query.Profile{}
	return p, a.read(ctx, run, query.HandlerProfile, map[string]engine.File{stage.FileData: file}, c, p)
}

// Diff tells in what two versions of a run's dataset differ.
func (a *App) Diff(ctx context.Context, run, before, after string, b query.Between) (*query.Difference, error) {
	files := map[string]engine.File{}
	for name, id := range map[string]string{query.FileBefore: before, stage.FileData: after} {
		f, err := a.tableOf(ctx, run, id)
		if err != nil {
			return nil, err
		}
		files[name] = f
	}
	d := &query.Difference{}
	return d, a.read(ctx, run, query.HandlerDiff, files, b, d)
}

// CellStory tells what happened to a cell. The error wraps dataset.ErrNoCell where there is none.
func (a *App) CellStory(ctx context.Context, run string, row int64, column string) (*dataset.CellStory, error) {
	record, err := a.records.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	recorded, err := a.recorded(ctx, record)
	if err != nil {
		return nil, err
	}
	q := query.Cell{Row: row, Column: column, Decided: map[string]string{}}
	files := map[string]engine.File{}
	for _, v := range recorded.Versions {
		if v.Kind == dataset.KindReceived {
			continue
		}
		q.Versions = append(q.Versions, v)
		for _, ref := range []string{v.Ref, v.Changes} {
			if ref == "" {
				continue
			}
			if files[ref], err = a.files.File(ctx, v.Dataset, ref); err != nil {
				return nil, err
			}
		}
	}
	if len(q.Versions) == 0 {
		return nil, fmt.Errorf("%w: the dataset was never read as a table", dataset.ErrNoCell)
	}
	decisions, err := a.records.Decisions(ctx, run)
	if err != nil {
		return nil, err
	}
	for _, d := range decisions {
		if d.Stage == flow.Quality {
			q.Decided[d.Decision.Item] = d.Decision.ID // the last one stands
		}
	}
	var s query.Story
	if err := a.read(ctx, run, query.HandlerCell, files, q, &s); err != nil {
		return nil, err
	}
	if !s.Found {
		return nil, fmt.Errorf("%w: row %d, column %q", dataset.ErrNoCell, row, filepath.Base(column))
	}
	return s.Story, nil
}

// beginner is reception's handler that shows how the beginning of a file would be read.
const beginner = "reception.preview"

// Reading shows how the beginning of the file that a run received would be read with options, those with which reception
// is sent back: reception's preview document. The error is one of stage.Refused where it cannot be read so.
func (a *App) Reading(ctx context.Context, run string, options map[string]any) (json.RawMessage, error) {
	received, _, err := a.received(ctx, run)
	if err != nil {
		return nil, err
	}
	r, err := a.readers().Run(ctx, &stage.Job{Run: run, Stage: flow.Reception, Handler: beginner, Received: received, Options: options}, func(float64, string) {})
	if err != nil {
		return nil, err
	}
	return r.Document, nil
}

// received is the file of a run as it was received. The error wraps ErrErased where it was erased.
func (a *App) received(ctx context.Context, run string) (*stage.Received, *store.Run, error) {
	r, err := a.records.Run(ctx, run)
	if err != nil {
		return nil, nil, err
	}
	if r.Status == string(control.Erased) {
		return nil, nil, fmt.Errorf("run %s: %w", run, ErrErased)
	}
	file, err := a.files.Received(ctx, r.Head.Dataset, &dataset.Received{Ref: r.Head.Ref, Name: r.Head.File, Bytes: r.Head.Bytes, SHA256: r.Head.SHA256})
	return file, r, err
}

// Original opens the file of a run as it was received, at any offset. The error wraps ErrErased where it was erased.
func (a *App) Original(ctx context.Context, run string) (*dataset.ReaderAt, *store.Run, error) {
	received, r, err := a.received(ctx, run)
	if err != nil {
		return nil, nil, err
	}
	at, err := dataset.OpenAt(received)
	return at, r, err
}

// OriginalOf opens an upload of a workspace that is complete, as it was received, at any offset.
func (a *App) OriginalOf(ctx context.Context, workspace, id string) (*dataset.ReaderAt, *dataset.Received, error) {
	u, err := a.uploads.Get(ctx, workspace, id)
	if err != nil {
		return nil, nil, err
	}
	file, err := u.File()
	if err != nil {
		return nil, nil, err
	}
	received, err := a.files.Received(ctx, u.ID, file)
	if err != nil {
		return nil, nil, err
	}
	at, err := dataset.OpenAt(received)
	return at, file, err
}
