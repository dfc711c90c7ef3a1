package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Records are what the records say a dataset consists of.
type Records struct {
	Versions  []Version
	Documents []string // refs
	Files     []string // refs of other kept files, such as flagged cells
}

// Fault is one thing that does not hold.
type Fault struct {
	Ref string
	Err error
}

func (f Fault) Error() string { return f.Ref + ": " + f.Err.Error() }

// Unwrap gives the cause.
func (f Fault) Unwrap() error { return f.Err }

// Verify opens every file of the dataset under its key and compares its hash with the recorded one. It goes on after a
// fault; the error joins all of them (each a Fault). checked counts the files that hold. The session must be a fresh one,
// allowed to read the store's folder: the engine keeps what it has read of a file and would not look again.
func (s *Store) Verify(ctx context.Context, e *engine.Session, dataset string, r Records) (checked int, err error) {
	var faults []error
	try := func(ref string, err error) {
		if err != nil {
			faults = append(faults, Fault{Ref: ref, Err: err})
			return
		}
		checked++
	}
	for i := range r.Versions {
		v := &r.Versions[i]
		if v.Dataset != dataset {
			try(v.Ref, fmt.Errorf("its version belongs to dataset %s", v.Dataset))
			continue
		}
		try(v.Ref, s.verifyVersion(ctx, e, v))
		if v.Changes != "" {
			try(v.Changes, s.verifyFile(ctx, e, dataset, v.Changes))
		}
		if err := ctx.Err(); err != nil {
			return checked, err
		}
	}
	for _, ref := range r.Documents {
		_, err := s.Document(ctx, dataset, ref)
		try(ref, err)
	}
	for _, ref := range r.Files {
		try(ref, s.verifyFile(ctx, e, dataset, ref))
	}
	if err := ctx.Err(); err != nil {
		return checked, err
	}
	return checked, errors.Join(faults...)
}

func (s *Store) verifyVersion(ctx context.Context, e *engine.Session, v *Version) error {
	if v.Kind == KindReceived {
		return s.verifyReceived(ctx, v)
	}
	from, err := s.table(ctx, e, v.Dataset, v.Ref)
	if err != nil {
		return err
	}
	sum, rows, err := e.ContentHash(ctx, from)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if rows != v.Rows || sum != v.ContentHash {
		return fmt.Errorf("%w: version %s is recorded with %d rows and hash %.12s…, the file holds %d rows and hash %.12s…",
			ErrDamaged, v.ID, v.Rows, v.ContentHash, rows, sum)
	}
	return nil
}

func (s *Store) verifyReceived(ctx context.Context, v *Version) error {
	f, err := s.File(ctx, v.Dataset, v.Ref)
	if err != nil {
		return err
	}
	r, err := Open(ctx, &stage.Received{Name: "version 0", Path: f.Path, Key: f.Key, Bytes: v.Bytes})
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return errors.Join(err, r.Close())
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != v.ContentHash {
		err = fmt.Errorf("%w: version 0 is recorded with hash %.12s…, the file holds %.12s…", ErrDamaged, v.ContentHash, got)
	}
	return errors.Join(err, r.Close())
}

// verifyFile reads all of a kept file that has no recorded hash of its own: encryption authenticates every byte.
func (s *Store) verifyFile(ctx context.Context, e *engine.Session, dataset, ref string) error {
	from, err := s.table(ctx, e, dataset, ref)
	if err != nil {
		return err
	}
	var sum uint64
	// A hash of whole rows makes the engine read, and so authenticate, every page.
	if err := e.QueryRow(ctx, "SELECT coalesce(bit_xor(hash(t)), 0) FROM "+from+" AS t", &sum); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return nil
}
