package process

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/analytix-flow/analytix/internal/stage"
)

// A cancel may follow its job before the handler has begun; it must not be lost, or the job would go on for good.
func TestCancelFindsAJobThatHasNotBegun(t *testing.T) {
	t.Parallel()
	in, parent := io.Pipe()
	s := &server{log: slog.New(slog.DiscardHandler), cancels: map[uint64]context.CancelCauseFunc{}}
	jobs, ended := make(chan task), make(chan error, 1)
	go func() { ended <- s.listen(t.Context(), in, jobs) }()
	send := func(f *frame) {
		t.Helper()
		if err := (&writer{w: parent}).write(f); err != nil {
			t.Fatal(err)
		}
	}
	send(&frame{Kind: kindJob, Serial: 7, Job: &stage.Job{Run: "r1", Handler: "test.any"}})
	received := <-jobs // nobody works on it yet
	send(&frame{Kind: kindCancel, Serial: 6})
	send(&frame{Kind: "unknown"}) // the pipe gives it out when the frame before was dealt with
	if err := received.ctx.Err(); err != nil {
		t.Errorf("another job's cancel stopped it: %v", err)
	}
	send(&frame{Kind: kindCancel, Serial: 7})
	send(&frame{Kind: "unknown"})
	if err := received.ctx.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("the cancel was lost: %v", err)
	}
	if err := parent.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
