package quality

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
	"github.com/analytix-flow/analytix/internal/similarity"
)

// nearDuplicate finds records that differ from an earlier one only in how one or two texts are written. Only records
// that share a distinctive text, however it is spelled, are compared (blocking).
var _ = register(spec{id: "near_duplicate", handler: handlerDependencies, applies: enoughRows, run: nearDuplicates})

const (
	mostInBlock   = 12 // records that share a text more often than that do not stand for one thing
	mostDiffering = 2  // columns in which twins may differ
	fewTwins      = 20 // where more than one record in so many has a twin, likeness is the table's way
)

// twin is a record and the earlier one that it repeats.
type twin struct{ row, of int }

func nearDuplicates(ctx context.Context, t *Table) ([]Finding, error) {
	n, err := t.infer(ctx)
	if err != nil {
		return nil, err
	}
	compared, naming := t.comparedColumns(n)
	if len(compared) < 3 || len(naming) == 0 {
		return nil, nil
	}
	twins := n.twins(compared, naming)
	if len(twins) == 0 || len(twins)*fewTwins > len(n.rows) {
		return nil, nil
	}
	rows := make([]string, len(twins))
	for i, x := range twins {
		rows[i] = fmt.Sprintf("(%d)", n.rows[x.row])
	}
	name := t.Facts.Columns[naming[0]].Name
	texts := make([]string, 0, 2*len(twins))
	for _, x := range twins {
		texts = append(texts, n.text(naming[0], x.row), n.text(naming[0], x.of))
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	return []Finding{{
		Cells: "SELECT CAST(r AS BIGINT) AS __row, " + engine.Literal(flow.AllColumns) + ` AS "column", CAST(NULL AS VARCHAR) AS new FROM (VALUES ` +
			strings.Join(rows, ", ") + ") AS f(r)",
		Issue: flow.Issue{
			Columns: []string{flow.AllColumns}, Severity: flow.Low, Confidence: 0.6,
			Title: phrase.Count(len(twins), "%d {record differs|records differ} from an earlier one only in how a text is written", len(twins)),
			Evidence: flow.Evidence{
				SQL:     "SELECT * FROM data WHERE " + inTexts(name, texts[:min(len(texts), 1000)]) + " ORDER BY " + engine.Ident(name),
				Numbers: map[string]float64{"rows": float64(len(twins)), "compared_columns": float64(len(compared))},
				Notes:   n.sampled("two branches, editions or relatives may rightly be this alike; no record is removed by itself"),
			},
			Resolutions: []flow.Resolution{recommended(markOnly(), "which of two records is right cannot be told from the table")},
		},
	}}, nil
}

// comparedColumns are the columns in which records are compared (identifiers and constants are not), and those of them
// whose texts are distinctive enough to bring records together.
func (t *Table) comparedColumns(n *inferred) (compared, naming []int) {
	for i := range t.Facts.Columns {
		c := &t.Facts.Columns[i]
		if c.Distinct < 2 || c.Role == flow.RoleIdentifier || c.Role == flow.RoleKey && c.Type.Numeric() || n.table.Columns[i].Quiet {
			continue
		}
		compared = append(compared, i)
		if c.Type == flow.Text && c.Distinct*2 > t.Facts.Rows {
			naming = append(naming, i)
		}
	}
	slices.SortStableFunc(naming, func(a, b int) int { return cmp.Compare(t.Facts.Columns[b].Distinct, t.Facts.Columns[a].Distinct) })
	return compared, naming[:min(len(naming), 3)]
}

// twins compares the records of each block.
func (n *inferred) twins(compared, naming []int) []twin {
	found := map[int]int{}
	blocks := map[uint64][]int{}
	for _, c := range naming {
		for row := range n.rows {
			if f := similarity.Fingerprint(n.text(c, row)); len(f) >= 4 {
				blocks[hashOf(c, f)] = append(blocks[hashOf(c, f)], row)
			}
		}
	}
	for _, rows := range blocks {
		if len(rows) > mostInBlock {
			continue
		}
		for i, b := range rows {
			for _, a := range rows[:i] {
				if old, have := found[b]; (!have || a < old) && n.alike(a, b, compared) {
					found[b] = a
				}
			}
		}
	}
	var out []twin
	for row, of := range found {
		out = append(out, twin{row, of})
	}
	slices.SortFunc(out, func(a, b twin) int { return cmp.Compare(a.row, b.row) })
	return out
}

// alike says whether two records differ, but only in how one or two texts are written.
func (n *inferred) alike(a, b int, compared []int) bool {
	differ, equal := 0, 0
	for _, c := range compared {
		x, y := n.text(c, a), n.text(c, b)
		switch {
		case x == y && x != "":
			equal++
		case x == y:
		case x == "" || y == "" || n.table.Columns[c].Numeric || digitsOf(x) != digitsOf(y) || !writtenAlike(x, y):
			return false
		default:
			differ++
		}
	}
	return differ > 0 && differ <= mostDiffering && equal >= 2 && equal >= differ
}

// writtenAlike says whether two texts are one up to case, punctuation, word order or a slip in eight letters.
func writtenAlike(x, y string) bool {
	f, g := similarity.Fingerprint(x), similarity.Fingerprint(y)
	limit := min(utf8.RuneCountInString(f), utf8.RuneCountInString(g)) / 8
	return f == g && f != "" || limit > 0 && similarity.Distance(f, g, limit) <= limit
}

func hashOf(column int, text string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d:%s", column, text)
	return h.Sum64()
}
