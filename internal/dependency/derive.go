package dependency

import (
	"strconv"
	"strings"
	"unicode"
)

// part reads a piece out of a text; it is what makes a derived witness of a column.
type part struct {
	name string
	read func(string) (string, bool)
}

// parts are the pieces that may determine other columns: what stands before and after a separator, the first signs
// of a code, the number inside a code, the leading digits of a number, and the text without case.
func parts() []part {
	var out []part
	for _, sep := range []string{"_", "-", "/", ":", ",", " ", "."} {
		out = append(out,
			part{"before " + quote(sep), func(s string) (string, bool) { a, _, ok := strings.Cut(s, sep); return a, ok && a != "" }},
			part{"after " + quote(sep), func(s string) (string, bool) { _, b, ok := strings.Cut(s, sep); return b, ok && b != "" }},
			part{"last after " + quote(sep), func(s string) (string, bool) {
				i := strings.LastIndex(s, sep)
				if i < 0 || strings.Index(s, sep) == i {
					return "", false
				}
				return s[i+len(sep):], i+len(sep) < len(s)
			}})
	}
	for n := 1; n <= 4; n++ {
		out = append(out, part{"first " + strconv.Itoa(n), func(s string) (string, bool) {
			if len(s) <= n || !coded(s) {
				return "", false
			}
			return s[:n], true
		}})
	}
	for _, w := range [][2]int{{3, 6}, {4, 7}, {2, 4}, {4, 6}} {
		out = append(out, part{"signs " + strconv.Itoa(w[0]+1) + " to " + strconv.Itoa(w[1]), func(s string) (string, bool) {
			if len(s) <= w[1] || !coded(s) {
				return "", false
			}
			return s[w[0]:w[1]], true
		}})
	}
	return append(out,
		part{"number in it", numberInside},
		part{"thousands", func(s string) (string, bool) { return divided(s, 1000) }},
		part{"hundreds", func(s string) (string, bool) { return divided(s, 100) }},
	)
}

func quote(s string) string { return "'" + s + "'" }

// coded says whether a text is a code or number rather than words: at least half digits, no blank.
func coded(s string) bool {
	digits := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			digits++
		}
		if s[i] >= 0x80 {
			return false
		}
	}
	return digits*2 >= len(s)
}

// numberInside reads the one number of a code ("f02013", "2013.0", "No 12"), without leading zeros.
func numberInside(s string) (string, bool) {
	s = strings.TrimSuffix(s, ".0")
	i := strings.IndexFunc(s, unicode.IsDigit)
	if i < 0 {
		return "", false
	}
	j := i
	for j < len(s) && s[j] >= '0' && s[j] <= '9' {
		j++
	}
	if strings.IndexFunc(s[j:], unicode.IsDigit) >= 0 {
		return "", false
	}
	n := strings.TrimLeft(s[i:j], "0")
	if n == "" {
		n = "0"
	}
	return n, true
}

func divided(s string, by int64) (string, bool) {
	n, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
	if err != nil || n < by {
		return "", false
	}
	return strconv.FormatInt(n/by, 10), true
}

// key is a witness column: real (part < 0) or a part of the text of a real one; a pair has two.
type key struct {
	col    int
	part   string
	values []int32 // by code of the column's dictionary; nil for the column itself
	size   int
	second *key
}

// derived lists the parts of a column that most of its cells have and that say less than the cell itself.
func derived(t *Table, col int) []key {
	c := &t.Columns[col]
	if len(c.Dict) < 2 {
		return nil
	}
	var out []key
	for _, p := range parts() {
		codes, index := make([]int32, len(c.Dict)), map[string]int32{}
		rows := int32(0)
		for i, d := range c.Dict {
			codes[i] = -1
			s, ok := p.read(d)
			if !ok {
				continue
			}
			k, seen := index[s]
			if !seen {
				k = int32(len(index))
				index[s] = k
			}
			codes[i] = k
			rows += c.Count[i]
		}
		if int(rows)*10 < t.Rows*6 || len(index) < 2 {
			continue
		}
		k := key{col: col, part: p.name, values: codes, size: len(index)}
		if same(out, codes, len(index)) {
			continue
		}
		out = append(out, k)
	}
	return out
}

// same says whether the partition was already met under another name.
func same(keys []key, codes []int32, size int) bool {
	for i := range keys {
		if keys[i].size != size {
			continue
		}
		equal := true
		for j, c := range codes {
			if keys[i].values[j] != c {
				equal = false
				break
			}
		}
		if equal {
			return true
		}
	}
	return false
}

// at is the witness's value in a row, by the belief about its columns; -1 where it has none.
func (k *key) at(belief [][]int32, row int) int64 {
	c := belief[k.col][row]
	if c < 0 {
		return -1
	}
	v := int64(c)
	if k.values != nil {
		if int(c) >= len(k.values) || k.values[c] < 0 {
			return -1
		}
		v = int64(k.values[c])
	}
	if k.second == nil {
		return v
	}
	w := k.second.at(belief, row)
	if w < 0 {
		return -1
	}
	return v<<31 | w
}
