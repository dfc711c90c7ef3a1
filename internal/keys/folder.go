package keys

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/analytix-flow/analytix/internal/durable"
)

// Folder is a Shelf of files, one for each dataset.
type Folder string

const folderExt = ".key"

// path encodes the dataset's id, so that no id can point out of the folder.
func (f Folder) path(dataset string) string {
	return filepath.Join(string(f), hex.EncodeToString([]byte(dataset))+folderExt)
}

// Get implements Shelf.
func (f Folder) Get(_ context.Context, dataset string) ([]byte, error) {
	wrapped, err := os.ReadFile(f.path(dataset))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("dataset %s: %w", dataset, ErrNotFound)
	}
	return wrapped, err
}

// Put implements Shelf.
func (f Folder) Put(_ context.Context, dataset string, wrapped []byte) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	return durable.Write(f.path(dataset), wrapped)
}

// Replace implements Shelf.
func (f Folder) Replace(ctx context.Context, dataset string, read, wrapped []byte) (bool, error) {
	now, err := f.Get(ctx, dataset)
	if errors.Is(err, ErrNotFound) || err == nil && !bytes.Equal(now, read) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.Put(ctx, dataset, wrapped)
}

// Delete implements Shelf.
func (f Folder) Delete(_ context.Context, dataset string) error {
	err := os.Remove(f.path(dataset))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return durable.Sync(string(f))
}

// All implements Shelf.
func (f Folder) All(_ context.Context) (map[string][]byte, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	all := map[string][]byte{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), folderExt)
		id, err := hex.DecodeString(name)
		if !ok || err != nil {
			continue // a file that a crash left behind
		}
		if all[string(id)], err = os.ReadFile(filepath.Join(string(f), e.Name())); err != nil {
			return nil, err
		}
	}
	return all, nil
}
