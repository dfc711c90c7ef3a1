package dependency

import (
	"math"
	"strconv"
	"strings"
)

// joined makes the witness that the cell's text is two other columns' texts with a separator between ("AL" and
// "Pike" in "AL_Pike").
// A column that is no part of the text in any of the first rows is given up after so many of them.
func joined(t *Table, belief [][]int32, target, early int) []*witness {
	c := &t.Columns[target]
	var out []*witness
	for _, sep := range []string{"_", "-", "/", ":", ", ", " - ", " "} {
		first := halves(t, belief, target, early, func(s string) (string, bool) { a, _, ok := strings.Cut(s, sep); return a, ok })
		if len(first) == 0 {
			continue
		}
		second := halves(t, belief, target, early, func(s string) (string, bool) { _, b, ok := strings.Cut(s, sep); return b, ok })
		for _, a := range first {
			for _, b := range second {
				if a == b || len(out) >= 3 {
					continue
				}
				other := key{col: b}
				w := &witness{kind: byEqual, key: key{col: a, second: &other}}
				w.text = func(row int) (int32, bool) {
					x, y := belief[a][row], belief[b][row]
					if x < 0 || y < 0 || t.Columns[a].Dict[x] == "" || t.Columns[b].Dict[y] == "" {
						return 0, false
					}
					return c.code(t.Columns[a].Dict[x] + sep + t.Columns[b].Dict[y]), true
				}
				out = append(out, w)
			}
		}
	}
	return out
}

// halves are the columns whose text is, in most rows, the piece that read takes out of the target's.
func halves(t *Table, belief [][]int32, target, early int, read func(string) (string, bool)) []int {
	c := &t.Columns[target]
	piece := make([]string, len(c.Dict))
	have := int32(0)
	for i, d := range c.Dict {
		if i >= len(c.Count) {
			break
		}
		if s, ok := read(d); ok {
			piece[i] = s
			have += c.Count[i]
		}
	}
	if int(have)*10 < t.Rows*6 {
		return nil
	}
	var out []int
	for a := range t.Columns {
		if a == target || len(t.Columns[a].Dict) < 2 {
			continue
		}
		same := 0
		for i := range t.Rows {
			x, y := belief[a][i], belief[target][i]
			if x >= 0 && y >= 0 && int(y) < len(piece) && piece[y] != "" && t.Columns[a].Dict[x] == piece[y] {
				same++
			}
			if i == early && same == 0 {
				break
			}
		}
		if same*10 >= t.Rows*5 {
			out = append(out, a)
		}
	}
	return out
}

// linear makes the witnesses that a number is computed from two others, target = p*a + q*b + r with p, q and r that
// hold exactly in most rows. They are found by solving on three rows at a time and counting who agrees. among are the columns
// of which two are tried.
func linear(t *Table, belief [][]int32, target int, among []int, numbers [][]float64) []*witness {
	if numbers[target] == nil {
		return nil
	}
	var out []*witness
	for i, a := range among {
		if a == target || numbers[a] == nil {
			continue
		}
		for _, b := range among[i+1:] {
			if b == target || numbers[b] == nil {
				continue
			}
			if f, ok := solve(t, belief, target, a, b, numbers); ok {
				out = append(out, computed(t, belief, target, a, b, f, numbers))
			}
			if len(out) == 2 {
				return out
			}
		}
	}
	return out
}

// values reads a column's dictionary as numbers; nil where it is not one of numbers.
func values(c *Column) []float64 {
	if !c.Numeric || len(c.Dict) < 3 {
		return nil
	}
	out := make([]float64, len(c.Dict))
	for i, d := range c.Dict {
		v, err := strconv.ParseFloat(strings.TrimSpace(d), 64)
		if err != nil {
			v = math.NaN()
		}
		out[i] = v
	}
	return out
}

func solve(t *Table, belief [][]int32, target, a, b int, numbers [][]float64) ([3]float64, bool) {
	at := func(c, row int) float64 {
		v := belief[c][row]
		if v < 0 || int(v) >= len(numbers[c]) {
			return math.NaN()
		}
		return numbers[c][v]
	}
	const tries = 24
	step := max(1, t.Rows/(tries+3))
	for k := range tries {
		var x [3][3]float64
		for j := range 3 {
			row := (k*step + j*(t.Rows/3+1)) % t.Rows
			x[j] = [3]float64{at(a, row), at(b, row), at(target, row)}
		}
		f, ok := plane(x)
		if !ok {
			continue
		}
		hold, seen, moved := 0, 0, 0
		for i := 0; i < t.Rows; i += max(1, t.Rows/400) {
			y := at(target, i)
			if math.IsNaN(y) || math.IsNaN(at(a, i)) || math.IsNaN(at(b, i)) {
				continue
			}
			seen++
			if math.Abs(f[0]*at(a, i)+f[1]*at(b, i)+f[2]-y) < 1e-6*max(1, math.Abs(y)) {
				hold++
				if y != x[0][2] {
					moved++
				}
			}
		}
		if seen >= 20 && hold*10 >= seen*5 && moved*4 >= hold {
			return f, true
		}
	}
	return [3]float64{}, false
}

// plane solves z = p*x + q*y + r through three points, for p, q that are not both zero and neither of which is.
func plane(x [3][3]float64) ([3]float64, bool) {
	ax, ay, az := x[1][0]-x[0][0], x[1][1]-x[0][1], x[1][2]-x[0][2]
	bx, by, bz := x[2][0]-x[0][0], x[2][1]-x[0][1], x[2][2]-x[0][2]
	det := ax*by - ay*bx
	if det == 0 || math.IsNaN(det) {
		return [3]float64{}, false
	}
	p, q := (az*by-ay*bz)/det, (ax*bz-az*bx)/det
	r := x[0][2] - p*x[0][0] - q*x[0][1]
	if p == 0 || q == 0 || math.IsNaN(p+q+r) || !round(p) || !round(q) || math.Abs(r) > 1e-6 && !round(r) {
		return [3]float64{}, false
	}
	return [3]float64{math.Round(p*1e6) / 1e6, math.Round(q*1e6) / 1e6, math.Round(r*1e6) / 1e6}, true
}

// round says whether a factor is one that a person would compute with: a whole number, or its inverse.
func round(f float64) bool {
	near := func(x float64) bool { return math.Abs(x-math.Round(x)) < 1e-6 && math.Round(x) != 0 }
	return near(f) || near(1/f)
}

func computed(t *Table, belief [][]int32, target, a, b int, f [3]float64, numbers [][]float64) *witness {
	c := &t.Columns[target]
	other := key{col: b, part: "number"}
	w := &witness{kind: byNumber, key: key{col: a, part: "number", second: &other}}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range numbers[target] {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	suffix := ""
	if len(c.Dict) > 0 && strings.HasSuffix(c.Dict[0], ".0") {
		suffix = ".0"
	}
	w.text = func(row int) (int32, bool) {
		x, y := belief[a][row], belief[b][row]
		if x < 0 || y < 0 || int(x) >= len(numbers[a]) || int(y) >= len(numbers[b]) {
			return 0, false
		}
		z := f[0]*numbers[a][x] + f[1]*numbers[b][y] + f[2]
		if math.IsNaN(z) || z < low || z > high {
			return 0, false
		}
		s := strconv.FormatFloat(math.Round(z*1e6)/1e6, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += suffix
		}
		return c.code(s), true
	}
	return w
}
