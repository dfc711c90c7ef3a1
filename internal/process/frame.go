package process

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/stage"
)

// maxFrame bounds what one side takes from the other, in bytes.
const maxFrame = 1 << 30

// The kinds of frames.
const (
	kindSettings = "settings" // to the child, once
	kindJob      = "job"      // to the child
	kindCancel   = "cancel"   // to the child
	kindReady    = "ready"    // from the child, once
	kindProgress = "progress" // from the child
	kindResult   = "result"   // from the child
	kindFailure  = "failure"  // from the child
)

// frame is one message of the protocol; which members are set follows from Kind.
type frame struct {
	Kind     string        `json:"kind"`
	Settings *settings     `json:"settings,omitempty"`
	Serial   uint64        `json:"serial,omitempty"` // of the job that a frame is about
	Job      *stage.Job    `json:"job,omitempty"`
	Fraction float64       `json:"fraction,omitempty"`
	Sentence string        `json:"sentence,omitempty"`
	Result   *stage.Result `json:"result,omitempty"`
	Failure  *failure      `json:"failure,omitempty"`
	// Processor is how long the job of a result or failure had a processor, in all threads.
	Processor time.Duration `json:"processor,omitempty"`
	// Trace is the step that a job belongs to, where that is recorded; Spans is what the child recorded of the job.
	Trace string `json:"trace,omitempty"`
	Spans []byte `json:"spans,omitempty"`
}

// settings are what a child is started with.
type settings struct {
	MemoryLimit  int64    `json:"memory_limit"` // of the engine
	Threads      int      `json:"threads"`
	SpillDir     string   `json:"spill_dir"`
	ExtensionDir string   `json:"extension_dir"`
	Folders      []string `json:"folders"`
	DataLimit    uint64   `json:"data_limit"` // RLIMIT_DATA; 0 for none
	// Every is how often progress is sent at most.
	Every time.Duration `json:"every"`
}

// writer sends frames from any goroutine.
type writer struct {
	mu sync.Mutex
	w  io.Writer
}

func (w *writer) write(f *frame) error {
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encoding a %s: %w", f.Kind, err)
	}
	if len(body) > maxFrame {
		return fmt.Errorf("%w: a %s of %d bytes", errFrameSize, f.Kind, len(body))
	}
	packed := make([]byte, 4, 4+len(body))
	binary.BigEndian.PutUint32(packed, uint32(len(body)))
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.w.Write(append(packed, body...))
	return err
}

var errFrameSize = errors.New("more than fits one message between processes")

// read takes the next frame. It returns io.EOF at a clean end, and never allocates more than what really arrives.
func read(r io.Reader) (*frame, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	if size > maxFrame {
		return nil, fmt.Errorf("%w: %d bytes", errFrameSize, size)
	}
	var body bytes.Buffer
	if n, err := io.CopyN(&body, r, size); err != nil {
		return nil, fmt.Errorf("a message broke off after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	f := &frame{}
	if err := json.Unmarshal(body.Bytes(), f); err != nil {
		return nil, errors.New("a message between processes is not understood") // its text may hold a user's data
	}
	return f, nil
}
