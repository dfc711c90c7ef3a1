// Package keys keeps the keys that everything at rest is encrypted with. A Provider (the Master keyset, a file or a
// value from the environment; a KMS could take its place) wraps all other keys: the data key of each dataset, and the
// keys of the instance's own stores. A wrapped key is bound to its purpose and name, so that one cannot be passed
// off as another.
//
//	master, err := keys.Load(filepath.Join(data, "master.key"))     // or keys.Parse(value of the environment)
//	ring, err := keys.OpenRing(ctx, master, filepath.Join(home, "keys.json"))
//	records, err := ring.Key(ctx, "records", 64)                    // made on first use
//	datasets := keys.NewDatasets(master, shelf)                     // shelf: the records, or keys.Folder(dir)
//	key, err := datasets.Make(ctx, datasetID)
//
// Rotation: Master.Rotate makes a new primary key, Ring.Rewrap and Datasets.Rewrap wrap every key anew without
// touching any data, Master.Retire drops the old ones. A crash in between leaves all keys readable; run it again.
//
// No error and no log line of this package holds a key: Secret prints as "[secret]" whichever way it is printed.
package keys

import (
	"context"
	"errors"
)

// Purpose says what a key is for; with the name it binds a wrapped key to its place.
type Purpose string

// The purposes of keys.
const (
	ForDataset  Purpose = "dataset"
	ForInstance Purpose = "instance"
	ForBackup   Purpose = "backup"
)

// Binding is what a wrapped key is good for: unwrapping it under any other binding fails.
type Binding struct {
	Purpose Purpose
	Name    string
}

// associated is the associated data of the encryption. The purpose holds no NUL, so no two bindings share it.
func (b Binding) associated() []byte {
	return []byte("analytix/key/v1\x00" + string(b.Purpose) + "\x00" + b.Name)
}

// Provider wraps keys and unwraps them again. Its methods may be called from any goroutine.
type Provider interface {
	// Wrap encrypts a key; what it returns may be stored anywhere.
	Wrap(ctx context.Context, key Secret, b Binding) ([]byte, error)
	// Unwrap gives the key back. The error wraps ErrUnwrap where the wrapped key was altered, is bound to something
	// else, or was wrapped by a master key that is not at hand.
	Unwrap(ctx context.Context, wrapped []byte, b Binding) (Secret, error)
}

// ErrUnwrap is wrapped by errors about keys that cannot be unwrapped.
var ErrUnwrap = errors.New("the key cannot be unwrapped: it was altered, or the master key is another one than the key was made with")

// ErrNotFound is wrapped by errors about keys that are not there, such as that of a forgotten dataset.
var ErrNotFound = errors.New("there is no such key: it was never made, or it was forgotten")
