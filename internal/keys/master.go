package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/analytix-flow/analytix/internal/durable"
)

// Master is the keyset that wraps all other keys: AES-256-GCM keys, of which the primary one wraps and all unwrap.
// It implements Provider.
type Master struct {
	path string // empty where the keyset came from the environment

	mu     sync.Mutex
	handle *keyset.Handle
	aead   tink.AEAD
	seen   fs.FileInfo // of the file when it was read
}

// Load reads the master keyset from a file, and makes it (mode 0600) where there is none. A file that others may
// read is refused with an error that wraps ErrOpenToOthers.
func Load(path string) (*Master, error) {
	m := &Master{path: path}
	err := m.load()
	if errors.Is(err, fs.ErrNotExist) {
		if err = m.create(); err == nil || errors.Is(err, fs.ErrExist) {
			err = m.load()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("opening the master key %s: %w", path, err)
	}
	return m, nil
}

func (m *Master) create() error {
	if err := os.MkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return err
	}
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	content, err := encode(handle)
	if err != nil {
		return err
	}
	return durable.Create(m.path, content)
}

func (m *Master) load() error {
	content, info, err := readPrivate(m.path)
	if err != nil {
		return err
	}
	handle, err := decode(content)
	if err != nil {
		return err
	}
	if err := m.use(handle); err != nil {
		return err
	}
	m.seen = info
	return nil
}

func (m *Master) use(handle *keyset.Handle) error {
	a, err := aead.New(handle)
	if err != nil {
		return errors.New("the keyset holds keys of another kind than AES-GCM") // the cause could describe keys
	}
	m.handle, m.aead = handle, a
	return nil
}

// fresh reads the file again where another process has rotated it. The caller holds the lock.
func (m *Master) fresh() error {
	if m.path == "" {
		return nil
	}
	info, err := os.Stat(m.path)
	if err != nil {
		return fmt.Errorf("looking at the master key: %w: without it nothing that is stored can be read", err)
	}
	if os.SameFile(info, m.seen) && info.ModTime().Equal(m.seen.ModTime()) {
		return nil
	}
	if err := m.load(); err != nil {
		return fmt.Errorf("reading the master key %s again: %w", m.path, err)
	}
	return nil
}

// Wrap implements Provider.
func (m *Master) Wrap(_ context.Context, key Secret, b Binding) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fresh(); err != nil {
		return nil, err
	}
	wrapped, err := m.aead.Encrypt(key.Bytes(), b.associated())
	if err != nil {
		return nil, fmt.Errorf("wrapping the key of %s %s failed", b.Purpose, b.Name) // the cause is kept out
	}
	return wrapped, nil
}

// Unwrap implements Provider.
func (m *Master) Unwrap(_ context.Context, wrapped []byte, b Binding) (Secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fresh(); err != nil {
		return Secret{}, err
	}
	key, err := m.aead.Decrypt(wrapped, b.associated())
	if err != nil {
		return Secret{}, fmt.Errorf("%s %s: %w", b.Purpose, b.Name, ErrUnwrap)
	}
	return NewSecret(key), nil
}

// ErrNoFile is returned by Rotate and Retire for a master key that came from the environment: there the new key is put
// first and the old one after it, separated by a comma.
var ErrNoFile = errors.New("the master key comes from the environment: change it there (new key first, then a comma and the old one)")

// ErrRotating is returned by Alone where another rotation is under way.
var ErrRotating = errors.New("the master key is being rotated already; wait until that has ended")

// Alone runs a rotation from its Rotate to its Retire while no other is under way, in this process or another: a key that one
// of two has made must not be retired by the other before everything is wrapped by it.
func (m *Master) Alone(do func() error) (err error) {
	if m.path == "" {
		return do()
	}
	lock := flock.New(m.path + ".rotation")
	got, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("locking the rotation of the master key %s: %w", m.path, err)
	}
	if !got {
		return ErrRotating
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	return do()
}

// Rotate adds a new primary key to the file. Keys wrapped before stay readable; wrap them anew, then Retire.
func (m *Master) Rotate() error {
	return m.change(func(manager *keyset.Manager) error {
		id, err := manager.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return err
		}
		return manager.SetPrimary(id)
	})
}

// Retire drops all keys but the primary one. Every key that the keyset wraps, in every home, must have been wrapped
// anew before: whatever was not can never be read again. No other process may be making datasets meanwhile.
func (m *Master) Retire() error {
	return m.change(func(manager *keyset.Manager) error {
		handle, err := manager.Handle()
		if err != nil {
			return err
		}
		info := handle.KeysetInfo()
		for _, k := range info.GetKeyInfo() {
			if k.GetKeyId() == info.GetPrimaryKeyId() {
				continue
			}
			if err := manager.Delete(k.GetKeyId()); err != nil {
				return err
			}
		}
		return nil
	})
}

// change rewrites the file, alone among all processes.
func (m *Master) change(do func(*keyset.Manager) error) (err error) {
	if m.path == "" {
		return ErrNoFile
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	lock := flock.New(m.path + ".lock")
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("locking the master key %s: %w", m.path, err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := m.load(); err != nil {
		return fmt.Errorf("reading the master key %s: %w", m.path, err)
	}
	manager := keyset.NewManagerFromHandle(m.handle)
	if err := do(manager); err != nil {
		return fmt.Errorf("changing the master key (the file is as it was): %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("changing the master key (the file is as it was): %w", err)
	}
	content, err := encode(handle)
	if err != nil {
		return err
	}
	if err := durable.Write(m.path, content); err != nil {
		return fmt.Errorf("writing the master key %s: %w", m.path, err)
	}
	return m.load()
}

func encode(handle *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return nil, errors.New("encoding the keyset failed") // the cause could quote it
	}
	return b.Bytes(), nil
}

func decode(content []byte) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(content)))
	if err != nil {
		return nil, errors.New("it holds no keyset: it was damaged or is another file; put back a copy of the right one") // see encode
	}
	return handle, nil
}
