package similarity

import "slices"

// Index finds texts near a given one among many without comparing with all. It keeps, for every text, its halves and
// its letters' fingerprint: whoever is within a few edits of it shares a half, or a third, or nearly all letters.
type Index struct {
	texts  [][]rune
	blocks map[string][]int32
	most   int
}

// MostInBlock bounds how many texts of a block are compared: beyond it the block says nothing (as "the" does).
const MostInBlock = 2000

// NewIndex indexes texts; their positions are what Near returns.
func NewIndex(texts []string) *Index {
	x := &Index{texts: make([][]rune, len(texts)), blocks: map[string][]int32{}, most: MostInBlock}
	for i, t := range texts {
		x.texts[i] = []rune(t)
		for _, k := range blockKeys(x.texts[i]) {
			x.blocks[k] = append(x.blocks[k], int32(i))
		}
	}
	return x
}

// Near lists the positions of the texts within limit edits of text, in rising order. Where fewer than 400 texts are
// indexed all are compared; in larger sets a text is missed only where the edits touch every block that the two share.
func (x *Index) Near(text string, limit int) []int {
	r := []rune(text)
	var candidates []int32
	if len(x.texts) < 400 {
		for i := range x.texts {
			candidates = append(candidates, int32(i))
		}
	} else {
		for _, k := range blockKeys(r) {
			if b := x.blocks[k]; len(b) <= x.most {
				candidates = append(candidates, b...)
			}
		}
		slices.Sort(candidates)
		candidates = slices.Compact(candidates)
	}
	var out []int
	for _, i := range candidates {
		if Runes(r, x.texts[i], limit) <= limit {
			out = append(out, int(i))
		}
	}
	return out
}

// blockKeys gives the keys under which a text is filed: its beginning, its end, and pieces of its middle.
func blockKeys(r []rune) []string {
	n := len(r)
	if n < 4 {
		return []string{"s" + string(r[:min(1, n)]), "e" + string(r[max(0, n-1):])}
	}
	k := min(n/2, 6)
	keys := []string{"s" + string(r[:k]), "e" + string(r[n-k:])}
	if n >= 9 {
		m := n / 2
		for _, at := range []int{m - 4, m - 3, m - 2, m - 1, m} {
			if at >= 0 && at+4 <= n {
				keys = append(keys, "m"+string(r[at:at+4]))
			}
		}
	}
	return keys
}
