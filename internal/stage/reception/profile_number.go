package reception

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// numberTally counts how the numbers of a column are written.
type numberTally struct {
	shapes       map[numberShape]int64
	leading0     int64 // whole numbers that begin with a zero
	long         int64 // whole numbers of too many digits for arithmetic
	zeroFraction int64 // numbers with a decimal part of zeros only
}

// numberShape is the notation of a number without its digits.
type numberShape struct {
	decimal, thousands, prefix, suffix string
	either                             bool
	glued                              bool // the suffix follows without a blank
}

func (t *numberTally) add(v semantic.Count) {
	n, ok := semantic.ParseNumber(v.Value)
	if !ok {
		return
	}
	if t.shapes == nil {
		t.shapes = map[numberShape]int64{}
	}
	suffix := strings.TrimSpace(n.Suffix)
	t.shapes[numberShape{
		decimal: n.Decimal, thousands: n.Thousands, prefix: strings.TrimLeft(strings.TrimSpace(n.Prefix), "-−("), suffix: suffix,
		either: n.Either, glued: suffix != "" && suffix == n.Suffix,
	}] += v.N
	plain := n.Integer && n.Prefix == "" && n.Suffix == "" && n.Thousands == ""
	if plain && n.Leading0 {
		t.leading0 += v.N
	}
	if plain && n.Digits > longestExact {
		t.long += v.N
	}
	if _, fraction, ok := strings.Cut(n.Plain, "."); ok && strings.Trim(fraction, "0") == "" {
		t.zeroFraction += v.N
	}
}

// decide chooses the notation that reads the most numbers. It returns how many cells it reads and how many of them
// are whole; the notation is nil where numbers are plain.
func (t *numberTally) decide() (notation *flow.Number, cells, whole int64) {
	decimal, thousands := t.marks()
	prefix := t.dominantPrefix()
	suffix, variants := t.dominantSuffix()
	affixed := map[string]bool{"": true, suffix: true}
	for _, v := range variants {
		affixed[v] = true
	}
	for s, n := range t.shapes {
		d, th := s.decimal, s.thousands
		if s.either && d == thousands {
			d, th = "", d
		}
		if d != "" && d != decimal || th != "" && th != thousands || s.prefix != "" && s.prefix != prefix || !affixed[s.suffix] {
			continue
		}
		cells += n
		if d == "" {
			whole += n
		}
	}
	if decimal != "," && thousands == "" && prefix == "" && suffix == "" {
		return nil, cells, whole
	}
	if decimal == "" {
		decimal = "."
	}
	return &flow.Number{Decimal: decimal, Thousands: thousands, Prefix: prefix, Suffix: suffix, Variants: variants}, cells, whole
}

// marks decides which mark is for decimals and which for thousands. "1,234" alone proves nothing: other numbers of the
// column decide, and without them a comma is taken for thousands and a point for decimals.
func (t *numberTally) marks() (decimal, thousands string) {
	point, comma := t.votes(".", ","), t.votes(",", ".")
	switch {
	case comma > point:
		decimal = ","
	case point > 0:
		decimal = "."
	}
	groups := map[string]int64{}
	for s, n := range t.shapes {
		if s.thousands != "" && s.thousands != decimal {
			groups[s.thousands] += n
		}
		if s.either && (s.decimal != decimal && decimal != "" || decimal == "" && s.decimal == ",") {
			groups[s.decimal] += n
		}
	}
	thousands = mostFrequent(groups)
	if decimal == "" && thousands == "" {
		for s := range t.shapes {
			if s.either {
				decimal = s.decimal // "1.234": a point is one for decimals
			}
		}
	}
	return decimal, thousands
}

// votes counts the numbers that prove a mark to be the decimal mark: by standing there without doubt, or by the other
// mark standing for thousands.
func (t *numberTally) votes(mark, other string) int64 {
	var votes int64
	for s, n := range t.shapes {
		if s.decimal == mark && !s.either || s.decimal == "" && s.thousands == other {
			votes += n
		}
	}
	return votes
}

func (t *numberTally) dominantPrefix() string {
	counts := map[string]int64{}
	for s, n := range t.shapes {
		if s.prefix != "" {
			counts[s.prefix] += n
		}
	}
	return t.usual(mostFrequent(counts), counts)
}

// usualShare is the share of a column's numbers that must carry a sign or unit for it to be the column's notation.
// Below it the few that carry one are the odd ones out: in a column of plain shares, "5%" is not what the others are.
const usualShare = 0.2

func (t *numberTally) usual(affix string, counts map[string]int64) string {
	var all int64
	for _, n := range t.shapes {
		all += n
	}
	if float64(counts[affix]) < usualShare*float64(all) {
		return ""
	}
	return affix
}

// dominantSuffix finds the most frequent unit, with the other spellings of the same unit. A suffix that is glued to
// the digits and is no known unit makes a code ("12A"), not a number.
func (t *numberTally) dominantSuffix() (suffix string, variants []string) {
	spellings := map[string]map[string]int64{}
	totals := map[string]int64{}
	for s, n := range t.shapes {
		unit, known := semantic.Unit(s.suffix)
		if s.suffix == "" || s.glued && !known {
			continue
		}
		if spellings[unit] == nil {
			spellings[unit] = map[string]int64{}
		}
		spellings[unit][s.suffix] += n
		totals[unit] += n
	}
	unit := t.usual(mostFrequent(totals), totals)
	if unit == "" {
		return "", nil
	}
	suffix = mostFrequent(spellings[unit])
	for v := range spellings[unit] {
		if v != suffix {
			variants = append(variants, v)
		}
	}
	slices.SortFunc(variants, longerFirst)
	return suffix, variants
}

func longerFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
}

// mostFrequent is the key with the highest count, the first in text order among equals; empty for an empty map.
func mostFrequent(counts map[string]int64) string {
	best := ""
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if best == "" || counts[k] > counts[best] {
			best = k
		}
	}
	return best
}
