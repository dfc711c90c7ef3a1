package dataset

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/analytix-flow/analytix/internal/durable"
	"github.com/analytix-flow/analytix/internal/engine"
)

// The prefixes of what lies in a dataset's folder.
const (
	prefixReceived = "received-"
	prefixDocument = "document-"
	prefixTry      = "try-"
	prefixNew      = ".new-" // being written; left behind by a crash only
)

// Store keeps datasets in a folder. Its methods may be called from any goroutine.
type Store struct {
	dir      string
	keys     Keys
	lock     Locker
	objects  Objects // nil where the folder is all there is
	fetching singleflight.Group
	known    map[string]time.Time // copies of which the objects were there, by when that was asked; Evict's alone
}

// New opens the store in dir, which is made where it is not there. Whatever processes share it see the same folder.
func New(dir string, k Keys) (*Store, error) { return open(dir, k, nil, nil) }

// NewOver opens a store that keeps its files as objects. The folder dir is this process's alone: it holds what is being
// written and copies of what was read. Whatever processes share the objects have locks of the same name.
func NewOver(dir string, k Keys, o Objects, l Locker) (*Store, error) { return open(dir, k, o, l) }

func open(dir string, k Keys, o Objects, l Locker) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the file store: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the file store: %w", err)
	}
	if l == nil {
		l = fileLock(dir + freezeLock)
	}
	return &Store{dir: dir, keys: k, objects: o, lock: l}, nil
}

// Folder is the folder of the store: engines must be allowed to read and write in it.
func (s *Store) Folder() string { return s.dir }

// datasetDir returns the dataset's folder, and makes it.
func (s *Store) datasetDir(dataset string) (string, error) {
	if err := checkID(dataset); err != nil {
		return "", err
	}
	dir := filepath.Join(s.dir, dataset)
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, durable.Sync(s.dir)
	} else if !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("making the folder of dataset %s: %w", dataset, roomOr(err))
	}
	return dir, nil
}

// checkID lets only ids through that are safe as the name of a folder.
func checkID(dataset string) error {
	const most = 100
	for _, r := range dataset {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r) {
			return fmt.Errorf("the dataset's id %q holds a %q: only letters, digits, - and _ may be in it", dataset, r)
		}
	}
	if dataset == "" || len(dataset) > most {
		return fmt.Errorf("the dataset's id %q must have 1 to %d characters", dataset, most)
	}
	return nil
}

// path resolves a ref, and refuses one that leads out of the dataset's folder.
func (s *Store) path(dataset, ref string) (string, error) {
	if err := checkID(dataset); err != nil {
		return "", err
	}
	if !filepath.IsLocal(ref) {
		return "", fmt.Errorf("the ref %q of dataset %s leads out of its folder", ref, dataset)
	}
	return filepath.Join(s.dir, dataset, ref), nil
}

// fileKey derives the key of a file from the dataset's key and the first element of its ref.
func (s *Store) fileKey(ctx context.Context, dataset, ref string) ([]byte, error) {
	first, _, _ := strings.Cut(filepath.ToSlash(filepath.Clean(ref)), "/")
	return s.derive(ctx, dataset, "analytix/file/v1/"+first)
}

func (s *Store) derive(ctx context.Context, dataset, info string) ([]byte, error) {
	secret, err := s.keys.DataKey(ctx, dataset)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, secret.Bytes(), nil, info, keys32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key of dataset %s failed", dataset) // nothing of a key gets out
	}
	return key, nil
}

const keys32 = 32

// OutDir makes a fresh folder for one try of a task, and the key that the task encrypts its files with.
func (s *Store) OutDir(ctx context.Context, dataset string) (dir string, key []byte, err error) {
	name := prefixTry + random()
	if key, err = s.fileKey(ctx, dataset, name); err != nil {
		return "", nil, fmt.Errorf("preparing a folder of dataset %s: %w", dataset, err)
	}
	parent, err := s.datasetDir(dataset)
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(parent, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("making a folder for a task of dataset %s: %w", dataset, roomOr(err))
	}
	return dir, key, nil
}

// Keep makes a file that a handler wrote below its OutDir last through a loss of power, and returns its ref. The
// handler's file has been closed.
func (s *Store) Keep(ctx context.Context, dataset, path string) (ref string, err error) {
	base := filepath.Join(s.dir, dataset)
	ref, err = filepath.Rel(base, path)
	if err != nil || !filepath.IsLocal(ref) || !strings.HasPrefix(ref, prefixTry) || checkID(dataset) != nil {
		return "", fmt.Errorf("keeping a file of dataset %s: it was not written below the folder of its task", dataset)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("keeping a file of dataset %s: %w", dataset, err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("keeping a file of dataset %s: %s is no file", dataset, ref)
	}
	if err := durable.Sync(path); err != nil { // fsync of the file itself
		return "", fmt.Errorf("keeping a file of dataset %s: %w", dataset, roomOr(err))
	}
	if err := s.put(ctx, dataset, ref, path); err != nil {
		return "", fmt.Errorf("keeping a file of dataset %s: %w", dataset, err)
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := durable.Sync(dir); err != nil {
			return "", fmt.Errorf("keeping a file of dataset %s: %w", dataset, roomOr(err))
		}
		if dir == base {
			return ref, nil
		}
	}
}

// File is a kept file as the engine reads it.
func (s *Store) File(ctx context.Context, dataset, ref string) (engine.File, error) {
	path, err := s.path(dataset, ref)
	if err != nil {
		return engine.File{}, err
	}
	key, err := s.fileKey(ctx, dataset, ref)
	if err != nil {
		return engine.File{}, fmt.Errorf("opening a file of dataset %s: %w", dataset, err)
	}
	if err := s.fetch(ctx, dataset, ref, path); err != nil {
		return engine.File{}, fmt.Errorf("opening a file of dataset %s: %w", dataset, err)
	}
	return engine.File{Path: path, Key: key}, nil
}

func random() string {
	var r [16]byte
	_, _ = rand.Read(r[:]) // never fails (crypto/rand)
	return hex.EncodeToString(r[:])
}
