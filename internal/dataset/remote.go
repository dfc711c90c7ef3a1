package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Objects is where a store keeps its files that processes on several machines share; object.Bucket is one. Names are those
// of the files below the store's folder, with slashes.
type Objects interface {
	// PutFile writes the content of a file as an object, whole or not at all.
	PutFile(ctx context.Context, name, path string) error
	// Put does so with size bytes from r.
	Put(ctx context.Context, name string, r io.Reader, size int64) error
	// Get reads an object; the error wraps fs.ErrNotExist where there is none.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Size is that of an object, in bytes; the error wraps fs.ErrNotExist where there is none.
	Size(ctx context.Context, name string) (int64, error)
	// List calls each with every object below the prefix, in the order of their names.
	List(ctx context.Context, prefix string, each func(name string, size int64) error) error
	// Remove deletes every object below the prefix.
	Remove(ctx context.Context, prefix string) error
}

// Outlast is called after something failed that might have failed since the objects cannot be reached. It returns true once they can be
// again, and false where that was not the reason, there are none, or ctx has ended.
func (s *Store) Outlast(ctx context.Context) bool {
	o, ok := s.objects.(interface{ Outlast(context.Context) bool })
	return ok && o.Outlast(ctx)
}

// A file that comes in pieces is kept as one object for each piece that was recorded, named by where the piece lies in the
// file, for objects cannot grow.
const partMark = "/part-"

func partName(dataset, ref string, at int64) string {
	return fmt.Sprintf("%s%s%016x", path.Join(dataset, ref), partMark, at)
}

// put makes a file of a dataset one that all processes see; path is where it lies now.
func (s *Store) put(ctx context.Context, dataset, ref, path string) error {
	if s.objects == nil {
		return nil
	}
	return s.objects.PutFile(ctx, objectName(dataset, ref), path)
}

func objectName(dataset, ref string) string { return path.Join(dataset, filepath.ToSlash(ref)) }

// fetch has a file of a dataset in the folder, at path, where it is read. A copy that is there is as good as the object: files
// never change.
func (s *Store) fetch(ctx context.Context, dataset, ref, path string) error {
	if s.objects == nil {
		return nil
	}
	now := time.Now()
	if os.Chtimes(path, now, now) == nil { // tells the eviction that it is in use
		return nil
	}
	_, err, _ := s.fetching.Do(path, func() (any, error) {
		return nil, s.copyOf(ctx, dataset, ref, path)
	})
	return err
}

// copyOf makes a copy of an object, or of the pieces of a file, at path.
func (s *Store) copyOf(ctx context.Context, dataset, ref, path string) (err error) {
	if _, err := s.datasetDir(dataset); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return roomOr(err)
	}
	f, err := os.CreateTemp(dir, prefixNew)
	if err != nil {
		return roomOr(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // else the eviction does
		}
	}()
	name := objectName(dataset, ref)
	err = s.write(ctx, f, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = s.writeParts(ctx, f, name)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path) // a copy need not outlive a crash: no sync
}

func (s *Store) write(ctx context.Context, f *os.File, name string) error {
	r, err := s.objects.Get(ctx, name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(roomOr(err), r.Close())
}

func (s *Store) writeParts(ctx context.Context, f *os.File, name string) error {
	parts := 0
	err := s.objects.List(ctx, name+partMark, func(part string, _ int64) error {
		parts++
		return s.write(ctx, f, part)
	})
	if err == nil && parts == 0 {
		return fmt.Errorf("%w: its file is gone", ErrDamaged)
	}
	return err
}

// holdObjects puts a file into the folder to for each that is kept as an object.
func (s *Store) holdObjects(ctx context.Context, to string) error {
	last := ""
	return s.objects.List(ctx, "", func(name string, _ int64) error {
		name, _, _ = strings.Cut(name, partMark)
		dataset, ref, ok := strings.Cut(name, "/")
		if !ok || name == last {
			return nil
		}
		last = name
		target := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		at, err := s.path(dataset, ref)
		if err != nil {
			return err
		}
		if err := hold(at, target); err != nil {
			return err
		}
		_, err = os.Lstat(target)
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return s.copyOf(ctx, dataset, ref, target)
	})
}

// Publish makes objects of all files that lie in the folder: those of a backup that was restored there.
func (s *Store) Publish(ctx context.Context) error {
	if s.objects == nil {
		return nil
	}
	return filepath.WalkDir(s.dir, func(at string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(s.dir, at)
		if err != nil {
			return err
		}
		return s.objects.PutFile(ctx, filepath.ToSlash(name), at)
	})
}

// removeObjects deletes every object of a dataset.
func (s *Store) removeObjects(ctx context.Context, dataset string) error {
	if s.objects == nil {
		return nil
	}
	return s.objects.Remove(ctx, dataset+"/")
}

// sweepObjects deletes every object of a dataset that is not wanted, and says how many.
func (s *Store) sweepObjects(ctx context.Context, dataset string, wanted, whole map[string]bool) (removed int, err error) {
	if s.objects == nil {
		return 0, nil
	}
	err = s.objects.List(ctx, dataset+"/", func(name string, _ int64) error {
		ref, _, _ := strings.Cut(strings.TrimPrefix(name, dataset+"/"), partMark)
		first, _, _ := strings.Cut(ref, "/")
		if wanted[filepath.FromSlash(ref)] || whole[first] {
			return nil
		}
		removed++
		return s.objects.Remove(ctx, name)
	})
	return removed, err
}

// Weigh counts the files of a dataset that are kept, and their bytes.
func (s *Store) Weigh(ctx context.Context, dataset string) (files int, bytes int64, err error) {
	if s.objects != nil {
		err = s.objects.List(ctx, dataset+"/", func(_ string, size int64) error {
			files, bytes = files+1, bytes+size
			return nil
		})
		return files, bytes, err
	}
	err = filepath.WalkDir(filepath.Join(s.dir, dataset), func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files, bytes = files+1, bytes+info.Size()
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return files, bytes, err
}
