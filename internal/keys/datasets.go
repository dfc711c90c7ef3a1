package keys

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// DataKeySize is the length of a dataset's key in bytes: AES-256.
const DataKeySize = 32

// Shelf is where the wrapped keys of datasets are kept: the records, or a Folder. A Shelf sees no key itself.
type Shelf interface {
	// Get returns the wrapped key of a dataset; the error wraps ErrNotFound where there is none.
	Get(ctx context.Context, dataset string) ([]byte, error)
	// Put records a wrapped key, or replaces it whole.
	Put(ctx context.Context, dataset string, wrapped []byte) error
	// Replace puts a wrapped key in the place of the one that was read; where the dataset has another one by then, or none
	// any more, nothing happens and changed is false.
	Replace(ctx context.Context, dataset string, read, wrapped []byte) (changed bool, err error)
	// Delete forgets a wrapped key for good; one that is not there is no error.
	Delete(ctx context.Context, dataset string) error
	// All returns every wrapped key by its dataset.
	All(ctx context.Context) (map[string][]byte, error)
}

// Datasets gives each dataset a key of its own.
type Datasets struct {
	provider Provider
	shelf    Shelf
	// making is held for reading while a key is made, from wrapping it until it is on the shelf, and for writing while keys
	// are wrapped anew and old master keys go: no key is then wrapped by one that goes.
	making sync.RWMutex

	progressing sync.Mutex
	progress    Progress
}

// NewDatasets keeps the keys of datasets on the shelf, wrapped by the provider.
func NewDatasets(p Provider, s Shelf) *Datasets { return &Datasets{provider: p, shelf: s} }

// New makes and wraps a key for a dataset without storing it, for callers that record the wrapped key themselves, in
// the transaction that records the dataset.
func New(ctx context.Context, p Provider, dataset string) (key Secret, wrapped []byte, err error) {
	key = randomSecret(DataKeySize)
	wrapped, err = p.Wrap(ctx, key, bindDataset(dataset))
	if err != nil {
		return Secret{}, nil, fmt.Errorf("making the key of dataset %s: %w", dataset, err)
	}
	return key, wrapped, nil
}

// Make returns the dataset's key, and makes it where there is none.
func (d *Datasets) Make(ctx context.Context, dataset string) (Secret, error) {
	key, err := d.DataKey(ctx, dataset)
	if !errors.Is(err, ErrNotFound) {
		return key, err
	}
	d.making.RLock()
	defer d.making.RUnlock()
	key, wrapped, err := New(ctx, d.provider, dataset)
	if err != nil {
		return Secret{}, err
	}
	if err := d.shelf.Put(ctx, dataset, wrapped); err != nil {
		return Secret{}, fmt.Errorf("storing the key of dataset %s: %w", dataset, err)
	}
	return key, nil
}

// DataKey returns the dataset's key. The error wraps ErrNotFound where it was never made, or was forgotten.
func (d *Datasets) DataKey(ctx context.Context, dataset string) (Secret, error) {
	wrapped, err := d.shelf.Get(ctx, dataset)
	if err != nil {
		return Secret{}, fmt.Errorf("getting the key of dataset %s: %w", dataset, err)
	}
	key, err := d.provider.Unwrap(ctx, wrapped, bindDataset(dataset))
	if err != nil {
		return Secret{}, err
	}
	if len(key.Bytes()) != DataKeySize {
		return Secret{}, fmt.Errorf("the key of dataset %s has %d bytes in the place of %d", dataset, len(key.Bytes()), DataKeySize)
	}
	return key, nil
}

// Forget drops the dataset's key: whatever was encrypted with it can never be read again, wherever copies of it lie
// (copies of the wrapped key, such as backups, must go as well).
func (d *Datasets) Forget(ctx context.Context, dataset string) error {
	if err := d.shelf.Delete(ctx, dataset); err != nil {
		return fmt.Errorf("forgetting the key of dataset %s: %w", dataset, err)
	}
	return nil
}

// Rewrap wraps the keys of all datasets anew with the provider's present key and says how many it did; then, where given, it
// calls after, before any further key is made in this process. Each is replaced whole; after an error or a crash all are
// readable, and it can be run again. A key that is forgotten meanwhile stays forgotten.
func (d *Datasets) Rewrap(ctx context.Context, after func() error) (int, error) {
	d.making.Lock()
	defer d.making.Unlock()
	all, err := d.shelf.All(ctx)
	if err != nil {
		return 0, fmt.Errorf("listing the keys of the datasets: %w", err)
	}
	d.report(func(p *Progress) { *p = Progress{Running: true, Total: len(all)} })
	defer d.report(func(p *Progress) { p.Running = false })
	done := 0
	for _, dataset := range slices.Sorted(maps.Keys(all)) {
		wrapped, err := rewrap(ctx, d.provider, all[dataset], bindDataset(dataset))
		changed := false
		if err == nil {
			changed, err = d.shelf.Replace(ctx, dataset, all[dataset], wrapped)
		}
		if err != nil {
			return done, fmt.Errorf("wrapping the key of dataset %s anew (%d of %d done, all readable; run it again): %w",
				dataset, done, len(all), err)
		}
		if changed {
			done++
		}
		d.report(func(p *Progress) { p.Done++ })
	}
	if after != nil {
		return done, after()
	}
	return done, nil
}

func bindDataset(dataset string) Binding { return Binding{Purpose: ForDataset, Name: dataset} }
