package delimited

import (
	"bytes"
	"fmt"
	"math"
)

// The delimiters that are tried, with how usual each is. Rare ones win only where the usual ones do not fit.
var delimiters = []struct {
	text     string
	collapse bool
	prior    float64
}{
	{",", false, 1}, {";", false, 1}, {"\t", false, 1}, {"|", false, 0.98}, {"\x1f", false, 0.95}, {"\x01", false, 0.9},
	{", ", false, 0.99}, {"; ", false, 0.97}, {"||", false, 0.97}, {"::", false, 0.85}, {"|~|", false, 0.97},
	{"^", false, 0.9}, {"~", false, 0.9}, {"\x1e", false, 0.9}, {"¦", false, 0.9}, {"§", false, 0.85},
	{"  ", true, 0.6}, {" ", false, 0.55}, {" ", true, 0.54}, {":", false, 0.5}, {"#", false, 0.4}, {"!", false, 0.4},
	{"*", false, 0.4}, {"&", false, 0.4}, {"$", false, 0.35}, {"/", false, 0.2}, {"=", false, 0.3},
}

const (
	scoredRows  = 300       // records on which a dialect is judged
	scoredBytes = 128 << 10 // and the text they may take
	// singleColumn is the score of a table of one column of numbers: what a delimiter must beat.
	singleColumn = 0.35
)

// candidate is a dialect with the evidence for it.
type candidate struct {
	Dialect
	score                  float64
	regular, typed, quotes float64
	width, odds            int
	why                    string
}

// detectDialect chooses the dialect of a sample of decoded text.
func detectDialect(sample []byte, final bool, opt Options) candidate {
	eol := lineEnding(sample)
	if len(sample) > scoredBytes {
		cut := bytes.LastIndexByte(sample[:scoredBytes], eol)
		if cut > 0 {
			sample, final = sample[:cut+1], true
		}
	}
	best := candidate{score: -1}
	doubled := candidate{}
	for _, d := range candidates(sample, eol, opt) {
		c := judge(d.Dialect, d.score, sample, final)
		if c.Escape == 0 {
			doubled = c
		} else if opt.Escape == "" && 2*c.odds > doubled.odds {
			continue // an escape must explain most of the quotes that doubling does not
		}
		if c.score > best.score+1e-9 {
			best = c
		}
	}
	if best.Quote == '\'' && best.Escape == 0 && opt.Escape == "" && allDoubled(sample) {
		best.Escape = '"' // left from a writer that changed the quote alone
	}
	best.why = fmt.Sprintf("%.0f%% of the first records are regular, %.0f%% of the cells read as values, %d columns",
		100*best.regular, 100*best.typed, best.width)
	return best
}

// allDoubled says that a text holds double quotes in pairs and nowhere else.
func allDoubled(text []byte) bool {
	pairs := bytes.Count(text, []byte(`""`))
	return pairs > 0 && bytes.Count(text, []byte{'"'}) == 2*pairs
}

// candidates lists the dialects to judge; their score is the prior.
func candidates(sample []byte, eol byte, opt Options) []candidate {
	type delimiter struct {
		text     string
		collapse bool
		prior    float64
	}
	var ds []delimiter
	if opt.Delimiter != "" {
		ds = append(ds, delimiter{opt.Delimiter, false, 1})
	} else {
		for _, d := range delimiters {
			if d.text == "," || bytes.Contains(sample, []byte(d.text)) {
				ds = append(ds, delimiter(d))
			}
		}
	}
	var out []candidate
	for _, d := range ds {
		for _, q := range quotes(sample, opt) {
			base := Dialect{Delimiter: []byte(d.text), Collapse: d.collapse, Quote: q, eol: eol}
			if opt.Escape != "" && q != 0 {
				if opt.Escape == "\\" {
					base.Escape = '\\'
				}
				out = append(out, candidate{Dialect: base, score: d.prior})
				continue
			}
			out = append(out, candidate{Dialect: base, score: d.prior})
			if q != 0 && bytes.Contains(sample, []byte{'\\', q}) {
				base.Escape = '\\'
				out = append(out, candidate{Dialect: base, score: d.prior})
			}
		}
	}
	return out
}

func quotes(sample []byte, opt Options) []byte {
	switch {
	case opt.Quote == "none":
		return []byte{0}
	case len(opt.Quote) == 1:
		return []byte{opt.Quote[0]}
	}
	qs := []byte{'"'}
	if bytes.IndexByte(sample, '\'') >= 0 {
		qs = append(qs, '\'')
	}
	if bytes.IndexByte(sample, '`') >= 0 {
		qs = append(qs, '`')
	}
	return qs
}

// judge scores a dialect: how regular the row lengths are, how many cells read as values, and how well its quotes sit
// at the edges of fields.
func judge(d Dialect, prior float64, sample []byte, final bool) candidate {
	c := candidate{Dialect: d}
	rows := d.rows(sample, final, scoredRows)
	widths := map[int]int{}
	n, odds, enclosing, strays := 0, 0, 0, 0
	for i := range rows {
		if rows[i].blank() {
			continue
		}
		n++
		widths[len(rows[i].fields)]++
		if rows[i].odd {
			odds++
		}
		enclosing += rows[i].quotes
		strays += rows[i].strays
	}
	c.odds = odds
	if n == 0 {
		return c
	}
	for w, k := range widths {
		if k > widths[c.width] || k == widths[c.width] && w > c.width {
			c.width = w
		}
	}
	near := 0.0
	for w, k := range widths {
		near += float64(k) * math.Max(0, 1-math.Abs(float64(w-c.width))/float64(c.width))
	}
	c.regular = 0.6*float64(widths[c.width])/float64(n) + 0.4*near/float64(n)
	c.typed = typedShare(rows)
	c.quotes = 1
	if enclosing+strays > 0 {
		c.quotes = float64(enclosing) / float64(enclosing+strays)
	}
	if enclosing == 0 && d.Quote != '"' {
		return c // a quote that encloses nothing is none
	}
	c.quotes *= 1 - 0.7*float64(odds)/float64(n)
	width := singleColumn
	if c.width > 1 {
		width = 1 - 1/float64(c.width)
		if d.Collapse || d.Delimiter[0] == ' ' {
			width *= 0.98
		}
	} else {
		prior = 1
		if d.Delimiter[0] != ',' || d.Collapse || len(d.Delimiter) > 1 {
			prior = 0.9 // a table of one column is written down as comma-separated
		}
	}
	c.score = prior * c.regular * c.typed * (0.3 + 0.7*c.quotes) * width
	return c
}

// typedShare is the mean weight of the cells, each row counting the same.
func typedShare(rows []row) float64 {
	sum, n := 0.0, 0
	for i := range rows {
		if rows[i].blank() {
			continue
		}
		w := 0.0
		for _, f := range rows[i].fields {
			weight := classify(f).weight()
			if len(f) > 0 && (f[0] == ' ' || f[len(f)-1] == ' ') {
				weight *= 0.97
			}
			w += weight
		}
		sum += w / float64(len(rows[i].fields))
		n++
	}
	return sum / float64(n)
}

// lineEnding is '\r' for text whose lines end so, and '\n' for all other.
func lineEnding(sample []byte) byte {
	lf, cr := bytes.Count(sample, []byte{'\n'}), bytes.Count(sample, []byte{'\r'})
	crlf := bytes.Count(sample, []byte("\r\n"))
	if cr-crlf > 2*lf && (lf == 0 || cr-crlf > 10) {
		return '\r'
	}
	return '\n'
}
