package dependency

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/similarity"
)

// slips judges whether one text of a column is another one written wrong.
type slips struct {
	col   *Column
	words map[string]int32 // how many rows a word stands in
	known map[[2]int32]float64
	near  map[int32][]int32
	index *similarity.Index
	text  map[string]int32
	usual int32   // the value of most rows, -1 where there is none
	often []int32 // codes that the index holds
}

func newSlips(c *Column) *slips {
	s := &slips{col: c, words: map[string]int32{}, known: map[[2]int32]float64{}, text: map[string]int32{}, near: map[int32][]int32{}}
	usual := usualCount(c)
	for i, d := range c.Dict {
		s.text[d] = int32(i)
		if usual > 0 && c.Count[i] < usual {
			continue // the odd values of a categorical column are what is to be judged: their words prove nothing
		}
		for _, w := range similarity.Tokens(d) {
			s.words[w] += c.Count[i]
		}
	}
	s.usual = most(c)
	var texts []string
	for i, d := range c.Dict {
		if c.Count[i] >= 3 && d != "" {
			s.often = append(s.often, int32(i))
			texts = append(texts, d)
		}
	}
	s.index = similarity.NewIndex(texts)
	return s
}

// likely is the probability of writing o where v is meant, given that an error is made; 0 where o does not look like
// a slip of v at all. told says that something else than the column's frequencies speaks for v.
func (s *slips) likely(o, v int32, told bool) float64 {
	if told {
		k := [2]int32{o, v}
		p, ok := s.known[k]
		if !ok {
			p = s.judge(s.col.Dict[o], s.col.Dict[v], s.own(o), true)
			s.known[k] = p
		}
		return p
	}
	return s.judge(s.col.Dict[o], s.col.Dict[v], s.own(o), false)
}

func (s *slips) judge(o, v string, own int32, told bool) float64 {
	n := utf8.RuneCountInString(v)
	if n == 0 || o == "" {
		return 0
	}
	if s.col.Numeric && isNumber(o) {
		return 0
	}
	if bare(o) == v || marks(o) {
		return odds(n)
	}
	limit := allowed(n, told)
	d := similarity.Distance(o, v, limit)
	if d > limit || d == 0 {
		return 0
	}
	if !told && (unlikeWords(o, v) || coded(v) && figures(o) != figures(v) || quantity(o) && quantity(v)) {
		return 0
	}
	if !told && skeleton(o) == skeleton(v) || told && digitsOnly(o, v) {
		return 0
	}
	if s.wordsKnown(o, v, own) {
		return 0
	}
	if n <= 3 && len(o) == len(v) && !told {
		return 0.02 * odds(n) // codes of one length are all near one another
	}
	return odds(n) * math.Exp(-0.7*float64(d-1)/math.Sqrt(float64(n)/8+1))
}

// allowed is how many edits a slip may take in a text of n signs.
func allowed(n int, told bool) int {
	switch {
	case n <= 4:
		return 1
	case n <= 8:
		if told {
			return 3
		}
		return 2
	case told:
		return max(3, n*3/10)
	}
	return max(2, n/5)
}

// digitsOnly says whether two texts differ in their digits only, and those are as many: house numbers, years, codes
// are then two values, not a slip.
func digitsOnly(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && (!digit(a[i]) || !digit(b[i])) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil
}

// wordsKnown says whether the words in which o differs from v are words of the column in their own right.
func (s *slips) wordsKnown(o, v string, own int32) bool {
	have := map[string]bool{}
	for _, w := range similarity.Tokens(v) {
		have[w] = true
	}
	differ := 0
	for _, w := range similarity.Tokens(o) {
		if have[w] {
			continue
		}
		differ++
		if s.words[w]-own < 3 {
			return false
		}
	}
	return differ > 0
}

// candidates are the frequent values that a rare one may be a slip of.
func (s *slips) candidates(o int32) []int32 {
	if c, ok := s.near[o]; ok {
		return c
	}
	text := s.col.Dict[o]
	var out []int32
	if text != "" {
		for _, i := range s.index.Near(text, allowed(utf8.RuneCountInString(text), false)+1) {
			v := s.often[i]
			if v != o && s.col.Count[v] >= 4*s.col.Count[o] && s.judge(text, s.col.Dict[v], s.own(o), false) > 0 {
				out = append(out, v)
			}
		}
	}
	if b := bare(text); b != text {
		if v, ok := s.text[b]; ok && s.col.Count[v] > s.col.Count[o] && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if marks(text) && s.usual >= 0 && !slices.Contains(out, s.usual) {
		out = append(out, s.usual)
	}
	s.near[o] = out
	return out
}

// root follows a text that is itself a slip to the text that it is a slip of.
func (s *slips) root(v, not int32) int32 {
	if int(v) >= len(s.col.Count) {
		return v
	}
	best := v
	for _, w := range s.candidates(v) {
		if w != not && s.col.Count[w] > s.col.Count[best] {
			best = w
		}
	}
	return best
}

// own is in how many rows a text stands; what stands beyond them is what others know of its words.
func (s *slips) own(o int32) int32 {
	if int(o) >= len(s.col.Count) {
		return 0
	}
	return s.col.Count[o]
}

// odds is how much likelier a slip makes an unknown text than chance does: in a short code every text is near another.
func odds(n int) float64 {
	switch {
	case n <= 2:
		return 0.3
	case n == 3:
		return 1
	}
	return 3
}

// skeleton is a text without its digits.
func skeleton(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// strange is in how few rows of the whole table, itself left out, the strangest word of a stands that b lacks.
func strange(a, b string, words map[string]int32) int32 {
	have := map[string]bool{}
	for _, w := range similarity.Tokens(b) {
		have[w] = true
	}
	least := int32(math.MaxInt32)
	for _, w := range similarity.Tokens(a) {
		if !have[w] {
			least = min(least, words[w])
		}
	}
	return least
}

// bare is a text without the signs that people and programs put around a value to mark it.
func bare(s string) string {
	b := strings.Trim(s, "*#?!~^|")
	if b == "" {
		return s
	}
	return b
}

// usualCount is from how many rows on a value is usual in a column whose usual values cover two fifths of it, in
// values that are few; 0 where it has no such values.
func usualCount(c *Column) int32 {
	rows, least := len(c.Codes), max(3, int32(len(c.Codes)/200))
	set, cover := 0, 0
	for _, n := range c.Count {
		if n >= least {
			set++
			cover += int(n)
		}
	}
	if set == 0 || set > max(40, rows/40) || cover*5 < rows*2 {
		return 0
	}
	return least
}

// unlikeWords says whether two texts of as many words have a pair of words that is not one word written wrong.
func unlikeWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) || len(x) < 2 {
		return false
	}
	for i := range x {
		limit := max(1, utf8.RuneCountInString(y[i])/3)
		if similarity.Distance(x[i], y[i], limit) > limit {
			return true
		}
	}
	return false
}

// figures are the digits of a text.
func figures(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// quantity says whether a text is a number, whatever unit stands behind it.
func quantity(s string) bool {
	return isNumber(strings.TrimRightFunc(s, func(r rune) bool { return r < '0' || r > '9' }))
}

// marks says whether a text is nothing but signs that stand for "something was here".
func marks(s string) bool { return s != "" && strings.Trim(s, "*#?!~^|") == "" }

// most is the value that stands in more than half of the rows, or -1.
func most(c *Column) int32 {
	for i, n := range c.Count {
		if int(n)*2 > len(c.Codes) && c.Dict[i] != "" && !marks(c.Dict[i]) {
			return int32(i)
		}
	}
	return -1
}
