package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/stage"
)

// bench is a session with versions in a folder.
type bench struct {
	*engine.Session
	dir string
	key []byte
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir(), key: []byte(strings.Repeat("k", 32))}
	return b.within(t, 0)
}

// within is another session on the same folder, which may hold so much memory, in bytes, and spill nothing.
func (b *bench) within(t *testing.T, memory int64) *bench {
	t.Helper()
	e, err := engine.Open(t.Context(), engine.Config{ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Folders: []string{b.dir},
		Threads: 1, MemoryLimit: memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return &bench{e, b.dir, b.key}
}

func (b *bench) version(t *testing.T, name, sql string) engine.File {
	t.Helper()
	f := engine.File{Path: filepath.Join(b.dir, name), Key: b.key}
	if err := b.WriteParquet(t.Context(), sql, f); err != nil {
		t.Fatal(err)
	}
	return f
}

func ask[T any](t *testing.T, b *bench, handler string, files map[string]engine.File, params any) (*T, error) {
	t.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range query.Handlers() {
		if h.Name() != handler {
			continue
		}
		r, err := h.Run(t.Context(), &stage.Job{Files: files, Params: raw}, &stage.Env{Engine: b.Session, Log: slog.New(slog.DiscardHandler), Progress: func(float64, string) {}})
		if err != nil {
			return nil, err
		}
		v := new(T)
		return v, json.Unmarshal(r.Document, v)
	}
	t.Fatalf("no handler %s", handler)
	return nil, nil
}

const table = `SELECT * FROM (VALUES (1, '10', 'a"b', 'x'), (2, '9', 'it''s', NULL), (4, NULL, 'A"B', 'x'), (5, '100', '%', 'y'), (9, 'many', '', 'x')) t(__row, amount, "odd ""name"" '' --", grp)`

const odd = `odd "name" '' --`

var facts = []flow.Column{{Name: "amount", Type: flow.Integer}}

func TestWindows(t *testing.T) {
	t.Parallel()
	b := open(t)
	files := map[string]engine.File{stage.FileData: b.version(t, "v", table)}
	for name, c := range map[string]struct {
		w     query.Window
		want  string
		total int64
		more  bool
	}{
		"in the order of rows":       {query.Window{Limit: 3}, "1 2 4", 5, true},
		"further down":               {query.Window{Limit: 3, Offset: 3}, "5 9", 5, false},
		"from a row that is gone":    {query.Window{Limit: 2, From: 3}, "4 5", 3, true},
		"numbers as numbers":         {query.Window{Limit: 9, Order: []query.Order{{Column: "amount"}}}, "2 1 5 4 9", 5, false},
		"downward":                   {query.Window{Limit: 9, Order: []query.Order{{Column: "amount", Descending: true}}}, "5 1 2 4 9", 5, false},
		"by two columns":             {query.Window{Limit: 9, Order: []query.Order{{Column: "grp"}, {Column: "amount"}}}, "1 4 9 5 2", 5, false},
		"equal":                      {query.Window{Limit: 9, Filters: []query.Filter{{odd, query.Equals, `a"b`}}}, "1", 1, false},
		"containing, in any case":    {query.Window{Limit: 9, Filters: []query.Filter{{odd, query.Contains, `A"`}}}, "1 4", 2, false},
		"a wildcard is none":         {query.Window{Limit: 9, Filters: []query.Filter{{odd, query.Contains, `%`}}}, "5", 1, false},
		"quotes are texts":           {query.Window{Limit: 9, Filters: []query.Filter{{odd, query.Equals, `it's`}}}, "2", 1, false},
		"missing":                    {query.Window{Limit: 9, Filters: []query.Filter{{"grp", query.Missing, ""}}}, "2", 1, false},
		"present and starting so":    {query.Window{Limit: 9, Filters: []query.Filter{{"grp", query.Present, ""}, {"amount", query.Starts, "10"}}}, "1 5", 2, false},
		"differing, missing as well": {query.Window{Limit: 9, Filters: []query.Filter{{"grp", query.Differs, "x"}}}, "2 5", 2, false},
		"nothing":                    {query.Window{Limit: 9, Filters: []query.Filter{{"grp", query.Equals, "' OR true --"}}}, "", 0, false},
	} {
		c.w.Facts, c.w.Count = facts, true
		p, err := ask[query.Page](t, b, query.HandlerRows, files, c.w)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, r := range p.Rows {
			got = append(got, fmt.Sprint(r.Row))
			if len(r.Cells) != 3 {
				t.Errorf("%s: row %d has %d cells", name, r.Row, len(r.Cells))
			}
		}
		if strings.Join(got, " ") != c.want || *p.Total != c.total || p.More != c.more {
			t.Errorf("%s: rows %v of %d, more %v", name, got, *p.Total, p.More)
		}
	}
	for _, w := range []query.Window{{}, {Limit: 1001}, {Limit: 1, Offset: -1}, {Limit: 1, Columns: []string{"none"}}, {Limit: 1, Filters: []query.Filter{{"grp", "like", ""}}},
		{Limit: 1, Order: []query.Order{{Column: "__row"}}}, {Limit: 1, From: 1, Offset: 1}} {
		if _, err := ask[query.Page](t, b, query.HandlerRows, files, w); !errors.Is(err, query.ErrInvalid) {
			t.Errorf("%+v: %v", w, err)
		}
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	b := open(t)
	files := map[string]engine.File{stage.FileData: b.version(t, "v", table)}
	p, err := ask[query.Profile](t, b, query.HandlerProfile, files, query.Column{Column: "amount", Facts: facts, Bins: 3})
	if err != nil {
		t.Fatal(err)
	}
	if p.Rows != 5 || p.Missing != 1 || p.Unfit != 1 || *p.Low != 9 || *p.High != 100 || len(p.Histogram) != 3 || p.Histogram[0].Count != 2 || p.Histogram[2].Count != 1 || len(p.Top) != 4 {
		t.Errorf("%+v", p)
	}
	p, err = ask[query.Profile](t, b, query.HandlerProfile, files, query.Column{Column: "grp"})
	if err != nil || p.Top[0] != (query.Value{Value: "x", Count: 3}) || p.Histogram != nil || p.Distinct != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

// A column is profiled as another type as it would be once somebody had corrected it at reception.
func TestProfilesAsAnotherType(t *testing.T) {
	t.Parallel()
	b := open(t)
	files := map[string]engine.File{stage.FileData: b.version(t, "v", `SELECT * FROM (VALUES (1, '1', '1.234,50 €', '03.02.2026'), (2, 'one', '7 €', '04.02.2026'), (3, 'two', NULL, '2026-02-05'),
		(4, 'two', 'free', 'soon'), (5, NULL, '9', NULL), (6, '0', '9', '1')) t(__row, n, price, day)`)}
	facts := []flow.Column{{Name: "n", Type: flow.Text}, {Name: "price", Type: flow.Decimal, Number: &flow.Number{Decimal: ",", Thousands: ".", Suffix: "€"}},
		{Name: "day", Type: flow.Date, Formats: []string{"%d.%m.%Y"}}}
	for _, c := range []struct {
		column string
		as     flow.Type
		unfit  string
	}{
		{"n", "", "[]"}, {"n", flow.Text, "[]"}, {"n", flow.JSON, "[]"}, {"n", flow.Integer, "[{two 2} {one 1}]"}, {"n", flow.Decimal, "[{two 2} {one 1}]"},
		{"n", flow.Boolean, "[{two 2} {one 1}]"}, {"n", flow.Date, "[{two 2} {0 1} {1 1} {one 1}]"},
		{"price", "", "[{free 1}]"}, {"price", flow.Integer, "[{free 1}]"}, {"price", flow.Boolean, "[{9 2} {1.234,50 € 1} {7 € 1} {free 1}]"},
		{"day", flow.Date, "[{1 1} {soon 1}]"}, {"day", flow.Timestamp, "[{1 1} {soon 1}]"}, {"day", flow.Integer, "[{03.02.2026 1} {04.02.2026 1} {2026-02-05 1} {soon 1}]"},
		{"none", flow.Integer, ""},
	} {
		p, err := ask[query.Profile](t, b, query.HandlerProfile, files, query.Column{Column: c.column, As: c.as, Facts: facts})
		if c.unfit == "" {
			if !errors.Is(err, query.ErrInvalid) {
				t.Errorf("%s: %v", c.column, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s as %s: %v", c.column, c.as, err)
			continue
		}
		var n int64
		for _, v := range p.UnfitValues {
			n += v.Count
		}
		if got := fmt.Sprint(p.UnfitValues); got != c.unfit || p.Unfit != n || c.as != "" && p.Type != c.as {
			t.Errorf("%s as %s: %d of %s cannot be read, such as %s", c.column, c.as, p.Unfit, p.Type, got)
		}
	}
	_, err := ask[query.Profile](t, b, query.HandlerProfile, files, query.Column{Column: "n", As: "number", Facts: facts})
	if !errors.Is(err, query.ErrInvalid) || !strings.Contains(err.Error(), `column "n": "number" is no type; take one of [boolean integer`) {
		t.Errorf("a type that there is not: %v", err)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	b := open(t)
	files := map[string]engine.File{query.FileBefore: b.version(t, "v1", table),
		stage.FileData: b.version(t, "v2", `SELECT __row, CASE WHEN __row = 9 THEN '7' ELSE amount END AS amount, coalesce(grp, 'x') AS grp, 1 AS extra FROM (`+table+`) WHERE __row <> 4`)}
	d, err := ask[query.Difference](t, b, query.HandlerDiff, files, query.Between{Limit: 2})
	if err != nil || len(d.Rows) != 2 || d.Next != 4 || strings.Join(d.New, "") != "extra" || strings.Join(d.Gone, "") != odd {
		t.Fatalf("%+v, %v", d, err)
	}
	if c := d.Rows[0]; c.Row != 2 || len(c.Cells) != 1 || c.Cells[0].Column != "grp" || c.Cells[0].Old != nil || *c.Cells[0].New != "x" {
		t.Errorf("%+v", c)
	}
	if !d.Rows[1].Removed || d.Rows[1].Row != 4 {
		t.Errorf("%+v", d.Rows[1])
	}
	d, err = ask[query.Difference](t, b, query.HandlerDiff, files, query.Between{Limit: 2, After: d.Next})
	if err != nil || len(d.Rows) != 1 || d.Next != 0 || *d.Rows[0].Cells[0].New != "7" {
		t.Errorf("%+v, %v", d, err)
	}
}

// A session runs nobody's SQL but ours. Should SQL slip in all the same, it must find every door shut.
func TestSessionsCannotBeBrokenOutOf(t *testing.T) {
	t.Parallel()
	b := open(t)
	out := filepath.Join(t.TempDir(), "out")
	for _, sql := range []string{
		"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_blob('/etc/hostname')",
		"SELECT * FROM '/etc/passwd'", "SELECT * FROM read_csv('" + b.dir + "/../../../../etc/passwd')", "SELECT * FROM glob('/etc/*')",
		"SELECT * FROM read_csv('file:///etc/passwd')", "SELECT * FROM parquet_metadata('/etc/passwd')", "SELECT * FROM sniff_csv('/etc/passwd')",
		"CREATE TABLE p (x VARCHAR); COPY p FROM '/etc/passwd'", "COPY (SELECT 1) TO '" + out + "'", "EXPORT DATABASE '" + out + "'",
		"ATTACH '" + out + "' AS x", "ATTACH ':memory:' AS y; ATTACH '/etc/passwd' AS z", "INSTALL httpfs", "INSTALL json FROM community", "LOAD '" + out + "'", "LOAD spatial",
		"SELECT * FROM read_csv('http://127.0.0.1:1/x')", "SELECT * FROM read_parquet('https://example.org/x.parquet')", "SELECT * FROM read_csv('s3://bucket/x')",
		"CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')", "SELECT getenv('HOME')", "SET enable_external_access=true", "SET GLOBAL enable_external_access=true",
		"SET lock_configuration=false", "RESET lock_configuration", "RESET enable_external_access", "SET allowed_directories=['/']", "SET allowed_paths=['/etc/passwd']",
		"PRAGMA enable_external_access=true", "SET temp_directory='" + out + "'", "SET autoinstall_known_extensions=true", "SET allow_unsigned_extensions=true",
		"SET memory_limit='100GB'", "SET threads=64", "SET home_directory='/etc'", "SET extension_directory='" + out + "'", "PRAGMA enable_profiling='json'",
		"SET log_query_path='" + out + "'", "IMPORT DATABASE '/etc'", "SELECT * FROM read_json('/proc/self/environ')", "SELECT * FROM read_text('/proc/self/cmdline')",
	} {
		if err := b.Exec(t.Context(), sql); err == nil {
			t.Errorf("it was let through: %s", sql)
		}
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

func TestACallerWhoGoesAwayEndsTheQuery(t *testing.T) {
	t.Parallel()
	b := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := b.Exec(ctx, "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE hash(a.range + b.range) = 7")
	if err == nil {
		t.Fatal("a query that takes years ended")
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s to end", took)
	}
}

// A process that reads holds 1 GB, and half of that where the operator gave less. Vectors of all columns would fill it.
func TestDifferencesOfThousandsOfColumns(t *testing.T) {
	t.Parallel()
	b := open(t)
	columns := make([]string, 5000)
	for i := range columns {
		columns[i] = fmt.Sprintf("'v%d' AS c%d", i, i)
	}
	one := "SELECT i AS __row, " + strings.Join(columns, ", ") + " FROM range(1, 4) t(i)"
	files := map[string]engine.File{
		query.FileBefore: b.version(t, "wide-before", one),
		stage.FileData:   b.version(t, "wide-after", "SELECT * REPLACE (CASE WHEN i = 2 THEN NULL ELSE c4999 END AS c4999) FROM (SELECT *, __row AS i FROM ("+one+"))"),
	}
	d, err := ask[query.Difference](t, b.within(t, 300<<20), query.HandlerDiff, files, query.Between{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Rows) != 1 || d.Rows[0].Row != 2 || len(d.Rows[0].Cells) != 1 || d.Rows[0].Cells[0].Column != "c4999" {
		t.Errorf("they differ in %v", d.Rows)
	}
}
