package reception

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// Bounds of the search for keys.
const (
	keyColumns = 10        // columns that may be part of a key of several
	mostKeys   = 4         // keys that are kept
	mostTests  = 40        // combinations that are counted over all rows
	pairRows   = 200_000   // rows up to which pairs are tried though one column is a key by itself
	tripleRows = 5_000_000 // rows up to which three columns together are tried
	keyMissing = 0.02      // share of missing cells that a key's column may have, the data being dirty
)

// keyShare is a set of columns with the share of rows that it tells apart.
type keyShare struct {
	columns []string
	share   float64
}

// findKeys finds the minimal sets of up to three columns that tell all rows apart, or nearly all: the data is dirty, and
// a key that is used twice is what a check must find. Shares below 1 are returned by the joined names of the columns.
func findKeys(ctx context.Context, s *engine.Session, facts *flow.Facts) (keys [][]string, shares map[string]float64, err error) {
	shares = map[string]float64{}
	if facts.Rows < 2 {
		return [][]string{}, shares, nil
	}
	var found []keyShare
	for _, eligible := range []func(*flow.Column) bool{names, marksTime, isShort} {
		for i := range facts.Columns {
			if c := &facts.Columns[i]; eligible(c) && tellsApart(c, facts.Rows) {
				found = append(found, keyShare{[]string{c.Name}, float64(c.Distinct) / float64(facts.Rows)})
			}
		}
		if len(found) > 0 {
			break
		}
	}
	candidates := keyCandidates(facts, len(found) > 0)
	for size := 2; size <= 3; size++ {
		if len(found) > 0 && (facts.Rows > pairRows || size == 3) || facts.Rows > tripleRows && size == 3 {
			break
		}
		more, err := testCombinations(ctx, s, facts.Rows, combinations(candidates, size, facts.Rows, found))
		if err != nil {
			return nil, nil, err
		}
		found = append(found, more...)
	}
	slices.SortStableFunc(found, func(a, b keyShare) int {
		return cmp.Or(cmp.Compare(len(a.columns), len(b.columns)), rankKey(facts, a)-rankKey(facts, b), cmp.Compare(b.share, a.share))
	})
	keys = [][]string{}
	for _, k := range found[:min(len(found), mostKeys)] {
		keys = append(keys, k.columns)
		shares[strings.Join(k.columns, "\x00")] = k.share
	}
	return keys, shares, nil
}

// tellsApart says whether a column has a value of its own in nearly every row.
func tellsApart(c *flow.Column, rows int64) bool {
	return float64(c.Distinct) >= nearlyUnique*float64(rows)
}

// Which columns may be a key by themselves, those that name things first. Measures are unique by chance.
func names(c *flow.Column) bool     { return c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey }
func marksTime(c *flow.Column) bool { return c.Role == flow.RoleTime }
func isShort(c *flow.Column) bool   { return c.Role == flow.RoleText && c.MaxLength <= 80 }

// rankKey puts identifiers before other columns.
func rankKey(facts *flow.Facts, k keyShare) int {
	rank := 0
	for _, name := range k.columns {
		c := facts.Column(name)
		switch c.Semantic {
		case "phone", "email", "address", "url":
			rank++ // they belong to a thing and do not name it
		}
		if rowCounter(name) {
			rank += 3
		}
		switch c.Role {
		case flow.RoleIdentifier:
		case flow.RoleKey:
			rank++
		case flow.RoleDimension, flow.RoleTime:
			rank += 2
		default:
			rank += 4
		}
	}
	return rank
}

// rowCounter says whether a column's name is that of a row number, which says nothing about what a row is.
func rowCounter(name string) bool {
	words := semantic.Words(name)
	return len(words) == 0 || len(words) <= 2 && slices.Contains([]string{"index", "idx", "row", "rownum", "unnamed", "nr", "seq", "sequence"}, words[0])
}

// keyCandidates are the columns that may be part of a key of several, the most distinct first. Where a single column
// is a key already, times and texts are left out: beside it they are unique by chance.
func keyCandidates(facts *flow.Facts, single bool) []*flow.Column {
	var list []*flow.Column
	for i := range facts.Columns {
		c := &facts.Columns[i]
		switch c.Role {
		case flow.RoleKey, flow.RoleDimension, flow.RoleIdentifier:
		case flow.RoleTime:
			if single {
				continue
			}
		case flow.RoleText:
			if single || c.MaxLength > 80 {
				continue
			}
		default:
			continue
		}
		if float64(c.Missing) > keyMissing*float64(facts.Rows) || c.Distinct < 2 || tellsApart(c, facts.Rows) ||
			c.Type == flow.Decimal && c.Role != flow.RoleKey || slices.Contains(placing, c.Semantic) {
			continue
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b *flow.Column) int { return cmp.Compare(b.Distinct, a.Distinct) })
	return list[:min(len(list), keyColumns)]
}

// combinations are the sets of columns whose distinct counts allow them to be unique, without those that hold a key.
func combinations(candidates []*flow.Column, size int, rows int64, found []keyShare) [][]string {
	var sets [][]string
	var extend func(from int, set []string, product float64)
	extend = func(from int, set []string, product float64) {
		if len(set) == size {
			if product >= float64(rows) && !slices.ContainsFunc(found, func(k keyShare) bool { return subset(k.columns, set) }) {
				sets = append(sets, slices.Clone(set))
			}
			return
		}
		for i := from; i < len(candidates); i++ {
			extend(i+1, append(set, candidates[i].Name), product*float64(candidates[i].Distinct))
		}
	}
	extend(0, nil, 1)
	return sets
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(x string) bool { return !slices.Contains(whole, x) })
}

// testCombinations counts which sets tell rows apart: first on a sample of rows, where a repetition is enough to drop
// a set, then over all rows.
func testCombinations(ctx context.Context, s *engine.Session, rows int64, sets [][]string) ([]keyShare, error) {
	if len(sets) == 0 {
		return nil, nil
	}
	if rows > sampleRows {
		source := fmt.Sprintf("(SELECT * FROM %s WHERE %s <= %d)", engine.DataTable, engine.RowColumn, sampleRows)
		shares, err := countSets(ctx, s, source, sampleRows, sets)
		if err != nil {
			return nil, err
		}
		sets = slices.DeleteFunc(slices.Clone(sets), func(set []string) bool { return shares[strings.Join(set, "\x00")] < nearlyUnique })
		sets = sets[:min(len(sets), mostTests)]
	}
	shares, err := countSets(ctx, s, engine.DataTable, rows, sets)
	if err != nil {
		return nil, err
	}
	var found []keyShare
	for _, set := range sets {
		if share := shares[strings.Join(set, "\x00")]; share >= nearlyUnique {
			found = append(found, keyShare{set, share})
		}
	}
	return found, nil
}

// countSets returns the share of rows that each set of columns tells apart.
func countSets(ctx context.Context, s *engine.Session, source string, rows int64, sets [][]string) (map[string]float64, error) {
	const together = 8
	shares := map[string]float64{}
	for group := range slices.Chunk(sets, together) {
		parts := make([]string, len(group))
		counts := make([]int64, len(group))
		dest := make([]any, len(group))
		for i, set := range group {
			names := make([]string, len(set))
			for j, name := range set {
				names[j] = engine.Text(name)
			}
			parts[i], dest[i] = "count(DISTINCT hash("+strings.Join(names, ", ")+"))", &counts[i]
		}
		if err := s.QueryRow(ctx, "SELECT "+strings.Join(parts, ", ")+" FROM "+source, dest...); err != nil {
			return nil, err
		}
		for i, set := range group {
			shares[strings.Join(set, "\x00")] = float64(counts[i]) / float64(rows)
		}
	}
	return shares, nil
}
