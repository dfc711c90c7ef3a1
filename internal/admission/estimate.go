package admission

import (
	"maps"
	"math"
	"sync"
	"time"
)

// Took is what a task really took.
type Took struct {
	Memory    int64 // the most that its process held, in bytes; 0 where it is not known
	Processor time.Duration
	Wall      time.Duration
	// Killed says that it was ended since it needed more memory than it might have: Memory is less than its need.
	Killed bool
}

// Record is what tasks of a kind and a class of sizes took so far.
type Record struct {
	Kind       string
	Class      int
	Memory     int64
	Processors float64
	Samples    int64
}

// How a record follows what it is told: memory goes up at once and comes down slowly, for too little costs a task, too much
// only a wait.
const (
	fadeMemory     = 8 // an eighth of the way
	followShare    = 4 // a quarter of the way
	killedFactor   = 3 // halves: what was killed needed more than it had
	marginDivisor  = 4 // a quarter more is promised than was seen
	shortestSample = 20 * time.Millisecond
)

// Learn is the record after another task has ended.
func (r Record) Learn(t Took) Record {
	memory := t.Memory
	if t.Killed {
		memory = memory / 2 * killedFactor
	}
	switch {
	case memory <= 0:
	case memory >= r.Memory:
		r.Memory = memory
	default:
		r.Memory -= (r.Memory - memory) / fadeMemory
	}
	if t.Wall >= shortestSample {
		used := float64(t.Processor) / float64(t.Wall)
		if r.Processors == 0 {
			r.Processors = used
		} else {
			r.Processors += (used - r.Processors) / followShare
		}
	}
	r.Samples++
	return r
}

// Estimates tell what tasks will need. They are safe for concurrent use; the zero value knows nothing.
type Estimates struct {
	mu    sync.RWMutex
	kinds map[string]map[int]Record
}

// Put takes a record in, in the place of an older one.
func (e *Estimates) Put(records ...Record) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.kinds == nil {
		e.kinds = map[string]map[int]Record{}
	}
	for _, r := range records {
		if e.kinds[r.Kind] == nil {
			e.kinds[r.Kind] = map[int]Record{}
		}
		e.kinds[r.Kind][r.Class] = r
	}
}

// Of is the need of a task: as tasks of its kind and class took; where there was none, as those of the nearest smaller class
// and as much more as the data is larger; or, where there were only larger ones, at most what the nearest of them took.
func (e *Estimates) Of(kind string, s Size) Need {
	need, class := expected(s), s.Class()
	e.mu.RLock()
	defer e.mu.RUnlock()
	below, above := -1, math.MaxInt
	for c := range maps.Keys(e.kinds[kind]) {
		if c <= class {
			below = max(below, c)
		} else {
			above = min(above, c)
		}
	}
	switch {
	case below >= 0:
		r := e.kinds[kind][below]
		need.Memory = r.promise(need.Memory) + max(need.Memory-expected(s.within(below)).Memory, 0)
		need.Processors = r.share(need.Processors)
	case above < math.MaxInt:
		r := e.kinds[kind][above]
		need.Memory = min(need.Memory, r.promise(need.Memory))
		need.Processors = min(need.Processors, r.share(need.Processors))
	}
	need.Memory = max(need.Memory, need.Least)
	return need
}

// within is the size as it would be in a class that is no larger than its own.
func (s Size) within(class int) Size {
	if s.Class() > class {
		s.Bytes = 1<<(20+class) - 1
	}
	return s
}

func (r Record) promise(otherwise int64) int64 {
	if r.Memory <= 0 {
		return otherwise
	}
	return r.Memory + r.Memory/marginDivisor
}

func (r Record) share(otherwise float64) float64 {
	if r.Processors <= 0 {
		return otherwise
	}
	return r.Processors
}
