package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/store"
)

// objectFiles is where the files of datasets are below the address of the object storage; beside it are the wrapped keys, under
// the name that they have in a home.
const objectFiles = partFiles + "/"

// filesFolder is where the engines find the files: the files themselves, or copies of objects.
func (a *App) filesFolder() string {
	if a.opt.ObjectsURL == "" {
		return filepath.Join(a.opt.Home, partFiles)
	}
	return filepath.Join(a.opt.Home, "copies")
}

// openObjects reaches the object storage, where there is one. What lies in the folder of copies is of another life of this
// process, or of tries that came to nothing.
func (a *App) openObjects(ctx context.Context) (err error) {
	if a.opt.ObjectsURL == "" {
		return nil
	}
	if !a.shared() {
		return errors.New("files are kept as objects by processes that share records and messages: give the addresses of PostgreSQL and NATS too, " +
			"or leave that of the object storage out")
	}
	if a.objects, err = object.Open(ctx, a.opt.ObjectsURL, a.filesTold); err != nil {
		return err
	}
	if there, err := os.ReadDir(filepath.Join(a.opt.Home, partFiles)); err == nil && len(there) > 0 {
		return fmt.Errorf("%s has files of datasets in its folder, and is to keep them as objects: "+
			"make a backup without the address of the object storage, and restore it with it into an empty folder", a.opt.Home)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("looking for files in %s: %w", a.opt.Home, err)
	}
	if a.opt.Dormant {
		return nil
	}
	if err := os.RemoveAll(a.filesFolder()); err != nil {
		return fmt.Errorf("clearing the copies of files: %w", err)
	}
	return nil
}

// openFiles opens the store of the files.
func (a *App) openFiles() (err error) {
	if a.objects == nil {
		a.files, err = dataset.New(a.filesFolder(), a.keys)
	} else {
		lock := store.PostgresLock(a.opt.PostgresURL, "files")
		a.files, err = dataset.NewOver(a.filesFolder(), a.keys, a.objects.Below(objectFiles), lock)
	}
	return err
}

// Bounds on the copies of objects.
const (
	copiesLimit = 20 << 30
	copiesRest  = time.Hour      // longer than a task waits between being given a file and opening it
	copiesStray = 48 * time.Hour // longer than a task takes
	copiesEvery = 10 * time.Minute
)

// evict keeps the copies of objects within their bounds, until ctx is done.
func (a *App) evict(ctx context.Context) {
	bounds := dataset.Cache{Bytes: a.opt.CopiesLimit, Rest: copiesRest, Stray: copiesStray}
	if bounds.Bytes == 0 {
		bounds.Bytes = copiesLimit
	}
	tick := time.NewTicker(copiesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			n, err := a.files.Evict(ctx, bounds, now)
			if err != nil && ctx.Err() == nil {
				a.opt.Log.Warn("removing copies of files", "error", err)
			}
			if n > 0 {
				a.opt.Log.Info("copies of files were removed to make room", "files", n)
			}
		}
	}
}

// openRing opens the wrapped keys of the instance, which processes on other machines share as they do the files.
func (a *App) openRing(ctx context.Context) (err error) {
	if a.objects == nil {
		a.ring, err = keys.OpenRing(ctx, a.opt.Keys, filepath.Join(a.opt.Home, homeKeys))
		return err
	}
	a.ring, err = keys.OpenRingIn(ctx, a.opt.Keys, keyObject{a.objects, store.PostgresLock(a.opt.PostgresURL, "keys")})
	return err
}

// keyObject is an object as the place of the keys.
type keyObject struct {
	objects *object.Bucket
	lock    *store.Lock
}

// Name implements keys.Place.
func (k keyObject) Name() string { return "the object " + homeKeys }

// Lock implements keys.Place.
func (k keyObject) Lock(ctx context.Context) (func() error, error) { return k.lock.Alone(ctx) }

// Read implements keys.Place.
func (k keyObject) Read(ctx context.Context) ([]byte, error) { return k.objects.Bytes(ctx, homeKeys) }

// Write implements keys.Place.
func (k keyObject) Write(ctx context.Context, content []byte) error {
	return k.objects.PutBytes(ctx, homeKeys, content)
}
