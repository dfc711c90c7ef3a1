package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/terminal"
)

// byPerson asks the person at the terminal.
type byPerson struct {
	in    io.Reader
	out   io.Writer
	actor flow.Actor
}

func (b byPerson) decide(ctx context.Context, a *app.App, p *point) error {
	record, _, err := a.State(ctx, p.run)
	if err != nil {
		return err
	}
	answer, err := terminal.Ask(ctx, sitting{a, p, b.actor}, terminal.Point{
		Run: p.run, File: record.Head.File, Goal: record.Head.Goal, Proposal: p.proposal, Document: p.document, Decided: p.decided,
	}, b.actor, b.in, b.out)
	if err != nil {
		return err
	}
	switch answer.Next {
	case terminal.Proceed:
		return a.Proceed(ctx, p.run, p.proposal.Hash, b.actor)
	case terminal.SendBack:
		return a.SendBack(ctx, p.run, answer.Options, b.actor)
	case terminal.Abort:
		return a.Abort(ctx, p.run, "ended at the terminal", b.actor)
	default:
		return errWaiting
	}
}

// sitting is a run as the form at the terminal sees it.
type sitting struct {
	app   *app.App
	point *point
	actor flow.Actor
}

// previewRows is how many rows a preview shows: more than a screen has is for scrolling.
const previewRows = 50

func (s sitting) Preview(ctx context.Context, issue, resolution string, params map[string]any) (json.RawMessage, error) {
	return s.app.Preview(ctx, s.point.run, issue, resolution, params, previewRows)
}

// Try has the manager of the stage write the decision into the document, as it will when the control point closes.
func (s sitting) Try(_ context.Context, d flow.Decision) error {
	if err := d.Check(s.point.proposal); err != nil {
		return err
	}
	for _, m := range managers() {
		if m.Stage() == s.point.proposal.Stage {
			_, err := m.Decide(s.point.document, []flow.Decision{d})
			return err
		}
	}
	return nil
}

func (s sitting) Decide(ctx context.Context, decisions []flow.Decision) error {
	return s.app.Decide(ctx, s.point.run, decisions)
}

func (s sitting) Withdraw(ctx context.Context, item string) error {
	return s.app.Withdraw(ctx, s.point.run, item, s.actor)
}

// inBars shows work live, where standard error is a terminal.
type inBars struct {
	bars *terminal.Progress
	last string
}

func (r *inBars) update(u control.Update) {
	line := ""
	switch {
	case u.Kind == control.Progress:
		r.bars.Task(u.Handler, u.Fraction, u.Sentence)
	case u.Final():
		r.bars.Clear()
		if u.Status == control.Waiting {
			line = fmt.Sprintf("%s: control point, %d to decide", u.Stage, len(u.Proposal.Items))
		}
	case u.Kind == control.Changed && u.Phase == control.Planning:
		line = string(u.Stage)
	}
	if line != "" && line != r.last {
		r.bars.Line(line)
		r.last = line
	}
}

// reporter is how the run's progress is shown.
func (s *streams) reporter(f *runFlags) reporter {
	if f.json {
		return inJSON{to: s.out}
	}
	if to, ok := s.err.(*os.File); ok && term.IsTerminal(int(to.Fd())) {
		return &inBars{bars: terminal.NewProgress(to, func() int {
			if w, _, err := term.GetSize(int(to.Fd())); err == nil && w > 0 {
				return w
			}
			return defaultWidth
		})}
	}
	return &inLines{to: s.err}
}

// defaultWidth is that of a terminal that does not tell its own.
const defaultWidth = 80
