package process

import (
	"errors"
	"os"
	"time"

	"github.com/analytix-flow/analytix/internal/stage"
)

// Worked tells of a job that a child has ended.
type Worked struct {
	Handler string
	Took    time.Duration
	// Processor is how long it had a processor, in all threads, and Peak the most memory that the child held, in bytes; 0 where the
	// system cannot tell.
	Processor time.Duration
	Peak      int64
	Input     int64 // size of the file that it is about, as received, in bytes; 0 where it is about none
	Rows      int64 // in the files that it wrote
	Bytes     int64 // that these take
	Memory    bool  // it needed more memory than it might have
	Crashed   bool
	Failed    bool // for whatever reason
}

// tell passes on what is known of a job.
func (p *Pool) tell(c *child, job *stage.Job, r *stage.Result, err error, begun time.Time) {
	if p.cfg.OnWorked == nil {
		return
	}
	w := Worked{Handler: job.Handler, Took: time.Since(begun), Processor: c.used, Peak: c.peak, Memory: errors.Is(err, ErrMemory), Crashed: errors.Is(err, ErrCrashed), Failed: err != nil}
	if job.Received != nil {
		w.Input = job.Received.Bytes
	}
	if r != nil {
		for _, f := range r.Files {
			w.Rows += f.Rows
			if info, err := os.Stat(f.Path); err == nil {
				w.Bytes += info.Size()
			}
		}
	}
	p.cfg.OnWorked(w)
}

// Children says how many children there are, and how many of them have nothing to do.
func (p *Pool) Children() (all, idle int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle) + len(p.slots), len(p.idle)
}
