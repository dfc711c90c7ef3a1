package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/durable"
)

// Sweep removes everything in the dataset's folder that no ref of keep names or lies above: folders of tries that came
// to nothing, files that a crash left. Folders of tries that are going on must be in keep (the base name of an OutDir
// will do). It returns how many files and folders it removed.
func (s *Store) Sweep(ctx context.Context, dataset string, keep []string) (int, error) {
	if err := checkID(dataset); err != nil {
		return 0, err
	}
	wanted := map[string]bool{}
	for _, ref := range keep {
		for ref = filepath.Clean(ref); ref != "." && ref != "/"; ref = filepath.Dir(ref) {
			wanted[ref] = true
		}
	}
	release, err := s.removing(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	base := filepath.Join(s.dir, dataset)
	whole := keepWhole(keep)
	removed, err := sweepDir(ctx, base, "", wanted, whole)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		var objects int
		objects, err = s.sweepObjects(ctx, dataset, wanted, whole)
		removed += objects
	}
	if err != nil {
		return removed, fmt.Errorf("sweeping dataset %s (%d removed): %w", dataset, removed, err)
	}
	return removed, nil
}

// keepWhole are the folders that stay with all that is in them: those of tries that are going on.
func keepWhole(keep []string) map[string]bool {
	whole := map[string]bool{}
	for _, ref := range keep {
		if ref = filepath.Clean(ref); strings.HasPrefix(ref, prefixTry) && filepath.Dir(ref) == "." {
			whole[ref] = true
		}
	}
	return whole
}

func sweepDir(ctx context.Context, base, dir string, wanted, whole map[string]bool) (int, error) {
	entries, err := os.ReadDir(filepath.Join(base, dir))
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		ref := filepath.Join(dir, e.Name())
		switch {
		case whole[ref]:
		case !wanted[ref]:
			if err := os.RemoveAll(filepath.Join(base, ref)); err != nil {
				return removed, err
			}
			removed++
		case e.IsDir():
			n, err := sweepDir(ctx, base, ref, wanted, whole)
			removed += n
			if err != nil {
				return removed, err
			}
		}
	}
	return removed, nil
}

// Remove deletes all files of a dataset. To make copies of them unreadable as well, forget its key.
func (s *Store) Remove(ctx context.Context, dataset string) error {
	if err := checkID(dataset); err != nil {
		return err
	}
	release, err := s.removing(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.removeObjects(ctx, dataset); err != nil {
		return fmt.Errorf("removing the files of dataset %s: %w", dataset, err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, dataset)); err != nil {
		return fmt.Errorf("removing the files of dataset %s: %w", dataset, err)
	}
	return durable.Sync(s.dir)
}

// Datasets lists the datasets that have files.
func (s *Store) Datasets(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("listing the datasets: %w", err)
	}
	found := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() && checkID(e.Name()) == nil {
			found[e.Name()] = true
		}
	}
	if s.objects != nil {
		err = s.objects.List(ctx, "", func(name string, _ int64) error {
			if dataset, _, ok := strings.Cut(name, "/"); ok && checkID(dataset) == nil {
				found[dataset] = true
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("listing the datasets: %w", err)
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}
