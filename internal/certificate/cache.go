package certificate

import (
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/acme/autocert"

	"github.com/analytix-flow/analytix/internal/keys"
)

// sealedCache keeps what ACME needs (accounts, keys, certificates) in a folder, each file encrypted with AES-256-GCM and
// bound to its name.
type sealedCache struct {
	dir  string
	aead cipher.AEAD
}

func newSealedCache(dir string, key []byte) (*sealedCache, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	aead, err := keys.Sealing(key)
	if err != nil {
		return nil, fmt.Errorf("setting up the encryption of certificates: %w", err)
	}
	return &sealedCache{dir, aead}, nil
}

// path hides the name, which a client may have chosen, behind its hash.
func (c *sealedCache) path(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16]))
}

// Get implements autocert.Cache.
func (c *sealedCache) Get(_ context.Context, name string) ([]byte, error) {
	sealed, err := os.ReadFile(c.path(name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, autocert.ErrCacheMiss
	}
	if err != nil {
		return nil, fmt.Errorf("reading a certificate: %w", err)
	}
	plain, err := c.aead.Open(nil, nil, sealed, []byte(name))
	if err != nil { // altered, or of another key: it is got anew
		return nil, autocert.ErrCacheMiss
	}
	return plain, nil
}

// Put implements autocert.Cache. A crash leaves the old file or the new one.
func (c *sealedCache) Put(_ context.Context, name string, data []byte) (err error) {
	tmp, err := os.CreateTemp(c.dir, "new-")
	if err != nil {
		return fmt.Errorf("writing a certificate: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing a certificate: %w", err), os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(c.aead.Seal(nil, nil, data, []byte(name))) //nolint:gosec // the cipher draws its own nonce
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), c.path(name))
}

// Delete implements autocert.Cache.
func (c *sealedCache) Delete(_ context.Context, name string) error {
	err := os.Remove(c.path(name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
