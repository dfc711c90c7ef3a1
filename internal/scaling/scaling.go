// Package scaling decides how many workers a process should have: more while tasks wait for too long and there is memory for
// another, fewer when some have had nothing to do or memory runs out. It is pure: who calls it reads the clock, the queue and the
// memory.
package scaling

import "time"

// Policy is what the operator wants.
type Policy struct {
	Least, Most int
	// Slow is how long a task may wait for a worker before there should be another.
	Slow time.Duration
	// Quiet is how many looks in succession must find a worker without work before there is one less.
	Quiet int
	// Reserve is how much memory of the machine should stay free, in bytes.
	Reserve int64
}

// Seen is what a look found.
type Seen struct {
	Workers int // that there may be now
	Busy    int
	Waiting int // tasks that could begin and have no worker
	Delay   time.Duration
	// Quiet is how many looks before this one found, in succession, a worker without work and nothing waiting.
	Quiet int
	// Free is the memory of the machine that could be had, in bytes; negative where it is not known.
	Free int64
	// Child is the memory that one more worker may take.
	Child int64
}

// Reason is why there should be more or fewer workers, or not.
type Reason string

// The reasons.
const (
	Enough     Reason = "enough"      // as many as are needed
	Bounds     Reason = "bounds"      // the operator's minimum or maximum
	QueueDelay Reason = "queue_delay" // tasks wait for too long: one more
	NoMemory   Reason = "no_memory"   // they do, but there is no memory for one more
	AtMost     Reason = "at_most"     // they do, but there are as many as there may be
	Pressure   Reason = "pressure"    // memory runs out: one less
	Idle       Reason = "idle"        // some have had nothing to do: one less
)

// Decision is how many workers there should be. Quiet is to be handed to the next look.
type Decision struct {
	Workers int
	Reason  Reason
	Quiet   int
}

// Decide says how many workers there should be.
func (p Policy) Decide(s Seen) Decision {
	least := max(p.Least, 1)
	most := max(p.Most, least)
	quiet := 0
	if s.Waiting == 0 && s.Busy < s.Workers {
		quiet = s.Quiet + 1
	}
	switch slow := s.Waiting > 0 && s.Busy >= s.Workers && s.Delay >= p.Slow; {
	case s.Workers < least:
		return Decision{least, Bounds, 0}
	case s.Workers > most:
		return Decision{most, Bounds, 0}
	case s.Free >= 0 && s.Free < p.Reserve/2 && s.Workers > least:
		return Decision{s.Workers - 1, Pressure, 0}
	case slow && s.Workers == most:
		return Decision{s.Workers, AtMost, 0}
	case slow && s.Free >= 0 && s.Free-s.Child < p.Reserve:
		return Decision{s.Workers, NoMemory, 0}
	case slow:
		return Decision{s.Workers + 1, QueueDelay, 0}
	case quiet >= max(p.Quiet, 1) && s.Workers > least:
		return Decision{s.Workers - 1, Idle, 0}
	}
	return Decision{s.Workers, Enough, quiet}
}
