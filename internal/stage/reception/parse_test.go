package reception

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/stage"
)

// parseText runs the handler on a text, on a real engine.
func parseText(t *testing.T, text string, options map[string]any) (*stage.Result, *engine.Session, error) {
	t.Helper()
	dir := t.TempDir()
	s, err := engine.Open(context.Background(), engine.Config{
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Folders: []string{dir}, MemoryLimit: 512 << 20, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	open := OpenFunc(func(context.Context, *stage.Received) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	})
	job := &stage.Job{Received: &stage.Received{Name: "export.csv", Bytes: int64(len(text))}, OutDir: dir,
		Key: bytes.Repeat([]byte{1}, 32), Options: options}
	result, err := NewParse(open).Run(context.Background(), job, &stage.Env{Engine: s, Log: slog.New(slog.DiscardHandler)})
	return result, s, err
}

// table reads a file of a result as text, NULL as "∅".
func table(t *testing.T, s *engine.Session, f stage.OutFile, columns ...string) string {
	t.Helper()
	from, err := s.ReadParquet(context.Background(), engine.File{Path: f.Path, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = "coalesce(" + engine.Text(c) + ", '∅')"
	}
	rows, err := s.Query(context.Background(), "SELECT "+strings.Join(cells, " || '|' || ")+" FROM "+from)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func TestParseKeepsEveryCellAsReceived(t *testing.T) {
	t.Parallel()
	text := "Name,name,,__row\nAnn,NULL,\"\",1\n\"two\nlines\",NA,,\"say \"\"hi\"\"\"\n bo ,\"a,b\",x,2\x00\n"
	result, s, err := parseText(t, text, map[string]any{"header": true})
	if err != nil {
		t.Fatal(err)
	}
	got := table(t, s, result.Files[stage.FileData], "__row", "Name", "name_2", "column_3", "__row_2")
	want := "1|Ann|NULL|∅|1\n2|two\nlines|NA|∅|say \"hi\"\n3| bo |a,b|x|2␀"
	if got != want {
		t.Errorf("read\n%s\nwanted\n%s", got, want)
	}
	var doc parseDocument
	if err := json.Unmarshal(result.Document, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Rows != 3 || doc.Problems["nul_byte"] != 1 || strings.Join(doc.Columns, "|") != "Name|name_2|column_3|__row_2" ||
		strings.Join(doc.Format.Names, "|") != "Name|name||__row" {
		t.Errorf("document: %+v", doc)
	}
	if p := table(t, s, result.Files[FileProblems], "__row", "line", "kind"); p != "3|5|nul_byte" {
		t.Errorf("problems: %s", p)
	}
}

func TestParseKeepsTheOrderOfManyRows(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id;text\n")
	for i := range 400_000 {
		fmt.Fprintf(&b, "%d;some text of row %d\n", i+1, i+1)
	}
	result, s, err := parseText(t, b.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := result.Files[stage.FileData]
	from, err := s.ReadParquet(context.Background(), engine.File{Path: f.Path, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	var rows, same, ordered int64
	err = s.QueryRow(context.Background(), "SELECT count(*), count(*) FILTER (__row = CAST(id AS BIGINT)), "+
		"count(*) FILTER (__row = file_row_number + 1) FROM (SELECT *, file_row_number FROM "+
		strings.Replace(from, "encryption_config", "file_row_number=true, encryption_config", 1)+")", &rows, &same, &ordered)
	if err != nil || rows != 400_000 || same != rows || ordered != rows || f.Rows != rows {
		t.Errorf("%d rows, %d with their number, %d in their place, %v", rows, same, ordered, err)
	}
}

func TestParseReadsAHeaderAlone(t *testing.T) {
	t.Parallel()
	result, s, err := parseText(t, "a,b,c\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := table(t, s, result.Files[stage.FileData], "a", "c"); got != "" || result.Files[stage.FileData].Rows != 0 {
		t.Errorf("read %q", got)
	}
}

func TestParseTakesLongCells(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`x"y`, 1<<20)
	text := "a,b\n1,\"" + strings.ReplaceAll(long, `"`, `""`) + "\"\n2,short\n"
	result, s, err := parseText(t, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := table(t, s, result.Files[stage.FileData], "b"); got != long+"\nshort" {
		t.Errorf("read %d bytes in the place of %d", len(got), len(long)+6)
	}
}

func TestParseRefusesWhatIsNoTable(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "blank": " \n\r\n\t", "ELF": "\x7fELF\x02\x01\x01\x00\x00\x00", "PNG": "\x89PNG\r\n\x1a\n\x00\x00",
		"PDF": "%PDF-1.7\n%âãÏÓ", "xlsx": "PK\x03\x04\x14\x00\x06\x00", "binary": strings.Repeat("\x03\x9f\x00\x11ab", 300),
	} {
		_, _, err := parseText(t, text, nil)
		if !stage.IsRefused(err) || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "is kept") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseFailsWhereTheFileBreaksOff(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader("a,b\n"+strings.Repeat("1,2\n", 1<<20)), failing{})
	dir := t.TempDir()
	s, err := engine.Open(context.Background(), engine.Config{
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Folders: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the end of the test
	open := OpenFunc(func(context.Context, *stage.Received) (io.ReadCloser, error) { return io.NopCloser(broken), nil })
	job := &stage.Job{Received: &stage.Received{Name: "export.csv"}, OutDir: dir, Key: bytes.Repeat([]byte{1}, 32)}
	_, err = NewParse(open).Run(context.Background(), job, &stage.Env{Engine: s})
	if err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestParseOptions(t *testing.T) {
	t.Parallel()
	result, s, err := parseText(t, "junk\n1:2\n3:4\n", map[string]any{"delimiter": ":", "header": false, "skip_lines": 1.0})
	if err != nil {
		t.Fatal(err)
	}
	if got := table(t, s, result.Files[stage.FileData], "col_1", "col_2"); got != "1|2\n3|4" {
		t.Errorf("read %s", got)
	}
	if _, _, err := parseText(t, "a,b\n", map[string]any{"quote": "''"}); !stage.IsRefused(err) {
		t.Errorf("a quote of two characters: %v", err)
	}
}
