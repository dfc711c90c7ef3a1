package quality

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// dirtyColumns are columns of every kind, each spoilt in a way of its own; %d tells one from the next of its kind.
var dirtyColumns = []string{
	`CASE WHEN i %% 41 = 3 THEN ' ' ELSE '' END || ['Berlin', 'Paris', 'Rome', 'Vienna'][CAST(1 + hash(i, %d) %% 4 AS BIGINT)] AS city_%[1]d`,
	`CASE WHEN i %% 90 = 5 THEN 'N/A' WHEN i = 77 THEN '90000' ELSE CAST(100 + hash(i, %d) %% 90 AS VARCHAR) END AS amount_%[1]d`,
	`CASE WHEN i IN (7, 90) THEN CAST(-(500 + hash(i) %% 50) AS VARCHAR) ELSE CAST(500 + hash(i, %d) %% 50 AS VARCHAR) END AS sold_%[1]d`,
	`CASE WHEN i %% 60 = 9 THEN strftime(DATE '2024-01-01' + CAST(i AS INTEGER), '%%d/%%m/%%Y') WHEN i = 33 THEN '1812-01-01' WHEN i = 34 THEN '2024-02-31' ` +
		`ELSE strftime(DATE '2024-01-01' + CAST(hash(i, %d) %% 300 AS INTEGER), '%%Y-%%m-%%d') END AS day_%[1]d`,
	`CASE WHEN i = 50 THEN 'x9' ELSE 'A' || (1000000 + i * 7 + %d) END AS code_%[1]d`,
	`CASE WHEN i %% 70 = 11 THEN NULL WHEN i = 12 THEN repeat('long text ', 900) WHEN i = 13 THEN 'cafÃ©' WHEN i = 14 THEN '=HYPERLINK(1)' ` +
		`ELSE 'a remark about ' || hash(i, %d) END AS remark_%[1]d`,
	`CASE WHEN i = 60 THEN 'BERLIN' ELSE ['Berlin', 'Paris'][CAST(1 + hash(i, %d) %% 2 AS BIGINT)] END AS town_%[1]d`,
	`CASE WHEN i = 61 THEN '1,250' ELSE CAST(1000 + hash(i, %d) %% 900 AS VARCHAR) END AS weight_%[1]d`,
}

// dirtyTable has so many columns of each kind.
func dirtyTable(of, rows int) string {
	var columns []string
	for n := range of {
		for _, c := range dirtyColumns {
			columns = append(columns, fmt.Sprintf(c, n))
		}
	}
	return fmt.Sprintf("CREATE TABLE data AS SELECT i AS __row, %s FROM range(1, %d) t(i)", strings.Join(columns, ", "), rows+1)
}

// What is asked of all columns at once must find what is found in each by itself.
func TestColumnsLookedAtTogetherShowWhatEachShowsByItself(t *testing.T) {
	t.Parallel()
	s := receptiontest.Session(t)
	if err := s.Exec(t.Context(), dirtyTable(2, 240)); err != nil {
		t.Fatal(err)
	}
	facts := receptiontest.FactsOf(t, s, flow.Goal{})
	found := 0
	for _, c := range Checks() {
		if ok, _ := c.Applies(facts); !ok {
			continue
		}
		single, together := NewTable(s, facts, flow.Goal{}), NewTable(s, facts, flow.Goal{})
		single.limits.wideFrom, together.limits.wideFrom = 0, 1
		want, err := c.Run(t.Context(), single)
		if err != nil {
			t.Fatalf("%s: %v", c.ID(), err)
		}
		got, err := c.Run(t.Context(), together)
		if err != nil {
			t.Fatalf("%s, together: %v", c.ID(), err)
		}
		found += len(want)
		if a, b := printed(t, want), printed(t, got); a != b {
			t.Errorf("%s finds\n%s\nand together\n%s", c.ID(), a, b)
		}
	}
	if found < 20 {
		t.Errorf("only %d findings were compared", found)
	}
}

func printed(t *testing.T, findings []Finding) string {
	t.Helper()
	raw, err := json.MarshalIndent(findings, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Statements are what a wide table costs: a check that has one for each column makes this test fail before anybody waits for it.
func TestAWideTableTakesFewStatements(t *testing.T) {
	t.Parallel()
	s := receptiontest.Session(t)
	var columns []string
	for c := range 2 * wideFrom {
		columns = append(columns, fmt.Sprintf([]string{
			"CAST(100 + hash(i, %[1]d) %% 900 AS VARCHAR) AS n%[1]d", "strftime(DATE '2024-01-01' + CAST(hash(i, %[1]d) %% 300 AS INTEGER), '%%Y-%%m-%%d') AS d%[1]d",
			"['a', 'b', 'c'][CAST(1 + hash(i, %[1]d) %% 3 AS BIGINT)] AS w%[1]d",
		}[c%3], c))
	}
	if err := s.Exec(t.Context(), "CREATE TABLE data AS SELECT i AS __row, "+strings.Join(columns, ", ")+" FROM range(1, 41) t(i)"); err != nil {
		t.Fatal(err)
	}
	facts := receptiontest.FactsOf(t, s, flow.Goal{})
	n, of, tables := 0, map[string]int{}, map[string]*Table{}
	s.Watch(func(string) { n++ })
	for _, c := range Checks() {
		if ok, _ := c.Applies(facts); !ok || c.Handler() == handlerDependencies {
			continue
		}
		if tables[c.Handler()] == nil {
			tables[c.Handler()] = NewTable(s, facts, flow.Goal{})
		}
		n = 0
		if _, err := c.Run(t.Context(), tables[c.Handler()]); err != nil {
			t.Fatalf("%s: %v", c.ID(), err)
		}
		of[c.ID()] = n
	}
	for id, n := range of {
		if n > 80 {
			t.Errorf("%s takes %d statements for %d columns in which hardly anything is wrong", id, n, len(facts.Columns))
		}
	}
	t.Log(of)
}

func TestATitleDoesNotNameThousandsOfColumns(t *testing.T) {
	t.Parallel()
	var candidates []candidate
	for c := range 500 {
		candidates = append(candidates, candidate{foundIssue: foundIssue{
			Issue: flow.Issue{Check: "whitespace", Columns: []string{fmt.Sprint("c", c)}, Resolutions: []flow.Resolution{markOnly()}},
			Group: "outer", GroupTitle: "There are blanks in %s", Flagged: 1,
		}})
	}
	drafts := merge(candidates)
	if len(drafts) != 1 || len(drafts[0].issue.Columns) != 500 {
		t.Fatalf("%d issues", len(drafts))
	}
	if got, want := drafts[0].issue.Title, "There are blanks in c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 488 more columns"; got != want {
		t.Errorf("it is called %q", got)
	}
}
