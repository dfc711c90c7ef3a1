package similarity

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Fold brings a text to lower case without diacritics, in compatibility form, so that "Ｃafé" and "cafe" agree.
func Fold(text string) string {
	ascii := true
	for i := range len(text) {
		if text[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(text)
	}
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	folded, _, err := transform.String(t, text)
	if err != nil {
		return strings.ToLower(text)
	}
	return strings.ToLower(folded)
}

// Tokens splits a text into its runs of letters and runs of digits, folded. A sign between two digits (as in 1.5)
// splits like any other.
func Tokens(text string) []string {
	folded := Fold(text)
	var out []string
	start, class := -1, 0
	for i, r := range folded {
		c := runeClass(r)
		if c == class && start >= 0 {
			continue
		}
		if start >= 0 {
			out = append(out, folded[start:i])
		}
		start, class = i, c
		if c == 0 {
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, folded[start:])
	}
	return out
}

func runeClass(r rune) int {
	switch {
	case unicode.IsDigit(r):
		return 2
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return 1
	}
	return 0
}

// Fingerprint is the key under which spellings collide that differ in case, diacritics, punctuation, blanks, word
// order and repeated words.
func Fingerprint(text string) string {
	tokens := Tokens(text)
	slices.Sort(tokens)
	return strings.Join(slices.Compact(tokens), " ")
}

// NGrams is the fingerprint of the n-grams of the letters and digits: under it collide spellings that also differ in
// where blanks stand. n below 1 is taken as 1.
func NGrams(text string, n int) string {
	n = max(n, 1)
	letters := []rune(strings.Join(Tokens(text), ""))
	if len(letters) <= n {
		return string(letters)
	}
	grams := make([]string, 0, len(letters))
	for i := 0; i+n <= len(letters); i++ {
		grams = append(grams, string(letters[i:i+n]))
	}
	slices.Sort(grams)
	return strings.Join(slices.Compact(grams), "")
}
