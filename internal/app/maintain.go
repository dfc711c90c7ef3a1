package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// Rewrap wraps all keys of the instance anew with the master key's present primary key. No data is rewritten. After an
// error or a crash all keys are readable, and it can be run again.
func (a *App) Rewrap(ctx context.Context) error {
	ring, err := keys.OpenRing(a.opt.Keys, filepath.Join(a.opt.Home, "keys.json"))
	if err != nil {
		return err
	}
	if err := ring.Rewrap(ctx); err != nil {
		return err
	}
	_, err = a.keys.Rewrap(ctx)
	return err
}

// Verified is what Verify checked.
type Verified struct {
	Files   int   // stored files that open under their key and have the recorded hash
	Erased  bool  // the run was erased, and nothing of it can be read
	Changed int64 // cells whose change is told by the lineage and holds against the versions
}

// Verify opens every stored file of a run under its key, compares its hash with the record, and holds the recorded changes
// of cells against the versions before and after. The error joins everything that does not hold.
func (a *App) Verify(ctx context.Context, run string) (v Verified, err error) {
	record, err := a.records.Run(ctx, run)
	if err != nil {
		return v, err
	}
	if record.Status == string(control.Erased) {
		return Verified{Erased: true}, a.verifyErased(ctx, record)
	}
	e, err := engine.Open(ctx, engine.Config{ExtensionDir: a.opt.ExtensionDir, Folders: []string{a.files.Folder()}, MemoryLimit: a.opt.MemoryLimit})
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	recorded, err := a.recorded(ctx, record)
	if err != nil {
		return v, err
	}
	var faults error
	if v.Files, faults = a.files.Verify(ctx, e, record.Head.Dataset, *recorded); faults != nil {
		return v, fmt.Errorf("the stored files of run %s: %w", run, faults)
	}
	v.Changed, err = a.files.VerifyLineage(ctx, e, recorded.Versions)
	return v, err
}

// recorded is what the records say about the stored files of a run.
func (a *App) recorded(ctx context.Context, run *store.Run) (*dataset.Records, error) {
	r := &dataset.Records{}
	versions, err := a.records.Versions(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	files, err := a.records.Files(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	isVersion := map[string]bool{}
	for _, x := range versions {
		isVersion[x.Ref] = true
		v := dataset.Version{ID: x.ID, Dataset: x.Dataset, Run: x.Run, Parent: x.Parent, Kind: dataset.Kind(x.Kind), Ref: x.Ref, ContentHash: x.ContentHash, Rows: x.Rows}
		if v.Kind == dataset.KindReceived {
			v.Bytes = run.Head.Bytes
		}
		for _, f := range files { // the changes that led to a version were written beside it
			if f.Name == dataset.FileChanges && filepath.Dir(f.Ref) == filepath.Dir(x.Ref) {
				v.Changes = f.Ref
				isVersion[f.Ref] = true
			}
		}
		r.Versions = append(r.Versions, v)
	}
	for _, f := range files {
		if !isVersion[f.Ref] {
			r.Files = append(r.Files, f.Ref)
		}
	}
	documents, err := a.records.Documents(ctx, run.ID)
	for _, d := range documents {
		r.Documents = append(r.Documents, d.Ref)
	}
	return r, err
}
