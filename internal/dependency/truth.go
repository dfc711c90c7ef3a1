package dependency

import "math"

// A group in which values conflict is one of two things: several sources that speak of one truth, some of them wrong
// (the same flight told by thirty pages), or a thing that rightly has several values (two towns under one postcode).
// In the first case every group has about the same share of wrong values, so that the wrong ones are spread over the
// groups as a binomial variable is; in the second some groups are pure and others are split, and the spread is far
// beyond it. What tells them apart is the correlation within groups (the beta-binomial's rho): 0 for noise, near 1 for
// pure and split groups. A group may also just be usual (most orders are shipped on the next day): then what stands in
// the rest of it are the values of other groups, while what sources get wrong is mostly nobody's truth. Only where
// hardly anything deviates is a value of another group taken for an error, too.
const (
	truthGroups = 8    // groups of truthRows rows at the least
	truthRows   = 5    // rows from which on a group tells
	truthLift   = 0.4  // how much better than the most frequent value the group's value does
	truthRho    = 0.15 // correlation within groups up to which conflicts are noise
	truthSure   = 0.95 // agreement from which on what deviates may be the values of other groups
	truthOthers = 0.33 // share of what deviates up to which it may be so elsewhere
)

// single decides whether the witness names one truth a group. It is judged on the cells as they are in the file, gaps
// left out, since a gap says nothing of the truth.
func (w *witness) single(c *Column) {
	w.truth, w.gap = false, c.empty()
	if w.kind != byGroup || len(w.stats) < truthGroups {
		return
	}
	size, top, others := w.agreement(c)
	var n, right, square, groups float64
	for g := range size {
		if size[g] < truthRows {
			continue
		}
		k := float64(size[g])
		groups++
		n += k
		right += float64(top[g])
		square += k * k
	}
	if groups < truthGroups || n*2 < float64(len(c.Codes)) {
		return
	}
	p, base := right/n, commonest(c)
	if right == n || p < 0.5 || (p-base)/(1-base) < truthLift {
		return // without conflicts there is nothing to decide; without agreement there is no truth to be seen
	}
	if p < truthSure && others > truthOthers {
		return
	}
	var between float64
	for g := range size {
		if k := float64(size[g]); size[g] >= truthRows {
			d := float64(top[g])/k - p
			between += k * d * d
		}
	}
	// The estimate of rho by the analysis of variance (Ridout, Demétrio and Firth 1999).
	within := right - sumSquares(size, top)
	msb, msw := between/(groups-1), within/(n-groups)
	k0 := (n - square/n) / (groups - 1)
	rho := (msb - msw) / (msb + (k0-1)*msw)
	w.truth = !math.IsNaN(rho) && rho <= truthRho
}

// commonest is the share of the most frequent text among the filled cells.
func commonest(c *Column) float64 {
	var top, n int32
	for v, k := range c.Count {
		if c.Dict[v] != "" {
			top, n = max(top, k), n+k
		}
	}
	return float64(top) / float64(max(1, n))
}

// sumSquares is the part of the agreement that the groups explain.
func sumSquares(size, top []int32) float64 {
	s := 0.0
	for g := range size {
		if size[g] >= truthRows {
			s += float64(top[g]) * float64(top[g]) / float64(size[g])
		}
	}
	return s
}

// agreement counts, by group, the cells that are filled and those that have its most frequent value; others is the share
// of the remaining ones that have the most frequent value of another group.
func (w *witness) agreement(c *Column) (size, top []int32, others float64) {
	size, top = make([]int32, len(w.stats)), make([]int32, len(w.stats))
	value := make([]int32, len(w.stats))
	count := make(map[uint64]int32, len(w.count))
	for i, g := range w.group {
		v := c.Codes[i]
		if g < 0 || v < 0 || c.Dict[v] == "" {
			continue
		}
		size[g]++
		k := pair(g, v)
		count[k]++
		if count[k] > top[g] {
			top[g], value[g] = count[k], v
		}
	}
	usual := make([]bool, len(c.Dict))
	for g, v := range value {
		if size[g] >= truthRows {
			usual[v] = true
		}
	}
	var away, all float64
	for k, n := range count {
		g, v := int32(k>>32), int32(k&0xffffffff)
		if size[g] < truthRows || v == value[g] {
			continue
		}
		all += float64(n)
		if usual[v] {
			away += float64(n)
		}
	}
	return size, top, away / max(1, all)
}

// copied is how often a wrong value is one certain wrong value: sources copy from one another.
const copied = 1.0 / 3

// wrong is the share of wrong values in a group.
func (w *witness) wrong() float64 { return min(0.4, max(0.01, 1-w.right)) }

// leads says whether v is the value of a row's group, and o in it no more than noise: most of the filled cells have v,
// and o stands there no more often than a wrong value may (three deviations above the mean). A group with two values
// that are both too many for noise is two groups in one, and tells nothing.
func (w *witness) leads(row int, o, v int32) bool {
	g := w.group[row]
	if g < 0 || v == w.gap {
		return false
	}
	filled, n, rival := w.stats[g].rows, w.count[pair(g, v)], w.count[pair(g, o)]
	if w.gap >= 0 {
		filled -= w.count[pair(g, w.gap)]
	}
	mean := float64(filled) * w.wrong() * copied
	return n >= 3 && n*2 > filled && (o == w.gap || float64(rival) <= mean+3*math.Sqrt(mean)+1)
}

// certain is the chance that v and not o is the truth of the row's group, by how often each stands there: a wrong value is
// copied from others, so that a certain one of them is told with a third of the chance of any.
func (w *witness) certain(row int, o, v int32) float64 {
	wrong := w.wrong()
	lead := float64(w.count[pair(w.group[row], v)] - w.count[pair(w.group[row], o)])
	if o == w.gap {
		lead = float64(w.count[pair(w.group[row], v)])
	}
	return min(0.9999, 1/(1+math.Pow(wrong*copied/(1-wrong), lead)))
}

// noise is how often the cells of a column are wrong by the witnesses that name one truth a group and lead to v here.
func (in *inference) noise(c, row int, o, v int32) float64 {
	most := 0.0
	if in.supported(c, row, o) {
		return most
	}
	for _, w := range in.heard[c] {
		if w.truth && w.leads(row, o, v) {
			most = max(most, min(0.3, max(0.002, 1-w.right)))
		}
	}
	return most
}
