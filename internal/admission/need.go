package admission

import (
	"fmt"
	"math"
	"math/bits"
)

// Size is how much data a task is about, as far as it is known when the task is queued.
type Size struct {
	Bytes   int64 `json:"bytes,omitempty"`   // of the file as received
	Columns int   `json:"columns,omitempty"` // 0 where they were not counted yet
}

// Class is the order of magnitude of a size: 0 below 1 MiB, then one more with each doubling.
func (s Size) Class() int { return bits.Len64(uint64(max(s.Bytes, 0)) >> 20) }

// Need is what a task takes while it runs.
type Need struct {
	Memory     int64   // in bytes, as it is expected
	Least      int64   // in bytes: with less it cannot run at all
	Processors float64 // on average
}

// What is expected before a task of the kind was seen. The engine streams, and spills what does not fit: the need grows more
// slowly than the data. The numbers are guesses on the safe side; what tasks really took corrects them.
const (
	baseMemory   = 64 << 20 // of a child process with an empty engine
	columnMemory = 2 << 20  // statistics and buffers of a column
	leastMemory  = 48 << 20
	leastColumn  = 128 << 10
	// sureBytes are counted fully, what is beyond them to an eighth.
	sureBytes = 64 << 20
)

// expected is the need of a task of which nothing is known but its size.
func expected(s Size) Need {
	bytes, columns := max(s.Bytes, 0), int64(max(s.Columns, 0))
	return Need{
		Memory:     baseMemory + columns*columnMemory + 2*min(bytes, sureBytes) + max(bytes-sureBytes, 0)/8,
		Least:      leastMemory + columns*leastColumn,
		Processors: 1,
	}
}

// Budget is what tasks of one process may take together.
type Budget struct {
	Workers    int     // child processes at the same time
	Memory     int64   // bytes of all of them; 0 is no limit
	Child      int64   // bytes of one of them; 0 is no limit
	Processors float64 // 0 is no limit
}

// room is the most memory that one task can have.
func (b Budget) room() int64 {
	room := int64(math.MaxInt64)
	if b.Memory > 0 {
		room = b.Memory
	}
	if b.Child > 0 {
		room = min(room, b.Child)
	}
	return room
}

// bound is what a task is promised: never more than there is in all, so that alone it always fits.
func (b Budget) bound(n Need) Need {
	n.Memory = min(max(n.Memory, n.Least), b.room())
	if b.Processors > 0 {
		n.Processors = min(n.Processors, b.Processors)
	}
	return n
}

// Unfit is the error of a task that no amount of waiting would let begin.
type Unfit struct {
	Size   Size
	Need   Need
	Budget Budget
}

// Error says what the task would need and what there is.
func (u *Unfit) Error() string {
	words := fmt.Sprintf("needs at least %d MiB of memory", mib(u.Need.Least))
	if u.Size.Bytes > 0 || u.Size.Columns > 0 {
		words += " for a file of " + fmt.Sprint(mib(u.Size.Bytes)) + " MiB"
		if u.Size.Columns > 0 {
			words += fmt.Sprintf(" in %d columns", u.Size.Columns)
		}
	}
	if u.Budget.Child > 0 && u.Budget.room() == u.Budget.Child {
		return words + fmt.Sprintf("; one task may have %d MiB (setting memory)", u.Budget.Child>>20)
	}
	return words + fmt.Sprintf("; all tasks together may have %d MiB (setting memory_budget)", u.Budget.Memory>>20)
}

// mib rounds up: what is needed must not read as what there is.
func mib(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 }
