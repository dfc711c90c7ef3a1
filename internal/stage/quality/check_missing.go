package quality

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// missingCells reports empty cells. They are flagged where the table itself tells what stands in them (other rows of the
// same group agree on a value), and where the column else is filled and the gaps lie in it like accidents. A gap that
// depends on another column is a fact about the data and not by itself an error.
var _ = register(spec{
	id: "missing", handler: handlerCompleteness,
	applies: func(f *flow.Facts) (bool, string) {
		for i := range f.Columns {
			if f.Columns[i].Missing > 0 {
				return true, "there are empty cells"
			}
		}
		return false, "no cell is empty"
	},
	run: eachColumn(missingCells),
})

// fewGaps is the share of a column's cells below which its gaps are told together with those of other columns.
const fewGaps = 0.02

func missingCells(ctx context.Context, t *Table, c *flow.Column) (*Finding, error) {
	if c.Missing == 0 {
		return nil, nil
	}
	lost := share(c.Missing, t.Facts.Rows)
	f := &Finding{Issue: flow.Issue{
		Columns: []string{c.Name}, Severity: flow.Info, Confidence: 1, Rows: c.Missing, Cells: c.Missing,
		Title: phrase.Count(c.Missing, "%s of %s is missing (%d {cell|cells})", percent(lost), c.Name, c.Missing),
		Evidence: flow.Evidence{
			SQL:     "SELECT count(*) - count(" + engine.Ident(c.Name) + ") AS missing, count(*) AS rows FROM data",
			Numbers: map[string]float64{"missing": float64(c.Missing), "share": lost},
		},
		Resolutions: []flow.Resolution{markOnly()},
	}}
	if c.Missing == t.Facts.Rows {
		f.Issue.Title = c.Name + " is empty throughout"
		f.Issue.Resolutions = append(f.Issue.Resolutions, flow.Resolution{Kind: "drop_column", Label: "Leave the column out", Params: map[string]any{"column": c.Name}})
		return f, nil
	}
	if err := gapNotes(ctx, t, c, &f.Issue); err != nil {
		return nil, err
	}
	by, fit, filled, err := determinedBy(ctx, t, c)
	if err != nil {
		return nil, err
	}
	if by == "" {
		offerFills(c, &f.Issue)
		accident, err := t.accidental(ctx, c)
		if err != nil {
			return nil, err
		}
		if accident != "" {
			f.Cells, f.Priority = cellsWhere(c.Name, engine.Ident(c.Name)+" IS NULL"), -2
			f.Issue.Severity, f.Issue.Confidence = severity(c, lost, flow.Low), 0.6
			f.Issue.Evidence.Notes = append(f.Issue.Evidence.Notes, accident)
			f.Group, f.GroupTitle = "accident", "Cells are empty here and there in %s, for no reason that the table shows"
			return f, nil
		}
		if lost < fewGaps { // one line of totals leaves a gap in every column: that is one thing to look at
			f.Group, f.GroupTitle = "few", "A few cells are empty in %s"
		}
		return f, nil
	}
	fill := flow.Resolution{
		Kind: "fill_by_dependency", Label: "Fill in what the other rows of the same " + by + " say",
		Params: map[string]any{"determinants": []string{by}, "dependent": c.Name},
	}
	if fit >= 0.9 {
		fill = recommended(fill, percent(fit)+" of the rows agree within their "+by)
	}
	f.Priority = 1
	f.Issue.Severity, f.Issue.Confidence = severity(c, lost, flow.Medium), math.Min(0.9, fit)
	f.Issue.Title = phrase.Count(filled, "%d {cell|cells} of %s {is|are} empty where other rows of the same %s agree on a value", filled, c.Name, by)
	f.Issue.Evidence.Numbers["determined"], f.Issue.Evidence.Numbers["agreement"] = float64(filled), fit
	f.Issue.Resolutions = append([]flow.Resolution{fill}, f.Issue.Resolutions...)
	return f, nil
}

// accidental says in a sentence why the gaps of a column are held to be accidents; it is empty where they are not.
func (t *Table) accidental(ctx context.Context, c *flow.Column) (string, error) {
	if ok, _ := enoughRows(t.Facts); !ok || c.Distinct < 2 {
		return "", nil
	}
	n, err := t.rows(ctx)
	if err != nil {
		return "", err
	}
	for i := range n.table.Columns {
		if n.table.Columns[i].Name != c.Name {
			continue
		}
		a := dependency.Accidental(n.table, i)
		if !a.Scattered {
			return "", nil
		}
		return fmt.Sprintf("the column else is filled, and its gaps depend on none of %d other things that they were compared with", a.Compared), nil
	}
	return "", nil
}

// offerFills adds the ways to fill gaps; none is recommended, since nothing determines the values.
func offerFills(c *flow.Column, i *flow.Issue) {
	p := map[string]any{"column": c.Name}
	if c.Type.Numeric() {
		i.Resolutions = append(i.Resolutions, flow.Resolution{Kind: "fill_group_median", Label: "Fill in the median", Params: p})
	} else if c.Role == flow.RoleDimension {
		i.Resolutions = append(i.Resolutions, flow.Resolution{Kind: "fill_group_mode", Label: "Fill in the most frequent value", Params: p})
	}
	i.Resolutions = append(i.Resolutions, flow.Resolution{Kind: "fill_down", Label: "Fill in the value above", Params: p})
}

// determinedBy looks for a column whose groups agree on the value, and in whose groups the gap is the exception. It
// returns the best one, the share of rows that agree with their group, and how many gaps that fills.
func determinedBy(ctx context.Context, t *Table, c *flow.Column) (by string, fit float64, filled int64, err error) {
	if c.Role == flow.RoleIdentifier || c.Distinct < 2 || c.Missing*10 > t.Facts.Rows*6 {
		return "", 0, 0, nil
	}
	at := t.placeOf(c)
	for _, i := range t.determining(c) {
		d := &t.Facts.Columns[i]
		g, ok, err := t.groupsInMemory(ctx, i, at)
		if err == nil && !ok {
			g, err = t.groupsAgree(ctx, d, c)
		}
		if err != nil {
			return "", 0, 0, err
		}
		agree, base, n, can := g.agree, g.base, g.rows, g.can
		if agree == nil || base == nil || *base >= 1 || n*2 < t.Facts.Rows-c.Missing || can*2 < c.Missing {
			continue
		}
		if lift := (*agree - *base) / (1 - *base); *agree < 0.65 || lift < 0.6 || *agree <= fit {
			continue
		}
		by, fit, filled = d.Name, *agree, can
	}
	return by, fit, filled, nil
}

// groupsAgree compares the values of a column within the groups of another.
func (t *Table) groupsAgree(ctx context.Context, d, c *flow.Column) (g grouping, err error) {
	q := fmt.Sprintf(`WITH g AS (SELECT %[1]s AS k, %[2]s AS v, count(*) AS n FROM data WHERE %[1]s IS NOT NULL GROUP BY 1, 2), `+
		`s AS (SELECT k, coalesce(max(n) FILTER (WHERE v IS NOT NULL), 0) AS top, coalesce(sum(n) FILTER (WHERE v IS NOT NULL), 0) AS filled, `+
		`coalesce(sum(n) FILTER (WHERE v IS NULL), 0) AS gap FROM g GROUP BY 1) `+
		`SELECT sum(top) FILTER (WHERE filled > 2) / sum(filled) FILTER (WHERE filled > 2), `+
		`(SELECT max(n)/sum(n) FROM (SELECT v, sum(n) AS n FROM g WHERE v IS NOT NULL GROUP BY 1)), `+
		`coalesce(sum(filled) FILTER (WHERE filled > 2), 0)::BIGINT, coalesce(sum(gap) FILTER (WHERE top > 1 AND top > 0.5 * filled AND filled > gap), 0)::BIGINT FROM s`,
		text(d), text(c))
	if err := t.Engine.QueryRow(ctx, q, &g.agree, &g.base, &g.rows, &g.can); err != nil {
		return g, fmt.Errorf("looking for what determines the gaps: %w", err)
	}
	return g, nil
}

// placeOf is the place of a column in the table.
func (t *Table) placeOf(c *flow.Column) int {
	return slices.IndexFunc(t.Facts.Columns, func(x flow.Column) bool { return x.Name == c.Name })
}

// gapNotes says which other columns are missing in the same rows, and on which category the gaps depend.
func gapNotes(ctx context.Context, t *Table, c *flow.Column, i *flow.Issue) error {
	const most = 40 // columns compared
	at := t.placeOf(c)
	for k := 0; k < len(t.Facts.Columns) && k < most; k++ {
		d := &t.Facts.Columns[k]
		if d.Name == c.Name {
			continue
		}
		gap, other := engine.Ident(c.Name)+" IS NULL", engine.Ident(d.Name)+" IS NULL"
		if d.Missing > 0 && d.Missing < t.Facts.Rows {
			both, ok, err := t.sharedGaps(ctx, at, k)
			if err == nil && !ok {
				err = t.Engine.QueryRow(ctx, "SELECT count(*) FROM data WHERE "+gap+" AND "+other, &both)
			}
			if err != nil {
				return fmt.Errorf("comparing gaps: %w", err)
			}
			if share(both, c.Missing) > 0.95 && share(both, d.Missing) > 0.95 && both > 2 {
				i.Evidence.Notes = append(i.Evidence.Notes, "missing in the same rows as "+d.Name)
			}
		}
		if d.Role == flow.RoleDimension && d.Distinct >= 2 && d.Distinct <= 30 && c.Missing >= 30 {
			v, ok, err := t.gapsBy(ctx, at, k)
			if err == nil && !ok {
				v, err = gapDependence(ctx, t, gap, d)
			}
			if err != nil {
				return err
			}
			if v > 0.5 {
				i.Evidence.Notes = append(i.Evidence.Notes, fmt.Sprintf("whether it is missing depends on %s (Cramér's V %.2f)", d.Name, v))
			}
		}
	}
	return nil
}

// gapDependence is Cramér's V between a gap and a category.
func gapDependence(ctx context.Context, t *Table, gap string, d *flow.Column) (float64, error) {
	var chi, n *float64
	err := t.Engine.QueryRow(ctx, "WITH g AS (SELECT count(*)::DOUBLE AS n, count(*) FILTER (WHERE "+gap+")::DOUBLE AS m FROM data WHERE "+
		engine.Ident(d.Name)+" IS NOT NULL GROUP BY "+engine.Ident(d.Name)+"), r AS (SELECT sum(m)/sum(n) AS p, sum(n) AS total FROM g) "+
		"SELECT sum((m - n*p)*(m - n*p)/(n*p*(1-p))), any_value(total) FROM g, r WHERE p > 0 AND p < 1", &chi, &n)
	if err != nil {
		return 0, fmt.Errorf("testing what gaps depend on: %w", err)
	}
	if chi == nil || n == nil || *n == 0 {
		return 0, nil
	}
	return math.Sqrt(*chi / *n), nil
}
