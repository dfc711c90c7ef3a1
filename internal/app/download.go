package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Download is a version of a run's data written in some format, open to be read at any offset. Close must be called.
type Download struct {
	*dataset.ReaderAt
	Name string // of the file
	ETag string // changes with the content
}

// keepExports is how long an export is kept for requests of further ranges.
const keepExports = 10 * time.Minute

// exports are versions that were written for downloads, encrypted, and are kept for a while.
type exports struct {
	mu     sync.Mutex
	byName map[string]*exported
}

// exported is one of them. Done is closed once it is there, or has failed.
type exported struct {
	dataset string
	dir     string
	file    stage.Received
	done    chan struct{}
	err     error
	expiry  *time.Timer
}

// Download writes a version in the format (see outcome.Formats), unless it was written a while ago, and opens it.
func (a *App) Download(ctx context.Context, run, version, format string) (*Download, error) {
	v, err := a.Version(ctx, run, version)
	if err != nil {
		return nil, err
	}
	name := v.ID + "." + format
	x, mine := a.exports.take(name, v.Dataset)
	if mine {
		x.err = a.export(ctx, run, v.ID, format, x)
		close(x.done)
		if x.err != nil {
			a.exports.remove(name, x)
		} else {
			a.exports.expire(name, x)
		}
	}
	select {
	case <-x.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if x.err != nil {
		return nil, x.err
	}
	at, err := dataset.OpenAt(&x.file)
	if err != nil {
		return nil, err
	}
	return &Download{ReaderAt: at, Name: "data." + format, ETag: v.ID + "-" + format}, nil
}

func (a *App) export(ctx context.Context, run, version, format string, x *exported) error {
	file, err := a.tableOf(ctx, run, version)
	if err != nil {
		return err
	}
	columns, err := a.Columns(ctx, run)
	if err != nil {
		return err
	}
	params, err := json.Marshal(outcome.DataParams{Name: "data." + format, Format: format, Delimiter: ",", Header: true, Columns: columns})
	if err != nil {
		return fmt.Errorf("asking for the data of run %s: %w", run, err)
	}
	dir, key, err := a.files.OutDir(ctx, x.dataset)
	if err != nil {
		return err
	}
	x.dir = dir
	r, err := a.readers().Run(ctx, &stage.Job{Run: run, Stage: "recommendation", Handler: outcome.HandlerSealed, OutDir: dir, Key: key, Params: params,
		Files: map[string]engine.File{stage.FileData: file}}, func(float64, string) {})
	if err != nil {
		return err
	}
	var s outcome.Sealed
	if err := json.Unmarshal(r.Document, &s); err != nil {
		return fmt.Errorf("reading where the data of run %s was written: %w", run, err)
	}
	x.file = stage.Received{Name: "data." + format, Path: s.Path, Key: key, Bytes: s.Bytes}
	return nil
}

// take finds an export, or makes the place of a new one, which is then the caller's to fill.
func (e *exports) take(name, dataset string) (x *exported, mine bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if x := e.byName[name]; x != nil {
		if x.expiry != nil {
			x.expiry.Reset(keepExports)
		}
		return x, false
	}
	if e.byName == nil {
		e.byName = map[string]*exported{}
	}
	x = &exported{dataset: dataset, done: make(chan struct{})}
	e.byName[name] = x
	return x, true
}

func (e *exports) expire(name string, x *exported) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byName[name] != x { // dropped meanwhile
		_ = os.RemoveAll(x.dir) // else the sweep of the next start does
		return
	}
	x.expiry = time.AfterFunc(keepExports, func() { e.remove(name, x) })
}

// remove forgets an export and its file; whoever has it open reads on.
func (e *exports) remove(name string, x *exported) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byName[name] == x {
		delete(e.byName, name)
	}
	if x.expiry != nil {
		x.expiry.Stop()
	}
	if x.dir != "" {
		_ = os.RemoveAll(x.dir) // else the sweep of the next start does
	}
}

// drop removes the exports of a dataset; with an empty name, all of them.
func (e *exports) drop(dataset string) {
	e.mu.Lock()
	gone := map[string]*exported{}
	for name, x := range e.byName {
		if dataset == "" || x.dataset == dataset {
			gone[name] = x
		}
	}
	e.mu.Unlock()
	for name, x := range gone {
		select {
		case <-x.done:
			e.remove(name, x)
		default:
			e.mu.Lock()
			delete(e.byName, name) // whoever fills it finds it gone
			e.mu.Unlock()
		}
	}
}
