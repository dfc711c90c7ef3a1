package accesslog

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/analytix-flow/analytix/internal/store"
)

// anchor is a small file outside of the records that knows the end of the chain, so that entries that are cut off from the
// records are missed. It has two slots that are written in turn: one torn by a power cut leaves the other.
type anchor struct {
	path string
	key  []byte

	mu   sync.Mutex
	file *os.File
	turn int64
}

const slotSize = 256

type slot struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
	MAC  string `json:"mac"`
}

func (a *anchor) mac(m store.Mark) string {
	h := hmac.New(sha256.New, a.key)
	_, _ = fmt.Fprintf(h, "analytix/anchor/v1\n%s\n%d\n%s\n", Chain, m.Seq, m.Hash) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}

// move writes the end of the chain down. It is not waited until it has reached the disk: after a power cut the anchor may be
// behind, which is no fault.
func (a *anchor) move(m store.Mark) error {
	if a.path == "" {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		var err error
		if a.file, err = os.OpenFile(a.path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
			return fmt.Errorf("opening the anchor of the access log: %w", err)
		}
	}
	text, err := json.Marshal(slot{Seq: m.Seq, Hash: m.Hash, MAC: a.mac(m)})
	if err != nil {
		return fmt.Errorf("writing the anchor of the access log: %w", err)
	}
	full := make([]byte, slotSize)
	for i := range full {
		full[i] = ' '
	}
	copy(full, text)
	full[slotSize-1] = '\n'
	if _, err := a.file.WriteAt(full, a.turn*slotSize); err != nil {
		return fmt.Errorf("writing the anchor of the access log: %w", err)
	}
	a.turn = 1 - a.turn
	return nil
}

func (a *anchor) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		return nil
	}
	err := errors.Join(a.file.Sync(), a.file.Close())
	a.file = nil
	if err != nil {
		return fmt.Errorf("closing the anchor of the access log: %w", err)
	}
	return nil
}

// read returns the ends that the anchor knows: two, one after the first entries or a power cut, none where there is no file.
func (a *anchor) read() ([]store.Mark, error) {
	if a.path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the anchor of the access log: %w", err)
	}
	var marks []store.Mark
	for at := 0; at+slotSize <= len(content); at += slotSize {
		var s slot
		if err := json.Unmarshal(content[at:at+slotSize], &s); err != nil {
			continue // torn
		}
		m := store.Mark{Seq: s.Seq, Hash: s.Hash}
		if hmac.Equal([]byte(s.MAC), []byte(a.mac(m))) {
			marks = append(marks, m)
		}
	}
	if len(marks) == 0 {
		return nil, fmt.Errorf("%w: the anchor %s holds no end of the chain that this instance wrote", ErrTampered, a.path)
	}
	return marks, nil
}
