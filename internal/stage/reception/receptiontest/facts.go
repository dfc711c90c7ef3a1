// Package receptiontest gives the tests of other packages the facts of a small table, determined by the real handlers.
package receptiontest

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception"
)

// Session opens an engine that is closed with the test.
func Session(t testing.TB) *engine.Session {
	t.Helper()
	s, err := engine.Open(context.Background(), engine.Config{ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Facts loads a CSV text with a header as the table data of the session, all text, empty cells missing, with the
// hidden row column, and determines its facts.
func Facts(t testing.TB, s *engine.Session, csvText string) *flow.Facts {
	t.Helper()
	return FactsFor(t, s, csvText, flow.Goal{})
}

// FactsFor is Facts with a goal.
func FactsFor(t testing.TB, s *engine.Session, csvText string, goal flow.Goal) *flow.Facts {
	t.Helper()
	Load(t, s, csvText)
	return FactsOf(t, s, goal)
}

// FactsOf determines the facts of the session's table data as it is.
func FactsOf(t testing.TB, s *engine.Session, goal flow.Goal) *flow.Facts {
	t.Helper()
	ctx := context.Background()
	facts := &flow.Facts{Format: flow.Format{Format: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}}
	if err := reception.Columns(ctx, s, facts, nil); err != nil {
		t.Fatal(err)
	}
	if err := reception.Determine(ctx, s, facts, goal); err != nil {
		t.Fatal(err)
	}
	return facts
}

// Load loads a CSV text as the table data of the session, as Facts does.
func Load(t testing.TB, s *engine.Session, csvText string) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(csvText)).ReadAll()
	if err != nil || len(records) == 0 {
		t.Fatalf("reading the CSV text: %d lines, %v", len(records), err)
	}
	columns := []string{engine.RowColumn + " BIGINT"}
	for _, name := range records[0] {
		columns = append(columns, engine.Ident(name)+" VARCHAR")
	}
	ctx := context.Background()
	if err := s.Exec(ctx, "DROP TABLE IF EXISTS "+engine.DataTable); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(ctx, "CREATE TABLE "+engine.DataTable+" ("+strings.Join(columns, ", ")+")"); err != nil {
		t.Fatal(err)
	}
	const together = 500
	for start := 1; start < len(records); start += together {
		var lines []string
		for i, r := range records[start:min(start+together, len(records))] {
			lines = append(lines, line(start+i, r))
		}
		if err := s.Exec(ctx, "INSERT INTO "+engine.DataTable+" VALUES "+strings.Join(lines, ", ")); err != nil {
			t.Fatal(err)
		}
	}
}

// line writes a row as SQL values.
func line(row int, cells []string) string {
	values := []string{strconv.Itoa(row)}
	for _, c := range cells {
		if c == "" {
			values = append(values, "NULL")
		} else {
			values = append(values, engine.Literal(c))
		}
	}
	return "(" + strings.Join(values, ", ") + ")"
}
