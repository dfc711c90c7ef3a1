package process

import (
	"context"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// failure is a handler's error on its way between processes. The markers that callers ask for are kept, the chain of
// types is not.
type failure struct {
	Message   string `json:"message"`
	Permanent bool   `json:"permanent,omitempty"`
	Refused   bool   `json:"refused,omitempty"`
	Memory    bool   `json:"memory,omitempty"`
	Cancelled bool   `json:"cancelled,omitempty"`
	Deadline  bool   `json:"deadline,omitempty"`
	Panic     bool   `json:"panic,omitempty"`
	// Broken says that the child must not be used again.
	Broken bool `json:"broken,omitempty"`
}

func newFailure(err error) *failure {
	return &failure{
		Message: err.Error(), Permanent: stage.IsPermanent(err), Refused: stage.IsRefused(err),
		Memory: errors.Is(err, engine.ErrMemory), Cancelled: errors.Is(err, context.Canceled),
		Deadline: errors.Is(err, context.DeadlineExceeded), Panic: errors.Is(err, errPanic),
		Broken: errors.Is(err, errPanic) || errors.Is(err, errBroken),
	}
}

var (
	errPanic  = errors.New("a fault in the program stopped it")
	errBroken = errors.New("the process cannot go on")
)

// remote is a failure as an error in the parent: it reads as in the child, and unwraps to the sentinels.
type remote struct {
	message string
	is      []error
}

func (r *remote) Error() string   { return r.message }
func (r *remote) Unwrap() []error { return r.is }

// err makes the failure an error again.
func (f *failure) err() error {
	r := &remote{message: f.Message}
	for sentinel, set := range map[error]bool{
		ErrMemory: f.Memory, context.Canceled: f.Cancelled, context.DeadlineExceeded: f.Deadline, errPanic: f.Panic,
	} {
		if set {
			r.is = append(r.is, sentinel)
		}
	}
	switch {
	case f.Refused:
		return stage.Refused(r)
	case f.Permanent:
		return stage.Permanent(r)
	}
	return r
}

// IsPanic says whether the error is of a handler that panicked: a fault in the program, worth reporting.
func IsPanic(err error) bool { return errors.Is(err, errPanic) }

// lost says what became of a job whose child is gone.
func lost(cause error, handler, what, next string) error {
	return fmt.Errorf("%s: %w: %s; nothing that was stored before is lost; %s", handler, cause, what, next)
}
