package operation_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
)

// table opens an engine with a table data of text columns; "" is a missing cell.
func table(t testing.TB, columns []string, rows ...[]string) (*engine.Session, *flow.Facts) {
	t.Helper()
	s, err := engine.Open(context.Background(), engine.Config{ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, fill(t, s, columns, rows...)
}

// fill replaces the table data.
func fill(t interface {
	Helper()
	Fatal(args ...any)
}, s *engine.Session, columns []string, rows ...[]string) *flow.Facts {
	t.Helper()
	facts := &flow.Facts{Rows: int64(len(rows))}
	defs := "__row BIGINT"
	for _, c := range columns {
		defs += ", " + engine.Ident(c) + " VARCHAR"
		facts.Columns = append(facts.Columns, flow.Column{Name: c, Type: flow.Text})
	}
	ctx := context.Background()
	if err := s.Exec(ctx, "CREATE OR REPLACE TABLE data ("+defs+")"); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		args := []any{i + 1}
		for _, v := range row {
			if v == "" {
				args = append(args, nil)
			} else {
				args = append(args, v)
			}
		}
		if err := s.Exec(ctx, "INSERT INTO data VALUES (?"+strings.Repeat(", ?", len(row))+")", args...); err != nil {
			t.Fatal(err)
		}
	}
	return facts
}

// cell is one changed cell; "<missing>" stands for NULL.
type cell struct {
	Row              int64
	Column, Old, New string
}

func run(t interface {
	Helper()
	Fatal(args ...any)
}, s *engine.Session, query string) []cell {
	t.Helper()
	rows, err := s.Query(context.Background(), `SELECT __row, "column", coalesce(old, '<missing>'), coalesce(new, '<missing>') FROM (`+
		query+") ORDER BY 1, 2")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []cell
	for rows.Next() {
		var c cell
		if err := rows.Scan(&c.Row, &c.Column, &c.Old, &c.New); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// news are the new texts, in the order of rows, as "row:new".
func compile(t testing.TB, kind string, params map[string]any, facts *flow.Facts) string {
	t.Helper()
	q, err := operation.Compile(flow.Resolution{Kind: kind, Params: params}, facts)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
