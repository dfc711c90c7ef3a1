package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// point is a control point that waits.
type point struct {
	run      string
	proposal *flow.Proposal
	document []byte
	decided  map[string]flow.Decision // taken before, at this point
}

// decider takes the decisions at a control point. It closes the point, or sends the stage back, or aborts; errWaiting
// means that it goes on another time.
type decider interface {
	decide(ctx context.Context, a *app.App, p *point) error
}

// errWaiting ends the command with exit code 3: the run is saved and waits for a person.
var errWaiting = exit{errors.New("the run waits for a decision"), exitWaiting}

// drive follows a run until it ends, or waits for a person who is not there.
func drive(ctx context.Context, a *app.App, run string, d decider, report reporter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	updates, err := a.Watch(ctx, run)
	if err != nil {
		return err
	}
	look := time.NewTicker(lookForRoom)
	defer look.Stop()
	for full := 0; ; {
		select {
		case u, more := <-updates:
			if !more {
				return fmt.Errorf("following run %s: %w; it is saved: go on with `analytix resume %s`", run, context.Cause(ctx), run)
			}
			report.update(u)
			if !u.Final() {
				continue
			}
			done, err := settle(ctx, a, run, d, u)
			if done || err != nil {
				return err
			}
		case <-look.C:
			err := a.Room()
			if full++; err == nil {
				full = 0
			}
			if full == mostFull {
				return fmt.Errorf("run %s: %w; what was recorded so far is kept: make room and go on with `analytix resume %s`", run, err, run)
			}
		}
	}
}

// A disk that stays full for some looks ends the command: nothing can be recorded on it, not even a failure. A handler that
// fills it for a moment has its files removed and is tried again.
const (
	lookForRoom = 2 * time.Second
	mostFull    = 4
)

// settle does what an update asks for. It looks at the run itself, for updates may be older than it.
func settle(ctx context.Context, a *app.App, run string, d decider, u control.Update) (done bool, err error) {
	if u.Kind == control.Stuck {
		return true, fmt.Errorf("run %s: %s", run, u.Sentence)
	}
	_, state, err := a.State(ctx, run)
	if err != nil {
		return true, err
	}
	switch state.Status {
	case control.Done:
		return true, nil
	case control.Aborted:
		return true, fmt.Errorf("run %s was aborted; what it made is kept", run)
	case control.Failed:
		return true, failure(run, state.Failure)
	case control.Expired:
		return true, exit{fmt.Errorf("run %s: the time for its decisions has passed: renew it with `analytix resume %s`", run, run), exitWaiting}
	case control.Waiting:
		proposal, document, err := a.Proposal(ctx, run)
		if err != nil {
			return true, err
		}
		p := &point{run: run, proposal: proposal, document: document, decided: map[string]flow.Decision{}}
		maps.Copy(p.decided, state.Stages[state.Stage].Decisions)
		err = d.decide(ctx, a, p)
		return err != nil, err
	default:
		return false, nil
	}
}

func failure(run string, f *control.Failure) error {
	err := fmt.Errorf("%s failed: %s\nThe file as received and everything decided so far are kept: `analytix resume %s` tries again", f.Handler, f.Message, run)
	if f.Refused {
		return stage.Refused(errors.New(f.Message))
	}
	return err
}

// byMode decides without a person.
type byMode struct{ mode flow.Mode }

func (b byMode) decide(ctx context.Context, a *app.App, p *point) error {
	if b.mode == flow.ModeAsk {
		return errWaiting
	}
	if d := b.mode.Decide(p.proposal, p.decided, time.Now().UTC()); len(d) > 0 {
		for i := range d {
			d[i].ID = "" // a mode may decide again on a point that was opened again
		}
		if err := a.Decide(ctx, p.run, d); err != nil {
			return err
		}
	}
	return a.Proceed(ctx, p.run, p.proposal.Hash, flow.Actor{Kind: flow.ActorMode, Name: string(b.mode)})
}
