package quality

import (
	"context"
	"fmt"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// wrongColumn finds cells whose last word belongs in an empty neighbour: "Portland OR" where the state is missing.
var _ = register(spec{
	id: "name_in_wrong_column", handler: handlerStructure,
	applies: func(f *flow.Facts) (bool, string) {
		if len(f.Columns) < 2 {
			return false, "the table has one column"
		}
		return true, "texts may have slipped into a neighbour"
	},
	run: wrongColumn,
})

func wrongColumn(ctx context.Context, t *Table) ([]Finding, error) {
	var out []Finding
	for i := range t.Facts.Columns {
		to := &t.Facts.Columns[i]
		// The neighbour must be a category with some gaps: its domain tells which words belong to it.
		if to.Missing == 0 || to.Missing == t.Facts.Rows || to.Type != flow.Text || to.Distinct < 2 || to.Distinct > 1000 {
			continue
		}
		for j := max(0, i-3); j < min(len(t.Facts.Columns), i+4); j++ {
			from := &t.Facts.Columns[j]
			if i == j || from.Type != flow.Text {
				continue
			}
			f, err := t.slipped(ctx, from, to)
			if err != nil {
				return nil, err
			}
			if f != nil {
				out = append(out, *f)
				break
			}
		}
	}
	return out, nil
}

// slipped looks whether the gaps of one column are explained by the last words of another. Words of the domain at the
// end of the cell must be far more frequent where the neighbour is empty than where it is not.
func (t *Table) slipped(ctx context.Context, from, to *flow.Column) (*Finding, error) {
	split := flow.Resolution{
		Kind: "split_cell_to_neighbour", Label: fmt.Sprintf("Move the last word of %s to %s", from.Name, to.Name),
		Params: map[string]any{"column": from.Name, "to_column": to.Name},
	}
	cells, err := operation.Compile(split, t.Facts)
	if err != nil {
		return nil, fmt.Errorf("looking for slipped words: %w", err)
	}
	var moved int64
	if err := t.Engine.QueryRow(ctx, "SELECT count(DISTINCT __row) FROM ("+cells+")", &moved); err != nil {
		return nil, fmt.Errorf("looking for slipped words: %w", err)
	}
	if moved < 2 {
		return nil, nil
	}
	tail := "regexp_extract(" + text(from) + `, '[\s,;/-]+(\S+)\s*$', 1)`
	var full, ends int64
	err = t.Engine.QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE "+tail+" IN (SELECT DISTINCT "+text(to)+" FROM data)) FROM data WHERE "+
		engine.Ident(to.Name)+" IS NOT NULL AND "+engine.Ident(from.Name)+" IS NOT NULL", &full, &ends)
	if err != nil {
		return nil, fmt.Errorf("looking for slipped words: %w", err)
	}
	gaps := share(moved, to.Missing)
	if usual := share(ends, full); gaps < 5*usual || gaps < 0.02 || gaps-usual < 0.02 {
		return nil, nil
	}
	return &Finding{Priority: 3, Issue: flow.Issue{
		Columns: []string{from.Name, to.Name}, Severity: severity(to, share(moved, t.Facts.Rows), flow.Medium), Confidence: 0.6 + 0.35*gaps,
		Title: phrase.Count(moved, "%d {cell|cells} of %s {ends|end} with what belongs in %s, which is empty there", moved, from.Name, to.Name),
		Evidence: flow.Evidence{
			SQL: "SELECT " + text(from) + " AS value, count(*) AS n FROM data WHERE " + engine.Ident(to.Name) + " IS NULL AND " + tail +
				" IN (SELECT DISTINCT " + text(to) + " FROM data) GROUP BY 1 ORDER BY n DESC, 1",
			Numbers: map[string]float64{"rows": float64(moved), "gaps": float64(to.Missing), "share_of_gaps": gaps, "share_elsewhere": share(ends, full)},
			Notes:   []string{"where the neighbour is filled, such an ending is rare, so it is hardly part of the name"},
		},
		Resolutions: []flow.Resolution{recommended(split, "the word is in the neighbour's domain and the neighbour is empty"), markOnly()},
	}}, nil
}
