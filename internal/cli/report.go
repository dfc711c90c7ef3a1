package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/analytix-flow/analytix/internal/control"
)

// reporter shows how a run moves.
type reporter interface {
	update(u control.Update)
}

// inLines writes a line for every stage and every step of a task, for terminals and logs alike.
type inLines struct {
	to   io.Writer
	last string
}

func (r *inLines) update(u control.Update) {
	line := ""
	switch {
	case u.Kind == control.Progress && u.Fraction < 1:
		line = fmt.Sprintf("  %-28s %3.0f%%  %s", u.Handler, 100*u.Fraction, u.Sentence)
	case u.Kind == control.Changed && u.Status == control.Waiting:
		line = fmt.Sprintf("%s: control point, %d to decide", u.Stage, len(u.Proposal.Items))
	case u.Kind == control.Changed && u.Phase == control.Planning:
		line = string(u.Stage)
	}
	if line != "" && line != r.last {
		_, _ = fmt.Fprintln(r.to, line) // a line that cannot be shown must not end the run
		r.last = line
	}
}

// inJSON writes every update as a JSON line.
type inJSON struct{ to io.Writer }

func (r inJSON) update(u control.Update) {
	if b, err := json.Marshal(u); err == nil {
		_, _ = r.to.Write(append(b, '\n')) // as above
	}
}
