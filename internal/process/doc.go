// Package process runs stage handlers in child processes of the same binary, each with a memory limit, so that a crash, an
// out-of-memory kill or a runaway file costs one job and nothing else.
//
// The parent:
//
//	pool, err := process.New(process.Config{Command: []string{exe, "processor"}, Children: 2, MemoryLimit: 2 << 30, ...})
//	defer pool.Close()
//	result, err := pool.Run(ctx, job, progress)
//
// The child (the hidden command "processor") does nothing but
//
//	return process.Child(ctx, handlers)
//
// Children are kept warm: after a job a child closes its engine session, opens a fresh one, and waits. A child that failed
// in any way but an error returned by its handler, or whose memory stayed high, is not used again.
//
// # Protocol
//
// Frames (a length of four bytes, big-endian, and JSON) go over the child's standard input and output; keys travel nowhere
// else. The parent sends settings, then jobs one by one, and perhaps a cancel; the child answers ready, then for each
// job any number of progress frames and one result or failure. What the child's handlers log goes over standard error as JSON
// lines of slog and is logged by the parent; whatever else is written there is dropped, for it might hold a user's data.
// When standard input ends the child exits: so it never outlives its parent (on Linux the kernel sees to it as well).
package process

import (
	"errors"

	"github.com/analytix-flow/analytix/internal/engine"
)

// ErrCrashed is wrapped by errors about a child process that ended in the middle of a job. Another try may succeed.
var ErrCrashed = errors.New("the process that did the work crashed")

// ErrMemory is wrapped by errors about a job that needed more memory than it may have, whether the engine said so or the
// child was killed for it. Such errors wrap engine.ErrMemory as well.
var ErrMemory = engine.ErrMemory

// ErrHung is wrapped by errors about a child that did not answer in time and was killed.
var ErrHung = errors.New("the process that did the work hung")

// ErrClosed is returned by Run after Close.
var ErrClosed = errors.New("the pool of processes is closed")

// ErrStart is wrapped by errors about a child that could not be started.
var ErrStart = errors.New("the process for the work could not be started")
