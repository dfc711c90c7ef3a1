package terminal

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// clean makes a text harmless for one line of a terminal: control characters, escapes and marks that turn the direction
// of writing become visible signs.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '⏎'
		case r == '\t':
			return '⇥'
		case r == '\u00a0':
			return '⍽'
		case unicode.IsPrint(r):
			return r
		}
		return '·'
	}, strings.ToValidUTF8(s, "·"))
}

// lines cleans a text that may have several lines, such as a query.
func lines(s string) []string {
	list := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range list {
		list[i] = clean(strings.ReplaceAll(list[i], "\t", "    "))
	}
	return list
}

// cell shows the text of a cell; outer blanks and missing ones are made visible.
func cell(s *string) string {
	if s == nil || *s == "" {
		return "∅"
	}
	c := clean(*s)
	inner := strings.Trim(c, " ")
	at := strings.Index(c, inner)
	return strings.Repeat("␣", at) + inner + strings.Repeat("␣", len(c)-at-len(inner))
}

// cut shortens to a width in cells.
func cut(s string, width int) string { return ansi.Truncate(s, max(width, 0), "…") }

// pad shortens or fills to exactly a width.
func pad(s string, width int) string {
	s = cut(s, width)
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// right fills to exactly a width from the left.
func right(s string, width int) string {
	return strings.Repeat(" ", max(0, width-ansi.StringWidth(s))) + cut(s, width)
}

// wrap breaks a cleaned text at words.
func wrap(s string, width int) []string {
	return strings.Split(ansi.Wrap(s, max(width, 10), ""), "\n")
}
