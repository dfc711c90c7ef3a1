package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/scaling"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// Observer is told of what happens in the process. Its methods must return at once.
type Observer interface {
	Tried(t task.Tried)
	Worked(w process.Worked)
	// Scaled tells of a decision about the number of workers; before and after are the same where another was wanted and could not be.
	Scaled(before, after int, why scaling.Reason)
}

// Figures reads from the records how much there is of what.
func (a *App) Figures(ctx context.Context) (*store.Figures, error) {
	return a.records.Figures(ctx, string(control.Waiting), time.Now())
}

// BrokerStats says how the message broker stands.
func (a *App) BrokerStats(ctx context.Context) (*broker.Stats, error) {
	return a.control.Broker().Stats(ctx)
}

// OldestTask says how long the task that waits longest for a worker has been waiting.
func (a *App) OldestTask(ctx context.Context) (time.Duration, error) {
	return a.control.Queue().Oldest(ctx)
}

// Children says how many child processes there are, and how many of them have nothing to do.
func (a *App) Children() (all, idle int) {
	for _, p := range []*process.Pool{a.pool, a.reading} {
		if p != nil {
			n, i := p.Children()
			all, idle = all+n, idle+i
		}
	}
	return all, idle
}

// Spilled says how many bytes engines hold on the disk because they did not fit into memory.
func (a *App) Spilled() int64 {
	var n int64
	// What goes away while it is looked at is counted no more.
	_ = filepath.WalkDir(filepath.Join(a.opt.Home, "spill"), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // see above
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}

// Recorded says how large the records are on the disk of the home; 0 where a database keeps them.
func (a *App) Recorded() int64 {
	info, err := os.Stat(filepath.Join(a.opt.Home, store.SnapshotFile))
	if err != nil {
		return 0
	}
	return info.Size()
}

func (a *App) tried() func(task.Tried) {
	if a.opt.Observer == nil {
		return nil
	}
	return a.opt.Observer.Tried
}
