package dataset

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/minio/sio"
)

// PutDocument stores a JSON document and returns its ref: a hash of the content, keyed with the dataset's key, so that the
// same document has the same ref and is stored once, and the ref says nothing about the content.
func (s *Store) PutDocument(ctx context.Context, dataset string, document json.RawMessage) (ref string, err error) {
	if !json.Valid(document) {
		return "", fmt.Errorf("storing a document of dataset %s: it is no JSON", dataset)
	}
	if ref, err = s.documentRef(ctx, dataset, document); err != nil {
		return "", fmt.Errorf("storing a document of dataset %s: %w", dataset, err)
	}
	dir, err := s.datasetDir(dataset)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, ref)
	if _, err := os.Lstat(path); err == nil {
		return ref, nil
	}
	key, err := s.fileKey(ctx, dataset, ref)
	if err == nil {
		err = writeEncrypted(ctx, path, key, bytes.NewReader(document), func(written string) error { return s.put(ctx, dataset, ref, written) })
	}
	if err != nil {
		return "", fmt.Errorf("storing a document of dataset %s: %w", dataset, err)
	}
	return ref, nil
}

func (s *Store) documentRef(ctx context.Context, dataset string, document []byte) (string, error) {
	key, err := s.derive(ctx, dataset, "analytix/document-name/v1")
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	h.Write(document) // never fails (hash.Hash)
	return prefixDocument + hex.EncodeToString(h.Sum(nil)), nil
}

// Document reads a document. The error wraps ErrDamaged where it is not, to the byte, what was stored.
func (s *Store) Document(ctx context.Context, dataset, ref string) (json.RawMessage, error) {
	document, err := s.document(ctx, dataset, ref)
	if err != nil {
		return nil, fmt.Errorf("reading document %s of dataset %s: %w", ref, dataset, err)
	}
	return document, nil
}

func (s *Store) document(ctx context.Context, dataset, ref string) (json.RawMessage, error) {
	if !strings.HasPrefix(ref, prefixDocument) || strings.ContainsAny(ref, `/\`) {
		return nil, errors.New("that is no document")
	}
	f, err := s.File(ctx, dataset, ref)
	if err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: its file is gone", ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	plain, err := sio.DecryptReader(bytes.NewReader(sealed), sioConfig(f.Key))
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(plain)
	if err != nil {
		return nil, damage("it", err)
	}
	want, err := s.documentRef(ctx, dataset, document)
	if err != nil {
		return nil, err
	}
	if want != ref {
		return nil, fmt.Errorf("%w: its content is another document's", ErrDamaged)
	}
	return document, nil
}
