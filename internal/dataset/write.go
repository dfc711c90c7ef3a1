package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/minio/sio"

	"github.com/analytix-flow/analytix/internal/durable"
)

// sioConfig allows nothing but DARE 2.0 with AES-256-GCM.
func sioConfig(key []byte) sio.Config {
	return sio.Config{MinVersion: sio.Version20, MaxVersion: sio.Version20, CipherSuites: []byte{sio.AES_256_GCM}, Key: key}
}

// writeEncrypted streams src into a new file at path: after a crash the file is there whole, or not at all. With final
// the caller has a last say, once everything was read and written, on whether the file shall be.
func writeEncrypted(ctx context.Context, path string, key []byte, src io.Reader, final func(written string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), prefixNew) // 0600
	if err != nil {
		return roomOr(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // a leftover is swept later
		}
	}()
	err = encrypt(ctx, struct{ io.Writer }{f}, key, src) // without Close, or sio would close the file before Sync
	if err == nil {
		err = roomOr(f.Sync())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = final(f.Name()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return roomOr(err)
	}
	return durable.Sync(filepath.Dir(path))
}

// readError marks an error of the source, to tell it from one of the disk that is written to.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

type contextReader struct {
	ctx context.Context //nolint:containedctx // lives as long as one copy
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, readError{err}
	}
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = readError{err}
	}
	return n, err
}

func encrypt(ctx context.Context, dst io.Writer, key []byte, src io.Reader) error {
	w, err := sio.EncryptWriter(struct{ io.Writer }{dst}, sioConfig(key)) // without Close: the file is synced first
	if err != nil {
		return fmt.Errorf("starting the encryption: %w", err)
	}
	const buffer = 1 << 20
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, contextReader{ctx, src}, make([]byte, buffer))
	if read, ok := errors.AsType[readError](err); ok {
		return read // the writer is not closed: nothing that looks whole must come of it
	}
	if err != nil {
		return roomOr(err)
	}
	return roomOr(w.Close())
}

// roomOr marks errors of a full disk or quota.
func roomOr(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	}
	return err
}

// SealFile streams src into a new encrypted file, which OpenAt reads given the key and the number of bytes it returns.
func SealFile(ctx context.Context, path string, key []byte, src io.Reader) (int64, error) {
	counted := &counter{r: src}
	err := writeEncrypted(ctx, path, key, counted, func(string) error { return nil })
	return counted.n, err
}
