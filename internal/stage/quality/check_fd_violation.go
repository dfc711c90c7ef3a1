package quality

import (
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// fdViolation finds cells that differ from what another column, or two together, determine in the other rows.
var _ = register(spec{id: "fd_violation", handler: handlerDependencies, applies: enoughRows, run: eachJudged(fdViolations, "dependency", "gap")})

func fdViolations(t *Table, n *inferred, column int, cells []dependency.Cell) Finding {
	c := &t.Facts.Columns[column]
	gaps := 0
	for _, x := range cells {
		if x.Old == "" {
			gaps++
		}
	}
	by := n.mainWitness(cells)
	names := strings.Join(n.names(by.Columns), " and ")
	title := phrase.Count(len(cells), "%s determines %s, but %d {cell says|cells say} otherwise", names, c.Name, len(cells))
	if gaps == len(cells) {
		title = phrase.Count(gaps, "%d empty {cell|cells} of %s {is|are} determined by %s", gaps, c.Name, names)
	}
	f := Finding{Priority: 2, Issue: flow.Issue{
		Columns: append([]string{c.Name}, n.names(by.Columns)...), Title: title,
		Severity:   severity(c, share(int64(len(cells)), int64(n.table.Rows)), flow.Medium),
		Confidence: confidence(cells),
		Evidence: flow.Evidence{
			SQL:     groupsSQL(n.names(by.Columns), c.Name),
			Numbers: map[string]float64{"cells": float64(len(cells)), "gaps": float64(gaps), "holds_share": by.Right},
			Notes: n.sampled("the dependency may have rightful exceptions",
				"the determining column may be wrong instead; where other columns side with it, it is taken for right"),
		},
	}}
	f.Issue.Resolutions, f.Cells = n.resolutions(column, cells, "in the other rows the dependency holds, and nothing in these rows speaks against it")
	return f
}

// resolutions are the repairs for cells of which some may be gaps, which take an operation of their own.
func (n *inferred) resolutions(column int, cells []dependency.Cell, why string) ([]flow.Resolution, string) {
	var full, gaps []dependency.Cell
	for _, x := range cells {
		if x.Old == "" {
			gaps = append(gaps, x)
		} else {
			full = append(full, x)
		}
	}
	main := full
	if len(full) == 0 {
		main = gaps
	}
	fix, exact := n.repair(column, main)
	out := []flow.Resolution{recommended(fix, why), markOnly()}
	if exact && len(main) == len(cells) {
		return out, ""
	}
	return out, n.listed(column, cells)
}

// mainWitness is the witness that speaks first for most cells.
func (n *inferred) mainWitness(cells []dependency.Cell) dependency.By {
	votes := map[string]int{}
	var best dependency.By
	most := 0
	for _, x := range cells {
		for _, b := range x.By {
			if len(b.Columns) == 0 {
				continue
			}
			k := fmt.Sprint(b.Columns)
			votes[k]++
			if votes[k] > most {
				most, best = votes[k], b
			}
			break
		}
	}
	return best
}

// groupsSQL shows the groups of the determining columns that hold several values of the dependent one.
func groupsSQL(by []string, dependent string) string {
	if len(by) == 0 {
		return "SELECT " + engine.Text(dependent) + " AS value, count(*) AS n FROM data GROUP BY 1 ORDER BY n DESC, 1"
	}
	cols := make([]string, len(by))
	for i, b := range by {
		cols[i] = engine.Ident(b)
	}
	key := strings.Join(cols, ", ")
	rowOf := "(" + key + ")"
	y := engine.Ident(dependent)
	return "SELECT " + key + ", " + y + " AS value, count(*) AS n FROM data WHERE (" + key + ") IN (SELECT " + rowOf + " FROM data GROUP BY " + key +
		" HAVING count(DISTINCT " + y + ") > 1) GROUP BY ALL ORDER BY ALL"
}
