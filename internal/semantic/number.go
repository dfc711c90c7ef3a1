package semantic

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number says how a number is written.
type Number struct {
	Plain    string // the number as strconv reads it, with a point
	Integer  bool   // no decimal mark
	Leading0 bool   // a zero before other digits, as in codes
	Digits   int    // digits before the decimal mark
	// Decimal is the decimal mark: ".", "," or empty for whole numbers.
	Decimal string
	// Thousands is the mark between groups of three digits, or empty.
	Thousands string
	// Either says that the one mark in it could be the decimal mark as well as one for thousands: "1,234".
	Either bool
	Prefix string // what stands before the number, blanks included: "€ "
	Suffix string // what stands after it: " kg", "%"
}

// longestAffix is how many characters may stand before or after a number for the whole to be a number with a unit.
const longestAffix = 12

// ParseNumber reads a number in any usual notation, with a currency sign or unit beside it. Words before a number and
// more than one word after it make it a text.
func ParseNumber(text string) (Number, bool) {
	text = strings.TrimSpace(text)
	first := strings.IndexFunc(text, isDigit)
	if first < 0 || len(text) > 64 {
		return Number{}, false
	}
	start, negative := numberStart(text, first)
	end := numberEnd(text, first)
	n := Number{Prefix: text[:start], Suffix: text[end:]}
	if strings.HasPrefix(n.Prefix, "(") && strings.HasSuffix(n.Suffix, ")") {
		negative, n.Prefix, n.Suffix = true, n.Prefix[1:], n.Suffix[:len(n.Suffix)-1]
	}
	if !goodPrefix(n.Prefix) || !goodSuffix(n.Suffix) {
		return Number{}, false
	}
	digits := text[start:end]
	digits = strings.TrimLeft(digits, "+-−")
	if !n.readDigits(digits) {
		return Number{}, false
	}
	if negative {
		n.Plain = "-" + n.Plain
	}
	return n, true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// numberStart steps back from the first digit over a decimal mark and a sign.
func numberStart(text string, first int) (int, bool) {
	start := first
	if start > 0 && text[start-1] == '.' {
		start--
	}
	r, size := utf8.DecodeLastRuneInString(text[:start])
	if r == '-' || r == '+' || r == '−' {
		return start - size, r != '+'
	}
	negative := strings.HasPrefix(text, "-") || strings.HasPrefix(text, "−")
	return start, negative
}

// numberEnd is where the number's digits, marks and exponent end.
func numberEnd(text string, first int) int {
	end := first
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !isDigit(r) && !(strings.ContainsRune(".,'’ \u00a0\u202f", r) && nextIsDigit(text[end+size:])) {
			break
		}
		end += size
	}
	if rest := text[end:]; rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		exponent := strings.TrimLeft(rest[1:], "+-")
		if isDigits(exponent) && len(exponent) <= 3 && len(rest)-1-len(exponent) <= 1 {
			return len(text)
		}
	}
	if strings.HasPrefix(text[end:], ".") && strings.TrimRight(text[end:], ".") == "" && len(text)-end == 1 {
		end++ // "12."
	}
	return end
}

func nextIsDigit(rest string) bool { return rest != "" && rest[0] >= '0' && rest[0] <= '9' }

func goodPrefix(p string) bool {
	p = strings.TrimSpace(strings.TrimLeft(p, "-−"))
	if p == "" {
		return true
	}
	if utf8.RuneCountInString(p) > 4 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(p)
	return unicode.Is(unicode.Sc, r) || validCurrency(p) && common[p] || p == "Rs." || p == "Rs" || p == "kr" || p == "R$"
}

func goodSuffix(s string) bool {
	if s == "" {
		return true
	}
	if utf8.RuneCountInString(s) > longestAffix {
		return false
	}
	trimmed := strings.TrimSpace(s)
	for _, r := range trimmed {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) && !strings.ContainsRune("%°/.²³µ\"'‰", r) {
			return false
		}
	}
	return trimmed != "" && trimmed != "." && !strings.HasPrefix(trimmed, "/") && !strings.HasPrefix(trimmed, "'")
}

// readDigits finds the marks and fills Plain.
func (n *Number) readDigits(s string) bool {
	mantissa, exponent := s, ""
	if i := strings.IndexAny(s, "eE"); i > 0 {
		mantissa, exponent = s[:i], s[i:]
	}
	marks := map[rune]int{}
	var order []rune
	for _, r := range mantissa {
		if !isDigit(r) {
			if marks[r] == 0 {
				order = append(order, r)
			}
			marks[r]++
		}
	}
	switch {
	case len(order) == 0:
	case len(order) == 1:
		n.oneMark(mantissa, order[0], marks[order[0]])
	case len(order) == 2 && marks[order[1]] == 1 && (order[1] == '.' || order[1] == ','):
		n.Thousands, n.Decimal = string(order[0]), string(order[1])
	default:
		return false
	}
	whole, fraction, _ := strings.Cut(mantissa, n.Decimal)
	if n.Decimal == "" {
		whole, fraction = mantissa, ""
	}
	if n.Thousands != "" && !grouped(whole, n.Thousands) {
		return false
	}
	whole = strings.ReplaceAll(whole, n.Thousands, "")
	if n.Thousands == "" && whole != "" && !isDigits(whole) {
		return false
	}
	n.Digits = len(whole)
	n.Leading0 = len(whole) > 1 && whole[0] == '0'
	n.Integer = n.Decimal == "" && exponent == ""
	n.Plain = whole
	if fraction != "" || n.Decimal != "" {
		n.Plain = whole + "." + fraction
	}
	n.Plain += exponent
	return isDigits(strings.NewReplacer(".", "", "e", "", "E", "", "+", "", "-", "").Replace(n.Plain))
}

// oneMark decides what a number's only kind of mark is.
func (n *Number) oneMark(s string, mark rune, times int) {
	m := string(mark)
	switch {
	case mark != '.' && mark != ',', times > 1:
		n.Thousands = m
	default:
		n.Decimal = m
		whole, fraction, _ := strings.Cut(s, m)
		if len(fraction) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0' {
			n.Either = true
		}
	}
}

// grouped says whether a whole number is written in groups of three, the first of one to three digits.
func grouped(whole, mark string) bool {
	parts := strings.Split(whole, mark)
	for i, p := range parts {
		if !isDigits(p) || (i > 0 && len(p) != 3) || len(p) > 3 {
			return false
		}
	}
	return true
}
