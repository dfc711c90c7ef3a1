package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Session is what the form needs of a run whose control point is open.
type Session interface {
	// Preview says what a resolution of an issue would change: a JSON document with cells, rows, rows_removed, columns
	// and lines {row, before, after}. Params are nil for those that were proposed.
	Preview(ctx context.Context, issue, resolution string, params map[string]any) (json.RawMessage, error)
	// Try says whether a decision on something else than an issue, such as corrected facts, would hold; it records nothing.
	Try(ctx context.Context, d flow.Decision) error
	// Decide records decisions; ID and At are left to it.
	Decide(ctx context.Context, decisions []flow.Decision) error
	// Withdraw takes the decision on an item back.
	Withdraw(ctx context.Context, item string) error
}

// Point is an open control point.
type Point struct {
	Run, File, Goal string
	Proposal        *flow.Proposal
	Document        json.RawMessage          // the proposal's: flow.Facts, IssueList, InsightList or ActionList
	Decided         map[string]flow.Decision // by item, taken before
}

// Next is what the person wants to happen next.
type Next string

// What can happen next.
const (
	Proceed  Next = "proceed"   // close the control point; every item is decided
	SendBack Next = "send_back" // have the stage begin anew, with Options
	Abort    Next = "abort"     // end the run for good
	Later    Next = "later"     // leave it open and come back
)

// Answer ends a form.
type Answer struct {
	Next    Next
	Options map[string]any // for SendBack
}

// Ask shows the form on a terminal until the person moves on or leaves. A cancelled ctx is an answer of Later.
func Ask(ctx context.Context, s Session, p Point, actor flow.Actor, in io.Reader, out io.Writer) (Answer, error) {
	m, err := newModel(ctx, s, p, actor)
	if err != nil {
		return Answer{Next: Later}, err
	}
	done, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen()).Run()
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, tea.ErrInterrupted) {
			return Answer{Next: Later}, nil //nolint:nilerr // an interrupt is an answer, not a fault
		}
		return Answer{Next: Later}, fmt.Errorf("showing the control point: %w; what was decided is kept", err)
	}
	end, ok := done.(*model)
	if !ok || end.answer == nil {
		return Answer{Next: Later}, nil
	}
	return *end.answer, nil
}
