package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// ErrEmpty is wrapped by the error about a file without a byte in it. It is refused (stage.IsRefused).
var ErrEmpty = errors.New("the file is empty")

// Request is what is asked of a run.
type Request struct {
	ID        string // NewRunID; empty means a new one
	Goal      string // in plain words
	KPI       string // the column that measures the goal, where known
	StopAfter flow.Stage
	Tier      tier.Name // empty means tier.Professional
	Actor     flow.Actor
	// Workspace is whose run it is; empty for one of the command line.
	Workspace string
	Account   string // who asks for it, on a server
	// Decide is the flow.Mode that decides where nobody else does; Recipe the text of what decides before that.
	Decide, Recipe string
	// PointTTL is how long control points stay open; 0 means the instance's.
	PointTTL time.Duration
	// FourEyes has another person close a control point than those who decided at it.
	FourEyes bool
}

// NewRunID makes an id that sorts by the time of its making, and that can be said on the phone.
func NewRunID() string {
	var r [5]byte
	_, _ = rand.Read(r[:]) // never fails (crypto/rand)
	return time.Now().UTC().Format("20060102-150405-") + strings.ToLower(base32.StdEncoding.EncodeToString(r[:]))
}

// Submit stores the file at path as it is, encrypted, and asks for a run on it. When it returns without an error the run
// is recorded and goes on whatever happens. A file that cannot be received gives an error that is refused
// (stage.IsRefused) and says why; nothing of it is kept then.
func (a *App) Submit(ctx context.Context, path string, r Request) (run string, err error) {
	size := int64(0)
	if info, err := os.Stat(path); err == nil { // why it cannot be looked at is said by whoever reads the file
		size = info.Size()
	}
	if err := a.prepare(ctx, &r, path, size); err != nil {
		return "", err
	}
	if _, err := a.keys.Make(ctx, r.ID); err != nil {
		return "", explain(err, path)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.forget(context.WithoutCancel(ctx), r.ID))
		}
	}()
	received, err := a.files.ReceiveFile(ctx, r.ID, path)
	if err != nil {
		return "", err
	}
	if received.Bytes == 0 {
		return "", stage.Refused(fmt.Errorf("%s: %w; nothing was kept; check how it was exported", path, ErrEmpty))
	}
	return a.request(ctx, r.ID, received, &r, path)
}

// SubmitReceived asks for a run on a file that is stored already, as version 0 of the dataset. The file stays whatever
// becomes of the run.
func (a *App) SubmitReceived(ctx context.Context, dataset string, received *dataset.Received, r Request) (run string, err error) {
	if err := a.prepare(ctx, &r, received.Name, received.Bytes); err != nil {
		return "", err
	}
	return a.request(ctx, dataset, received, &r, received.Name)
}

// SubmitUpload asks for a run on an upload of the request's workspace that is complete. The error wraps
// upload.ErrNotFound where there is none.
func (a *App) SubmitUpload(ctx context.Context, id string, r Request) (run string, err error) {
	u, err := a.uploads.Get(ctx, r.Workspace, id)
	if err != nil {
		return "", err
	}
	received, err := u.File()
	if err != nil {
		return "", err
	}
	return a.SubmitReceived(ctx, u.ID, received, r)
}

// prepare completes a request for a run on a file of the size, and says whether the run may be; what names the file in
// errors.
func (a *App) prepare(ctx context.Context, r *Request, what string, size int64) error {
	if r.ID == "" {
		r.ID = NewRunID()
	}
	if r.Actor.Kind == "" {
		return fmt.Errorf("submitting %s: nobody is named as asking for the run", what)
	}
	if err := allowed(r, size); err != nil {
		return fmt.Errorf("submitting %s: %w", what, err)
	}
	if _, err := a.records.Run(ctx, r.ID); !errors.Is(err, store.ErrNotFound) {
		return errors.Join(err, fmt.Errorf("submitting %s: there is a run %s already", what, r.ID))
	}
	return nil
}

// request records the run.
func (a *App) request(ctx context.Context, dataset string, received *dataset.Received, r *Request, what string) (string, error) {
	err := a.control.Request(ctx, store.Run{ID: r.ID, Tier: string(r.Tier), Workspace: r.Workspace,
		Head: store.Head{File: received.Name, Goal: r.Goal, KPI: r.KPI, StopAfter: string(r.StopAfter), FourEyes: r.FourEyes, Account: r.Account,
			Decide: r.Decide, Recipe: r.Recipe, Dataset: dataset, Bytes: received.Bytes, SHA256: received.SHA256, Ref: received.Ref}}, r.Actor, cmp.Or(r.PointTTL, a.opt.PointTTL))
	if err != nil {
		return "", explain(err, what)
	}
	return r.ID, nil
}

// allowed holds the request against its tier, whose name it sets, and the stage after which the run ends.
func allowed(r *Request, size int64) error {
	limits, err := tier.Of(r.Tier)
	if err != nil {
		return err
	}
	r.Tier = limits.Tier
	if r.StopAfter, err = limits.CheckStage(r.StopAfter); err != nil {
		return err
	}
	return limits.CheckBytes(size)
}

func explain(err error, path string) error {
	if store.IsFull(err) {
		return fmt.Errorf("submitting %s: the disk is full; nothing was kept; make room and try again: %w", path, err)
	}
	return fmt.Errorf("submitting %s: %w", path, err)
}
