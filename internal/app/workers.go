package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/analytix-flow/analytix/internal/machine"
	"github.com/analytix-flow/analytix/internal/scaling"
	"github.com/analytix-flow/analytix/internal/task"
)

// How the number of workers follows the work: looked at every second while there is something to do, and after that until there
// are as few as there may be; then nothing wakes up.
const (
	lookAtWorkers  = time.Second
	slowTask       = 500 * time.Millisecond
	quietLooks     = 30
	reservePercent = 10 // of the machine's memory, which should stay free
)

// policy is how the number of workers follows the work.
func (a *App) policy(total int64) scaling.Policy {
	return scaling.Policy{Least: a.leastWorkers(), Most: a.opt.Workers, Slow: slowTask, Quiet: quietLooks, Reserve: total / 100 * reservePercent}
}

// leastWorkers is how many workers there are in any case.
func (a *App) leastWorkers() int {
	if a.opt.LeastWorkers <= 0 {
		return a.opt.Workers
	}
	return min(a.opt.LeastWorkers, a.opt.Workers)
}

// scale lets the number of workers follow the work until ctx ends.
func (a *App) scale(ctx context.Context) {
	q := a.control.Queue()
	tick := time.NewTicker(lookAtWorkers)
	defer tick.Stop()
	quiet, before := 0, scaling.Enough
	for {
		d := a.look(q, quiet, before)
		quiet, before = d.Quiet, d.Reason
		wake := tick.C
		if s := q.Standing(); s.Load.Running == 0 && s.Load.Waiting == 0 && d.Workers <= a.leastWorkers() {
			wake = nil // nothing to look at until a task comes
			tick.Stop()
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-q.Stirred():
			if wake == nil {
				tick.Reset(lookAtWorkers)
			}
			select { // once a second at most, however much stirs
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

// look decides once, carries out what was decided, and tells of it.
func (a *App) look(q *task.Queue, quiet int, before scaling.Reason) scaling.Decision {
	memory, err := a.memory()
	if err != nil {
		memory.Free = -1
	}
	s := q.Standing()
	seen := scaling.Seen{Workers: s.Budget.Workers, Busy: s.Load.Running, Waiting: s.Load.Waiting, Delay: s.Delay, Quiet: quiet, Free: memory.Free}
	if s.Load.Waiting > 0 {
		seen.Child = s.Load.Wanted / int64(s.Load.Waiting)
	}
	d := a.policy(memory.Total).Decide(seen)
	if d.Workers != seen.Workers {
		q.SetWorkers(d.Workers)
	}
	// A change is always told of; that there can be none, once.
	hindered := (d.Reason == scaling.NoMemory || d.Reason == scaling.AtMost) && d.Reason != before
	if d.Workers != seen.Workers || hindered {
		a.opt.Log.Info("the number of workers", slog.Int("before", seen.Workers), slog.Int("now", d.Workers), slog.String("reason", string(d.Reason)),
			slog.Int("busy", seen.Busy), slog.Int("waiting", seen.Waiting), slog.Float64("delay_seconds", seen.Delay.Seconds()),
			slog.Int64("free_bytes", seen.Free), slog.Int64("wanted_bytes", seen.Child))
		if a.opt.Observer != nil {
			a.opt.Observer.Scaled(seen.Workers, d.Workers, d.Reason)
		}
	}
	return d
}

// memory is what the machine has; tests give another.
func (a *App) memory() (machine.Memory, error) {
	if a.opt.Memory != nil {
		return a.opt.Memory()
	}
	return machine.Look()
}

// Standing says what runs and what waits in this process.
func (a *App) Standing() task.Standing { return a.control.Queue().Standing() }

// Queued lists the tasks that wait, by kind and tier, with the memory that they will take.
func (a *App) Queued(ctx context.Context) ([]task.Queued, error) {
	return a.control.Queue().Queued(ctx)
}
