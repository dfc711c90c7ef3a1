package dependency

import (
	"cmp"
	"slices"
)

// choose looks for the witnesses of each column.
func (in *inference) choose() {
	among := in.candidates(in.keys())
	for c := range in.t.Columns {
		if in.t.Columns[c].Quiet {
			continue
		}
		in.heard[c] = in.chooseFor(c, among(c))
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

func (in *inference) chooseFor(target int, among candidates) []*witness {
	base := in.base(target)
	var found, weak []*witness
	numeric := in.t.Columns[target].Numeric
	try := func(w *witness) {
		w.measure(in.belief, target, in.sample, base, in.sound[target])
		if w.key.second == nil && w.key.part == "" && !numeric {
			w.single(&in.t.Columns[target])
		}
		switch {
		case w.truth && w.cover >= 0.1:
			found = append(found, w)
		case w.cover >= 0.1 && w.sure >= 0.5 && (numeric || w.right >= 0.4) && (w.lift >= 0.4 || w.sure >= 0.97):
			found = append(found, w)
		case w.kind == byGroup && w.cover >= 0.5 && w.key.part == "" && len(w.stats)*8 < in.t.Rows && w.lift > 0.02:
			weak = append(weak, w)
		}
	}
	var singles []*witness
	for _, k := range among.keys {
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
	for _, w := range joined(in.t, in.belief, target, among.halves) {
		try(w)
	}
	for _, w := range linear(in.t, in.belief, target, among.sums, in.numbers) {
		try(w)
	}
	if len(in.t.Columns[target].Dict) > 20 {
		for _, c := range among.numbers {
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
