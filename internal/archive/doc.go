// Package archive is the form of a backup: one file, all of it encrypted and authenticated, that is whole or refused.
//
//	magic, length of the head (4 bytes, big-endian), head (JSON: the archive's id, its wrapped key),
//	then a DARE 2.0 stream (AES-256-GCM) of a ZIP file whose last entry is the manifest
//
// Each archive has a key of its own, wrapped by the master key. The key of the stream is derived from it and from the head, so
// that the head cannot be altered either. The manifest names every entry with its size and SHA-256; an archive without one,
// or with a byte that is another, does not open: Open reads all of it before anything can be taken out.
package archive

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/minio/sio"

	"github.com/analytix-flow/analytix/internal/keys"
)

// ErrNoArchive is wrapped by the error about a file that is something else.
var ErrNoArchive = errors.New("it is no backup of Analytix Flow")

// ErrDamaged is wrapped by errors about an archive that is cut off or was altered.
var ErrDamaged = errors.New("the backup is cut off, or was altered; take another one")

// Entry is one file of an archive.
type Entry struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Manifest says what an archive holds.
type Manifest struct {
	ID      string            `json:"id"`
	Created time.Time         `json:"created"`
	About   map[string]string `json:"about"` // what its maker says of it
	Entries []Entry           `json:"entries"`
}

// Bytes is the size of all entries together.
func (m *Manifest) Bytes() (n int64) {
	for _, e := range m.Entries {
		n += e.Bytes
	}
	return n
}

var magic = [8]byte{'A', 'X', 'B', 'A', 'K', '1', '\n', 0}

const (
	manifestName = "manifest.json"
	maxHead      = 1 << 20
	keySize      = 32
)

// head is all that can be read of an archive without its key.
type head struct {
	Format int    `json:"format"`
	ID     string `json:"id"`
	Key    []byte `json:"key"` // wrapped
}

func binding(id string) keys.Binding { return keys.Binding{Purpose: keys.ForBackup, Name: id} }

// config is how the stream is encrypted: nothing but AES-256-GCM, under a key that depends on the head.
func config(key keys.Secret, head []byte) (sio.Config, error) {
	derived, err := hkdf.Key(sha256.New, key.Bytes(), head, "analytix/backup/v1", keySize)
	if err != nil {
		return sio.Config{}, errors.New("deriving the key of a backup failed") // nothing of a key gets out
	}
	return sio.Config{MinVersion: sio.Version20, MaxVersion: sio.Version20, CipherSuites: []byte{sio.AES_256_GCM}, Key: derived}, nil
}
