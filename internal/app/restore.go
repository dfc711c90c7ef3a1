package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/archive"
	"github.com/analytix-flow/analytix/internal/durable"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// ErrRestoring is wrapped by the error about a home in which a restore has not come to its end.
var ErrRestoring = errors.New("a restore into it was interrupted; remove all of it but the master key, and restore again")

// restoring is the file of a home that says that it is not whole.
const restoring = "restoring"

// ErrOccupied is wrapped by the error about a home that is not empty.
var ErrOccupied = errors.New("it is not empty; name an empty folder")

// spared may be in a home into which a backup is restored.
var spared = []string{"master.key", "master.key.lock", "lost+found"}

// Restore fills the empty home of opt from the backup at path, which is read and checked as a whole before anything is
// written, and with PostgresURL the empty database there. After an error the home holds what was restored of it and is
// refused by Open.
func Restore(ctx context.Context, opt Options, path string) (m *archive.Manifest, err error) {
	r, err := archive.Open(ctx, opt.Keys, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	was := r.Manifest.About[aboutRecords]
	if now := dialectOf(opt); was != string(now) {
		return nil, fmt.Errorf("backup %s is of records on %s, and is to be restored on %s: give the address of an empty database, or none, as it was",
			r.Manifest.ID, was, now)
	}
	a := &App{opt: opt}
	if err := a.emptyPlaces(ctx); err != nil {
		return nil, err
	}
	marker := filepath.Join(opt.Home, restoring)
	if err := os.WriteFile(marker, []byte(r.Manifest.ID+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("beginning to restore: %w", err)
	}
	for _, e := range r.Manifest.Entries {
		part, name, _ := strings.Cut(e.Name, "/")
		to := filepath.Join(opt.Home, filepath.FromSlash(name))
		switch {
		case part == partFiles:
			to = filepath.Join(a.filesFolder(), filepath.FromSlash(name))
		case part == partRecords && opt.PostgresURL != "":
			continue
		}
		if err := r.Extract(ctx, e, to); err != nil {
			return nil, err
		}
	}
	if err := a.publish(ctx); err != nil {
		return nil, err
	}
	if opt.PostgresURL != "" {
		if err := a.restoreRecords(ctx, r); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(durable.Sync(opt.Home), os.Remove(marker), durable.Sync(opt.Home)); err != nil {
		return nil, fmt.Errorf("ending to restore: %w", err)
	}
	return &r.Manifest, nil
}

func dialectOf(opt Options) store.Dialect {
	if opt.PostgresURL != "" {
		return store.Postgres
	}
	return store.SQLite
}

func empty(home string) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("making the folder of the state: %w", err)
	}
	there, err := os.ReadDir(home)
	if err != nil {
		return fmt.Errorf("looking into the folder of the state: %w", err)
	}
	if slices.ContainsFunc(there, func(e fs.DirEntry) bool { return e.Name() == restoring }) {
		return fmt.Errorf("restoring into %s: %w", home, ErrRestoring)
	}
	for _, e := range there {
		if !slices.Contains(spared, e.Name()) {
			return fmt.Errorf("restoring into %s: %w: there is %s", home, ErrOccupied, e.Name())
		}
	}
	return nil
}

// emptyPlaces says whether nothing is kept where the backup is to go.
func (a *App) emptyPlaces(ctx context.Context) error {
	if err := empty(a.opt.Home); err != nil {
		return err
	}
	if err := a.openObjects(ctx); err != nil || a.objects == nil {
		return err
	}
	return a.objects.List(ctx, "", func(name string, _ int64) error {
		return fmt.Errorf("restoring into the object storage: %w: there is %s; name another prefix or bucket", ErrOccupied, name)
	})
}

// publish makes objects of the files and the keys that were restored into the home, where they are kept as such.
func (a *App) publish(ctx context.Context) error {
	if a.objects == nil {
		return nil
	}
	err := a.openFiles()
	if err == nil {
		err = a.files.Publish(ctx)
	}
	if err == nil {
		err = a.objects.PutFile(ctx, homeKeys, filepath.Join(a.opt.Home, homeKeys))
	}
	if err != nil {
		return fmt.Errorf("restoring into the object storage: %w", err)
	}
	return nil
}

// whole says whether the home is not one in which a restore was interrupted.
func whole(home string) error {
	_, err := os.Stat(filepath.Join(home, restoring))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("opening %s: %w", home, errors.Join(ErrRestoring, err))
}

// restoreRecords fills an empty database. Messages that were under way are sent again.
func (a *App) restoreRecords(ctx context.Context, r *archive.Reader) (err error) {
	if err := a.openRing(ctx); err != nil {
		return err
	}
	if err := a.openRecords(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.records.Close()) }()
	schema, err := a.records.Schema(ctx)
	if err != nil {
		return err
	}
	if was := r.Manifest.About[aboutSchema]; was != fmt.Sprint(schema) {
		return fmt.Errorf("backup %s has records of the form %s, this program makes those of the form %d: restore it with the version that made it (%s), then upgrade",
			r.Manifest.ID, was, schema, r.Manifest.About[aboutVersion])
	}
	if _, err := task.Open(ctx, task.Config{Store: a.records, Workers: -1}); err != nil { // makes the queue's tables
		return err
	}
	load, err := a.records.Load(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, load.Close(ctx)) }()
	for _, e := range r.Manifest.Entries {
		name, ok := strings.CutPrefix(e.Name, partRecords+"/")
		if !ok {
			continue
		}
		if err := r.Read(ctx, e, func(from io.Reader) error { return load.Part(ctx, name, from) }); err != nil {
			return err
		}
	}
	if err := load.Commit(ctx); err != nil {
		return err
	}
	return a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Unhandled(ctx)
		return err
	})
}
