package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// Rotation is what a rotation of the master key did.
type Rotation struct {
	Datasets int  // whose keys were wrapped anew
	Made     bool // a new master key was made here; otherwise that happens where it is kept
	Retired  bool // the old ones are gone
}

// rotator is a provider whose master key is changed here.
type rotator interface {
	Alone(do func() error) error
	Rotate() error
	Retire() error
}

// KeyState is how the keys of the instance stand.
type KeyState struct {
	keys.State
	Datasets int // that have a key
	Old      int // of them, wrapped by an earlier master key; -1 where that cannot be told
	Progress keys.Progress
}

// KeyState says how the keys of the instance stand.
func (a *App) KeyState(ctx context.Context) (*KeyState, error) {
	s := &KeyState{Progress: a.keys.Progress()}
	var err error
	if m, ok := a.opt.Keys.(interface{ State() (keys.State, error) }); ok {
		if s.State, err = m.State(); err != nil {
			return nil, err
		}
	}
	s.Datasets, s.Old, err = a.keys.Old(ctx)
	return s, err
}

// RotateKeys makes a new master key, where it is kept in a file, wraps all keys of the instance anew with it, and drops the old
// one where no other home or process needs it. No data is rewritten, and work goes on meanwhile. After an error or a crash
// all keys are readable, and it can be run again. The error wraps keys.ErrRotating where a rotation is under way.
func (a *App) RotateKeys(ctx context.Context) (r Rotation, err error) {
	master, ok := a.opt.Keys.(rotator)
	if !ok { // the master key is kept elsewhere
		r.Datasets, err = a.rewrap(ctx, nil)
		return r, err
	}
	err = master.Alone(func() error {
		r, err = a.rotate(ctx, master)
		return err
	})
	return r, err
}

func (a *App) rotate(ctx context.Context, master rotator) (r Rotation, err error) {
	switch err := master.Rotate(); {
	case err == nil:
		r.Made = true
	case !errors.Is(err, keys.ErrNoFile):
		return r, err
	}
	shared, err := a.sharesKeys()
	if err != nil {
		return r, err
	}
	r.Datasets, err = a.rewrap(ctx, func() error {
		if !r.Made || shared {
			return nil
		}
		r.Retired = true
		return master.Retire()
	})
	return r, err
}

// sharesKeys says whether others wrap keys by the same master key: processes that share this home, and the homes of runs of
// the command line below it.
func (a *App) sharesKeys() (bool, error) {
	if !a.exclusive() {
		return true, nil
	}
	runs, err := os.ReadDir(filepath.Join(a.opt.Home, "runs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return true, fmt.Errorf("looking for further homes: %w", err)
	}
	return len(runs) > 0, nil
}

// Rewrap wraps all keys of the instance anew with the master key's present primary key. No data is rewritten. After an
// error or a crash all keys are readable, and it can be run again.
func (a *App) Rewrap(ctx context.Context) (datasets int, err error) { return a.rewrap(ctx, nil) }

func (a *App) rewrap(ctx context.Context, after func() error) (int, error) {
	if err := a.ring.Rewrap(ctx); err != nil {
		return 0, err
	}
	return a.keys.Rewrap(ctx, after)
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
