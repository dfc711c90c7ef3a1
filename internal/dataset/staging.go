package dataset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/durable"
)

// Staging is the record of a file that comes in pieces. What it says is on disk for certain; whatever lies behind Stored
// in the file is left of a piece that was not recorded, and is overwritten by the next. It holds no key.
type Staging struct {
	Ref    string `json:"ref"`
	Name   string `json:"name"`   // base name as received
	Bytes  int64  `json:"bytes"`  // that have come, before encryption
	Stored int64  `json:"stored"` // that they take in the file
	Hash   []byte `json:"hash"`   // the state of the SHA-256 over them
}

// Received is the record of the file once all of it has come.
func (st *Staging) Received() (*Received, error) {
	h, err := st.sum()
	if err != nil {
		return nil, err
	}
	return &Received{Ref: st.Ref, Name: st.Name, Bytes: st.Bytes, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

func (st *Staging) sum() (hash.Hash, error) {
	h := sha256.New()
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(st.Hash); err != nil {
		return nil, fmt.Errorf("going on with %s: the state of its hash is damaged: send it anew", st.Ref)
	}
	return h, nil
}

func (st *Staging) keepSum(h hash.Hash) error {
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return fmt.Errorf("keeping the state of the hash of %s: %w", st.Ref, err)
	}
	st.Hash = state
	return nil
}

// Stage begins a file that comes in pieces: a dataset's version 0 in the making.
func (s *Store) Stage(ctx context.Context, dataset, name string) (*Staging, error) {
	dir, err := s.datasetDir(dataset)
	if err != nil {
		return nil, err
	}
	st := &Staging{Ref: prefixReceived + random(), Name: filepath.Base(name), Stored: int64(len(segmentMagic))}
	if err := st.keepSum(sha256.New()); err != nil {
		return nil, err
	}
	if s.objects != nil {
		return st, s.objects.Put(ctx, partName(dataset, st.Ref, 0), bytes.NewReader(segmentMagic[:]), st.Stored)
	}
	f, err := os.OpenFile(filepath.Join(dir, st.Ref), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making the file of an upload: %w", roomOr(err))
	}
	_, err = f.Write(segmentMagic[:])
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = durable.Sync(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("making the file of an upload: %w", roomOr(err))
	}
	return st, nil
}

// Piece is how one piece of a staged file is taken.
type Piece struct {
	// Save records how far the file has come; it is called each time that what it says is on disk.
	Save func(Staging) error
	// Verify, when given, has the last say on the piece once all of it was read; until then nothing is recorded.
	Verify func() error
}

// checkpoint is after how many bytes on disk a piece is recorded that is still coming.
const checkpoint = 16 << 20

// Append adds what src holds to a staged file, encrypted, and says how many bytes of it are on disk and recorded in st.
// Where src fails, what came before is kept, but for a piece that is verified. The error wraps ErrDiskFull where there
// was no room. Nobody else may be adding to the file.
func (s *Store) Append(ctx context.Context, dataset string, st *Staging, src io.Reader, p Piece) (int64, error) {
	before := st.Bytes
	a, err := s.openAppend(ctx, dataset, st, p)
	if err != nil {
		return 0, err
	}
	err = a.copy(ctx, src)
	if !a.broken && (err == nil || p.Verify == nil) {
		if err == nil && p.Verify != nil {
			err = p.Verify()
		}
		if err == nil || p.Verify == nil {
			err = errors.Join(err, a.save())
		}
	}
	return st.Bytes - before, errors.Join(err, a.end(err != nil))
}

// end closes the file. What is not recorded goes; should that fail, the next piece overwrites it.
func (a *appending) end(failed bool) error {
	if a.publish != nil {
		return errors.Join(a.file.Close(), os.Remove(a.file.Name()))
	}
	if failed {
		_ = a.file.Truncate(a.st.Stored)
	}
	return a.file.Close()
}

// appending is one piece on its way to the disk.
type appending struct {
	file   *os.File
	ciph   segmentCipher
	sum    hash.Hash
	st     *Staging // as recorded
	now    Staging  // as written
	piece  Piece
	broken bool // writing failed: what was written is not to be recorded
	// publish makes an object of the first size bytes of file, which lie at an offset in the staged file. Where it is given,
	// file holds what is not recorded yet and nothing else.
	publish func(file io.ReaderAt, at, size int64) error
}

func (s *Store) openAppend(ctx context.Context, dataset string, st *Staging, p Piece) (*appending, error) {
	key, err := s.fileKey(ctx, dataset, st.Ref)
	if err != nil {
		return nil, fmt.Errorf("going on with an upload: %w", err)
	}
	a := &appending{st: st, now: *st, piece: p}
	if a.ciph, err = newSegmentCipher(key); err != nil {
		return nil, err
	}
	if a.sum, err = st.sum(); err != nil {
		return nil, err
	}
	path, err := s.path(dataset, st.Ref)
	if err != nil {
		return nil, err
	}
	if s.objects != nil {
		return a, s.beginPart(ctx, dataset, a)
	}
	if a.file, err = os.OpenFile(path, os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("going on with an upload: %w (%w)", ErrDamaged, err)
	}
	info, err := a.file.Stat()
	if err == nil && info.Size() < st.Stored {
		err = fmt.Errorf("going on with an upload: %w: its end is missing", ErrDamaged)
	}
	if err == nil {
		err = a.file.Truncate(st.Stored)
	}
	if err == nil {
		_, err = a.file.Seek(st.Stored, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, a.file.Close())
	}
	return a, nil
}

// beginPart has the next piece of a staged file gather in a file of its own, from which objects are made.
func (s *Store) beginPart(ctx context.Context, dataset string, a *appending) error {
	dir, err := s.datasetDir(dataset)
	if err != nil {
		return err
	}
	if a.file, err = os.CreateTemp(dir, prefixNew); err != nil {
		return fmt.Errorf("going on with an upload: %w", roomOr(err))
	}
	a.publish = func(file io.ReaderAt, at, size int64) error {
		return s.objects.Put(ctx, partName(dataset, a.st.Ref, at), io.NewSectionReader(file, 0, size), size)
	}
	return nil
}

func (a *appending) copy(ctx context.Context, src io.Reader) error {
	plain := make([]byte, segmentSize)
	sealed := make([]byte, 0, segmentSize+segmentHead+segmentOver)
	for {
		n, err := io.ReadFull(contextReader{ctx, src}, plain)
		if n > 0 {
			sealed = a.ciph.seal(sealed[:0], a.now.Bytes, plain[:n])
			if _, err := a.file.Write(sealed); err != nil {
				a.broken = true
				return roomOr(err)
			}
			a.sum.Write(plain[:n]) // never fails (hash.Hash)
			a.now.Bytes += int64(n)
			a.now.Stored += int64(len(sealed))
		}
		if read, ok := errors.AsType[readError](err); ok { // of the source itself, whatever it wraps
			return read.error
		}
		if err != nil { // the end
			return nil //nolint:nilerr // io.ReadFull has no other error of its own than the end
		}
		if a.piece.Verify == nil && a.now.Stored-a.st.Stored >= checkpoint {
			if err := a.save(); err != nil {
				return err
			}
		}
	}
}

// save makes what was written last, and records it.
func (a *appending) save() error {
	if a.now.Bytes == a.st.Bytes {
		return nil
	}
	if err := a.settle(); err != nil {
		a.broken = true
		return err
	}
	if err := a.now.keepSum(a.sum); err != nil {
		return err
	}
	if a.piece.Save != nil {
		if err := a.piece.Save(a.now); err != nil {
			a.broken = true
			return err
		}
	}
	*a.st = a.now
	return nil
}

// settle makes what was written since it was last recorded outlast this process.
func (a *appending) settle() error {
	if a.publish == nil {
		return roomOr(a.file.Sync())
	}
	if err := a.publish(a.file, a.st.Stored, a.now.Stored-a.st.Stored); err != nil {
		return err
	}
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return roomOr(a.file.Truncate(0))
}
