package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
)

// wideTable is a session with a table of many columns, one of which has a hostile name.
func wideTable(t *testing.T, narrow bool) *engine.Session {
	t.Helper()
	s := open(t, engine.Config{})
	columns := []string{`it's "FROM data" *`}
	exprs := []string{"i % 7 AS " + engine.Ident(columns[0])}
	for c := range 400 {
		columns = append(columns, fmt.Sprintf("c%d", c))
		exprs = append(exprs, fmt.Sprintf("CAST((i * %d) %% 11 AS VARCHAR) AS c%d", c+1, c))
	}
	if err := s.Exec(t.Context(), "CREATE TABLE data AS SELECT i AS __row, "+strings.Join(exprs, ", ")+" FROM range(1, 31) t(i)"); err != nil {
		t.Fatal(err)
	}
	if narrow {
		s.Narrow(columns, 30)
	}
	return s
}

func answer(t *testing.T, s *engine.Session, query string) string {
	t.Helper()
	rows, err := s.Query(context.Background(), query)
	if err != nil {
		return "error"
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Join(names, "|")
	for rows.Next() {
		cells, dest := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintln(cells...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStatementsOnAWideTableSayTheSameOfCopiesOfAFewColumns(t *testing.T) {
	t.Parallel()
	plain, narrow := wideTable(t, false), wideTable(t, true)
	odd := engine.Ident(`it's "FROM data" *`)
	tests := []struct {
		query string
		whole bool // reads the table itself
	}{
		{`SELECT count(*) FROM data`, false},
		{`SELECT "c1" FROM data WHERE "c399" = '3' ORDER BY __row`, false},
		{`SELECT __row, "c1", "c70", "c140", "c399" FROM data`, false},
		{`SELECT "c1", "c70", "c140", "c300", "c399" FROM data`, true}, // too many copies
		{`SELECT ` + odd + `, count(*) FROM data GROUP BY 1 ORDER BY 1`, false},
		{`SELECT 'FROM data', "c5" FROM data LIMIT 3`, false},
		{`WITH r AS (SELECT "c5" AS v, __row FROM data) SELECT r.*, 2 * __row FROM r ORDER BY __row`, false},
		{`SELECT "c1" AS v FROM data WHERE __row < 3 UNION ALL SELECT "c399" FROM data WHERE __row > 28`, false},
		{`SELECT d."c8" FROM (VALUES (3), (5)) AS x(__row) JOIN data AS d USING (__row) ORDER BY __row`, false},
		{`SELECT count(*) FROM (SELECT "c2" FROM data GROUP BY ALL HAVING count(*) > 1)`, false},
		{`SELECT * FROM data ORDER BY __row`, true},
		{`SELECT d.* FROM data AS d ORDER BY __row`, true},
		{`SELECT *, "c1" FROM data ORDER BY __row`, true},
		{`SELECT * FROM (SELECT "c1" FROM data) ORDER BY 1`, false},
		{`SELECT DISTINCT ON ("c1") * FROM data ORDER BY "c1", __row`, true},
		{`SELECT c7 FROM data ORDER BY __row`, true}, // not quoted: seen when the engine does not find it
		{`SELECT "c1" FROM data -- FROM data`, true},
		{`SELECT "no such column" FROM data`, true},
	}
	for _, tt := range tests {
		var read []string
		narrow.Watch(func(q string) {
			if !strings.HasPrefix(q, "CREATE OR REPLACE TEMP TABLE data_columns") {
				read = append(read, q)
			}
		})
		if want, got := answer(t, plain, tt.query), answer(t, narrow, tt.query); got != want {
			t.Errorf("%s\nsays %s\nnot  %s", tt.query, got, want)
		}
		if last := read[len(read)-1]; (last == tt.query) != tt.whole {
			t.Errorf("%s\nbecame %s", tt.query, last)
		}
	}
}

// FuzzNarrow holds that no statement, whatever stands in it, makes the program panic or says something else of the copies.
func FuzzNarrow(f *testing.F) {
	for _, q := range []string{`SELECT "c1" FROM data`, `SELECT '"' FROM data AS d`, `UNION " FROM data *`, "FROM data", `SELECT "c1" FROM data AS`} {
		f.Add(q)
	}
	s, err := engine.Open(f.Context(), engine.Config{ExtensionDir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.Error(err)
		}
	})
	names := make([]string, 300)
	exprs := make([]string, 300)
	for i := range names {
		names[i], exprs[i] = fmt.Sprint("c", i), fmt.Sprintf("%d AS c%d", i, i)
	}
	if err := s.Exec(f.Context(), "CREATE TABLE data AS SELECT 1 AS __row, "+strings.Join(exprs, ", ")); err != nil {
		f.Fatal(err)
	}
	s.Narrow(names, 1)
	f.Fuzz(func(t *testing.T, middle string) {
		query := "SELECT " + engine.Literal(middle) + `, "c1" FROM data WHERE ` + engine.Literal(middle) + " = " + engine.Literal(middle)
		var a, b string
		if err := s.QueryRow(t.Context(), query, &a, &b); err == nil && (a != middle || b != "1") {
			t.Errorf("%q became %q", middle, a)
		}
		_ = s.Exec(t.Context(), "EXPLAIN "+middle) // whatever it is, it must not panic
	})
}
