package dependency

import (
	"cmp"
	"slices"
)

// blame moves suspicion from a value to the one column that speaks against it, where nothing else does: if only the
// key disagrees with an otherwise usual value, it may as well be the key that is wrong. The side with more values is
// taken, since a wrong one among many is the more particular mistake.
func (in *inference) blame() {
	for y := range in.t.Columns {
		if in.t.Columns[y].Quiet || in.t.Columns[y].Numeric {
			continue
		}
		rows := make([]int, 0, len(in.found[y]))
		for row := range in.found[y] {
			rows = append(rows, row)
		}
		slices.Sort(rows)
		for _, row := range rows {
			in.blameOther(row, y)
		}
	}
}

func (in *inference) blameOther(row, y int) {
	cell := in.found[y][row]
	x := onlyBy(cell.By)
	if cell.Slip || cell.Copy || x < 0 || in.t.Columns[x].Quiet || in.usualSize(x) <= in.usualSize(y) {
		return
	}
	o := in.t.Columns[y].Codes[row]
	if in.t.Columns[y].Count[o] < 5 {
		return
	}
	if _, already := in.found[x][row]; !already {
		v := in.likeliest(row, x, y, o)
		if v < 0 {
			return
		}
		old := in.t.Columns[x].Codes[row]
		if old < 0 || v == old {
			return
		}
		in.found[x][row] = Cell{Row: row, Column: x, Old: in.t.Columns[x].Dict[old], New: in.t.Columns[x].Dict[v],
			Confidence: cell.Confidence * 0.8, By: []By{{Kind: "dependency", Columns: []int{y}, Parts: []string{""}, Right: cell.Confidence}}}
		in.belief[x][row] = v
	}
	delete(in.found[y], row)
	in.belief[y][row] = o
}

// onlyBy is the one column on which all of the evidence rests, or -1. Where each of its groups has one true value, which
// the group's other rows tell, the key is not in question.
func onlyBy(by []By) int {
	x := -1
	for _, b := range by {
		if b.truth || len(b.Columns) != 1 || b.Kind != "dependency" || x >= 0 && b.Columns[0] != x {
			return -1
		}
		x = b.Columns[0]
	}
	return x
}

// usualSize is how many values of a column stand in several rows.
func (in *inference) usualSize(c int) int {
	n := 0
	for _, k := range in.t.Columns[c].Count {
		if k >= 3 {
			n++
		}
	}
	return n
}

// likeliest is the value of x that best goes with y = o and the rest of the row.
func (in *inference) likeliest(row, x, y int, o int32) int32 {
	n := map[int32]int{}
	all := make([]int32, len(in.t.Columns[x].Dict))
	for i, v := range in.belief[y] {
		if a := in.belief[x][i]; a >= 0 {
			all[a]++
			if v == o && i != row {
				n[a]++
			}
		}
	}
	var list []int32
	for v, k := range n {
		if k*2 >= int(all[v]) { // a value that mostly goes with o
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b int32) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
	best, bestScore := int32(-1), 0.0
	base := func(a int32) float64 { return (float64(all[a]) + 0.5) / float64(in.t.Rows) }
	for _, v := range list[:min(len(list), 8)] {
		score, _ := in.weigh(x, row, in.t.Columns[x].Codes[row], v, base, false)
		if best < 0 || score > bestScore {
			best, bestScore = v, score
		}
	}
	return best
}
