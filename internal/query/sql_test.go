package query_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/stage"
)

// named are columns whose names need quoting, or are those of what the queries return.
const named = `SELECT i AS __row, CASE WHEN i % 7 = 0 THEN NULL ELSE CAST(i * 3 % 50 AS VARCHAR) END AS "rows",
	CASE WHEN i % 9 = 0 THEN 'on request' WHEN i % 10 = 0 THEN NULL ELSE '€ ' || replace(CAST(i * 1.25 AS VARCHAR), '.', ',') END AS "größe ""ü"" 'x'",
	CASE WHEN i % 11 = 0 THEN 'soon' ELSE CAST(DATE '2024-01-01' + CAST(i AS INTEGER) AS VARCHAR) END AS "v",
	CASE WHEN i % 3 = 0 THEN 'it''s "so"' WHEN i % 4 = 0 THEN NULL ELSE '名' || i % 5 END AS "odd ""name"" '' --",
	CASE WHEN i % 2 = 0 THEN 'nan' ELSE 'inf' END AS "endless", CAST(NULL AS VARCHAR) AS "missing", '5' AS "bar" FROM range(1, 200) t(i)`

const priced = `größe "ü" 'x'`

var namedFacts = []flow.Column{
	{Name: "rows", Type: flow.Integer}, {Name: priced, Type: flow.Decimal, Number: &flow.Number{Prefix: "€", Decimal: ","}}, {Name: "v", Type: flow.Date},
	{Name: odd, Type: flow.Text}, {Name: "endless", Type: flow.Decimal}, {Name: "missing", Type: flow.Integer}, {Name: "bar", Type: flow.Integer},
}

// shown is a session in which a version is the table data, as whoever copies a query has it: without the numbers of rows.
func shown(t *testing.T, version string) *bench {
	t.Helper()
	b := open(t)
	if err := b.Exec(t.Context(), "CREATE TABLE data AS SELECT * EXCLUDE (__row) FROM ("+version+")"); err != nil {
		t.Fatal(err)
	}
	return b
}

// lines is what a query returns, each line as JSON.
func (b *bench) lines(t *testing.T, sql string) (all []map[string]any) {
	t.Helper()
	r, err := b.Query(t.Context(), "SELECT CAST(to_json(q) AS VARCHAR) FROM ("+sql+") q")
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	defer func() { _ = r.Close() }()
	for r.Next() {
		var text string
		var line map[string]any
		if err := r.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheQueriesOfAProfileComputeItsNumbers(t *testing.T) {
	t.Parallel()
	b, other := open(t), shown(t, named)
	files := map[string]engine.File{stage.FileData: b.version(t, "v", named)}
	for _, c := range []struct {
		column string
		as     flow.Type
		want   string
	}{
		{"rows", "", "facts top numbers histogram"}, {priced, "", "facts unfit top numbers histogram"}, {"v", "", "facts unfit top numbers histogram"},
		{odd, "", "facts top"}, {"endless", "", "facts top numbers"}, {"missing", "", "facts top numbers"}, {"bar", "", "facts top numbers histogram"},
		{odd, flow.Date, "facts unfit top numbers"}, {priced, flow.Text, "facts top"}, {"rows", flow.Boolean, "facts unfit top"},
	} {
		column, want := c.column, c.want
		p, err := ask[query.Profile](t, b, query.HandlerProfile, files, query.Column{Column: column, As: c.as, Facts: namedFacts, Bins: 7, Top: 4})
		if err != nil {
			t.Fatalf("%s: %v", column, err)
		}
		var of []string
		for _, q := range p.Queries {
			of = append(of, string(q.Of))
			compare(t, p, q, other.lines(t, q.SQL))
		}
		if strings.Join(of, " ") != want {
			t.Errorf("%s has queries of %v", column, of)
		}
	}
}

// compare holds the numbers of a profile against what one of its queries returns.
func compare(t *testing.T, p *query.Profile, q query.Query, lines []map[string]any) {
	t.Helper()
	var got, want any
	switch q.Of {
	case query.BehindFacts:
		want = []any{p.Rows, p.Missing, p.Distinct, p.Unfit, p.Shortest, p.Longest}
		got = in(lines[0], "rows", "missing", "distinct", "unfit", "shortest", "longest")
	case query.BehindNumbers:
		all := []any{nil, nil, nil, nil, nil, nil}
		if p.Low != nil {
			all = []any{*p.Low, *p.High, *p.Mean, p.Quartiles[0], p.Quartiles[1], p.Quartiles[2]}
		}
		want, got = all, in(lines[0], "low", "high", "mean", "quarter", "half", "three_quarters")
	case query.BehindTop, query.BehindUnfit:
		var values, found []any
		for _, v := range map[query.Behind][]query.Value{query.BehindTop: p.Top, query.BehindUnfit: p.UnfitValues}[q.Of] {
			values = append(values, v.Value, v.Count)
		}
		for _, l := range lines {
			found = append(found, in(l, "value", "n")...)
		}
		want, got = values, found
	case query.BehindHistogram:
		counts, found := make([]int64, len(p.Histogram)), make([]int64, len(p.Histogram))
		for i, b := range p.Histogram {
			counts[i] = b.Count
		}
		for _, l := range lines {
			at, n := l["bar"].(float64), l["n"].(float64)
			found[int(at)] = int64(n)
		}
		want, got = counts, found
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the %s of %s: the answer says %v, its query %v\n%s", q.Of, p.Column, want, got, q.SQL)
	}
}

// in are the fields of a line.
func in(line map[string]any, names ...string) (all []any) {
	for _, n := range names {
		all = append(all, line[n])
	}
	return all
}

func TestTheQueryOfAWindowGivesItsRows(t *testing.T) {
	t.Parallel()
	b, other := open(t), shown(t, named)
	files := map[string]engine.File{stage.FileData: b.version(t, "v", named)}
	for name, w := range map[string]query.Window{
		"as it is":  {},
		"in a part": {From: 50, Columns: []string{odd}, Filters: []query.Filter{{odd, query.Present, ""}}},
		"filtered": {Filters: []query.Filter{{odd, query.Equals, `it's "so"`}, {priced, query.Contains, "€"}, {"v", query.Starts, "2024-0"},
			{"rows", query.Differs, "9"}, {"missing", query.Missing, ""}}},
		"sorted": {Order: []query.Order{{Column: priced, Descending: true}, {Column: "v"}, {Column: "rows"}}, Filters: []query.Filter{{"rows", query.Present, ""}}},
	} {
		w.Limit, w.Count, w.Facts = 1000, true, namedFacts
		p, err := ask[query.Page](t, b, query.HandlerRows, files, w)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lines := other.lines(t, p.SQL)
		if w.From > 0 { // the window begins further down; the query does not
			lines = lines[len(lines)-len(p.Rows):]
		}
		if int(*p.Total) != len(lines) || len(p.Rows) != len(lines) || len(lines) == 0 {
			t.Fatalf("%s: %d rows of %d, the query gives %d: %s", name, len(p.Rows), *p.Total, len(lines), p.SQL)
		}
		for i, r := range p.Rows {
			for c, column := range p.Columns {
				if got := lines[i][column]; r.Cells[c] == nil && got != nil || r.Cells[c] != nil && got != *r.Cells[c] {
					t.Fatalf("%s: line %d has another %s than row %d: %v\n%s", name, i+1, column, r.Row, got, p.SQL)
				}
			}
		}
	}
}
