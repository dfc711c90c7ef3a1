package dependency

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/analytix-flow/analytix/internal/similarity"
)

// A vocabulary is closed where a few values, each of them frequent, make up nearly all of a column, and what is left
// are many different texts, each of them rare: nothing between. In an open column frequencies fall off step by step.
// By Rényi's representation, the logarithms of the ratios of neighbouring order statistics of a power law are
// independent exponentials with mean 1/(ak) at rank k, so a fall by the factor g after rank k has the chance g^(-ak)
// in an open column; a is the tail's exponent, 1 for Zipf's law.
const (
	zipf           = 1.0
	openBelow      = 0.01 // chance of so steep a fall in an open column, from which on it is held to be closed
	fallLeast      = 4    // times that the last of the vocabulary is as frequent as the first of the rest, at the least
	vocabularyMost = 60   // values of a closed vocabulary at the most
	vocabularyHas  = 0.75 // share of the cells that it has at the least
	strangersLeast = 3    // different rare texts at the least: one or two may be rare categories
)

// closed returns which codes of a column belong to its vocabulary, nil where that is not closed, by how often each
// stands there. Gaps count for nothing.
func closed(c *Column, count []int32) []bool {
	var order []int
	total := 0.0
	for v, n := range count {
		if n > 0 && c.Dict[v] != "" {
			order = append(order, v)
			total += float64(n)
		}
	}
	if len(order) < strangersLeast+1 {
		return nil
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	best, at, have := -math.Log(openBelow), 0, 0.0
	for k := 1; k <= min(vocabularyMost, len(order)-strangersLeast); k++ {
		last, next := float64(count[order[k-1]]), float64(count[order[k]])
		have += last
		if have < vocabularyHas*total {
			continue
		}
		if steep := zipf * float64(k) * math.Log(last/next); steep > best && last >= fallLeast*next {
			best, at = steep, k
		}
	}
	if at == 0 {
		return nil
	}
	out := make([]bool, len(c.Dict))
	for _, v := range order[:at] {
		out[v] = true
	}
	return out
}

// strangers are the codes of a column that do not belong to its closed vocabulary. Of numbers, those that lie within
// the vocabulary's range or a range beyond it may be rare but rightful, unless they are written otherwise. A text that
// stands there more often than accidents fall on one text is a category, if a rare one.
func strangers(c *Column, count []int32, known []bool) []bool {
	if known == nil {
		return nil
	}
	var rare []int32
	for v, n := range count {
		if n > 0 && !known[v] && c.Dict[v] != "" {
			rare = append(rare, n)
		}
	}
	slices.Sort(rare)
	usual := float64(rare[len(rare)/2])
	most := int32(usual + 3.5*math.Sqrt(usual) + 1) // beyond the reach of a Poisson variable
	out := make([]bool, len(c.Dict))
	low, high, whole, ok := span(c, known)
	if ok && low == high {
		return nil // one number is no scale to be far from; what breaks a constant is told elsewhere
	}
	found := 0
	for v, d := range c.Dict {
		if d == "" || known[v] || count[v] == 0 || count[v] > most {
			continue
		}
		x, err := strconv.ParseFloat(d, 64)
		if ok && err == nil {
			far := x > high+(high-low) || x < low-(high-low)
			if !far && (!whole || x == math.Trunc(x)) {
				continue
			}
		}
		out[v] = true
		found++
	}
	if found < strangersLeast {
		return nil
	}
	return out
}

// span is the range of a vocabulary of numbers, and whether they are whole; ok is false where it is not one of numbers.
func span(c *Column, known []bool) (low, high float64, whole, ok bool) {
	low, high, whole = math.Inf(1), math.Inf(-1), true
	for v, k := range known {
		if !k {
			continue
		}
		x, err := strconv.ParseFloat(c.Dict[v], 64)
		if err != nil {
			return 0, 0, false, false
		}
		low, high, whole = min(low, x), max(high, x), whole && x == math.Trunc(x)
	}
	return low, high, whole, true
}

// foreign finds the strangers of each column. What one of them ought to be is told only where the vocabulary, the way
// that it is written and the rest of the row leave one value likelier than all others together.
func (in *inference) foreign() {
	for c := range in.t.Columns {
		col := &in.t.Columns[c]
		if col.Quiet {
			continue
		}
		counts := make([]int32, len(col.Dict))
		for row, o := range col.Codes {
			if _, judged := in.found[c][row]; o >= 0 && !judged {
				counts[o]++
			}
		}
		known := closed(col, counts)
		odd := strangers(col, counts, known)
		if odd == nil {
			continue
		}
		for row, o := range col.Codes {
			if o < 0 || int(o) >= len(odd) || !odd[o] {
				continue
			}
			if x, ok := in.found[c][row]; ok && !x.Copy || in.supported(c, row, o) {
				continue
			}
			v, p := in.meant(c, row, o, known, counts)
			cell := Cell{Row: row, Column: c, Old: col.Dict[o], Stranger: true, Confidence: 0.8}
			if v >= 0 && p > 0.5 {
				cell.New, cell.Confidence = col.Dict[v], p
				in.belief[c][row] = v
			} else {
				in.belief[c][row] = -1
			}
			in.found[c][row] = cell
		}
	}
}

// supported says whether the rest of the row calls for what a cell says, other rows considered.
func (in *inference) supported(c, row int, o int32) bool {
	for _, w := range in.heard[c] {
		if w.weak || w.kind == byColumn {
			continue
		}
		if v, ok := w.predict(in.belief, c, row); ok && v == o {
			return true
		}
	}
	return false
}

// meant is the value of a vocabulary that a stranger most likely stands for, and how likely.
func (in *inference) meant(c, row int, o int32, known []bool, counts []int32) (int32, float64) {
	col := &in.t.Columns[c]
	n := float64(in.t.Rows)
	base := func(a int32) float64 {
		if int(a) < len(counts) {
			return (float64(counts[a]) + 0.5) / n
		}
		return 0.5 / n
	}
	best, sum, top := int32(-1), 0.0, math.Inf(-1)
	var scores []float64
	for v := range known {
		if !known[v] {
			continue
		}
		score := math.Log(base(int32(v))) + math.Log(misspelt(col.Dict[o], col.Dict[v], col.Numeric))
		for _, w := range in.heard[c] {
			if w.weak || w.kind == byColumn {
				continue
			}
			if _, ok := w.predict(in.belief, c, row); ok {
				trust := min(0.98, w.right)
				score += 0.6 * (math.Log(w.share(in.belief, c, row, int32(v), base(int32(v)), trust)) - math.Log(base(int32(v))))
			}
		}
		scores = append(scores, score)
		if score > top {
			best, top = int32(v), score
		}
	}
	for _, s := range scores {
		sum += math.Exp(s - top)
	}
	return best, 1 / sum
}

// misspelt is the chance of writing o for v: a few strokes of the pen, each of some forty keys, or, far less, anything.
func misspelt(o, v string, number bool) float64 {
	const anything, keys = 1e-5, 40
	if number {
		return anything
	}
	d := similarity.Distance(o, v, 3)
	if d > 3 || d >= len([]rune(v)) {
		return anything
	}
	return anything + math.Pow(keys*float64(len(v)), -float64(d))
}
