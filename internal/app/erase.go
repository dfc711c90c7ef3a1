package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// ErrErased is wrapped by errors about what was erased.
var ErrErased = errors.New("it was erased, and its key with it")

// ErrShared is wrapped by the error about a run whose dataset other runs are on: they share its key.
var ErrShared = errors.New("other runs are on the same dataset")

// Erasure is the proof of an erasure.
type Erasure struct {
	Dataset string        `json:"dataset"`
	Key     string        `json:"key"` // SHA-256 of the wrapped key that is gone; it tells which key it was, and opens nothing
	Actor   flow.Actor    `json:"actor"`
	Why     string        `json:"why"`
	At      time.Time     `json:"at"`
	Runs    []string      `json:"runs"`
	Files   int           `json:"files"` // removed from the disk
	Bytes   int64         `json:"bytes"`
	Hashes  []VersionHash `json:"hashes"` // of what there was
}

// VersionHash is what is kept of a version.
type VersionHash struct {
	Run     string `json:"run"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Rows    int64  `json:"rows,omitempty"`
	SHA256  string `json:"sha256"`
}

// EraseRun erases the dataset of a run. The error wraps ErrShared where other runs are on it: erase the dataset then.
func (a *App) EraseRun(ctx context.Context, run string, actor flow.Actor, why string) (*Erasure, error) {
	r, err := a.records.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	return a.erase(ctx, r.Head.Dataset, r.Workspace, run, actor, why)
}

// Erase forgets the key of a dataset for good and removes its files; what lies in copies can never be read again. Runs on
// it are ended, and their records emptied but for hashes and their audit chains, which go on with the proof. The error
// wraps store.ErrNotFound where the workspace has no such dataset, and ErrErased where it was erased before.
func (a *App) Erase(ctx context.Context, workspace, dataset string, actor flow.Actor, why string) (*Erasure, error) {
	return a.erase(ctx, dataset, workspace, "", actor, why)
}

// erase works on the dataset of a workspace; with only given, no other run may be on it.
func (a *App) erase(ctx context.Context, dataset, workspace, only string, actor flow.Actor, why string) (*Erasure, error) {
	if actor.Kind == "" || actor.Name == "" {
		return nil, fmt.Errorf("erasing dataset %s: nobody is named as asking for it", dataset)
	}
	if err := a.endRuns(ctx, dataset, workspace, only, actor, why); err != nil {
		return nil, fmt.Errorf("erasing dataset %s (nothing was erased): %w", dataset, err)
	}
	files, bytes, err := a.files.Weigh(ctx, dataset)
	if err != nil {
		return nil, fmt.Errorf("counting the files of dataset %s (nothing was erased): %w", dataset, err)
	}
	var e *Erasure
	err = a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		e = &Erasure{Dataset: dataset, Actor: actor, Why: why, At: time.Now().UTC(), Files: files, Bytes: bytes, Runs: []string{}, Hashes: []VersionHash{}}
		return a.eraseRecords(ctx, tx, workspace, e)
	})
	if err != nil {
		return nil, fmt.Errorf("erasing dataset %s (nothing was erased): %w", dataset, err)
	}
	// From here on nothing can be read any more; what is left to do is done again by the sweep of the next start.
	a.exports.drop(dataset)
	err = errors.Join(a.files.Remove(ctx, dataset), a.records.Scrub(ctx))
	if err != nil {
		return e, fmt.Errorf("dataset %s is erased, its key is gone; clearing its files failed and is done at the next start: %w", dataset, err)
	}
	a.opt.Log.Info("a dataset was erased", "dataset", dataset, "runs", len(e.Runs), "files", files)
	return e, nil
}

// endRuns aborts what is under way on the dataset, and says whether it may be erased.
func (a *App) endRuns(ctx context.Context, dataset, workspace, only string, actor flow.Actor, why string) error {
	var runs []store.Run
	err := a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		runs, err = tx.RunsOn(ctx, dataset)
		return err
	})
	if err != nil {
		return err
	}
	var others []string
	for i := range runs {
		if runs[i].Workspace != workspace {
			return store.ErrNotFound
		}
		if only != "" && runs[i].ID != only && runs[i].Status != string(control.Erased) {
			others = append(others, runs[i].ID)
		}
	}
	if len(others) > 0 {
		return fmt.Errorf("%w: %s; erase the dataset, and them with it", ErrShared, strings.Join(others, ", "))
	}
	for i := range runs {
		switch control.Status(runs[i].Status) {
		case control.Aborted, control.Erased:
		default:
			if err := a.control.Abort(ctx, runs[i].ID, why, actor); err != nil && !errors.Is(err, control.ErrConflict) {
				return err
			}
		}
	}
	return nil
}

// eraseRecords forgets the key and empties the records, and puts the proof where it belongs.
func (a *App) eraseRecords(ctx context.Context, tx *store.Tx, workspace string, e *Erasure) error {
	runs, err := tx.RunsOn(ctx, e.Dataset)
	if err != nil {
		return err
	}
	d, err := tx.Dataset(ctx, e.Dataset)
	switch {
	case errors.Is(err, store.ErrNotFound) && len(runs) > 0:
		d = nil // a run of the command line has a dataset of its own
	case err != nil:
		return err
	case d.Workspace != workspace:
		return store.ErrNotFound
	}
	wrapped, err := tx.DataKey(ctx, e.Dataset)
	if errors.Is(err, store.ErrNotFound) {
		return ErrErased
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(wrapped)
	e.Key = hex.EncodeToString(sum[:])
	if err := a.hashes(ctx, tx, runs, e); err != nil {
		return err
	}
	for i := range runs {
		if _, err := a.control.Erase(ctx, tx, &runs[i], e.Actor, e.proof()); err != nil {
			return err
		}
	}
	if d != nil {
		old, received := d.Status, d.Received
		d.Status, d.Body, d.Expires = store.DatasetErased, []byte("{}"), time.Time{}
		if err := tx.SaveDataset(ctx, *d, old, received); err != nil {
			return err
		}
	}
	if err := tx.DropAnswersAbout(ctx, append([]string{e.Dataset}, e.Runs...)); err != nil {
		return err
	}
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing the proof of an erasure: %w", err)
	}
	return errors.Join(tx.PutErasure(ctx, store.Erasure{Dataset: e.Dataset, Workspace: workspace, Body: body}), tx.DropDataKey(ctx, e.Dataset))
}

func (a *App) hashes(ctx context.Context, tx *store.Tx, runs []store.Run, e *Erasure) error {
	for i := range runs {
		e.Runs = append(e.Runs, runs[i].ID)
		versions, err := tx.Versions(ctx, runs[i].ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			e.Hashes = append(e.Hashes, VersionHash{Run: v.Run, Version: v.ID, Kind: v.Kind, Rows: v.Rows, SHA256: v.ContentHash})
		}
	}
	return nil
}

// proof is what the audit chain of each run keeps.
func (e *Erasure) proof() map[string]any {
	hashes := map[string]any{}
	for _, h := range e.Hashes {
		hashes[h.Version] = h.SHA256
	}
	return map[string]any{"dataset": e.Dataset, "key": e.Key, "why": e.Why, "files_removed": e.Files, "bytes_removed": e.Bytes, "versions": hashes}
}

// verifyErased holds that nothing of an erased run can be read: its key is gone, and so are its files.
func (a *App) verifyErased(ctx context.Context, run *store.Run) error {
	if _, err := a.keys.DataKey(ctx, run.Head.Dataset); !errors.Is(err, keys.ErrNotFound) {
		return errors.Join(err, fmt.Errorf("run %s is recorded as erased, and its dataset has a key", run.ID))
	}
	files, _, err := a.files.Weigh(ctx, run.Head.Dataset)
	if err != nil {
		return err
	}
	if files > 0 {
		return fmt.Errorf("run %s is erased, and %d files of it are left, which nobody can read; start the instance again to remove them", run.ID, files)
	}
	return nil
}

// Erasures lists the proofs of what was erased in a workspace, the latest first.
func (a *App) Erasures(ctx context.Context, workspace string) ([]Erasure, error) {
	records, err := a.records.Erasures(ctx, workspace)
	if err != nil {
		return nil, err
	}
	all := make([]Erasure, len(records))
	for i := range records {
		if err := json.Unmarshal(records[i].Body, &all[i]); err != nil {
			return nil, fmt.Errorf("reading the proof of the erasure of dataset %s: %w", records[i].Dataset, err)
		}
	}
	return all, nil
}

// retention is how long a workspace keeps a dataset after it was last used; 0 is for ever.
func retention(w *store.Workspace) time.Duration {
	days := w.Settings.RetentionDays
	if limits, err := tier.Of(tier.Name(w.Tier)); err == nil && limits.KeepDays > 0 && (days == 0 || limits.KeepDays < days) {
		days = limits.KeepDays
	}
	return time.Duration(days) * 24 * time.Hour
}

// Retain erases the datasets that their workspaces keep no longer, and says how many: those on which no run is under way
// and nothing has happened for as long as the workspace keeps them.
func (a *App) Retain(ctx context.Context, now time.Time) (int, error) {
	workspaces, err := a.records.Workspaces(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for i := range workspaces {
		keep := retention(&workspaces[i])
		if keep == 0 {
			continue
		}
		due, err := a.overdue(ctx, workspaces[i].ID, now.Add(-keep))
		if err != nil {
			return n, err
		}
		for _, dataset := range due {
			actor := flow.Actor{Kind: flow.ActorPolicy, Name: "retention"}
			why := fmt.Sprintf("the workspace keeps data for %d days", int(keep.Hours()/24))
			if _, err := a.Erase(ctx, workspaces[i].ID, dataset, actor, why); err != nil && !errors.Is(err, ErrErased) {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// overdue lists the datasets of a workspace on which nothing has happened since.
func (a *App) overdue(ctx context.Context, workspace string, since time.Time) ([]string, error) {
	last := map[string]time.Time{}
	datasets, err := a.records.Datasets(ctx, store.DatasetReceived)
	if err != nil {
		return nil, err
	}
	for i := range datasets {
		if datasets[i].Workspace == workspace {
			last[datasets[i].ID] = datasets[i].Updated
		}
	}
	runs, err := a.records.RunsOf(ctx, workspace, nil, store.Page{Limit: 1 << 20})
	if err != nil {
		return nil, err
	}
	for i := range runs {
		r := &runs[i]
		switch control.Status(r.Status) {
		case control.Erased:
		case control.Running, control.Waiting:
			last[r.Head.Dataset] = time.Now().Add(time.Hour) // in use
		default:
			if r.Updated.After(last[r.Head.Dataset]) {
				last[r.Head.Dataset] = r.Updated
			}
		}
	}
	var due []string
	for dataset, at := range last {
		if at.Before(since) {
			due = append(due, dataset)
		}
	}
	return due, nil
}
