package reception

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/stage"
)

// metered counts what is read of a file.
type metered struct {
	io.Reader
	read int
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.read += n
	return n, err
}

func (*metered) Close() error { return nil }

// preview runs the handler on a text, and says how much of it was read.
func preview(t *testing.T, text string, options map[string]any) (*Reading, int, error) {
	t.Helper()
	file := &metered{Reader: strings.NewReader(text)}
	open := OpenFunc(func(context.Context, *stage.Received) (io.ReadCloser, error) { return file, nil })
	job := &stage.Job{Received: &stage.Received{Name: "export.csv", Bytes: int64(len(text))}, Options: options}
	result, err := NewPreview(open).Run(t.Context(), job, nil)
	if err != nil {
		return nil, file.read, err
	}
	v := &Reading{}
	if err := json.Unmarshal(result.Document, v); err != nil {
		t.Fatal(err)
	}
	return v, file.read, nil
}

// shown is what a preview shows, missing cells as ∅.
func shown(v *Reading) string {
	lines := []string{strings.Join(v.Names, "|")}
	for _, l := range v.Lines {
		cells := make([]string, len(l.Cells))
		for i, c := range l.Cells {
			if cells[i] = "∅"; c != nil {
				cells[i] = *c
			}
		}
		lines = append(lines, fmt.Sprintf("%d: %s", l.Row, strings.Join(cells, "|")))
	}
	return strings.Join(lines, "\n")
}

func TestPreviewShowsTheFileAsItWouldBeRead(t *testing.T) {
	t.Parallel()
	text := "made by hand\nid;price, net;city\n1;2,50;K\xf6ln\n2;;\"Bad; Ems\"\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text    string
		options map[string]any
		want    string
	}{
		"as found":           {text, nil, "id|price, net|city\n1: 1|2,50|Köln\n2: 2|∅|Bad; Ems"},
		"compressed":         {packed.String(), nil, "id|price, net|city\n1: 1|2,50|Köln\n2: 2|∅|Bad; Ems"},
		"another delimiter":  {text, map[string]any{"delimiter": ",", "skip_lines": 1}, "id;price, net;city\n1: 1;2,50;Köln\n2: 2;;\"Bad; Ems\""},
		"a named delimiter":  {"a b\tc\n1 2\t3\n", map[string]any{"delimiter": "tab"}, "a b|c\n1: 1 2|3"},
		"another encoding":   {text, map[string]any{"encoding": "iso-8859-5"}, "id|price, net|city\n1: 1|2,50|Kіln\n2: 2|∅|Bad; Ems"},
		"without a header":   {text, map[string]any{"header": false}, "col_1|col_2|col_3\n1: id|price, net|city\n2: 1|2,50|Köln\n3: 2|∅|Bad; Ems"},
		"with lines skipped": {text, map[string]any{"skip_lines": 2, "header": true}, "1|2,50|Köln\n1: 2|∅|Bad; Ems"},
		"without quotes":     {"a,b\n\"1\",2\n", map[string]any{"quote": "none"}, "a|b\n1: \"1\"|2"},
	} {
		v, _, err := preview(t, c.text, c.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := shown(v); got != c.want || !v.Whole || v.MoreColumns != 0 || v.Columns != len(v.Names) {
			t.Errorf("%s: %+v\n%s\nwanted\n%s", name, v, got, c.want)
		}
		if fmt.Sprint(v.Options) != fmt.Sprint(c.options) {
			t.Errorf("%s: the options are %v", name, v.Options)
		}
	}
}

// What the preview says of the format, of the columns and of the first rows is what reading then finds.
func TestPreviewIsWhatReadingFinds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("report of the month\n\nid,name,amount\n")
	for i := range 200_000 {
		fmt.Fprintf(&b, "%d,\"name; %d\",%d.50%s\n", i, i, i, strings.Repeat(",x", i%90/89))
	}
	for name, options := range map[string]map[string]any{"as found": nil, "otherwise": {"delimiter": ";", "header": false, "skip_lines": 4}} {
		v, read, err := preview(t, b.String(), options)
		if err != nil {
			t.Fatal(err)
		}
		result, _, err := parseText(t, b.String(), options)
		if err != nil {
			t.Fatal(err)
		}
		var found parseDocument
		if err := json.Unmarshal(result.Document, &found); err != nil {
			t.Fatal(err)
		}
		found.Format.Names = nil
		if fmt.Sprint(v.Format) != fmt.Sprint(found.Format) || fmt.Sprint(v.Names) != fmt.Sprint(found.Columns) || v.Columns != len(found.Columns) {
			t.Errorf("%s: %+v\nwas read as %+v", name, v, found)
		}
		if v.Whole || read > 2<<20 || len(v.Lines) != previewRows || v.Rows < 1000 || v.Rows > found.Rows/4 {
			t.Errorf("%s: %d bytes were read of %d, %d rows", name, read, b.Len(), v.Rows)
		}
		if name == "as found" && (v.Problems["too_many_fields"] == 0 || len(v.Examples) != previewProblems || v.Examples[0].Line != 93 || v.Examples[0].Row != 90) {
			t.Errorf("%s: the problems %v, %+v", name, v.Problems, v.Examples)
		}
	}
}

func TestPreviewIsBounded(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("name,", 5000) + "last\n" + strings.Repeat("1,", 5000) + "2\n"
	if v, _, err := preview(t, wide, nil); err != nil || v.Columns != 5001 || len(v.Names) != previewColumns || v.MoreColumns != 5001-previewColumns ||
		len(v.Lines[0].Cells) != previewColumns || v.Format.Names != nil {
		t.Errorf("of a wide table is shown %+v, %v", v, err)
	}
	long := "a,b\n1," + strings.Repeat("é", 3<<20) + "\n2,short\n"
	v, _, err := preview(t, long, nil)
	if err != nil || len(v.Lines) == 0 || *v.Lines[0].Cells[1] != strings.Repeat("é", previewCell)+"…" {
		t.Errorf("of a long line is shown %+v, %v", v, err)
	}
	// A quote that is never closed is looked for no further than a row may reach.
	endless := "a,b\n\"1,2\n" + strings.Repeat("some text of a row,3\n", 2<<20)
	if _, read, err := preview(t, endless, map[string]any{"delimiter": ","}); err != nil || read > 20<<20 {
		t.Errorf("%d bytes of %d were read, %v", read, len(endless), err)
	}
}

func TestPreviewSaysWhyTheFileCannotBeReadSo(t *testing.T) {
	t.Parallel()
	text := "a,b\n1,2\n3,4\n"
	for name, c := range map[string]struct {
		text    string
		options map[string]any
		want    string
	}{
		"no such encoding":    {text, map[string]any{"encoding": "klingon"}, `the encoding "klingon" is not known`},
		"too many lines":      {text, map[string]any{"skip_lines": 40}, "40 lines before the table are to be skipped, and the file has 3"},
		"lines that are none": {text, map[string]any{"skip_lines": "some"}, "must be a number of lines"},
		"a header that is no": {text, map[string]any{"header": "perhaps"}, "must be true or false"},
		"binary data":         {strings.Repeat("\x00\x01\x02\x03\xff\xfe", 400), map[string]any{"encoding": "utf-8"}, "binary data"},
		"a cut-off stream":    {"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", nil, "a damaged or cut-off gzip file"},
	} {
		v, _, err := preview(t, c.text, c.options)
		if !stage.IsRefused(err) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	// Where bytes do not fit the encoding, the rows show it.
	if v, _, err := preview(t, "a,b\ncaf\xe9,1\n", map[string]any{"encoding": "utf-8"}); err != nil || v.Problems["undecodable"] != 1 || v.Examples[0].Line != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}
