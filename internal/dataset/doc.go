// Package dataset keeps files as received, dataset versions and documents in a folder, each encrypted with AES-256-GCM
// under a key of its own that is derived from the dataset's key. What is on disk reveals neither names nor content; a
// dataset whose key is forgotten can never be read again.
//
//	store, err := dataset.New(dir, keys)
//	received, err := store.PutReceived(ctx, id, file, "orders.csv")   // version 0; a plain record without keys
//	job.Received, err = store.Received(ctx, id, received)              // with path and key, for a handler
//	dir, key, err := store.OutDir(ctx, id)                             // job.OutDir, job.Key: fresh for every try
//	ref, err := store.Keep(ctx, id, out.Path)                          // makes a handler's file last; ref is recorded
//	job.Files["data"], err = store.File(ctx, id, ref)
//	docID, err := store.PutDocument(ctx, id, document)
//
// A ref is a path below the dataset's folder; records hold refs and never keys, so that forgetting a key is enough.
// Handlers open what was received with Open or OpenAt. Store.Sweep removes what no record refers to.
//
// A file that comes in pieces is begun with Stage and grows with Append; Staging.Received is its record in the end.
//
// Layout: <dir>/<dataset>/received-<random>, document-<keyed hash>, try-<random>/<name given by the handler>. The key of
// a file is HKDF-SHA256 of the dataset's key with the first element of its ref, so the files of one try share a key.
package dataset

import (
	"context"
	"errors"

	"github.com/analytix-flow/analytix/internal/keys"
)

// Keys gives the store the key of each dataset; keys.Datasets is one.
type Keys interface {
	// DataKey returns the dataset's key of 32 bytes.
	DataKey(ctx context.Context, dataset string) (keys.Secret, error)
}

// ErrDiskFull is wrapped by errors about writes for which there was no room. Nothing half is left.
var ErrDiskFull = errors.New("the disk is full: make room and try again")

// ErrDamaged is wrapped by errors about stored files that were altered, cut off, removed, or encrypted under another key.
var ErrDamaged = errors.New("the stored file is damaged or belongs to another key: put back a copy")

// ErrSource is wrapped by errors about a file to be received that cannot be: it is not there, no file, not readable,
// or it changed while it was read. Such errors are marked as refused (stage.IsRefused).
var ErrSource = errors.New("the file cannot be received")
