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
	place    Place
	mu       sync.Mutex
}

// Place is where the file of a ring is kept that all processes of an instance see.
type Place interface {
	// Name says where it is, for errors.
	Name() string
	// Lock keeps all other processes from changing the file until unlock is called.
	Lock(ctx context.Context) (unlock func() error, err error)
	// Read returns the file; the error wraps fs.ErrNotExist where there is none.
	Read(ctx context.Context) ([]byte, error)
	// Write puts a file in the place of the one that was there; after a crash there is one of them, whole.
	Write(ctx context.Context, content []byte) error
}

// privateFile is a Place on disk.
type privateFile string

// Name implements Place.
func (f privateFile) Name() string { return string(f) }

// Lock implements Place.
func (f privateFile) Lock(context.Context) (func() error, error) {
	lock := flock.New(string(f) + ".lock")
	return lock.Unlock, lock.Lock()
}

// Read implements Place.
func (f privateFile) Read(context.Context) ([]byte, error) {
	content, _, err := readPrivate(string(f))
	return content, err
}

// Write implements Place.
func (f privateFile) Write(_ context.Context, content []byte) error {
	return durable.Write(string(f), content)
}

// ringFile is what the file holds: wrapped keys by name.
type ringFile struct {
	Version int               `json:"version"`
	Keys    map[string][]byte `json:"keys"`
}

// OpenRing opens the ring in the file, which is made when the first key is.
func OpenRing(ctx context.Context, p Provider, path string) (*Ring, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the instance's keys: %w", err)
	}
	return OpenRingIn(ctx, p, privateFile(path))
}

// OpenRingIn opens the ring in a place, where it is made when the first key is.
func OpenRingIn(ctx context.Context, p Provider, place Place) (*Ring, error) {
	r := &Ring{provider: p, place: place}
	if _, err := r.read(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// Content is the file as it is now: the keys, wrapped. It is empty where no key was made yet.
func (r *Ring) Content(ctx context.Context) ([]byte, error) {
	content, err := r.place.Read(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the instance's keys: %w", err)
	}
	return content, nil
}

// Key returns the key of the name, and makes it, with size bytes, where there is none.
func (r *Ring) Key(ctx context.Context, name string, size int) (Secret, error) {
	var key Secret
	err := r.update(ctx, func(keys map[string][]byte) (bool, error) {
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
		return Secret{}, fmt.Errorf("getting the key %q of the instance from %s: %w", name, r.place.Name(), err)
	}
	if len(key.Bytes()) != size {
		return Secret{}, fmt.Errorf("the key %q in %s has %d bytes in the place of %d", name, r.place.Name(), len(key.Bytes()), size)
	}
	return key, nil
}

// Rewrap wraps all keys of the ring anew with the provider's present key.
func (r *Ring) Rewrap(ctx context.Context) error {
	err := r.update(ctx, func(keys map[string][]byte) (bool, error) {
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
		return fmt.Errorf("wrapping the keys in %s anew (the file is as it was): %w", r.place.Name(), err)
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
func (r *Ring) update(ctx context.Context, do func(map[string][]byte) (bool, error)) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	unlock, err := r.place.Lock(ctx)
	if err != nil {
		return fmt.Errorf("locking the keys: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	file, err := r.read(ctx)
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
	return r.place.Write(ctx, append(content, '\n'))
}

func (r *Ring) read(ctx context.Context) (*ringFile, error) {
	file := &ringFile{Version: 1, Keys: map[string][]byte{}}
	content, err := r.place.Read(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the instance's keys: %w", err)
	}
	if err := json.Unmarshal(content, file); err != nil {
		return nil, fmt.Errorf("reading the instance's keys %s: it is damaged (%w): put back a copy", r.place.Name(), err)
	}
	if file.Version != 1 {
		return nil, fmt.Errorf("the instance's keys %s are of version %d, which this program does not know", r.place.Name(), file.Version)
	}
	if file.Keys == nil {
		file.Keys = map[string][]byte{}
	}
	return file, nil
}
