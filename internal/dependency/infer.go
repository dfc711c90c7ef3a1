package dependency

import (
	"cmp"
	"math"
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
	// By are the witnesses that speak for New, the weightiest first.
	By []By
}

// By names a witness.
type By struct {
	Kind    string   // dependency, equal, number, order, column
	Columns []int    // the columns it goes by; none for order and column
	Parts   []string // which part of each column, empty for the whole
	Right   float64  // how often it is right in this table
}

// Result is what the table says about itself.
type Result struct {
	Cells []Cell
	// Errors is the share of cells that are plainly wrong, which set how easily the rest was believed.
	Errors float64
	// Witnesses are, by column, the dependencies that were used.
	Witnesses [][]By
}

// most witnesses that are heard for a column
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
		in.copied = append(in.copied, copies(c))
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
			for _, v := range in.slips[c].candidates(int32(o)) { //nolint:gosec // dictionary of a sample
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

// choose looks for the witnesses of each column.
func (in *inference) choose() {
	keys := in.keys()
	for c := range in.t.Columns {
		if in.t.Columns[c].Quiet {
			continue
		}
		in.heard[c] = in.chooseFor(c, keys)
	}
}

func (in *inference) keys() []key {
	var out []key
	for c := range in.t.Columns {
		col := &in.t.Columns[c]
		if len(col.Dict) < 2 {
			continue
		}
		out = append(out, key{col: c, size: len(col.Dict)})
		out = append(out, derived(in.t, c)...)
	}
	return out
}

func (in *inference) chooseFor(target int, keys []key) []*witness {
	base := in.base(target)
	var found, weak []*witness
	numeric := in.t.Columns[target].Numeric
	try := func(w *witness) {
		w.measure(in.belief, target, in.sample, base, in.sound[target])
		switch {
		case w.cover >= 0.1 && w.sure >= 0.5 && (numeric || w.right >= 0.4) && (w.lift >= 0.4 || w.sure >= 0.97):
			found = append(found, w)
		case w.kind == byGroup && w.cover >= 0.5 && w.key.part == "" && len(w.stats)*8 < in.t.Rows && w.lift > 0.02:
			weak = append(weak, w)
		}
	}
	var singles []*witness
	for _, k := range keys {
		if k.col == target {
			continue
		}
		if e := in.equalTo(k, target); e != nil {
			try(e)
		}
		if k.size*10 > in.t.Rows*9 {
			continue
		}
		w := &witness{kind: byGroup, key: k}
		w.tally(in.belief, target)
		try(w)
		if w.key.part == "" {
			singles = append(singles, w)
		}
	}
	try(&witness{kind: byOrder})
	if v := constant(&in.t.Columns[target], in.belief[target]); v >= 0 {
		found = append(found, &witness{kind: byColumn, usual: v, right: 0.99, sure: 0.99, cover: 1, lift: 1})
	}
	for _, w := range joined(in.t, in.belief, target) {
		try(w)
	}
	for _, w := range linear(in.t, in.belief, target, in.numbers) {
		try(w)
	}
	if len(in.t.Columns[target].Dict) > 20 {
		for c := range in.t.Columns {
			if c != target && in.numbered[c] && in.numbered[target] {
				if w := numbering(in.t, in.belief, c, target); w != nil {
					try(w)
				}
			}
		}
	}
	bestFirst(found)
	if len(found) == 0 || found[0].right < 0.98 || found[0].right < found[0].sure-0.01 || found[0].cover < 0.8 {
		found = append(found, in.pairs(target, singles, base)...)
		bestFirst(found)
	}
	bestFirst(weak)
	heard := distinct(found)
	for _, w := range weak[:min(len(weak), 4)] {
		w.weak = true
		heard = append(heard, w)
	}
	return heard
}

// distinct keeps the best witnesses, not more than two that go by the same column.
func distinct(ws []*witness) []*witness {
	var out []*witness
	by := map[int]int{}
	for _, w := range ws {
		if w.kind == byGroup && w.key.second == nil {
			if by[w.key.col] >= 2 {
				continue
			}
			by[w.key.col]++
		}
		out = append(out, w)
		if len(out) == mostHeard {
			break
		}
	}
	return out
}

func (in *inference) equalTo(k key, target int) *witness {
	c := &in.t.Columns[k.col]
	if k.part == "number in it" {
		return nil
	}
	if len(in.t.Columns[target].Dict) < 3 {
		return nil
	}
	texts := c.Dict
	if k.values != nil {
		texts = make([]string, k.size)
		read := reader(k.part)
		for i, d := range c.Dict {
			if i < len(k.values) && k.values[i] >= 0 {
				texts[k.values[i]], _ = read(d)
			}
		}
	}
	return equality(in.t, in.belief, k, target, texts)
}

func reader(name string) func(string) (string, bool) {
	for _, p := range parts() {
		if p.name == name {
			return p.read
		}
	}
	return func(string) (string, bool) { return "", false }
}

// pairs tries pairs of columns that alone say something but not all.
func (in *inference) pairs(target int, singles []*witness, base float64) []*witness {
	singles = slices.DeleteFunc(slices.Clone(singles), func(w *witness) bool { return w.key.size*2 > in.t.Rows })
	slices.SortStableFunc(singles, func(a, b *witness) int { return cmp.Compare(b.sure*b.cover, a.right*a.cover) })
	singles = singles[:min(len(singles), 10)]
	var out []*witness
	for i, a := range singles {
		for _, b := range singles[i+1:] {
			k := a.key
			k.second, k.size = &b.key, a.key.size*b.key.size
			w := &witness{kind: byGroup, key: k}
			w.tally(in.belief, target)
			if len(w.stats)*2 > in.t.Rows {
				continue
			}
			w.measure(in.belief, target, in.sample, base, in.sound[target])
			better := max(a.right*a.cover, b.right*b.cover)
			if w.lift >= 0.5 && w.right >= 0.7 && w.right*w.cover > better+0.05 {
				out = append(out, w)
			}
		}
	}
	bestFirst(out)
	return out[:min(len(out), 3)]
}

// base is the share of the most frequent value, among the usual values where the column has such.
func (in *inference) base(target int) float64 {
	n := make([]int32, len(in.t.Columns[target].Dict))
	var most, all int32
	for _, v := range in.belief[target] {
		if v < 0 || in.sound[target] != nil && (int(v) >= len(in.sound[target]) || !in.sound[target][v]) {
			continue
		}
		all++
		n[v]++
		most = max(most, n[v])
	}
	return float64(most) / float64(max(1, all))
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

func (in *inference) judgeColumn(c int, margin float64) []int32 {
	col := &in.t.Columns[c]
	counts := make([]int32, len(col.Dict), len(col.Dict)+16)
	for _, v := range in.belief[c] {
		if v >= 0 {
			counts[v]++
		}
	}
	next := slices.Clone(col.Codes)
	in.found[c] = map[int]Cell{}
	for i := range in.t.Rows {
		o := col.Codes[i]
		if o < 0 {
			continue
		}
		best, score, slip, by := in.judge(c, i, o, counts)
		copied := in.copied[c][i]
		if copied && best >= 0 {
			score += repeatedKey
		}
		if copied && score <= margin {
			next[i] = -1
			in.found[c][i] = Cell{Row: i, Column: c, Old: col.Dict[o], Copy: true, Confidence: 0.8}
		}
		if score > margin {
			next[i] = best
			in.found[c][i] = Cell{Row: i, Column: c, Old: col.Dict[o], New: col.Dict[best],
				Confidence: 1 / (1 + math.Exp(-score)), Slip: slip, Copy: copied, By: by}
		}
	}
	return next
}

// repeatedKey is what it counts against a value that it stands in other rows too, where values hardly ever do.
const repeatedKey = 2

// slipOdds is how much likelier o is as a slip of v than by itself; 0 where it is no slip.
func (in *inference) slipOdds(c, row int, o, v int32, told bool) float64 {
	col := &in.t.Columns[c]
	p := in.slips[c].likely(o, v, told)
	if p == 0 {
		return 0
	}
	own, other := in.slips[c].own(o), in.slips[c].own(v)
	if own > 2 && (told && own*2 > other || !told && own*5 > other) {
		return 0
	}
	for _, w := range in.heard[c] {
		if w.kind == byEqual || w.kind == byNumber {
			if x, ok := w.text(row); ok && x == o {
				return 0
			}
		}
	}
	if own >= other && strange(col.Dict[o], col.Dict[v], in.words) > strange(col.Dict[v], col.Dict[o], in.words) {
		return 0
	}
	return p
}

type vote struct {
	w             *witness
	up, down, llr float64
}

// judge weighs the best alternative to what a cell says. A score above zero means that the alternative is likelier.
func (in *inference) judge(c, row int, o int32, counts []int32) (int32, float64, bool, []By) {
	n := float64(in.t.Rows)
	base := func(a int32) float64 {
		k := int32(0)
		if int(a) < len(counts) {
			k = counts[a]
		}
		if in.belief[c][row] == a {
			k--
		}
		return (float64(max(k, 0)) + 0.5) / n
	}
	told := map[int32]bool{}
	for _, w := range in.heard[c] {
		if w.weak {
			continue
		}
		if v, ok := w.predict(in.belief, c, row); ok && v >= 0 && v != o {
			told[v] = true
		}
	}
	var list []int32
	for v := range told {
		list = append(list, v)
	}
	for _, v := range in.slips[c].candidates(o) {
		if !told[v] {
			list = append(list, v)
		}
	}
	for i, v := range list {
		list[i] = in.slips[c].root(v, o)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	best, bestScore, bestSlip := int32(-1), math.Inf(-1), false
	var bestVotes []vote
	for _, v := range list {
		if v == o {
			continue
		}
		p := in.slipOdds(c, row, o, v, told[v])
		score, votes := in.weigh(c, row, o, v, base, p > 0)
		score += math.Log(in.eps[c] / (1 - in.eps[c]))
		switch {
		case p > 0:
			score += math.Log(p) - math.Log(base(o))
		case in.key[c] > 0.6 && base(o)*n > 1:
			score += repeatedKey
		}
		if score > bestScore {
			best, bestScore, bestSlip, bestVotes = v, score, p > 0, votes
		}
	}
	if best < 0 {
		return 0, bestScore, false, nil
	}
	return best, bestScore, bestSlip, in.name(bestVotes)
}

// weigh adds up what the witnesses say for v against o, beyond what the column's frequencies say: the weightiest in
// full, each further one, which likely rests on the same facts, for less. What speaks for v cannot make it more than
// certain; what speaks against o is bounded by how often each witness is wrong.
func (in *inference) weigh(c, row int, o, v int32, base func(int32) float64, slip bool) (float64, []vote) {
	var votes []vote
	bo, bv := base(o), base(v)
	for _, w := range in.heard[c] {
		if _, ok := w.predict(in.belief, c, row); !ok {
			continue
		}
		trust := min(0.995, w.right)
		switch {
		case w.weak:
			trust = 0.9
		case slip || in.t.Columns[c].Numeric:
			trust = min(0.995, max(w.right, w.sure))
		}
		x := vote{w: w}
		x.up = math.Log(w.share(in.belief, c, row, v, bv, trust)) - math.Log(bv)
		x.down = math.Log(bo) - math.Log(w.share(in.belief, c, row, o, bo, trust))
		x.llr = x.up + x.down
		votes = append(votes, x)
	}
	slices.SortStableFunc(votes, func(a, b vote) int { return cmp.Compare(math.Abs(b.llr), math.Abs(a.llr)) })
	up, down, factor := 0.0, 0.0, 1.0
	for _, x := range votes {
		up += factor * x.up
		down += factor * x.down
		factor *= 0.6
	}
	if slip {
		down = max(down, -2) // the same slip made twice is still a slip
	}
	return min(up, -math.Log(bv)) + down + math.Log(bv), votes
}

func (in *inference) name(votes []vote) []By {
	var out []By
	for _, x := range votes {
		if x.llr > 0 && !x.w.weak {
			out = append(out, describe(x.w))
		}
	}
	return out
}

func describe(w *witness) By {
	b := By{Right: w.right}
	switch w.kind {
	case byEqual:
		b.Kind = "equal"
	case byNumber:
		b.Kind = "number"
	case byOrder, byColumn:
		b.Kind = map[kind]string{byOrder: "order", byColumn: "column"}[w.kind]
		return b
	default:
		b.Kind = "dependency"
	}
	for k := &w.key; k != nil; k = k.second {
		b.Columns = append(b.Columns, k.col)
		b.Parts = append(b.Parts, k.part)
	}
	return b
}

func (in *inference) result() Result {
	r := Result{Errors: mean(in.eps), Witnesses: make([][]By, len(in.t.Columns))}
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
