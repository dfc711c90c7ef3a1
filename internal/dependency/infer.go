package dependency

import (
	"cmp"
	"slices"

	"github.com/analytix-flow/analytix/internal/similarity"
)

// Cell is a cell that ought to be something else.
type Cell struct {
	Row, Column int
	Old, New    string
	Confidence  float64
	// Slip says that Old looks like New written wrong.
	Slip bool
	// Copy says that Old stands in the place of another value of a column whose values name rows; New is empty where
	// nothing says which.
	Copy bool
	// Stranger says that Old does not belong to the few values that the column else holds; New is empty where nothing
	// says which of them is meant.
	Stranger bool
	// By are the witnesses that speak for New, the weightiest first.
	By []By
}

// By names a witness.
type By struct {
	Kind    string   // dependency, equal, number, order, column
	Columns []int    // the columns it goes by; none for order and column
	Parts   []string // which part of each column, empty for the whole
	Right   float64  // how often it is right in this table
	truth   bool     // each of its groups has one true value
}

// Result is what the table says about itself.
type Result struct {
	Cells []Cell
	// Errors is the share of cells that are plainly wrong, which set how easily the rest was believed.
	Errors float64
	// Witnesses are, by column, the dependencies that were used.
	Witnesses [][]By
	// Limits say what was not compared in full, since the table has too many columns; nil where everything was.
	Limits []string
}

// mostHeard is how many witnesses are heard for a column.
const mostHeard = 8

type inference struct {
	t        *Table
	belief   [][]int32
	slips    []*slips
	heard    [][]*witness
	eps      []float64 // by column
	sound    [][]bool  // by column and code; nil where the column has no set of usual values
	sample   []int
	words    map[string]int32 // words of the whole table
	numbers  [][]float64
	numbered []bool // columns most of whose cells carry one number
	copied   []map[int]bool
	key      []float64 // share of the cells whose value stands once in the column
	found    []map[int]Cell
	passed   []map[keyName]bool // by column: what to compare it with, in a table of very many
}

// Infer judges every cell of the table.
func Infer(t *Table) Result {
	in := &inference{t: t, sample: sampleRows(t.Rows)}
	for i := range t.Columns {
		in.belief = append(in.belief, slices.Clone(t.Columns[i].Codes))
		in.slips = append(in.slips, newSlips(&t.Columns[i]))
		in.found = append(in.found, map[int]Cell{})
	}
	in.read()
	in.suspect()
	in.heard = make([][]*witness, len(t.Columns))
	in.round(2)
	in.learn()
	in.choose()
	in.round(1)
	in.learn()
	in.choose()
	in.round(0)
	in.refresh()
	in.round(0)
	in.blame()
	in.refresh()
	in.round(0)
	in.blame()
	in.alike()
	in.foreign()
	return in.result()
}

// read takes the words and numbers out of the texts.
func (in *inference) read() {
	in.words = map[string]int32{}
	for i := range in.t.Columns {
		c := &in.t.Columns[i]
		n, single := int32(0), 0
		for j, d := range c.Dict {
			for _, w := range similarity.Tokens(d) {
				in.words[w] += c.Count[j]
			}
			if _, ok := numberInside(d); ok {
				n += c.Count[j]
			}
			if c.Count[j] == 1 {
				single++
			}
		}
		in.copied = append(in.copied, copies(in.t, i))
		for row := range in.copied[i] {
			in.belief[i][row] = -1
		}
		in.numbers = append(in.numbers, values(c))
		in.numbered = append(in.numbered, int(n)*10 >= in.t.Rows*8)
		in.key = append(in.key, float64(single)/float64(max(1, in.t.Rows)))
	}
}

// sampleRows are the rows on which witnesses are measured: all of a small table, blocks of a large one.
func sampleRows(rows int) []int {
	const most, block = 6000, 500
	var out []int
	if rows <= most {
		for i := range rows {
			out = append(out, i)
		}
		return out
	}
	for b := range most / block {
		start := b * (rows - block) / (most/block - 1)
		for i := start; i < start+block; i++ {
			out = append(out, i)
		}
	}
	return out
}

// suspect sets, before anything is judged, how easily errors are believed: by the share of rare values that look
// like slips of a far more frequent one.
func (in *inference) suspect() {
	in.eps, in.sound = make([]float64, len(in.t.Columns)), make([][]bool, len(in.t.Columns))
	shares := make([]float64, len(in.t.Columns))
	for c := range in.t.Columns {
		col, n := &in.t.Columns[c], int32(0)
		for o := range col.Dict {
			for _, v := range in.slips[c].candidates(int32(o)) {
				if col.Count[v] >= 10*col.Count[o] {
					n += col.Count[o]
					break
				}
			}
		}
		shares[c] = float64(n) / float64(max(1, in.t.Rows))
	}
	in.spread(shares)
}

// spread sets the columns' error rates from their own shares and the table's.
func (in *inference) spread(shares []float64) {
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	table := sum / float64(max(1, len(shares)))
	for c, s := range shares {
		in.eps[c] = min(0.3, max(0.002, 0.5*s+0.5*table, table))
		in.sound[c] = in.usual(c)
	}
}

// usual marks the values of a column that come again and again, where they make a small set that covers much of it.
func (in *inference) usual(c int) []bool {
	n := make([]int, len(in.t.Columns[c].Dict))
	for _, v := range in.belief[c] {
		if v >= 0 {
			n[v]++
		}
	}
	out := make([]bool, len(n))
	set, rows := 0, 0
	for v, k := range n {
		if k >= max(3, in.t.Rows/200) {
			out[v] = true
			set++
			rows += k
		}
	}
	if rows*5 < in.t.Rows*2 || set < 2 || set > max(40, in.t.Rows/40) || float64(slices.Max(n)) > 0.6*float64(rows) {
		return nil
	}
	return out
}

// learn sets how easily errors are believed from those that are plain.
func (in *inference) learn() {
	shares := make([]float64, len(in.t.Columns))
	for c := range in.t.Columns {
		shares[c] = float64(len(in.found[c])) / float64(max(1, in.t.Rows))
	}
	in.spread(shares)
}

// refresh counts again after beliefs changed.
func (in *inference) refresh() {
	for c, ws := range in.heard {
		base := in.base(c)
		for _, w := range ws {
			if w.kind == byGroup {
				w.tally(in.belief, c)
			}
			if w.kind == byColumn {
				continue
			}
			w.measure(in.belief, c, in.sample, base, in.sound[c])
		}
	}
}

// round judges all cells. margin is how much more than even odds is asked, in natural log.
func (in *inference) round(margin float64) {
	next := make([][]int32, len(in.t.Columns))
	for c := range in.t.Columns {
		if in.t.Columns[c].Quiet {
			next[c] = in.belief[c]
			continue
		}
		next[c] = in.judgeColumn(c, margin)
	}
	in.belief = copyInto(in.belief, next)
}

// copyInto keeps the slices, since witnesses hold them.
func copyInto(to, from [][]int32) [][]int32 {
	for i := range to {
		copy(to[i], from[i])
	}
	return to
}

func (in *inference) result() Result {
	r := Result{Errors: mean(in.eps), Limits: in.t.limits(), Witnesses: make([][]By, len(in.t.Columns))}
	for c := range in.t.Columns {
		for _, w := range in.heard[c] {
			if w.weak {
				continue
			}
			r.Witnesses[c] = append(r.Witnesses[c], describe(w))
		}
		for _, x := range in.found[c] {
			r.Cells = append(r.Cells, x)
		}
	}
	slices.SortFunc(r.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Row, b.Row))
	})
	return r
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}
