package keys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"

	"github.com/analytix-flow/analytix/internal/durable"
)

// Ring holds the keys of an instance's own stores (records, broker), wrapped, in one file.
type Ring struct {
	provider Provider
	path     string
	mu       sync.Mutex
}

// ringFile is what the file holds: wrapped keys by name.
type ringFile struct {
	Version int               `json:"version"`
	Keys    map[string][]byte `json:"keys"`
}

// OpenRing opens the ring in the file, which is made when the first key is.
func OpenRing(p Provider, path string) (*Ring, error) {
	r := &Ring{provider: p, path: path}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the instance's keys: %w", err)
	}
	if _, err := r.read(); err != nil {
		return nil, err
	}
	return r, nil
}

// Key returns the key of the name, and makes it, with size bytes, where there is none.
func (r *Ring) Key(ctx context.Context, name string, size int) (Secret, error) {
	var key Secret
	err := r.update(func(keys map[string][]byte) (bool, error) {
		b := Binding{Purpose: ForInstance, Name: name}
		wrapped, ok := keys[name]
		var err error
		if ok {
			key, err = r.provider.Unwrap(ctx, wrapped, b)
			return false, err
		}
		key = randomSecret(size)
		keys[name], err = r.provider.Wrap(ctx, key, b)
		return true, err
	})
	if err != nil {
		return Secret{}, fmt.Errorf("getting the key %q of the instance from %s: %w", name, r.path, err)
	}
	if len(key.Bytes()) != size {
		return Secret{}, fmt.Errorf("the key %q in %s has %d bytes in the place of %d", name, r.path, len(key.Bytes()), size)
	}
	return key, nil
}

// Rewrap wraps all keys of the ring anew with the provider's present key.
func (r *Ring) Rewrap(ctx context.Context) error {
	err := r.update(func(keys map[string][]byte) (bool, error) {
		for _, name := range slices.Sorted(maps.Keys(keys)) {
			wrapped, err := rewrap(ctx, r.provider, keys[name], Binding{Purpose: ForInstance, Name: name})
			if err != nil {
				return false, err
			}
			keys[name] = wrapped
		}
		return len(keys) > 0, nil
	})
	if err != nil {
		return fmt.Errorf("wrapping the keys in %s anew (the file is as it was): %w", r.path, err)
	}
	return nil
}

func rewrap(ctx context.Context, p Provider, wrapped []byte, b Binding) ([]byte, error) {
	key, err := p.Unwrap(ctx, wrapped, b)
	if err != nil {
		return nil, err
	}
	return p.Wrap(ctx, key, b)
}

// update changes the file, alone among all processes; do says whether there is something to write.
func (r *Ring) update(do func(map[string][]byte) (bool, error)) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lock := flock.New(r.path + ".lock")
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("locking the keys: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	file, err := r.read()
	if err != nil {
		return err
	}
	write, err := do(file.Keys)
	if err != nil || !write {
		return err
	}
	content, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(r.path, append(content, '\n'))
}

func (r *Ring) read() (*ringFile, error) {
	file := &ringFile{Version: 1, Keys: map[string][]byte{}}
	content, _, err := readPrivate(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the instance's keys: %w", err)
	}
	if err := json.Unmarshal(content, file); err != nil {
		return nil, fmt.Errorf("reading the instance's keys %s: it is damaged (%w): put back a copy", r.path, err)
	}
	if file.Version != 1 {
		return nil, fmt.Errorf("the instance's keys %s are of version %d, which this program does not know", r.path, file.Version)
	}
	if file.Keys == nil {
		file.Keys = map[string][]byte{}
	}
	return file, nil
}
