package similarity

// Distance is the number of insertions, deletions, substitutions and swaps of neighbours that turn a into b, where no
// part is edited twice (optimal string alignment). It counts characters. Above limit it returns limit+1 at once.
func Distance(a, b string, limit int) int {
	if a == b {
		return 0
	}
	return weighted([]rune(a), []rune(b), limit, nil)
}

// Runes is Distance on texts that were split into characters before, for loops over many pairs.
func Runes(a, b []rune, limit int) int { return weighted(a, b, limit, nil) }

// Slips is like Distance, but slips of the hand or the eye cost half: a neighbouring key, or signs that look alike
// (0 and O, 1 and l). The unit is a full edit.
func Slips(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	return float64(weighted(x, y, len(x)+len(y), slip)) / 2
}

// weighted works in halves where cost is given, else in whole edits. cost says what a substitution costs in halves.
func weighted(a, b []rune, limit int, cost func(x, y rune) int) int {
	unit := 1
	if cost != nil {
		unit, limit = 2, limit*2
	}
	if d := len(a) - len(b); d*unit > limit || -d*unit > limit {
		return limit + 1
	}
	if cost == nil { // what both begin with costs nothing, nor what both end with
		for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
			a, b = a[1:], b[1:]
		}
		for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
			a, b = a[:len(a)-1], b[:len(b)-1]
		}
	}
	var short [3 * 48]int // most texts are: without it the rows are half of the work
	width := len(b) + 1
	rows := short[:]
	if 3*width > len(rows) {
		rows = make([]int, 3*width)
	}
	before, last, row := rows[:width], rows[width:2*width], rows[2*width:3*width]
	for j := range last {
		last[j] = j * unit
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i * unit
		least := row[0]
		for j := 1; j <= len(b); j++ {
			c := 0
			if a[i-1] != b[j-1] {
				c = unit
				if cost != nil {
					c = cost(a[i-1], b[j-1])
				}
			}
			row[j] = min(last[j-1]+c, last[j]+unit, row[j-1]+unit)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+unit)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}

var keyboard = []string{"1234567890-", "qwertyuiop", "asdfghjkl;", "zxcvbnm,."}

var alike = map[[2]rune]bool{
	{'0', 'o'}: true, {'1', 'l'}: true, {'1', 'i'}: true, {'i', 'l'}: true, {'5', 's'}: true, {'8', 'b'}: true,
	{'2', 'z'}: true, {'6', 'b'}: true, {'c', 'e'}: true, {'u', 'v'}: true, {'m', 'n'}: true,
}

// slip is the cost in halves of reading or typing one character for the other.
func slip(x, y rune) int {
	x, y = lower(x), lower(y)
	if x == y {
		return 1
	}
	if alike[[2]rune{min(x, y), max(x, y)}] {
		return 1
	}
	for r, line := range keyboard {
		for c, k := range line {
			if k != x {
				continue
			}
			if near(r, c, y) {
				return 1
			}
		}
	}
	return 2
}

func near(row, col int, y rune) bool {
	for r := max(0, row-1); r <= min(len(keyboard)-1, row+1); r++ {
		line := keyboard[r]
		for c := max(0, col-1); c <= min(len(line)-1, col+1); c++ {
			if rune(line[c]) == y {
				return true
			}
		}
	}
	return false
}

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
