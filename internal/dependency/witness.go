package dependency

import (
	"slices"
	"strconv"
	"strings"
)

// kind says what a witness goes by.
type kind int

const (
	byGroup  kind = iota // rows that agree in the key
	byEqual              // the key's text is the cell's text
	byNumber             // the key's number is the number in the cell
	byOrder              // the rows before and after
	byColumn             // the column as a whole
)

// witness says what the cells of one column ought to be.
type witness struct {
	kind  kind
	key   key
	right float64 // share of its predictions that hold, each cell left out of its own prediction
	sure  float64 // the same over the rows whose value is usual in the column
	cover float64 // share of the rows on which it speaks
	weak  bool    // says which values go together, but does not determine
	truth bool    // each group has one true value, and whatever else stands in it is noise
	lift  float64 // how much better than always naming the most frequent value: 0 not at all, 1 always right

	gap   int32   // truth: the code of a gap, -1 none
	usual int32   // byColumn
	group []int32 // by row; -1 none
	stats []stat  // by group
	count map[uint64]int32
	text  func(row int) (int32, bool) // byEqual, byNumber: the predicted code
}

// stat is what a group holds: its rows and its most frequent values.
type stat struct {
	rows int32
	top  [2]int32 // codes, -1 none
	n    [2]int32
}

// tally groups the rows by the key and counts the judged column's values in each group.
func (w *witness) tally(belief [][]int32, target int) {
	rows := len(belief[target])
	index := make(map[int64]int32, w.key.size)
	w.group = make([]int32, rows)
	w.stats = w.stats[:0]
	w.count = make(map[uint64]int32, rows/2)
	for i := range rows {
		v := w.key.at(belief, i)
		w.group[i] = -1
		if v < 0 {
			continue
		}
		g, ok := index[v]
		if !ok {
			g = int32(len(w.stats))
			index[v] = g
			w.stats = append(w.stats, stat{top: [2]int32{-1, -1}})
		}
		w.group[i] = g
		w.stats[g].rows++
		w.count[pair(g, belief[target][i])]++
	}
	for k, n := range w.count {
		w.stats[k>>32].see(int32(k&0xffffffff), n)
	}
}

func pair(g, a int32) uint64 { return uint64(uint32(g))<<32 | uint64(uint32(a)) }

func (s *stat) see(a, n int32) {
	switch {
	case n > s.n[0] || n == s.n[0] && a < s.top[0]:
		s.top[1], s.n[1] = s.top[0], s.n[0]
		s.top[0], s.n[0] = a, n
	case n > s.n[1] || n == s.n[1] && a < s.top[1]:
		s.top[1], s.n[1] = a, n
	}
}

// predict names the value that the witness expects in a row, the row itself left out.
func (w *witness) predict(belief [][]int32, target, row int) (int32, bool) {
	switch w.kind {
	case byEqual, byNumber:
		return w.text(row)
	case byOrder:
		return around(belief[target], row)
	case byColumn:
		return w.usual, true
	case byGroup:
	}
	g := w.group[row]
	if g < 0 {
		return 0, false
	}
	s := &w.stats[g]
	if s.rows < 2 {
		return 0, false
	}
	if s.top[0] == belief[target][row] && s.n[0]-1 < s.n[1] {
		return s.top[1], true
	}
	return s.top[0], s.top[0] != belief[target][row] || s.n[0] > 1
}

// share is the probability that the witness gives a value in a row, the row itself left out; base is the value's
// share in the column.
func (w *witness) share(belief [][]int32, target, row int, a int32, base, trust float64) float64 {
	var p float64
	switch w.kind {
	case byEqual, byNumber:
		if v, ok := w.text(row); ok && v == a {
			p = 1
		}
	case byColumn:
		if a == w.usual {
			p = 1
		}
	case byOrder:
		n, all := 0, 0
		forAround(belief[target], row, func(v int32) {
			all++
			if v == a {
				n++
			}
		})
		p = (float64(n) + base) / float64(all+1)
	default:
		g := w.group[row]
		own := int32(0)
		if belief[target][row] == a {
			own = 1
		}
		p = (float64(w.count[pair(g, a)]-own) + base) / float64(w.stats[g].rows)
	}
	return trust*p + (1-trust)*base
}

const reach = 3 // rows looked at before and after

func forAround(cells []int32, row int, f func(int32)) {
	for i := max(0, row-reach); i <= min(len(cells)-1, row+reach); i++ {
		if i != row {
			f(cells[i])
		}
	}
}

// around is the value that the neighbouring rows agree on: both next ones, and most of those within reach.
func around(cells []int32, row int) (int32, bool) {
	if row == 0 || row == len(cells)-1 || cells[row-1] != cells[row+1] {
		return 0, false
	}
	v, n, all := cells[row-1], 0, 0
	forAround(cells, row, func(x int32) {
		all++
		if x == v {
			n++
		}
	})
	return v, n*3 >= all*2
}

// measure sets how often the witness is right on the belief, over the given rows, and over those of them whose value
// is usual in the column, where it has usual values (sound).
func (w *witness) measure(belief [][]int32, target int, rows []int, base float64, sound []bool) {
	var said, right, saidSound, rightSound int
	for _, i := range rows {
		v, ok := w.predict(belief, target, i)
		if !ok {
			continue
		}
		b := belief[target][i]
		said++
		if v == b {
			right++
		}
		if sound == nil || b >= 0 && int(b) < len(sound) && sound[b] {
			saidSound++
			if v == b {
				rightSound++
			}
		}
	}
	if said == 0 || saidSound == 0 {
		return
	}
	w.right, w.sure = float64(right)/float64(said), float64(rightSound)/float64(saidSound)
	w.cover = float64(said) / float64(len(rows))
	if base < 1 {
		w.lift = (w.sure - base) / (1 - base)
	}
}

// equality makes the witness that the text of a key is the cell's text, where that holds for enough rows.
func equality(t *Table, belief [][]int32, k key, target int, texts []string) *witness {
	c := &t.Columns[target]
	index := make(map[string]int32, len(c.Dict))
	for i, d := range c.Dict {
		index[d] = int32(i)
	}
	code := make([]int32, len(texts))
	for i, s := range texts {
		code[i] = -1
		if s == "" {
			continue
		}
		if a, ok := index[s]; ok {
			code[i] = a
		}
	}
	same, both := 0, 0
	for i := range t.Rows {
		v := k.at(belief, i)
		if v < 0 || belief[target][i] < 0 {
			continue
		}
		both++
		if code[v] >= 0 && code[v] == belief[target][i] {
			same++
		}
	}
	if both*2 < t.Rows || same*10 < both*6 {
		return nil
	}
	w := &witness{kind: byEqual, key: k}
	usage := differences(t, k, target, texts)
	w.text = func(row int) (int32, bool) {
		v := k.at(belief, row)
		if v < 0 || int(v) >= len(texts) || texts[v] == "" {
			return 0, false
		}
		if len(usage) > 0 && usage[difference(c.Dict[c.Codes[row]], texts[v])] {
			return c.Codes[row], true
		}
		if code[v] < 0 {
			code[v] = c.code(texts[v])
		}
		return code[v], true
	}
	return w
}

// numbering makes the witness that both columns carry the same number in different notations.
func numbering(t *Table, belief [][]int32, source, target int) *witness {
	from, to := numbers(&t.Columns[source]), numbers(&t.Columns[target])
	same, both := 0, 0
	for i := range t.Rows {
		a, b := belief[source][i], belief[target][i]
		if a < 0 || b < 0 || from[a] == "" || to[b] == "" {
			continue
		}
		both++
		if from[a] == to[b] {
			same++
		}
	}
	if both*2 < t.Rows || same*10 < both*6 {
		return nil
	}
	c := &t.Columns[target]
	write := notation(c)
	w := &witness{kind: byNumber, key: key{col: source, part: "number in it"}}
	known := map[int32]int32{}
	w.text = func(row int) (int32, bool) {
		a := belief[source][row]
		if a < 0 || int(a) >= len(from) || from[a] == "" {
			return 0, false
		}
		v, ok := known[a]
		if !ok {
			v = c.code(write(from[a]))
			known[a] = v
		}
		return v, true
	}
	return w
}

func numbers(c *Column) []string {
	out := make([]string, len(c.Dict))
	for i, d := range c.Dict {
		out[i], _ = numberInside(d)
	}
	return out
}

// notation is how most cells of a column write a number: a prefix, leading zeros, a suffix.
func notation(c *Column) func(number string) string {
	type form struct {
		before, after string
		width         int
	}
	votes := map[form]int32{}
	for i, d := range c.Dict {
		n, ok := numberInside(d)
		if !ok {
			continue
		}
		at := strings.LastIndex(strings.TrimSuffix(d, ".0"), n)
		f := form{after: d[at+len(n):]}
		start := at
		for start > 0 && d[start-1] == '0' {
			start--
		}
		f.before = d[:start]
		if start < at || f.before != "" {
			f.width = at + len(n) - start
		}
		votes[f] += c.Count[i]
	}
	var best form
	for f, n := range votes {
		if n > votes[best] || n == votes[best] && f.before+f.after+strconv.Itoa(f.width) < best.before+best.after+strconv.Itoa(best.width) {
			best = f
		}
	}
	return func(n string) string {
		return best.before + strings.Repeat("0", max(0, best.width-len(n))) + n + best.after
	}
}

// bestFirst orders witnesses by what they are worth.
func bestFirst(ws []*witness) {
	slices.SortStableFunc(ws, func(a, b *witness) int {
		x, y := a.lift*a.cover, b.lift*b.cover
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return a.key.size - b.key.size
	})
}

// differences are the ways in which two otherwise equal columns differ again and again ("Acadia Parish", "Acadia"):
// usage, not error.
func differences(t *Table, k key, target int, texts []string) map[[2]string]bool {
	c := &t.Columns[target]
	n := map[[2]string]int{}
	for i, o := range c.Codes {
		x := t.Columns[k.col].Codes[i]
		if x < 0 || o < 0 {
			continue
		}
		v := int64(x)
		if k.values != nil {
			v = int64(k.values[x])
		}
		if v < 0 || texts[v] == c.Dict[o] || texts[v] == "" {
			continue
		}
		if d := difference(c.Dict[o], texts[v]); len(d[0])+len(d[1]) >= 3 {
			n[d]++
		}
	}
	out := map[[2]string]bool{}
	for d, times := range n {
		if times >= 5 {
			out[d] = true
		}
	}
	return out
}

// difference is what is left of two texts without what they share at the beginning and at the end.
func difference(a, b string) [2]string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	j := 0
	for j < len(a) && j < len(b) && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return [2]string{a[:len(a)-j], b[:len(b)-j]}
}
