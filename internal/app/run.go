package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/upload"
)

// Runs lists all runs, the latest first.
func (a *App) Runs(ctx context.Context) ([]store.Run, error) { return a.records.Runs(ctx) }

// Uploads takes files in over a network; App.SubmitUpload starts a run on one that is complete.
func (a *App) Uploads() *upload.Service { return a.uploads }

// State reads where a run stands; the error wraps store.ErrNotFound where there is none.
func (a *App) State(ctx context.Context, run string) (*store.Run, *control.State, error) {
	return a.control.State(ctx, run)
}

// Watch tells how a run moves, beginning with where it stands, until ctx ends or the instance closes.
func (a *App) Watch(ctx context.Context, run string) (<-chan control.Update, error) {
	return a.control.Watch(ctx, run)
}

// WatchAll tells how all runs move from now on, until ctx ends or the instance closes.
func (a *App) WatchAll(ctx context.Context) <-chan control.Update { return a.control.WatchAll(ctx) }

// Progress lists how far the tasks of a run are, as the records know; Watch tells it live.
func (a *App) Progress(ctx context.Context, run string) ([]store.Progress, error) {
	return a.records.Progress(ctx, run)
}

// Proposal returns what the open control point proposes, with its document.
func (a *App) Proposal(ctx context.Context, run string) (*flow.Proposal, json.RawMessage, error) {
	return a.control.Proposal(ctx, run)
}

// Document returns the document of a stage: decided, or before that as proposed.
func (a *App) Document(ctx context.Context, run string, name flow.Stage) (json.RawMessage, error) {
	return a.control.Document(ctx, run, name)
}

// Decisions lists every decision of a run in the order in which they were taken, superseded ones included.
func (a *App) Decisions(ctx context.Context, run string) ([]store.Decided, error) {
	return a.records.Decisions(ctx, run)
}

// Versions lists the versions of a run's dataset, that of the file as received first.
func (a *App) Versions(ctx context.Context, run string) ([]store.Version, error) {
	return a.records.Versions(ctx, run)
}

// Audit returns the run's audit chain.
func (a *App) Audit(ctx context.Context, run string) ([]audit.Link, error) {
	return a.control.Audit(ctx, run)
}

// AuditSince returns what was added to the run's audit chain after an entry.
func (a *App) AuditSince(ctx context.Context, run string, seq int64) ([]audit.Link, error) {
	return a.control.AuditSince(ctx, run, seq)
}

// Received reads the run's file as it was received, byte for byte.
func (a *App) Received(ctx context.Context, run string) (io.ReadCloser, error) {
	r, err := a.records.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	received, err := a.files.Received(ctx, r.Head.Dataset, &dataset.Received{Ref: r.Head.Ref, Name: r.Head.File,
		Bytes: r.Head.Bytes, SHA256: r.Head.SHA256})
	if err != nil {
		return nil, err
	}
	return dataset.Open(ctx, received)
}

// Decide takes decisions at the open control point: all of them, or with an error none.
func (a *App) Decide(ctx context.Context, run string, decisions []flow.Decision) error {
	return a.control.Decide(ctx, run, decisions)
}

// Withdraw takes the decision on an item back.
func (a *App) Withdraw(ctx context.Context, run, item string, actor flow.Actor) error {
	return a.control.Withdraw(ctx, run, item, actor)
}

// Proceed closes the open control point, whose proposal has the hash seen; the run moves on.
func (a *App) Proceed(ctx context.Context, run, seen string, actor flow.Actor) error {
	return a.control.Close(ctx, run, seen, actor)
}

// AskMore has the stage of the open control point look for more like an item that it found; seen is the hash of the proposal.
func (a *App) AskMore(ctx context.Context, run, seen string, ask stage.Ask, actor flow.Actor) error {
	return a.control.AskMore(ctx, run, seen, ask, actor)
}

// SendBack has the stage of the open control point begin anew, with options.
func (a *App) SendBack(ctx context.Context, run string, options map[string]any, actor flow.Actor) error {
	return a.control.SendBack(ctx, run, options, actor)
}

// Reopen opens the control point of an earlier stage again; what came after it is made anew.
func (a *App) Reopen(ctx context.Context, run string, name flow.Stage, actor flow.Actor) error {
	return a.control.Reopen(ctx, run, name, actor)
}

// Renew gives an expired control point new time.
func (a *App) Renew(ctx context.Context, run string, actor flow.Actor) error {
	return a.control.Renew(ctx, run, actor)
}

// Retry takes up again what a failure stopped.
func (a *App) Retry(ctx context.Context, run string, actor flow.Actor) error {
	return a.control.Retry(ctx, run, actor)
}

// Abort ends a run for good.
func (a *App) Abort(ctx context.Context, run, why string, actor flow.Actor) error {
	return a.control.Abort(ctx, run, why, actor)
}

// previewer is the quality stage's handler that shows what a resolution would change.
const previewer = "quality.preview"

// Preview shows what a resolution of an issue would change, on real rows: the quality stage's preview document. Params,
// where given, take the place of the proposed ones; limit bounds the rows shown.
func (a *App) Preview(ctx context.Context, run, issue, resolution string, params map[string]any, limit int) (json.RawMessage, error) {
	ask := map[string]any{"issue": issue, "resolution": resolution, "limit": limit}
	if params != nil {
		ask["params"] = params
	}
	r, _, done, err := a.control.Ask(ctx, run, previewer, ask, nil)
	if err != nil {
		return nil, err
	}
	return r.Document, done()
}

// Asked is what a handler made outside of a run's plan. Close removes its files.
type Asked struct {
	*stage.Result
	Key   []byte // the files are encrypted with it
	Close func() error
}

// Ask runs a handler outside of the run's plan on what the run has made, such as an export.
func (a *App) Ask(ctx context.Context, run, handler string, params any, progress func(float64, string)) (*Asked, error) {
	r, key, done, err := a.control.Ask(ctx, run, handler, params, progress)
	if err != nil {
		return nil, err
	}
	return &Asked{Result: r, Key: key, Close: done}, nil
}

// DeadLetters lists the messages that could not be handled.
func (a *App) DeadLetters(ctx context.Context) ([]broker.DeadLetter, error) {
	return a.control.Broker().DeadLetters(ctx)
}

// Replay sends a message that could not be handled again.
func (a *App) Replay(ctx context.Context, seq uint64) error {
	return a.control.Broker().Replay(ctx, seq)
}

// RunCounts says how many runs there are, by status.
func (a *App) RunCounts(ctx context.Context) (map[string]int64, error) {
	return a.records.RunCounts(ctx)
}

// Ready says whether the instance can do its work: its records answer, and it reaches its broker.
func (a *App) Ready(ctx context.Context) error {
	_, err := a.records.RunCounts(ctx)
	if a.objects != nil {
		err = errors.Join(err, a.objects.Check(ctx))
	}
	if since, down := a.records.Outage(); down {
		err = errors.Join(err, fmt.Errorf("%w since %s", ErrNotRecorded, since.UTC().Format(time.RFC3339)))
	}
	return errors.Join(err, a.Room(), a.control.Broker().Ready())
}

// ErrNotRecorded is wrapped by the error of Ready while nothing can be recorded. Work waits, and goes on by itself.
var ErrNotRecorded = errors.New("nothing can be recorded")

// QueueCounts says how many tasks the queue holds, by kind and state.
func (a *App) QueueCounts(ctx context.Context) ([]task.Count, error) {
	return a.control.Queue().Counts(ctx)
}

// DeadTasks lists the tasks that failed for good. Retry of their run takes them up again.
func (a *App) DeadTasks(ctx context.Context) ([]store.DeadTask, error) {
	all, err := a.control.Queue().Dead(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the tasks that failed: %w", err)
	}
	return all, nil
}
