package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/minio/sio"

	"github.com/analytix-flow/analytix/internal/keys"
)

// Reader is an archive that is known to be whole. Close must be called.
type Reader struct {
	Manifest Manifest
	file     *os.File
	zip      *zip.Reader
}

// Open reads all of an archive, and returns it where every byte is as it was written. The error wraps ErrNoArchive, ErrDamaged,
// or keys.ErrUnwrap where the master key is another one.
func Open(ctx context.Context, p keys.Provider, path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the backup: %w", err)
	}
	r := &Reader{file: f}
	if err := r.open(ctx, p); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the backup %s: %w", path, err), f.Close())
	}
	return r, nil
}

// Close closes the archive's file.
func (r *Reader) Close() error { return r.file.Close() }

func (r *Reader) open(ctx context.Context, p keys.Provider) error {
	h, text, err := readHead(r.file)
	if err != nil {
		return err
	}
	key, err := p.Unwrap(ctx, h.Key, binding(h.ID))
	if err != nil {
		return fmt.Errorf("backup %s was made under another master key than the one that is given, or its head was altered (give the master "+
			"key of the time of the backup): %w", h.ID, err)
	}
	cfg, err := config(key, text)
	if err != nil {
		return err
	}
	info, err := r.file.Stat()
	if err != nil {
		return fmt.Errorf("looking at it: %w", err)
	}
	begin := int64(len(magic)) + 4 + int64(len(text))
	size, err := plainSize(ctx, io.NewSectionReader(r.file, begin, info.Size()-begin), cfg)
	if err != nil {
		return err
	}
	at, err := sio.DecryptReaderAt(io.NewSectionReader(r.file, begin, info.Size()-begin), cfg)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if r.zip, err = zip.NewReader(at, size); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return r.readManifest(h.ID)
}

// readHead reads what stands before the encrypted stream.
func readHead(f io.Reader) (*head, []byte, error) {
	var begin [len(magic) + 4]byte
	if _, err := io.ReadFull(f, begin[:]); err != nil || [len(magic)]byte(begin[:len(magic)]) != magic {
		return nil, nil, ErrNoArchive
	}
	n := binary.BigEndian.Uint32(begin[len(magic):])
	if n > maxHead {
		return nil, nil, ErrDamaged
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, nil, ErrDamaged
	}
	var h head
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, nil, fmt.Errorf("%w (its head cannot be read)", ErrDamaged)
	}
	if h.Format != 1 {
		return nil, nil, fmt.Errorf("it has the format %d, which this program does not know", h.Format)
	}
	return &h, text, nil
}

// plainSize decrypts all of the stream, so that whatever was altered is found, and says how long it is.
func plainSize(ctx context.Context, sealed io.Reader, cfg sio.Config) (int64, error) {
	plain, err := sio.DecryptReader(sealed, cfg)
	if err != nil {
		return 0, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, reading{ctx, plain}, make([]byte, 1<<20))
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return 0, fmt.Errorf("%w (after %d bytes: %w)", ErrDamaged, n, err)
	}
	return n, nil
}

func (r *Reader) readManifest(id string) error {
	f, err := r.zip.Open(manifestName)
	if err != nil {
		return fmt.Errorf("%w (it has no manifest)", ErrDamaged)
	}
	err = json.NewDecoder(f).Decode(&r.Manifest)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%w (its manifest cannot be read: %w)", ErrDamaged, err)
	}
	if r.Manifest.ID != id || len(r.zip.File) != len(r.Manifest.Entries)+1 {
		return fmt.Errorf("%w (its manifest is another's)", ErrDamaged)
	}
	for _, e := range r.Manifest.Entries {
		known := slices.ContainsFunc(r.zip.File, func(f *zip.File) bool { return f.Name == e.Name })
		if !known || !filepath.IsLocal(filepath.FromSlash(e.Name)) {
			return fmt.Errorf("%w (its manifest names %q)", ErrDamaged, e.Name)
		}
	}
	return nil
}

// Read gives an entry to do, and then holds it against the manifest.
func (r *Reader) Read(ctx context.Context, e Entry, do func(io.Reader) error) error {
	f, err := r.zip.Open(e.Name)
	if err != nil {
		return fmt.Errorf("reading %s of the backup: %w (%w)", e.Name, ErrDamaged, err)
	}
	sum := sha256.New()
	n := int64(0)
	err = do(io.TeeReader(reading{ctx, f}, &counting{w: sum, n: &n}))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("reading %s of the backup: %w", e.Name, err)
	}
	if n != e.Bytes || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return fmt.Errorf("reading %s of the backup: %w (it is not what the manifest says)", e.Name, ErrDamaged)
	}
	return nil
}

// Extract writes an entry to a new file, whose folders are made, all for the owner alone.
func (r *Reader) Extract(ctx context.Context, e Entry, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making a folder for %s of the backup: %w", e.Name, err)
	}
	return r.Read(ctx, e, func(from io.Reader) error {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, from)
		if err == nil {
			err = f.Sync()
		}
		return errors.Join(err, f.Close())
	})
}
