package operation

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// The character classes of white space and invisible characters, as RE2 writes them. Zero-width joiners are left out:
// emoji and several scripts need them.
const (
	blankClass     = `[\s\p{Z}]`
	invisibleClass = `[\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}\x{AD}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}]`
	oddBlankClass  = `[\x{A0}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]`
)

func textOperations() []Operation {
	simple := func(kind string, expr func(string) string) Operation {
		return columnwise{kind: kind, rewrite: func(c *flow.Column, _ map[string]any) (string, string, error) {
			return expr(engine.Text(c.Name)), "", nil
		}}
	}
	return []Operation{
		simple("trim", Trimmed),
		simple("collapse_space", func(e string) string {
			return "regexp_replace(" + Trimmed(e) + ", '" + blankClass + "+', ' ', 'g')"
		}),
		simple("strip_invisible", Visible),
		simple("normalise_unicode", func(e string) string { return "nfc_normalize(" + e + ")" }),
		fixEncoding{},
		simple("neutralise_formula", func(e string) string {
			return "CASE WHEN regexp_matches(" + e + `, '^[=+\-@\t\r]') THEN '''' || ` + e + " ELSE " + e + " END"
		}),
		columnwise{kind: "set_case", valid: validCase, rewrite: setCase},
		columnwise{kind: "replace_regex", valid: validRegex, rewrite: replaceRegex},
	}
}

// Trimmed is an expression without its outer white space, of whatever kind.
func Trimmed(e string) string {
	return "regexp_replace(" + e + ", '^" + blankClass + "+|" + blankClass + "+$', '', 'g')"
}

// Visible is an expression with odd blanks made plain ones and invisible characters taken out.
func Visible(e string) string {
	return "regexp_replace(regexp_replace(" + e + ", '" + oddBlankClass + "', ' ', 'g'), '" + invisibleClass + "', '', 'g')"
}

func validCase(p map[string]any, _ *flow.Facts) error {
	switch text(p, "case") {
	case "lower", "upper", "title":
		return nil
	default:
		return errors.New(`parameter "case" must be lower, upper or title`)
	}
}

func setCase(c *flow.Column, p map[string]any) (string, string, error) {
	e := engine.Text(c.Name)
	switch text(p, "case") {
	case "lower":
		return "lower(" + e + ")", "", nil
	case "upper":
		return "upper(" + e + ")", "", nil
	default:
		return "array_to_string(list_transform(string_split(" + e + ", ' '), lambda w: upper(w[1]) || lower(w[2:])), ' ')", "", nil
	}
}

func validRegex(p map[string]any, _ *flow.Facts) error {
	if text(p, "pattern") == "" {
		return errors.New(`parameter "pattern" is missing: the regular expression to look for`)
	}
	if _, err := regexp.Compile(text(p, "pattern")); err != nil {
		return fmt.Errorf(`parameter "pattern": %w`, err)
	}
	return nil
}

func replaceRegex(c *flow.Column, p map[string]any) (string, string, error) {
	return "regexp_replace(" + engine.Text(c.Name) + ", " + engine.Literal(text(p, "pattern")) + ", " +
		engine.Literal(text(p, "replacement")) + ", 'g')", "", nil
}

// fixEncoding undoes UTF-8 that was read as Windows-1252, sequence by sequence, so that a cell in which only one
// word is damaged is mended and the rest is kept. Each distinct text is worked on once.
type fixEncoding struct{}

func (fixEncoding) Kind() string { return "fix_encoding" }

func (fixEncoding) Validate(p map[string]any, facts *flow.Facts) error {
	return known(columnsOf(p), facts)
}

func (fixEncoding) Cells(p map[string]any, _ *flow.Facts) (string, error) {
	// The replacements are folded over a list: nested calls of so many would take the engine a second to plan.
	pairs := Mojibake()
	list := make([]string, len(pairs))
	for i, x := range pairs {
		list[i] = x[0] + KeySeparator + x[1]
	}
	steps := "list_reduce(list_prepend(v, [" + engine.Literals(list) + "]), lambda acc, x: replace(acc, split_part(x, chr(31), 1), split_part(x, chr(31), 2)))"
	var queries []string
	for _, name := range columnsOf(p) {
		e := engine.Text(name)
		queries = append(queries, "(WITH seen AS MATERIALIZED (SELECT DISTINCT "+e+" AS v FROM data WHERE regexp_matches("+e+", "+
			engine.Literal(MojibakePattern)+")), mended AS MATERIALIZED (SELECT v, "+steps+" AS fixed FROM seen) SELECT d.__row, "+
			engine.Literal(name)+` AS "column", m.v AS old, m.fixed AS new FROM data AS d JOIN mended AS m ON CAST(d.`+engine.Ident(name)+
			" AS VARCHAR) = m.v WHERE m.v <> m.fixed)")
	}
	return strings.Join(queries, "\nUNION ALL\n"), nil
}

// MojibakePattern matches every text that UTF-8 read as Windows-1252 leaves of western letters and signs, and some more.
const MojibakePattern = `[ÂÃÄÅâï][^\x{00}-\x{7F}]`

// Mojibake lists what the letters and signs of western texts look like when their UTF-8 is read as Windows-1252,
// each with the character that was meant; longer sequences come first.
func Mojibake() [][2]string {
	var long, short [][2]string
	for _, r := range mojibakeRunes() {
		if seen, ok := misread(r); ok {
			if entry := [2]string{seen, string(r)}; len([]rune(seen)) > 2 {
				long = append(long, entry)
			} else {
				short = append(short, entry)
			}
		}
	}
	return append(long, short...)
}

func mojibakeRunes() []rune {
	runes := []rune("–—‘’‚“”„†‡•…‰‹›€™ﬁﬂ−≤≥")
	for r := rune(0xA0); r <= 0x17F; r++ {
		runes = append(runes, r)
	}
	return runes
}

// misread decodes the UTF-8 of a rune as Windows-1252; bytes that it leaves undefined stay control characters.
func misread(r rune) (string, bool) {
	var b strings.Builder
	for _, x := range []byte(string(r)) {
		d := charmap.Windows1252.DecodeByte(x)
		if d == '\uFFFD' {
			d = rune(x)
		}
		b.WriteRune(d)
	}
	return b.String(), b.Len() > 0
}
