package system_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/recipe"
)

func TestRunWritesTheContract(t *testing.T) {
	d := newDesk(t)
	file, _ := d.orders(t, 1000)
	r := d.run(t, file, "--decide", "recommended", "--goal", "reduce late deliveries").want(t, 0)
	if r.out == "" {
		t.Error("a finished run says nothing")
	}
	for _, name := range []string{"data.csv", "findings.json", "cells.csv", "recipe.yaml", "report.html", "audit.jsonl"} {
		if text(t, d.out, name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	if entries, err := os.ReadDir(d.out); err != nil || len(entries) != 6 {
		t.Errorf("the folder of results holds %d files (%v), want those of the contract alone", len(entries), err)
	}
	validFindings(t, d.out)
	cellsHold(t, records(t, text(t, file), ','), records(t, text(t, d.out, "cells.csv"), ','))
	if _, err := recipe.Parse([]byte(text(t, d.out, "recipe.yaml"))); err != nil {
		t.Errorf("recipe.yaml: %v", err)
	}
	load := regexp.MustCompile(`(?i)(?:\b(?:src|href|action|data)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?)\s*(?:https?:)?//[^"')\s>]*`)
	if found := load.FindString(text(t, d.out, "report.html")); found != "" {
		t.Errorf("report.html loads %q", found)
	}
	report, err := audit.VerifySealed(strings.NewReader(text(t, d.out, "audit.jsonl")))
	if err != nil || report.Entries == 0 {
		t.Errorf("audit.jsonl: %+v, %v", report, err)
	}
	call(t, "verify", d.out, "--data", d.data).want(t, 0)
	call(t, "verify", d.runID(t), "--data", d.data).want(t, 0)
	evidenceRuns(t, d, file)
}

// cellsHold compares every flagged cell with the table as received.
func cellsHold(t *testing.T, table, cells [][]string) {
	t.Helper()
	if got := strings.Join(cells[0], ","); got != "row,column,issue,old,new,applied" {
		t.Errorf("the header of cells.csv is %q", got)
	}
	if len(cells) < 100 {
		t.Errorf("only %d flagged cells", len(cells)-1)
	}
	at := map[string]int{}
	for i, name := range table[0] {
		at[name] = i
	}
	for _, c := range cells[1:] {
		row, err := strconv.Atoi(c[0])
		if err != nil || row < 1 || row >= len(table) {
			t.Fatalf("cells.csv names row %q of %d", c[0], len(table)-1)
		}
		if c[5] != "true" && c[5] != "false" {
			t.Errorf("row %d: applied is %q", row, c[5])
		}
		if c[1] == "*" {
			continue
		}
		j, known := at[c[1]]
		switch {
		case !known:
			t.Errorf("cells.csv names the column %q", c[1])
		case j < len(table[row]) && table[row][j] != c[3]:
			t.Errorf("row %d, %s: old is %q, received was %q", row, c[1], c[3], table[row][j])
		}
	}
}

// evidenceRuns runs the evidence of issues on the table as received, and that of insights on the cleaned one.
func evidenceRuns(t *testing.T, d desk, file string) {
	t.Helper()
	e, err := engine.Open(t.Context(), engine.Config{
		ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), SpillDir: t.TempDir(), Folders: []string{d.in, d.out},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	load := func(file string) {
		err := e.Exec(t.Context(), "CREATE OR REPLACE TABLE data AS SELECT * FROM read_csv("+engine.Literal(file)+
			", all_varchar=true, header=true, null_padding=true, strict_mode=false, quote='\"', escape='\"')")
		if err != nil {
			t.Fatal(err)
		}
	}
	try := func(what, id, query string) {
		if query == "" {
			t.Errorf("%s %s has no evidence", what, id)
			return
		}
		query = strings.TrimRight(strings.TrimSpace(query), ";")
		var n int64
		if err := e.QueryRow(t.Context(), "SELECT count(*) FROM ("+query+")", &n); err != nil {
			t.Errorf("%s %s: %v\n%s", what, id, err, query)
		}
	}
	f := findings(t, d.out)
	load(file)
	for _, i := range f.Issues {
		try("issue", i.ID, i.Evidence.SQL)
	}
	load(filepath.Join(d.out, "data.csv"))
	for _, i := range f.Insights {
		try("insight", i.ID, i.Evidence.SQL)
	}
}
