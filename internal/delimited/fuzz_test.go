package delimited

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// read copies a text and reads the canonical rows back, without their numbers.
func read(t interface{ Fatalf(string, ...any) }, text []byte, opt Options) (rows [][]string, r *Reader, problems []Problem) {
	r, err := Open(bytes.NewReader(text), opt)
	if err != nil {
		return nil, nil, nil
	}
	defer r.Close()
	var out bytes.Buffer
	stats, err := r.Copy(&out, func(p Problem) error {
		problems = append(problems, p)
		return nil
	})
	if err != nil {
		t.Fatalf("copying: %v", err)
	}
	rows, err = csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatalf("the output is not canonical: %v", err)
	}
	if int64(len(rows)) != stats.Rows {
		t.Fatalf("%d rows are counted and %d written", stats.Rows, len(rows))
	}
	for i := range rows {
		if len(rows[i]) != len(r.Columns())+1 {
			t.Fatalf("row %d has %d cells in the place of %d", i+1, len(rows[i])-1, len(r.Columns()))
		}
		rows[i] = rows[i][1:]
	}
	return rows, r, problems
}

func seeds(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a;b\r\n\"x;y\";2\r\n", "a\tb\r1\t2\r", "title\n\na,b,c\n1,2,3\n4,5\n6,7,8,9\n\nSource: us\n",
		"a,b\n\"x,1\ny,2\nz,3\n", "\xff\xfea\x00,\x00b\x00\n\x00", "n\xe4me,ort\nM\xfcller,K\xf6ln\n", "a  b   c\n1  2   3\n",
		"a,b\n'x, y',\"\"z\"\"\n", "a,b\n1,\"x\\\"y\"\n", "\x1f\x8b\x08", "a,\x00\n",
	} {
		f.Add([]byte(s))
	}
}

// FuzzDetect holds that no file makes detection fail other than by refusing it, and that names are unique.
func FuzzDetect(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Open(bytes.NewReader(text), Options{})
		if err != nil {
			return
		}
		defer r.Close()
		seen := map[string]bool{"__row": true}
		for _, c := range r.Columns() {
			if c == "" || seen[strings.ToLower(c)] {
				t.Fatalf("the name %q is empty or taken", c)
			}
			seen[strings.ToLower(c)] = true
		}
	})
}

// FuzzReader holds that every letter and digit of a text is accounted for: in the header and what precedes it, in a
// cell, or in the text of a problem.
func FuzzReader(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		no, zero := false, 0
		rows, r, problems := read(t, text, Options{Header: &no, SkipLines: &zero, Encoding: "utf-8"})
		if r == nil || r.Format().Compression != "" {
			return
		}
		var have [256]int
		for _, row := range rows {
			for _, cell := range row {
				count(&have, cell)
			}
		}
		for _, p := range problems {
			count(&have, p.Raw)
		}
		var want [256]int
		count(&want, string(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
		for b := range want {
			if have[b] < want[b] && !bytes.ContainsRune(r.d.Delimiter, rune(b)) {
				t.Fatalf("%q occurs %d times and %d are accounted for", rune(b), want[b], have[b])
			}
		}
	})
}

func count(into *[256]int, text string) {
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			into[c]++
		}
	}
}

// TestAnyTableInAnyDialectIsReadBack writes random tables in a dialect and reads them with the dialect given.
func TestAnyTableInAnyDialectIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.SampledFrom([]string{",", ";", "\t", "|", "||", "\x1f", ":"}).Draw(t, "delimiter")
		quote := rapid.SampledFrom([]string{`"`, "'"}).Draw(t, "quote")
		eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "eol")
		width := rapid.IntRange(2, 5).Draw(t, "width")
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab1 ,;:|'\"\n\té日")))
		table := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 12).Draw(t, "table")
		var text strings.Builder
		text.WriteString(strings.Repeat("name"+delimiter, width-1) + "name" + eol)
		for _, row := range table {
			row[0] = "k" + row[0] // no row is empty, which the end of a file could lose
			row[1] = "v" + row[1]
			for j, c := range row {
				if j > 0 {
					text.WriteString(delimiter)
				}
				text.WriteString(quote + strings.ReplaceAll(c, quote, quote+quote) + quote)
			}
			text.WriteString(eol)
		}
		yes, zero := true, 0
		rows, _, problems := read(t, []byte(text.String()), Options{Delimiter: delimiter, Quote: quote, Escape: quote, Header: &yes,
			SkipLines: &zero, Encoding: "utf-8"})
		if !slices.EqualFunc(rows, table, slices.Equal[[]string]) || len(problems) > 0 {
			t.Fatalf("wrote %q\nas %q\nread %q\nproblems %v", table, text.String(), rows, problems)
		}
	})
}
