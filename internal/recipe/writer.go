package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// writer writes YAML of the plainest kind: block mappings, flow sequences of scalars, and text either as a bare word
// or in double quotes. Text from a file is hostile: nothing of it may end a line, a quote or a comment.
type writer struct{ buf bytes.Buffer }

func (w *writer) text(s string)       { w.buf.WriteString(s) }
func (w *writer) indent(n int)        { w.text(strings.Repeat("  ", n)) }
func (w *writer) blank()              { w.text("\n") }
func (w *writer) key(n int, k string) { w.indent(n); w.text(word(k) + ":\n") }

// comment writes each line of s as a comment.
func (w *writer) comment(n int, s string) {
	for line := range strings.Lines(strings.Map(breaks, strings.ToValidUTF8(s, "\uFFFD"))) {
		w.indent(n)
		w.text(strings.TrimRight("# "+strings.TrimRight(line, "\n"), " ") + "\n")
	}
}

// breaks turns everything that some reader takes for the end of a line into "\n", and drops other control characters.
func breaks(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
		return '\n'
	case r == '\t':
		return ' '
	case !unicode.IsPrint(r):
		return -1
	}
	return r
}

func (w *writer) field(n int, k string, v any) {
	w.indent(n)
	w.text(word(k) + ": " + scalar(v) + "\n")
}

// first writes the first field of an element of a list at depth n.
func (w *writer) first(n int, k string, v any) {
	w.indent(n)
	w.text("- " + word(k) + ": " + scalar(v) + "\n")
}

// list writes a list whose elements are written by each; an empty one as [].
func (w *writer) list(n int, k string, length int, each func(int)) {
	w.indent(n)
	if length == 0 {
		w.text(word(k) + ": []\n")
		return
	}
	w.text(word(k) + ":\n")
	for i := range length {
		each(i)
	}
}

// value writes a field of any JSON-like value: mappings as blocks, everything else on one line.
func (w *writer) value(n int, k string, v any) {
	if m, ok := v.(map[string]any); ok && len(m) > 0 {
		w.key(n, k)
		w.mapping(n+1, m)
		return
	}
	w.field(n, k, v)
}

func (w *writer) mapping(n int, m map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		w.value(n, k, m[k])
	}
}

var bare = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*$`)

// reserved are the bare words that some YAML reader takes for something else than text.
var reserved = map[string]bool{"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true,
	"off": true, "y": true, "n": true}

// word writes a key or a text: bare where no reader can take it for anything else.
func word(s string) string {
	if bare.MatchString(s) && len(s) < 60 && !reserved[strings.ToLower(s)] {
		return s
	}
	return quote(s)
}

// quote writes a text in double quotes, escaping all that is not plainly printable, so that two texts that look alike
// can be told apart in review.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || r == utf8.RuneError || unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// scalar writes a value on one line.
func scalar(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return word(x)
	case map[string]any:
		parts := make([]string, 0, len(x))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			parts = append(parts, word(k)+": "+scalar(x[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		return sequence(x)
	case []string:
		return sequence(x)
	case []int64:
		return sequence(x)
	}
	return reflected(v)
}

func sequence[T any](list []T) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = scalar(x)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// reflected writes numbers, booleans and named strings by way of JSON.
func reflected(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return quote(fmt.Sprint(v))
	}
	var back any
	if err := json.Unmarshal(raw, &back); err != nil {
		return quote(fmt.Sprint(v))
	}
	switch x := back.(type) {
	case float64, bool:
		return string(raw)
	case nil:
		return "{}" // an empty mapping or list of a type of its own
	default:
		return scalar(x)
	}
}
