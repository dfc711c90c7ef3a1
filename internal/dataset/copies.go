package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Cache bounds the copies of objects that lie in the folder.
type Cache struct {
	Bytes int64         // that they may have in all
	Rest  time.Duration // for how long one must not have been opened before it may go
	// Stray is the age at which what is no copy of an object goes as well: the folder of a try that came to nothing, of which
	// no record speaks.
	Stray time.Duration
}

// Evict removes copies of objects from the folder, the longest unread first, until the others fit. It returns how many files
// it removed. Without objects nothing is a copy, and nothing goes. It is called by one at a time.
func (s *Store) Evict(ctx context.Context, c Cache, now time.Time) (removed int, err error) {
	if s.objects == nil {
		return 0, nil
	}
	files, size, err := s.copies()
	if err != nil {
		return 0, fmt.Errorf("looking through the copies of files: %w", err)
	}
	s.forgetKnown(files)
	for _, f := range files { // the longest unread first
		age := now.Sub(f.read)
		if age < c.Rest || size <= c.Bytes && age < c.Stray {
			continue
		}
		if asked, ok := s.known[f.name]; ok && size <= c.Bytes && now.Sub(asked) < askAgain {
			continue // a copy, and there is room for it
		}
		dataset, ref, _ := strings.Cut(f.name, "/")
		_, err := s.objects.Size(ctx, objectName(dataset, ref))
		switch {
		case errors.Is(err, fs.ErrNotExist) && age < c.Stray:
			continue // a try that is going on, or an upload
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return removed, fmt.Errorf("removing copies of files (%d gone): %w", removed, err)
		case err == nil && size <= c.Bytes:
			s.known[f.name] = now
			continue // a copy, and there is room for it
		}
		if err := os.Remove(filepath.Join(s.dir, filepath.FromSlash(f.name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, fmt.Errorf("removing copies of files (%d gone): %w", removed, err)
		}
		delete(s.known, f.name)
		size -= f.size
		removed++
	}
	return removed, nil
}

// askAgain is after how long it is asked again whether there is an object of a copy: those of what was erased meanwhile, by whatever
// process, are no copies any more.
const askAgain = 24 * time.Hour

// forgetKnown drops what is known of files that went by other ways.
func (s *Store) forgetKnown(files []copied) {
	known := make(map[string]time.Time, len(s.known))
	for _, f := range files {
		if asked, ok := s.known[f.name]; ok {
			known[f.name] = asked
		}
	}
	s.known = known
}

// copied is a file in the folder.
type copied struct {
	name string // below the folder, with slashes
	size int64
	read time.Time // when it was last opened
}

// copies are the files in the folder, the longest unread first, and their bytes in all.
func (s *Store) copies() (files []copied, size int64, err error) {
	err = filepath.WalkDir(s.dir, func(at string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went meanwhile
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.dir, at)
		if err != nil {
			return err
		}
		files = append(files, copied{filepath.ToSlash(name), info.Size(), info.ModTime()})
		size += info.Size()
		return nil
	})
	slices.SortFunc(files, func(x, y copied) int { return x.read.Compare(y.read) })
	return files, size, err
}
