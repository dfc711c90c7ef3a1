package app

import (
	"context"
	"sync"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/store"
)

// learning keeps in the records what tasks took, beside the work: what cannot be recorded costs a worse estimate, no task.
type learning struct {
	estimates admission.Estimates
	took      chan process.Worked
	done      sync.WaitGroup
}

// untold is how many ends of tasks may wait to be recorded; more are forgotten.
const untold = 256

// openNeeds reads what earlier tasks took.
func (a *App) openNeeds(ctx context.Context) error {
	known, err := a.records.Needs(ctx)
	if err != nil {
		return err
	}
	a.needs.estimates.Put(known...)
	a.needs.done.Go(func() {
		for w := range a.needs.took {
			a.learn(context.WithoutCancel(ctx), w)
		}
	})
	return nil
}

// learn records the jobs that have ended since the last time, in one transaction.
func (a *App) learn(ctx context.Context, first process.Worked) {
	all := []process.Worked{first}
	for more := true; more; {
		select {
		case w, open := <-a.needs.took:
			if more = open; open {
				all = append(all, w)
			}
		default:
			more = false
		}
	}
	var learned []admission.Record
	err := a.records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		learned = nil
		for _, w := range all {
			r, err := tx.LearnNeed(ctx, w.Handler, admission.Size{Bytes: w.Input}.Class(),
				admission.Took{Memory: w.Peak, Processor: w.Processor, Wall: w.Took, Killed: w.Memory})
			if err != nil {
				return err
			}
			learned = append(learned, r)
		}
		return nil
	})
	if err != nil {
		a.opt.Log.Warn("recording what tasks took; the next ones are estimated without it", "error", err)
		return
	}
	a.needs.estimates.Put(learned...)
}

// worked tells of a job of a child process that has ended.
func (a *App) worked(w process.Worked) {
	if a.opt.Observer != nil {
		a.opt.Observer.Worked(w)
	}
	if w.Failed && !w.Memory { // how far it came says nothing of what it would take
		return
	}
	select {
	case a.needs.took <- w:
	default:
	}
}

// closeNeeds records what is left to record. No job may run any more.
func (a *App) closeNeeds() {
	close(a.needs.took)
	a.needs.done.Wait()
}
