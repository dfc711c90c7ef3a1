package quality

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/dependency"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
)

// repair is the operation that changes exactly the given cells of one column, and whether it is exact.
func (n *inferred) repair(column int, cells []dependency.Cell) (flow.Resolution, bool) {
	if m, ok := n.mapping(nil, column, cells); ok {
		return flow.Resolution{Kind: "map_values", Label: "Write the right value in the place of each wrong one",
			Params: map[string]any{"column": n.table.Columns[column].Name, "map": m}}, true
	}
	kind := "fix_by_dependency"
	if cells[0].Old == "" {
		kind = "fill_by_dependency"
	}
	var best []int
	var bestMap map[string]string
	for _, by := range n.determinants(column, cells) {
		m, ok := n.mapping(by, column, cells)
		if best == nil || ok || len(m) > len(bestMap) {
			best, bestMap = by, m
		}
		if ok {
			return n.byDependency(kind, best, column, bestMap), true
		}
	}
	return n.byDependency(kind, best, column, bestMap), false
}

func (n *inferred) byDependency(kind string, by []int, column int, m map[string]string) flow.Resolution {
	name := n.table.Columns[column].Name
	others := slices.DeleteFunc(n.names(by), func(s string) bool { return s == name })
	return flow.Resolution{Kind: kind, Label: fmt.Sprintf("Write what %s says", strings.Join(others, " and ")),
		Params: map[string]any{"determinants": n.names(by), "dependent": name, "map": m}}
}

// determinants are sets of columns by which the wrong cells may be told from right ones: first what speaks for the
// repair, then with the wrong value itself, then with further columns.
func (n *inferred) determinants(column int, cells []dependency.Cell) [][]int {
	votes := map[int]int{}
	for _, x := range cells {
		for i, b := range x.By {
			for _, c := range b.Columns {
				votes[c] += max(1, 4-i)
			}
		}
	}
	var by []int
	for c := range votes {
		if c != column {
			by = append(by, c)
		}
	}
	slices.SortFunc(by, func(a, b int) int { return cmp.Or(cmp.Compare(votes[b], votes[a]), cmp.Compare(a, b)) })
	var narrow []int // columns with many values tell rows apart
	for c := range n.table.Columns {
		if c != column {
			narrow = append(narrow, c)
		}
	}
	slices.SortStableFunc(narrow, func(a, b int) int {
		return cmp.Compare(len(n.table.Columns[b].Dict), len(n.table.Columns[a].Dict))
	})
	with := func(sets ...[]int) []int {
		out := []int{}
		for _, s := range sets {
			for _, c := range s {
				if !slices.Contains(out, c) {
					out = append(out, c)
				}
			}
		}
		if cells[0].Old != "" {
			out = append(out, column)
		}
		return out
	}
	var out [][]int
	if len(by) > 0 {
		out = append(out, []int{by[0]}, with(by[:1]), with(by[:min(2, len(by))]), with(by[:min(3, len(by))]))
	}
	for k := 1; k <= min(3, len(narrow)); k++ {
		out = append(out, with(by[:min(1, len(by))], narrow[:k]))
	}
	return out
}

// mapping is the map from the determinants' values (none: the old value) to the new ones, without the entries that
// would change other cells too; exact says that it changes just the given cells.
func (n *inferred) mapping(by []int, column int, cells []dependency.Cell) (m map[string]string, exact bool) {
	if by == nil {
		by = []int{column}
		if cells[0].Old == "" {
			return nil, false
		}
	}
	wanted := make(map[int]string, len(cells))
	for _, x := range cells {
		wanted[x.Row] = x.New
	}
	m = map[string]string{}
	spoilt := map[string]bool{}
	for _, x := range cells {
		k, ok := n.keyOf(by, x.Row)
		if v, have := m[k]; !ok || have && v != x.New {
			spoilt[k] = true
			continue
		}
		m[k] = x.New
	}
	for row := range n.table.Rows {
		k, ok := n.keyOf(by, row)
		if !ok {
			continue
		}
		v, have := m[k]
		if _, flagged := wanted[row]; !have || flagged || n.text(column, row) == v || (n.text(column, row) == "") != (cells[0].Old == "") {
			continue
		}
		spoilt[k] = true
	}
	for k := range spoilt {
		delete(m, k)
	}
	return m, len(spoilt) == 0
}

// keyOf joins the determinants' values of a row as the operation does; ok is false where one is missing.
func (n *inferred) keyOf(by []int, row int) (string, bool) {
	parts := make([]string, len(by))
	for i, c := range by {
		parts[i] = n.text(c, row)
		if parts[i] == "" {
			return "", false
		}
	}
	return strings.Join(parts, operation.KeySeparator), true
}

// listed is the query for the flagged cells, written out. Of a table that was judged in part it is empty: there the
// resolution says which cells they are.
func (n *inferred) listed(column int, cells []dependency.Cell) string {
	if n.part > 1 || len(cells) == 0 {
		return ""
	}
	rows := make([]string, len(cells))
	for i, x := range cells {
		v := "NULL"
		if x.New != "" {
			v = engine.Literal(x.New)
		}
		rows[i] = fmt.Sprintf("(%d, %s)", n.rows[x.Row], v)
	}
	return "SELECT CAST(r AS BIGINT) AS __row, " + engine.Literal(n.table.Columns[column].Name) +
		` AS "column", CAST(v AS VARCHAR) AS new FROM (VALUES ` + strings.Join(rows, ", ") + ") AS f(r, v)"
}

// confidence is the mean confidence of cells.
func confidence(cells []dependency.Cell) float64 {
	sum := 0.0
	for _, x := range cells {
		sum += x.Confidence
	}
	return min(0.99, sum/float64(max(1, len(cells))))
}

// olds are the distinct old texts of cells, most frequent first.
func olds(cells []dependency.Cell) []string {
	n := map[string]int{}
	for _, x := range cells {
		n[x.Old]++
	}
	var out []string
	for k := range n {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), strings.Compare(a, b)) })
	return out
}

// sampled is the note that a large table was judged in part.
func (n *inferred) sampled(notes ...string) []string {
	if n.part > 1 {
		notes = append(notes, fmt.Sprintf("judged on %d rows, one block in %d; the resolution applies to all rows", len(n.rows), n.part))
	}
	return notes
}
