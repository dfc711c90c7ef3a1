package archive

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/minio/sio"

	"github.com/analytix-flow/analytix/internal/keys"
)

// Writer writes an archive. It is not safe for concurrent use. Without Finish what was written does not open.
type Writer struct {
	manifest Manifest
	zip      *zip.Writer
	sealed   io.WriteCloser
	sum      hash.Hash // of what was written
	size     int64
}

// Create begins an archive in w, with a key of its own that the provider wraps.
func Create(ctx context.Context, p keys.Provider, w io.Writer, created time.Time, about map[string]string) (*Writer, error) {
	id := created.UTC().Format("20060102-150405-") + strings.ToLower(rand.Text()[:8])
	key := keys.NewSecret(make([]byte, keySize))
	_, _ = rand.Read(key.Bytes()) // never fails (crypto/rand)
	wrapped, err := p.Wrap(ctx, key, binding(id))
	if err != nil {
		return nil, fmt.Errorf("beginning backup %s: %w", id, err)
	}
	text, err := json.Marshal(head{Format: 1, ID: id, Key: wrapped})
	if err != nil {
		return nil, fmt.Errorf("beginning backup %s: %w", id, err)
	}
	a := &Writer{manifest: Manifest{ID: id, Created: created.UTC(), About: about, Entries: []Entry{}}, sum: sha256.New()}
	out := &counting{w: io.MultiWriter(w, a.sum), n: &a.size}
	begin := binary.BigEndian.AppendUint32(magic[:], uint32(len(text)))
	if _, err := out.Write(append(begin, text...)); err != nil {
		return nil, fmt.Errorf("beginning backup %s: %w", id, err)
	}
	cfg, err := config(key, text)
	if err != nil {
		return nil, err
	}
	if a.sealed, err = sio.EncryptWriter(out, cfg); err != nil {
		return nil, fmt.Errorf("beginning backup %s: %w", id, err)
	}
	a.zip = zip.NewWriter(a.sealed)
	return a, nil
}

// counting counts what is written. It has no Close, so that whoever owns w closes it.
type counting struct {
	w io.Writer
	n *int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	*c.n += int64(n)
	return n, err
}

// ID names the archive.
func (a *Writer) ID() string { return a.manifest.ID }

// Add puts what r holds into the archive under a name with slashes.
func (a *Writer) Add(ctx context.Context, name string, r io.Reader) error {
	// What is stored is encrypted already, and gets no smaller.
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return fmt.Errorf("adding %s to backup %s: %w", name, a.manifest.ID, err)
	}
	sum := sha256.New()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(w, sum)}, reading{ctx, r}, make([]byte, 1<<20))
	if err != nil {
		return fmt.Errorf("adding %s to backup %s: %w", name, a.manifest.ID, err)
	}
	a.manifest.Entries = append(a.manifest.Entries, Entry{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// reading ends a copy when the context does.
type reading struct {
	ctx context.Context //nolint:containedctx // lives as long as one copy
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Finish writes the manifest and the end, and returns the manifest. From then on the archive is whole.
func (a *Writer) Finish() (*Manifest, error) {
	text, err := json.MarshalIndent(a.manifest, "", " ")
	if err == nil {
		var w io.Writer
		if w, err = a.zip.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate}); err == nil {
			_, err = w.Write(text)
		}
	}
	if err == nil {
		err = a.zip.Close()
	}
	if err == nil {
		err = a.sealed.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("ending backup %s: %w", a.manifest.ID, err)
	}
	return &a.manifest, nil
}

// Written says how many bytes the archive has, and their SHA-256.
func (a *Writer) Written() (bytes int64, sha string) {
	return a.size, hex.EncodeToString(a.sum.Sum(nil))
}
