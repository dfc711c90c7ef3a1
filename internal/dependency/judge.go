package dependency

import (
	"cmp"
	"math"
	"slices"
)

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
		eps := max(in.eps[c], in.noise(c, row, o, v))
		score += math.Log(eps / (1 - eps))
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
	bo, bv, backed := base(o), base(v), in.supported(c, row, o)
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
		if w.truth && !backed && w.leads(row, o, v) {
			p := w.certain(row, o, v)
			x.up, x.down = math.Log(p)-math.Log(bv), -math.Log(1-p)
		}
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

// name lists what speaks for the alternative. What spells the value out in the same row comes first, since it explains
// more than that other rows agree.
func (in *inference) name(votes []vote) []By {
	var out, others []By
	for _, x := range votes {
		switch {
		case x.llr <= 0 || x.w.weak:
		case x.w.kind == byEqual || x.w.kind == byNumber:
			out = append(out, describe(x.w))
		default:
			others = append(others, describe(x.w))
		}
	}
	return append(out, others...)
}

func describe(w *witness) By {
	b := By{Right: w.right, truth: w.truth}
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
