package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/minio/sio"

	"github.com/analytix-flow/analytix/internal/stage"
)

// Open reads a file as it was received, byte for byte, from its beginning. Reading fails with an error that wraps
// ErrDamaged where a byte was altered or the end is missing.
func Open(ctx context.Context, r *stage.Received) (io.ReadCloser, error) {
	f, err := openFile(r)
	if err != nil {
		return nil, err
	}
	plain := io.Reader(f)
	switch {
	case isSegmented(f):
		var segments *segmentReader
		if segments, err = openSegments(f, r.Key); err == nil {
			plain = io.NewSectionReader(segments, 0, segments.index.size)
		}
	case r.Bytes > 0: // an empty file is encrypted as nothing: whatever is in its place is too much
		plain, err = sio.DecryptReader(f, sioConfig(r.Key))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", r.Name, err), f.Close())
	}
	return &reader{ctx: ctx, file: f, plain: plain, left: r.Bytes, name: r.Name}, nil
}

func openFile(r *stage.Received) (*os.File, error) {
	f, err := os.Open(r.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening %s: %w: its file is gone", r.Name, ErrDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", r.Name, err)
	}
	return f, nil
}

type reader struct {
	ctx   context.Context //nolint:containedctx // an io.Reader has no other way to be cancelled
	file  *os.File
	plain io.Reader
	left  int64
	name  string
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.plain.Read(p)
	r.left -= int64(n)
	if r.left < 0 {
		return 0, fmt.Errorf("reading %s: %w: it is longer than it was", r.name, ErrDamaged)
	}
	if errors.Is(err, io.EOF) {
		if r.left != 0 { // a file that was cut to nothing decrypts as an empty one: only the count tells
			return n, fmt.Errorf("reading %s: %w: its end is missing", r.name, ErrDamaged)
		}
		return n, io.EOF
	}
	return n, damage(r.name, err)
}

func (r *reader) Close() error { return r.file.Close() }

// damage marks errors of decryption.
func damage(name string, err error) error {
	if _, ok := errors.AsType[sio.Error](err); ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("reading %s: %w (%w)", name, ErrDamaged, err)
	}
	return err
}

// ReaderAt reads a file as it was received at any offset, from any goroutine. Close must be called.
type ReaderAt struct {
	file  *os.File
	plain io.ReaderAt
	size  int64
	name  string
}

// OpenAt opens a file as it was received for reading at any offset.
func OpenAt(r *stage.Received) (*ReaderAt, error) {
	f, err := openFile(r)
	if err != nil {
		return nil, err
	}
	if isSegmented(f) {
		return openSegmentsAt(f, r)
	}
	info, err := f.Stat()
	if err == nil {
		var size uint64
		size, err = sio.EncryptedSize(uint64(max(r.Bytes, 0)))
		if err == nil && info.Size() != int64(size) {
			err = fmt.Errorf("%w: its size is not what it was", ErrDamaged)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", r.Name, err), f.Close())
	}
	plain, err := sio.DecryptReaderAt(f, sioConfig(r.Key))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", r.Name, err), f.Close())
	}
	return &ReaderAt{file: f, plain: plain, size: r.Bytes, name: r.Name}, nil
}

func openSegmentsAt(f *os.File, r *stage.Received) (*ReaderAt, error) {
	segments, err := openSegments(f, r.Key)
	if err == nil && segments.index.size != r.Bytes {
		err = fmt.Errorf("%w: its size is not what it was", ErrDamaged)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", r.Name, err), f.Close())
	}
	return &ReaderAt{file: f, plain: segments, size: r.Bytes, name: r.Name}, nil
}

// Size is the number of bytes as received.
func (r *ReaderAt) Size() int64 { return r.size }

// ReadAt implements io.ReaderAt.
func (r *ReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("reading %s: offset %d", r.name, off)
	}
	if off >= r.size {
		return 0, io.EOF
	}
	short := int64(len(p)) > r.size-off
	if short {
		p = p[:r.size-off]
	}
	n, err := r.plain.ReadAt(p, off)
	if n == len(p) && (err == nil || errors.Is(err, io.EOF)) {
		if short {
			return n, io.EOF
		}
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, damage(r.name, err)
}

// Close implements io.Closer.
func (r *ReaderAt) Close() error { return r.file.Close() }
