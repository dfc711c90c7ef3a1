package keys

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// The places where a master key is kept.
const (
	InFile        = "file"
	InEnvironment = "environment"
	InVault       = "vault"
)

// State is what can be said of a master key without saying anything of the key.
type State struct {
	Place   string    // where it is kept
	Keys    int       // that unwrap; the first of them wraps. 0 where that is not known.
	Changed time.Time // when the file was last written; zero where there is none
}

// State says how it stands.
func (m *Master) State() (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fresh(); err != nil {
		return State{}, err
	}
	s := State{Place: InEnvironment, Keys: m.handle.Len()}
	if m.path != "" {
		s.Place, s.Changed = InFile, m.seen.ModTime().UTC()
	}
	return s, nil
}

// Current says whether a wrapped key was wrapped by the key that wraps now. Every wrapped key begins with the id of the one
// that wrapped it (tink's output prefix: one byte, and four of the id).
func (m *Master) Current(wrapped []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(wrapped) > 5 && wrapped[0] == 1 && binary.BigEndian.Uint32(wrapped[1:5]) == m.handle.KeysetInfo().GetPrimaryKeyId()
}

// State says how it stands: the Vault keeps the rest to itself.
func (*Vault) State() (State, error) { return State{Place: InVault}, nil }

// Progress is how far keys of datasets are wrapped anew.
type Progress struct {
	Running     bool
	Done, Total int
}

// Progress says how far the present, or the last, wrapping anew in this process has come.
func (d *Datasets) Progress() Progress {
	d.progressing.Lock()
	defer d.progressing.Unlock()
	return d.progress
}

func (d *Datasets) report(change func(*Progress)) {
	d.progressing.Lock()
	defer d.progressing.Unlock()
	change(&d.progress)
}

// Old counts the keys of datasets, and those of them that an earlier master key wraps; -1 where that cannot be told.
func (d *Datasets) Old(ctx context.Context) (total, old int, err error) {
	all, err := d.shelf.All(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("listing the keys of the datasets: %w", err)
	}
	m, ok := d.provider.(interface{ Current(wrapped []byte) bool })
	if !ok {
		return len(all), -1, nil
	}
	for _, wrapped := range all {
		if !m.Current(wrapped) {
			old++
		}
	}
	return len(all), old, nil
}
