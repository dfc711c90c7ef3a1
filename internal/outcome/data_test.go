package outcome_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/stage"
)

var key = bytes.Repeat([]byte{5}, 32)

// bench runs the package's handlers on a real engine that may write into out only.
type bench struct {
	session *engine.Session
	in, out string
	n       int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{in: t.TempDir(), out: t.TempDir()}
	s, err := engine.Open(context.Background(), engine.Config{ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"),
		Folders: []string{b.in, b.out}, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b.session = s
	return b
}

// table keeps rows as an encrypted file; nil is an empty cell.
func (b *bench) table(columns []string, rows [][]string) (engine.File, error) {
	b.n++
	file := engine.File{Path: filepath.Join(b.in, fmt.Sprintf("t%d.parquet", b.n)), Key: key}
	names := []string{"__row"}
	for _, c := range columns {
		names = append(names, engine.Ident(c))
	}
	query := "SELECT CAST(NULL AS BIGINT) AS __row" + strings.Repeat(", CAST(NULL AS VARCHAR)", len(columns)) + " WHERE false"
	var values []string
	for i, r := range rows {
		v := []string{fmt.Sprintf("CAST(%d AS BIGINT)", i+1)}
		for _, c := range r {
			v = append(v, "CAST(nullif("+engine.Literal(c)+", '') AS VARCHAR)")
		}
		values = append(values, "("+strings.Join(v, ", ")+")")
	}
	if len(values) > 0 {
		query = "SELECT * FROM (VALUES " + strings.Join(values, ", ") + ")"
	}
	query = "SELECT * FROM (" + query + ") AS t(" + strings.Join(names, ", ") + ")"
	return file, b.session.WriteParquet(context.Background(), query, file)
}

func (b *bench) run(ctx context.Context, job *stage.Job) (*stage.Result, error) {
	for _, h := range outcome.Handlers() {
		if h.Name() == job.Handler {
			return h.Run(ctx, job, &stage.Env{Engine: b.session, Log: slog.New(slog.DiscardHandler), Progress: func(float64, string) {}})
		}
	}
	return nil, fmt.Errorf("no handler %q", job.Handler)
}

func (b *bench) export(file engine.File, p outcome.DataParams) ([]byte, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	if _, err := b.run(context.Background(), &stage.Job{Handler: outcome.HandlerData, OutDir: b.out, Params: raw,
		Files: map[string]engine.File{stage.FileData: file}}); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(b.out, p.Name))
}

var columns = []string{"id", "amount", "paid", "day", "code", "a \"name\", of\nsorts"}

func rowsOfTable() [][]string {
	return [][]string{
		{"1", "12.50", "true", "2026-01-02", "007", "=HYPERLINK(\"http://x\")"},
		{"2", "-3", "False", "2026-02-28", "", " b\t"},
		{"30000000000", "0.1", "", "", "12", "two\nlines; \"q\""},
	}
}

func facts() []flow.Column {
	return []flow.Column{{Name: "id", Type: flow.Integer}, {Name: "amount", Type: flow.Decimal}, {Name: "paid", Type: flow.Boolean},
		{Name: "day", Type: flow.Date}, {Name: "code", Type: flow.Integer}, {Name: columns[5], Type: flow.Text}}
}

func TestTypedFormats(t *testing.T) {
	b := newBench(t)
	file, err := b.table(columns, rowsOfTable())
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.export(file, outcome.DataParams{Name: "data.json", Format: outcome.FormatJSON, Columns: facts()})
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(got, &list); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	want := map[string]any{"id": 1.0, "amount": 12.5, "paid": true, "day": "2026-01-02", "code": "007", columns[5]: "=HYPERLINK(\"http://x\")"}
	if len(list) != 3 || !reflect.DeepEqual(list[0], want) {
		t.Errorf("got %v", list)
	}
	if _, err := b.export(file, outcome.DataParams{Name: "data.parquet", Format: outcome.FormatParquet, Columns: facts()}); err != nil {
		t.Fatal(err)
	}
	var types string
	if err := b.session.QueryRow(context.Background(), "SELECT string_agg(typeof(COLUMNS(*)), ',') FROM (SELECT id FROM "+
		"read_parquet("+engine.Literal(filepath.Join(b.out, "data.parquet"))+") LIMIT 1)", &types); err != nil || types != "BIGINT" {
		t.Errorf("id is %s, %v", types, err)
	}
}

func TestXLSX(t *testing.T) {
	b := newBench(t)
	file, err := b.table(columns, rowsOfTable())
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.export(file, outcome.DataParams{Name: "data.xlsx", Format: outcome.FormatXLSX, Columns: facts()})
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("data")
	if err != nil || len(rows) != 4 {
		t.Fatalf("%v, %v", rows, err)
	}
	if rows[1][4] != "007" || rows[1][5] != rowsOfTable()[0][5] || rows[1][1] != "12.5" || rows[0][5] != columns[5] {
		t.Errorf("got %q", rows)
	}
	if f, err := book.GetCellFormula("data", "F2"); err != nil || f != "" {
		t.Errorf("formula %q, %v", f, err)
	}
	if left, err := os.ReadDir(b.out); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestExportRefusesWhatCannotBe(t *testing.T) {
	b := newBench(t)
	file, err := b.table([]string{"a"}, [][]string{{strings.Repeat("x", 40000)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []outcome.DataParams{
		{Name: "data.xlsx", Format: outcome.FormatXLSX},
		{Name: "data.doc", Format: "doc"},
		{Name: "../data.csv", Format: outcome.FormatCSV},
	} {
		if _, err := b.export(file, p); !stage.IsPermanent(err) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if left, err := os.ReadDir(b.out); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCSVKeepsNamesDelimiterAndEmptyTables(t *testing.T) {
	b := newBench(t)
	none, err := b.table([]string{"a", "a_2"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	one, err := b.table([]string{"a", "a_2"}, [][]string{{"1;", ""}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file engine.File
		p    outcome.DataParams
		want string
	}{
		{none, outcome.DataParams{Header: true}, "a,a_2\n"},
		{none, outcome.DataParams{}, ""},
		{one, outcome.DataParams{Header: true, Delimiter: ";", Names: []string{"a", "a"}}, "a;a\n\"1;\";\n"},
		{one, outcome.DataParams{Delimiter: "\t"}, "1;\t\n"},
		{one, outcome.DataParams{Delimiter: "||"}, "1;,\n"},
	} {
		c.p.Name, c.p.Format = "data.csv", outcome.FormatCSV
		got, err := b.export(c.file, c.p)
		if err != nil || string(got) != c.want {
			t.Errorf("%+v: %q, %v, want %q", c.p, got, err, c.want)
		}
	}
}

// Whatever the cells hold, a reader of CSV gets them back.
func TestCSVRoundTrip(t *testing.T) {
	b := newBench(t)
	cell := rapid.OneOf(rapid.StringMatching(`[a-z0-9,;"'\\ \t|#=-]{0,8}`), rapid.SampledFrom([]string{"", `"`, `""`, "a\nb", "NULL", "\\N", "#", " ", "日本", "\u200b", "-1", "'", "x,y", "\"\"\""}))
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 3).Draw(t, "width")
		names := []string{"a", "b c", `d"`}[:width]
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 5).Draw(t, "rows")
		delimiter := rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "delimiter")
		file, err := b.table(names, rows)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.export(file, outcome.DataParams{Name: "data.csv", Format: outcome.FormatCSV, Header: true, Delimiter: delimiter})
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(got))
		r.Comma = rune(delimiter[0])
		back, err := r.ReadAll()
		if err != nil || !reflect.DeepEqual(back, append([][]string{names}, rows...)) {
			t.Fatalf("%v: got %q from %q, want %q", err, back, got, rows)
		}
	})
}

func TestCells(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	write := func(name, query string) engine.File {
		f := engine.File{Path: filepath.Join(b.in, name), Key: key}
		if err := b.session.WriteParquet(ctx, query, f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	cells := write("cells", `SELECT * FROM (VALUES ('i2', 'r', 2::BIGINT, '*', NULL, NULL), ('i1', 'r', 1::BIGINT, 'a,b', ' x', 'x')) AS t(issue, resolution, __row, "column", old, new)`)
	changes := write("changes", `SELECT 'i1' AS issue, 'r' AS resolution, 1::BIGINT AS __row, 'a' AS "column", ' x' AS old, 'x' AS new, true AS applied`)
	for name, c := range map[string]struct {
		files map[string]engine.File
		want  string
	}{
		"nothing":         {nil, "row,column,issue,old,new,applied\n"},
		"flagged":         {map[string]engine.File{"cells": cells}, "row,column,issue,old,new,applied\n1,\"a,b\",i1, x,x,false\n2,*,i2,,,false\n"},
		"and carried out": {map[string]engine.File{"cells": cells, "changes": changes}, "row,column,issue,old,new,applied\n1,a,i1, x,x,true\n1,\"a,b\",i1, x,x,false\n2,*,i2,,,false\n"},
	} {
		if _, err := b.run(ctx, &stage.Job{Handler: outcome.HandlerCells, OutDir: b.out, Files: c.files}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(b.out, "cells.csv"))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestADroppedColumnIsLeftOut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	file, err := b.table([]string{"id", "n", "n_2"}, [][]string{{"1", "", "7"}, {"2", "", "8"}})
	if err != nil {
		t.Fatal(err)
	}
	p := outcome.DataParams{Header: true, Names: []string{"id", "n", "n"}, Dropped: []string{"n"}, Delimiter: ";",
		Columns: []flow.Column{{Name: "id", Type: flow.Integer}, {Name: "n", Type: flow.Integer}, {Name: "n_2", Type: flow.Integer}}}
	for format, want := range map[string]string{
		outcome.FormatCSV:  "id;n\n1;7\n2;8\n",
		outcome.FormatJSON: "[\n\t{\"id\":1,\"n_2\":7},\n\t{\"id\":2,\"n_2\":8}\n]\n",
	} {
		p.Format, p.Name = format, "dropped."+format
		if got, err := b.export(file, p); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", format, got, err)
		}
	}
}

// Which columns are left out follows from the decisions, once they were carried out.
func TestWhatDecisionsDrop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		decision   *flow.Decision
		carriedOut bool
		want       []string
	}{
		{"accepted", &flow.Decision{Choice: flow.Accept, Option: "drop"}, true, []string{"a", "b"}},
		{"edited", &flow.Decision{Choice: flow.Edit, Option: "drop", Params: map[string]any{"column": "b"}}, true, []string{"b"}},
		{"some rows", &flow.Decision{Choice: flow.Partial, Option: "drop", Rows: []int64{1}}, true, nil},
		{"another resolution", &flow.Decision{Choice: flow.Accept, Option: "mark"}, true, nil},
		{"rejected", &flow.Decision{Choice: flow.Reject, Option: "drop"}, true, nil},
		{"not decided", nil, true, nil},
		{"not carried out", &flow.Decision{Choice: flow.Accept, Option: "drop"}, false, nil},
	} {
		f := outcome.Compose(outcome.Parts{Issues: &flow.IssueList{Issues: []flow.Issue{{ID: "i1", Decision: c.decision, Resolutions: []flow.Resolution{
			{ID: "mark", Kind: "mark"}, {ID: "drop", Kind: operation.DropColumn, Params: map[string]any{"columns": []any{"b", "a"}}},
		}}}}})
		files := map[string]engine.File{stage.FileData: {}}
		if c.carriedOut {
			files["changes"] = engine.File{}
		}
		var p outcome.DataParams
		_, err := outcome.Write(t.Context(), outcome.Input{Dir: t.TempDir(), Findings: f, Files: files,
			RunJob: func(_ context.Context, job *stage.Job) (*stage.Result, error) {
				if job.Handler == outcome.HandlerData {
					if err := json.Unmarshal(job.Params, &p); err != nil {
						return nil, err
					}
				}
				return &stage.Result{Document: json.RawMessage("{}")}, nil
			}})
		if err != nil || !reflect.DeepEqual(p.Dropped, c.want) {
			t.Errorf("%s: leaves %v out, want %v (%v)", c.name, p.Dropped, c.want, err)
		}
	}
}
