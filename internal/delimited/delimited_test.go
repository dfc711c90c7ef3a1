package delimited

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// body is a small table to break: typed columns, a text column in quotes, an empty one.
const body = "id,day,price,product,note\n" +
	"A-101,01/02/2024,$12.50,\"Lamp, tall\",\nA-102,02/02/2024,$7.25,\"Chair, oak\",\nA-103,03/02/2024,$99.00,\"Desk, 5\"\" top\",\n" +
	"A-104,04/02/2024,$15.10,\"Shelf, low\",\nA-105,05/02/2024,$20.00,\"Stool, round\",\nA-106,06/02/2024,$31.75,\"Rug, wool\",\n"

func readText(t *testing.T, text string) (string, *Reader, []Problem) {
	t.Helper()
	rows, r, problems := read(t, []byte(text), Options{})
	if r == nil {
		t.Fatal("the text was refused")
	}
	lines := make([]string, len(rows))
	for i := range rows {
		lines[i] = strings.Join(rows[i], "¦")
	}
	return strings.Join(lines, "\n"), r, problems
}

func TestBrokenRowsAreMended(t *testing.T) {
	t.Parallel()
	clean, _, _ := readText(t, body)
	for name, c := range map[string]struct {
		old, new string
		kind     Kind
		want     string // in the place of the row; empty where the row is to be as in the clean file
	}{
		"missing delimiter between values": {"A-104,04/02/2024", "A-10404/02/2024", TooFewFields, ""},
		"missing delimiter before quotes":  {`$15.10,"Shelf`, `$15.10"Shelf`, StrayQuote, ""},
		"missing delimiter at the end":     {"low\",\n", "low\"\n", TooFewFields, ""},
		"empty field too many":             {"04/02/2024,", "04/02/2024,,", TooManyFields, ""},
		"another delimiter":                {`A-104,04/02/2024,$15.10,"Shelf, low",`, `A-104;04/02/2024;$15.10;"Shelf, low";`, OtherDelimiter, ""},
		"quote never closed":               {"A-104,04", `A-104,"04`, UnterminatedQuote, `A-104¦"04/02/2024¦$15.10¦Shelf, low¦`},
		"quote doubled at the opening":     {`"Shelf`, `""Shelf`, UnterminatedQuote, `A-104¦04/02/2024¦$15.10¦"Shelf, low¦`},
	} {
		got, _, problems := readText(t, strings.Replace(body, c.old, c.new, 1))
		want := clean
		if c.want != "" {
			want = strings.Replace(clean, "A-104¦04/02/2024¦$15.10¦Shelf, low¦", c.want, 1)
		}
		if got != want {
			t.Errorf("%s: read\n%s\nwanted\n%s", name, got, want)
		}
		if len(problems) == 0 || problems[0].Row != 4 || problems[0].Line != 5 {
			t.Errorf("%s: problems %+v, wanted %s in row 4, line 5", name, problems, c.kind)
		}
	}
}

func TestTableIsFoundInItsFile(t *testing.T) {
	t.Parallel()
	clean, _, _ := readText(t, body)
	for name, c := range map[string]struct {
		text    string
		columns string
	}{
		"title":            {"Stock list\n\n" + body, "id|day|price|product|note"},
		"padded title":     {"Stock list,,,,\n,,,,\n" + body, "id|day|price|product|note"},
		"footer":           {body + ",,,,\n\nSource: the warehouse\n", "id|day|price|product|note"},
		"two header lines": {strings.Replace(body, "\n", "\n(code),(d/m/y),(usd),(text),(text)\n", 1), "id (code)|day (d/m/y)|price (usd)|product (text)|note (text)"},
		"no header":        {body[strings.Index(body, "\n")+1:], "col_1|col_2|col_3|col_4|col_5"},
		"twice":            {body + body, "id|day|price|product|note"},
		"old Mac lines":    {strings.ReplaceAll(body, "\n", "\r"), "id|day|price|product|note"},
		"Windows lines":    {strings.ReplaceAll(body, "\n", "\r\n"), "id|day|price|product|note"},
		"blank lines":      {strings.ReplaceAll(body, "\n", "\n\n"), "id|day|price|product|note"},
	} {
		got, r, _ := readText(t, c.text)
		if got != clean {
			t.Errorf("%s: read\n%s\nwanted\n%s", name, got, clean)
		}
		if columns := strings.Join(r.Columns(), "|"); columns != c.columns {
			t.Errorf("%s: columns %s, wanted %s", name, columns, c.columns)
		}
	}
}

func TestEncodingIsDetected(t *testing.T) {
	t.Parallel()
	western := "naam,plaats\nJosé Müller,Besançon\nZoë Größe,Århus\nFrançois Lévêque,São Paulo\n"
	for name, c := range map[string]struct {
		coding encoding.Encoding
		text   string
	}{
		"windows-1252": {charmap.Windows1252, western},
		"macintosh":    {charmap.Macintosh, western},
		"ibm850":       {charmap.CodePage850, western},
		"utf-16le":     {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), western},
		"utf-16be":     {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), western},
		"windows-1251": {charmap.Windows1251, "имя,город\nИван Петров,Москва\nАнна Смирнова,Санкт-Петербург\n"},
		"shift_jis":    {japanese.ShiftJIS, "名前,住所\n田中さくら,東京都\n山田たろう,大阪府\n"},
		"gbk":          {simplifiedchinese.GBK, "姓名,城市\n王小明,北京\n李大海,上海\n"},
	} {
		raw, err := c.coding.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		got, r, _ := readText(t, string(raw))
		_, rows, _ := strings.Cut(strings.TrimSpace(c.text), "\n")
		if want := strings.ReplaceAll(rows, ",", "¦"); got != want || r.Format().Encoding != name {
			t.Errorf("%s: read as %s:\n%s", name, r.Format().Encoding, got)
		}
	}
}

func TestCompressionIsUndone(t *testing.T) {
	t.Parallel()
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	clean, _, _ := readText(t, body)
	if got, r, _ := readText(t, z.String()); got != clean || r.Format().Compression != "gzip" {
		t.Errorf("read %s as %q", got, r.Format().Compression)
	}
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n\t", "\x7fELF\x02\x01\x01\x00", "%PDF-1.4\n", "PK\x03\x04\x14\x00\x00\x00"} {
		_, err := Open(strings.NewReader(text), Options{})
		var u *Unreadable
		if !errors.As(err, &u) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStrayBytesAreKeptVisible(t *testing.T) {
	t.Parallel()
	text := strings.Replace("name,town\nÅsa,Malmö\nJürgen,Köln\nZoë,Århus\nEve,Gävle\n", "Eve", "Ev\xe9\x00", 1)
	got, _, problems := readText(t, text)
	if !strings.HasSuffix(got, "Evé␀¦Gävle") || len(problems) != 2 || problems[0].Kind != Undecodable || problems[1].Kind != NulByte {
		t.Errorf("read %s with %+v", got, problems)
	}
}

func TestSkippedLinesAreThoseThatWereAskedFor(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a note,\n", 7000) + "id,price\n1,2\n"
	for name, c := range map[string]struct {
		text  string
		lines int
		want  string // the columns, or a part of the error
	}{
		"more than are judged":   {long, 7000, "id|price"},
		"all but the last":       {"a,b\n1,2\nx,y\n", 2, "x|y"},
		"all":                    {"a,b\n1,2\nx,y", 3, "the file has 3"},
		"more than there are":    {"a,b\n1,2\n", 50, "the file has 2"},
		"beyond what is read":    {strings.Repeat("1,2\n", sampleBytes/2), sampleBytes / 3, "is looked for in the first 262144"},
		"none, of a single line": {"a,b", 0, "a|b"},
	} {
		yes := true
		r, err := Open(strings.NewReader(c.text), Options{SkipLines: &c.lines, Header: &yes})
		var m *Misfit
		switch {
		case err == nil:
			if got := strings.Join(r.Columns(), "|"); got != c.want {
				t.Errorf("%s: the columns %s", name, got)
			}
			r.Close()
		case !errors.As(err, &m) || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The head of a table is read as the whole is, up to where it ends, and nothing is made of what is cut off there.
func TestTheHeadIsReadAsTheWholeIs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id;name;note\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "%d;\"name; %d\";a note on row %d%s\n", i, i, i, strings.Repeat(";odd", i%1000/999))
		if i%700 == 0 {
			b.WriteString("a line of its own\n")
		}
	}
	b.WriteString("\nTotal: 40000\n")
	text := b.String()
	for _, c := range []struct {
		most  int
		whole bool
	}{{0, false}, {1000, false}, {256 << 10, false}, {len(text) - 100, false}, {len(text), true}, {10 * len(text), true}} {
		whole, out, found := copied(t, text, -1)
		ends, head, met := copied(t, text, c.most)
		if !whole || ends != c.whole || !strings.HasPrefix(out, head) || c.whole && head != out {
			t.Errorf("%d bytes: whole is %t, %d bytes of %d are as in the whole: %t", c.most, ends, len(head), len(out), strings.HasPrefix(out, head))
		}
		if most := 2*c.most + 100; !c.whole && len(head) > most || len(head) < min(c.most/2, len(out)) {
			t.Errorf("%d bytes: %d bytes of rows", c.most, len(head))
		}
		if len(met) > len(found) || fmt.Sprint(met) != fmt.Sprint(found[:len(met)]) {
			t.Errorf("%d bytes: %d problems of %d, and others", c.most, len(met), len(found))
		}
	}
}

// A head does not mend one row after the other of a file that is broken throughout: somebody waits for it.
func TestTheHeadOfAFileThatIsBrokenThroughoutIsShort(t *testing.T) {
	t.Parallel()
	text := "a,b,c\n" + strings.Repeat("1,2,3\n", 400) + strings.Repeat("1,2,3\n1,\"2,x,3,4\n", 20_000)
	whole, head, problems := copied(t, text, 200_000)
	if whole || len(head) > 100_000 || len(problems) < 10 {
		t.Errorf("%d bytes of rows, %d problems, the whole: %t", len(head), len(problems), whole)
	}
}

// copied reads the head of a text, or all of it where most is less than none.
func copied(t *testing.T, text string, most int) (whole bool, out string, problems []Problem) {
	t.Helper()
	r, err := Open(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	report := func(p Problem) error { problems = append(problems, p); return nil }
	if most < 0 {
		whole = true
		_, err = r.Copy(&b, report)
	} else {
		_, whole, err = r.Head(&b, most, report)
	}
	if err != nil {
		t.Fatal(err)
	}
	return whole, b.String(), problems
}
