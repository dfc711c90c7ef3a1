package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

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
	if r.ID == "" {
		r.ID = NewRunID()
	}
	if r.Actor.Kind == "" {
		return "", fmt.Errorf("submitting %s: nobody is named as asking for the run", path)
	}
	limits, err := allowed(&r, path)
	if err != nil {
		return "", fmt.Errorf("submitting %s: %w", path, err)
	}
	if _, err := a.records.Run(ctx, r.ID); !errors.Is(err, store.ErrNotFound) {
		return "", errors.Join(err, fmt.Errorf("submitting %s: there is a run %s already", path, r.ID))
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
	err = a.control.Request(ctx, store.Run{ID: r.ID, Tier: string(limits.Tier), Head: store.Head{File: received.Name, Goal: r.Goal, KPI: r.KPI,
		StopAfter: string(r.StopAfter), Dataset: r.ID, Bytes: received.Bytes, SHA256: received.SHA256, Ref: received.Ref}},
		r.Actor, a.opt.PointTTL)
	if err != nil {
		return "", explain(err, path)
	}
	return r.ID, nil
}

// allowed holds the request against its tier, and sets the stage after which the run ends. A file that cannot be looked at
// is refused later, with the reason.
func allowed(r *Request, path string) (limits tier.Limits, err error) {
	if limits, err = tier.Of(r.Tier); err != nil {
		return limits, err
	}
	if r.StopAfter, err = limits.CheckStage(r.StopAfter); err != nil {
		return limits, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return limits, nil //nolint:nilerr // said by whoever reads the file
	}
	return limits, limits.CheckBytes(info.Size())
}

func explain(err error, path string) error {
	if store.IsFull(err) {
		return fmt.Errorf("submitting %s: the disk is full; nothing was kept; make room and try again: %w", path, err)
	}
	return fmt.Errorf("submitting %s: %w", path, err)
}
