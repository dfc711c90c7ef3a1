package dependency

import (
	"cmp"
	"fmt"
	"slices"
)

// In a table of thousands of columns not every column can be compared with every other over all rows, let alone every three of
// them. There a few rows decide which columns are worth it: all are still looked at, in little.
const (
	fullColumns = 96 // columns up to which each is compared in full with each other
	nearPlaces  = 4  // columns before and after in the file that are compared in full whatever the few rows say
	nearNumbers = 12 // columns of numbers before and after, of which a number may be computed
	screenPairs = 48 // pairs of rows that agree in a key
	screenFirst = 12 // of them, after which a key that says little is given up
	screenLook  = 6  // pairs, or rows, after which one that says nothing at all is
	screenRows  = 64 // rows in which texts are compared
	mostGroups  = 16 // keys for a column that pass, at the most, and as many that hold its text
)

// limits says in sentences what was not compared in full.
func (t *Table) limits() []string {
	if len(t.Columns) <= fullColumns {
		return nil
	}
	return []string{fmt.Sprintf("of %d columns each was compared over all rows with the %d next to it in the file and with those that a sample of rows suggests, "+
		"%d at the most; sums of two columns were looked for among the %d nearest columns of numbers alone",
		len(t.Columns), 2*nearPlaces, 2*mostGroups, 2*nearNumbers)}
}

// candidates is what may speak for a column.
type candidates struct {
	keys    []key
	numbers []int // columns that may carry the same number
	sums    []int // columns of which two may give it
	halves  int   // rows after which a column that was no part of its text in any of them is given up
}

// candidates tells what to compare a column with: everything in a table of few columns, and else what passes the screen.
func (in *inference) candidates(keys []key) func(target int) candidates {
	all := make([]int, len(in.t.Columns))
	for i := range all {
		all[i] = i
	}
	if len(in.t.Columns) <= fullColumns {
		return func(int) candidates { return candidates{keys, all, all, in.t.Rows} }
	}
	s := newScreen(in, keys)
	return func(target int) candidates {
		return candidates{in.screened(s, target), s.sameNumber(target), s.nearNumbers(target), screenLook}
	}
}

// screened are the keys that pass for a column. They are looked for once: what is believed changes in few cells.
func (in *inference) screened(s *screen, target int) []key {
	if in.passed == nil {
		in.passed = make([]map[keyName]bool, len(in.t.Columns))
	}
	if in.passed[target] == nil {
		in.passed[target] = map[keyName]bool{}
		for _, k := range s.keysFor(target) {
			in.passed[target][keyName{k.col, k.part}] = true
		}
	}
	out := make([]key, 0, len(in.passed[target]))
	for name := range in.passed[target] {
		if i, ok := s.place[name]; ok {
			out = append(out, s.keys[i])
		}
	}
	slices.SortFunc(out, func(a, b key) int { // in the order in which all keys would be tried
		return cmp.Compare(s.place[keyName{a.col, a.part}], s.place[keyName{b.col, b.part}])
	})
	return out
}

// keyName tells a key that is no pair from all others.
type keyName struct {
	col  int
	part string
}

// screen is what is known of the few rows.
type screen struct {
	in      *inference
	keys    []key
	pairs   [][]int32            // by key: rows that agree in it, two by two; nil where hardly any do
	texts   [][screenRows]uint64 // by key: fingerprints of its texts
	place   map[keyName]int      // of a key
	whole   []int                // by column: the key that is the column itself, -1 none
	figures [][screenRows]uint64 // by column: fingerprints of the numbers in its texts
	numeric []int                // columns of numbers, in the order of the file
	rows    [screenRows]int      // -1 where there are fewer
	readers map[string]func(string) (string, bool)
}

func newScreen(in *inference, keys []key) *screen {
	s := &screen{in: in, keys: keys, pairs: make([][]int32, len(keys)), texts: make([][screenRows]uint64, len(keys)),
		place: make(map[keyName]int, len(keys)), whole: make([]int, len(in.t.Columns)), figures: make([][screenRows]uint64, len(in.t.Columns)), readers: map[string]func(string) (string, bool){}}
	for _, p := range parts() {
		s.readers[p.name] = p.read
	}
	n := min(screenRows, len(in.sample))
	for i := range s.rows {
		s.rows[i] = -1
		if i < n {
			s.rows[i] = in.sample[i*len(in.sample)/n]
		}
	}
	for c := range in.t.Columns {
		s.whole[c] = -1
		if in.numbers[c] != nil {
			s.numeric = append(s.numeric, c)
		}
		if in.numbered[c] {
			s.figures[c] = s.fingerprints(c, numberInside)
		}
	}
	for i := range keys {
		k := &keys[i]
		s.place[keyName{k.col, k.part}] = i
		s.pairs[i] = s.agreeing(k)
		if k.part == "" {
			s.whole[k.col] = i
			s.texts[i] = s.fingerprints(k.col, func(d string) (string, bool) { return d, true })
		} else if k.part != "number in it" {
			s.texts[i] = s.fingerprints(k.col, s.readers[k.part])
		}
	}
	return s
}

// agreeing are pairs of rows that agree in a key, spread over the sample.
func (s *screen) agreeing(k *key) []int32 {
	if k.size*10 > s.in.t.Rows*9 {
		return nil
	}
	last := make(map[int64]int32, k.size)
	var all []int32
	for _, row := range s.in.sample {
		v := k.at(s.in.belief, row)
		if v < 0 {
			continue
		}
		if before, seen := last[v]; seen {
			all = append(all, before, int32(row))
		}
		last[v] = int32(row)
	}
	n := len(all) / 2
	if n < screenFirst {
		return nil
	}
	out := make([]int32, 0, 2*screenPairs)
	for i := range min(n, screenPairs) {
		// The first ones are spread over the sample as all of them are.
		at := (i * 29 % min(n, screenPairs)) * n / min(n, screenPairs)
		out = append(out, all[2*at], all[2*at+1])
	}
	return out
}

// fingerprints are those of what a reader takes out of a column's texts in the few rows, 0 for nothing.
func (s *screen) fingerprints(column int, read func(string) (string, bool)) (out [screenRows]uint64) {
	c := &s.in.t.Columns[column]
	for i, row := range s.rows {
		if row < 0 || s.in.belief[column][row] < 0 {
			continue
		}
		if text, ok := read(c.Dict[s.in.belief[column][row]]); ok && text != "" {
			out[i] = fingerprint(text)
		}
	}
	return out
}

// fingerprint is FNV-1a; what two texts share by chance is found out when the columns are compared in full.
func fingerprint(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h
}

// scored is a key with what it is worth.
type scored struct {
	key   int
	worth float64
}

// keysFor are the keys to compare a column with in full.
func (s *screen) keysFor(target int) []key {
	groups := s.groupsFor(target, s.base(target))
	var texts []scored
	size := len(s.in.t.Columns[target].Dict)
	spells := size >= 3 && s.whole[target] >= 0
	for i := range s.keys {
		if s.keys[i].col == target {
			continue
		}
		// What has far fewer or more values cannot be the same in most rows.
		if d := s.keys[i].size - size; spells && 2*max(d, -d) <= s.in.t.Rows {
			if worth := agree(&s.texts[i], &s.texts[s.whole[target]]); worth > 0 {
				texts = append(texts, scored{i, worth})
			}
		}
	}
	take := map[int]bool{}
	for _, list := range [][]scored{s.best(groups, target), s.best(texts, target)} {
		for _, x := range list {
			take[x.key] = true
		}
	}
	for c := max(0, target-nearPlaces); c <= min(len(s.whole)-1, target+nearPlaces); c++ {
		if c != target && s.whole[c] >= 0 {
			take[s.whole[c]] = true
		}
	}
	out := make([]key, 0, len(take))
	for i := range s.keys { // in the order in which all keys would be tried
		if take[i] {
			out = append(out, s.keys[i])
		}
	}
	return out
}

// groupsFor are the keys whose groups agree on the values of a column. One with a value of its own in nearly every row has none.
func (s *screen) groupsFor(target int, base float64) []scored {
	if len(s.in.t.Columns[target].Dict)*10 > s.in.t.Rows*8 {
		return nil
	}
	var out []scored
	for i := range s.keys {
		if s.pairs[i] == nil || s.keys[i].col == target {
			continue
		}
		if worth := s.grouped(i, target, base); worth > 0 {
			out = append(out, scored{i, worth})
		}
	}
	return out
}

// best are the worthiest, those near in the file first among equals.
func (s *screen) best(list []scored, target int) []scored {
	slices.SortStableFunc(list, func(a, b scored) int {
		x, y := s.keys[a.key].col-target, s.keys[b.key].col-target
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(max(x, -x), max(y, -y)))
	})
	return list[:min(len(list), mostGroups)]
}

// base is how often two rows agree in a column by chance.
func (s *screen) base(target int) float64 {
	n := make(map[int32]float64)
	for _, row := range s.in.sample {
		n[s.in.belief[target][row]]++
	}
	sum, all := 0.0, float64(len(s.in.sample))
	for _, k := range n {
		sum += k * k
	}
	return sum / max(1, all*all)
}

// grouped is how much more often than by chance rows that agree in a key agree in the column: 0 never, 1 always.
func (s *screen) grouped(k, target int, base float64) float64 {
	pairs, cells := s.pairs[k], s.in.belief[target]
	n, same := len(pairs)/2, 0
	for i := range n {
		if cells[pairs[2*i]] == cells[pairs[2*i+1]] {
			same++
		}
		if i == screenLook-1 && same == 0 || i == screenFirst-1 && float64(same) < screenFirst*(base+0.2*(1-base)) {
			return 0
		}
	}
	if worth := (float64(same)/float64(n) - base) / max(1e-9, 1-base); worth >= 0.3 {
		return worth
	}
	return 0
}

// agree is the share of the rows in which two columns have the same text, 0 where that is under a half.
func agree(a, b *[screenRows]uint64) float64 {
	both, same := 0, 0
	for i := range a {
		if a[i] != 0 && b[i] != 0 {
			both++
			if a[i] == b[i] {
				same++
			}
		}
		if i == screenLook-1 && same == 0 && both > screenLook/2 || i == screenRows/4-1 && same*4 < both {
			return 0
		}
	}
	if both < screenRows/8 || same*2 < both {
		return 0
	}
	return float64(same) / float64(both)
}

// sameNumber are the columns that may carry the numbers of a column in another notation.
func (s *screen) sameNumber(target int) []int {
	if !s.in.numbered[target] {
		return nil
	}
	var out []int
	for c := range s.figures {
		if c != target && s.in.numbered[c] && agree(&s.figures[c], &s.figures[target]) > 0 && len(out) < mostGroups {
			out = append(out, c)
		}
	}
	return out
}

// nearNumbers are the columns of numbers around a column.
func (s *screen) nearNumbers(target int) []int {
	at, _ := slices.BinarySearch(s.numeric, target)
	return s.numeric[max(0, at-nearNumbers):min(len(s.numeric), at+nearNumbers+1)]
}
