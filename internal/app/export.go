package app

import (
	"context"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Files returns the encrypted files that a run has made, by the names under which handlers get them ("data" is the
// newest version). The error wraps store.ErrNotFound where there is no such run.
func (a *App) Files(ctx context.Context, run string) (map[string]engine.File, error) {
	return a.control.Files(ctx, run)
}

// RunJob runs a handler in a child process on whatever the job names: an export into one of Options.Folders.
func (a *App) RunJob(ctx context.Context, job *stage.Job) (*stage.Result, error) {
	return a.opt.Processor.Run(ctx, job, func(float64, string) {})
}
