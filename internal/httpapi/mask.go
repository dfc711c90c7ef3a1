package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/masking"
	"github.com/analytix-flow/analytix/internal/query"
)

// masks hides personal data from a caller; one without a masker hides nothing.
type masks struct{ m *masking.Masker }

// unmasked says whether the caller may see personal data of the workspace as it is.
func unmasked(ctx context.Context, workspace string) bool {
	id := caller(ctx)
	return id != nil && id.In(workspace).Allows(access.DataUnmasked) && id.Scoped(access.DataUnmasked)
}

// unmaskedOnly refuses what cannot be masked, such as a file.
func (a *API) unmaskedOnly(ctx context.Context, workspace string) error {
	if unmasked(ctx, workspace) {
		return nil
	}
	return newProblem(http.StatusForbidden, "masked", "The file may hold personal data as it is, which you may not see.").kept("nothing was changed").
		next("ask an administrator for a role that may %s", access.DataUnmasked.Says())
}

// form names what callers see who may see the same as this one, of texts that are masked without a table.
func (x masks) form(of string) string {
	if x.m == nil {
		return of
	}
	return of + " masked"
}

// masker is what hides personal data of a run from the caller.
func (a *API) masker(ctx context.Context, p RunPath) (masks, error) {
	if unmasked(ctx, p.Workspace) {
		return masks{}, nil
	}
	m, err := a.App.Masker(ctx, p.Run)
	return masks{m}, err
}

// lookup refuses to look for values of a column that is masked: they could be guessed.
func (x masks) lookup(column string) error {
	if x.m == nil || !x.m.Personal(column) {
		return nil
	}
	return newProblem(http.StatusForbidden, "masked", fmt.Sprintf("The column %q is masked for you, so it cannot be searched or sorted by.", column)).
		next("use another column, or ask an administrator for a role that may %s", access.DataUnmasked.Says())
}

func (x masks) page(p *query.Page) []string {
	masked := []string{}
	if x.m == nil {
		return masked
	}
	for i, c := range p.Columns {
		if x.m.Personal(c) {
			masked = append(masked, c)
		}
		for _, r := range p.Rows {
			r.Cells[i] = x.m.Cell(c, r.Cells[i])
		}
	}
	return masked
}

// profile masks values; of a masked column, what could be read from lengths and extremes goes too.
func (x masks) profile(p *query.Profile) {
	if x.m == nil {
		return
	}
	for _, values := range [][]query.Value{p.Top, p.UnfitValues} {
		for i := range values {
			values[i].Value = x.m.Value(p.Column, values[i].Value)
		}
	}
	if x.m.Personal(p.Column) {
		p.Histogram, p.Low, p.High, p.Mean, p.Quartiles, p.Shortest, p.Longest = nil, nil, nil, nil, nil, 0, 0
		// The query of the bars names the lowest value.
		p.Queries = slices.DeleteFunc(p.Queries, func(q query.Query) bool { return q.Of == query.BehindNumbers || q.Of == query.BehindHistogram })
	}
}

func (x masks) difference(d *query.Difference) {
	if x.m == nil {
		return
	}
	for _, r := range d.Rows {
		for i := range r.Cells {
			c := &r.Cells[i]
			c.Old, c.New = x.m.Cell(c.Column, c.Old), x.m.Cell(c.Column, c.New)
		}
	}
}

func (x masks) story(s *dataset.CellStory) {
	if x.m == nil {
		return
	}
	s.Received, s.Now = x.m.Cell(s.Column, s.Received), x.m.Cell(s.Column, s.Now)
	for i := range s.Changes {
		c := &s.Changes[i]
		c.Old, c.New = x.m.Cell(s.Column, c.Old), x.m.Cell(s.Column, c.New)
	}
}

// decision hides what a decision says of the data: its parameters may be values.
func (x masks) decision(d *flow.Decision) {
	if x.m != nil {
		d.Params, d.Reason = nil, x.m.Text(d.Reason)
	}
}

// text hides what looks personal in a text that people wrote, such as the name of a file.
func (x masks) text(text string) string {
	if x.m == nil {
		return text
	}
	return x.m.Text(text)
}

// failure hides the words of a failure: they may quote any cell.
func (x masks) failure(f *control.Failure) *control.Failure {
	if x.m == nil || f == nil {
		return f
	}
	hidden := *f
	hidden.Message = "The stage failed. Its message may quote personal data: somebody who may see it as it is can read it."
	return &hidden
}

// items hides what items are about: a group that was found is named by its values.
func (x masks) items(all []flow.Item) []flow.Item {
	if x.m == nil {
		return all
	}
	hidden := slices.Clone(all)
	for i := range hidden {
		hidden[i].Fingerprint = ""
	}
	return hidden
}

// update hides of an update what it may quote.
func (x masks) update(u control.Update) control.Update {
	if x.m == nil {
		return u
	}
	u.Failure, u.Sentence = x.failure(u.Failure), x.text(u.Sentence)
	if u.Proposal != nil {
		p := *u.Proposal
		p.Items = x.items(p.Items)
		u.Proposal = &p
	}
	return u
}

// open are the details of an entry of the audit that hold hashes, numbers and words of the program. All others may quote
// the data.
var open = map[string]bool{"status": true, "stage": true, "seen": true, "stop_after": true, "round": true, "try": true, "proposal": true, "items": true,
	"version": true, "document": true, "files": true, "bytes": true, "sha256": true, "decision": true, "choice": true, "option": true, "due": true, "like": true, "hash": true}

// entry is an entry of a run's audit as the caller may see it. Of a run that was erased only the proof is shown whole.
func (x masks) entry(l audit.Link, erased bool) (json.RawMessage, error) {
	if x.m == nil && !erased {
		return l.Body, nil
	}
	var e map[string]json.RawMessage
	var action string
	if err := json.Unmarshal(l.Body, &e); err != nil {
		return nil, fmt.Errorf("reading entry %d of the audit: %w", l.Seq, err)
	}
	if err := json.Unmarshal(e["action"], &action); err != nil {
		return nil, fmt.Errorf("reading entry %d of the audit: %w", l.Seq, err)
	}
	if action == control.ActionErased && x.m == nil || e["details"] == nil {
		return l.Body, nil
	}
	var details map[string]json.RawMessage
	if err := json.Unmarshal(e["details"], &details); err != nil {
		return nil, fmt.Errorf("reading entry %d of the audit: %w", l.Seq, err)
	}
	maps.DeleteFunc(details, func(name string, _ json.RawMessage) bool { return !open[name] })
	if erased {
		details["erased"] = json.RawMessage("true")
	}
	var err error
	if e["details"], err = json.Marshal(details); err != nil {
		return nil, err
	}
	return json.Marshal(e)
}

// textual masks what looks personal in texts, where no table is known yet.
func textual(ctx context.Context, workspace string) masks {
	if unmasked(ctx, workspace) {
		return masks{}
	}
	return masks{masking.New(nil)}
}

// masked masks a document about the data.
func masked[T any](x masks, v *T) error {
	if x.m == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("masking a document: %w", err)
	}
	if raw, err = x.m.Document(raw); err != nil {
		return err
	}
	var hidden T
	if err := json.Unmarshal(raw, &hidden); err != nil {
		return fmt.Errorf("masking a document: %w", err)
	}
	*v = hidden
	return nil
}
