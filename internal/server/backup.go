package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
)

// Backups is what the operator decides about backups that the server makes by itself.
type Backups struct {
	Dir   string        `yaml:"dir"`   // where they go; empty means that it makes none
	Every time.Duration `yaml:"every"` // how often; 0 means only when asked to
	Keep  int           `yaml:"keep"`  // how many stay; 0 means all
}

func (b *Backups) check() error {
	switch {
	case b.Dir == "" && (b.Every != 0 || b.Keep != 0):
		return errors.New("backups are wanted, and no folder for them is named: give --backup-dir")
	case b.Every < 0 || (b.Every > 0 && b.Every < time.Minute):
		return errors.New("backups are made every minute at most")
	case b.Keep < 0:
		return errors.New("the number of backups that are kept is 1 or more, or 0 for all")
	}
	return nil
}

// backups makes them, one at a time.
type backups struct {
	s  *Server
	mu sync.Mutex
	// running and failed tell of the one that was asked for last.
	running bool
	failed  string
	ask     chan struct{}
}

// Start asks for a backup; it returns at once.
func (b *backups) Start() error {
	if b.s.cfg.Backups.Dir == "" {
		return app.ErrNoFolder
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running {
		return app.ErrBackingUp
	}
	b.running, b.failed = true, ""
	b.ask <- struct{}{} // there is room: only one is asked for at a time
	return nil
}

// State says what is known: the last one that was made, whether one is being made, and why the last try failed.
func (b *backups) State() (last *app.Backup, running bool, failed string, err error) {
	last, err = b.s.app.LastBackup()
	b.mu.Lock()
	defer b.mu.Unlock()
	return last, b.running, b.failed, err
}

// lookEvery is how often it is looked whether a backup is due.
const lookEvery = 30 * time.Second

// run makes backups when they are due or asked for, until ctx ends.
func (b *backups) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if b.due() {
			b.make(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-b.ask:
			b.make(ctx)
		case <-tick.C:
		}
	}
}

func (b *backups) due() bool {
	every := b.s.cfg.Backups.Every
	if every == 0 {
		return false
	}
	last, err := b.s.app.LastBackup()
	return err != nil || last == nil || time.Since(last.At) >= every
}

func (b *backups) make(ctx context.Context) {
	cfg := b.s.cfg.Backups
	_, err := b.s.app.BackupTo(ctx, cfg.Dir, b.s.parts.Version)
	if err == nil && cfg.Keep > 0 {
		err = dropOld(cfg.Dir, cfg.Keep)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running, b.failed = false, ""
	if err != nil && ctx.Err() == nil && !errors.Is(err, app.ErrBackingUp) { // another process may be at it
		b.failed = err.Error()
		b.s.parts.Log.Error("a backup failed", "error", err)
	}
}

// dropOld removes all but the newest backups of a folder; their names sort by time.
func dropOld(dir string, keep int) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("looking for old backups: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), app.BackupExt) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for len(names) > keep {
		if err := os.Remove(filepath.Join(dir, names[0])); err != nil {
			return fmt.Errorf("removing an old backup: %w", err)
		}
		names = names[1:]
	}
	return nil
}
