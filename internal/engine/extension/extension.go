// Package extension carries DuckDB's signed httpfs extension inside the binary. `make extension` fetches the pinned
// wheel, checks its hash and leaves the compressed extension beside this file; a binary built without it starts no
// engine and says so.
package extension

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const fileName = "httpfs.duckdb_extension"

// The folder always holds at least README.md, so that a build without the extension compiles.
//
//go:embed *
var files embed.FS

// ErrMissing is returned by a binary that was built without the extension.
var ErrMissing = errors.New("this binary was built without the engine's encryption extension: build it with `make build`")

// Unpack writes the extension below dir, where it is not there yet, and returns its path. DuckDB checks the
// signature of the file whenever it loads it.
func Unpack(dir string) (string, error) {
	packed, err := files.ReadFile(fileName + ".gz")
	if err != nil {
		return "", ErrMissing
	}
	sum := sha256.Sum256(packed)
	dir = filepath.Join(dir, hex.EncodeToString(sum[:8]))
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the folder of the engine's extension: %w", err)
	}
	if err := unpackTo(path, packed); err != nil {
		return "", fmt.Errorf("unpacking the engine's extension to %s: %w", path, err)
	}
	return path, nil
}

// unpackTo goes through a temporary name, so that a process that starts at the same moment never loads half a file.
func unpackTo(path string, packed []byte) (err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "unpack-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = io.Copy(f, z); err != nil { //nolint:gosec // our own embedded file
		return errors.Join(err, f.Close())
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
