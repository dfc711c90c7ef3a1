package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/analytix-flow/analytix/internal/access"
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
	for i := range p.Top {
		p.Top[i].Value = x.m.Value(p.Column, p.Top[i].Value)
	}
	if x.m.Personal(p.Column) {
		p.Histogram, p.Low, p.High, p.Mean, p.Quartiles, p.Shortest, p.Longest = nil, nil, nil, nil, nil, 0, 0
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
