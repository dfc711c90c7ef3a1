package quality

import (
	"regexp"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// largeTable is looked at with limits so low that texts are sampled and groups are screened. A few cells are spoilt.
const largeTable = `CREATE TABLE data AS SELECT i AS __row,
	'A' || (1000000 + i) AS code,
	CASE WHEN i = 7777 THEN 'B-77' ELSE 'C' || (1000000 + i) || 'x' END AS label,
	CASE WHEN i IN (5, 9000) THEN '2024-02-31 00:00:00' ELSE strftime(TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND, '%Y-%m-%d %H:%M:%S') END AS ordered_at,
	'customer ' || (hash(i) % 500) AS customer,
	['Berlin', 'Paris', 'Rome', 'Vienna', 'Madrid'][CAST(1 + hash(i, 1) % 5 AS BIGINT)] || CASE WHEN i % 1000 = 0 THEN ' ' ELSE '' END AS city,
	'product ' || (hash(i, 2) % 40) AS product,
	CAST((CASE WHEN i IN (9, 7009) THEN 10000 ELSE 100 END * (10 + hash(i, 2) % 40)) AS VARCHAR) AS price,
	CASE WHEN i IN (11, 7011) THEN 'many' ELSE CAST(1 + hash(i, 3) % 50 AS VARCHAR) END AS pieces
	FROM range(1, 12001) t(i)`

// How often a large table is read decides how long the checks take: a check that reads the rows of every column again, or
// of every pair of columns, makes this test fail before anybody waits for it. What is wrong must be found all the same.
func TestLargeTableIsReadFewTimes(t *testing.T) {
	t.Parallel()
	s := receptiontest.Session(t)
	if err := s.Exec(t.Context(), largeTable); err != nil {
		t.Fatal(err)
	}
	facts := receptiontest.FactsOf(t, s, flow.Goal{})
	reads, of, found, tables := 0, map[string]int{}, map[string]string{}, map[string]*Table{}
	fromData := regexp.MustCompile(`(?i)\b(from|join) "?` + engine.DataTable + `"?\b`)
	s.Watch(func(query string) { reads += len(fromData.FindAllString(query, -1)) })
	for _, c := range Checks() {
		if ok, _ := c.Applies(facts); !ok || c.Handler() == handlerDependencies {
			continue // what judges rows by one another reads a part of them, once
		}
		if tables[c.Handler()] == nil {
			tables[c.Handler()] = NewTable(s, facts, flow.Goal{})
			tables[c.Handler()].limits = limits{values: 2000, sampledTexts: 1000, screenedFrom: 5000, screenedRows: 5000, screenedGroups: 100}
		}
		before := reads
		list, err := c.Run(t.Context(), tables[c.Handler()])
		if err != nil {
			t.Fatalf("%s: %v", c.ID(), err)
		}
		of[c.Handler()] += reads - before
		for _, f := range list {
			found[c.ID()+" "+f.Issue.Columns[0]] = f.Issue.Title
		}
	}
	for handler, n := range of {
		if most := 3 * len(facts.Columns); n > most {
			t.Errorf("%s reads the rows %d times, more than thrice for each of %d columns", handler, n, len(facts.Columns))
		}
	}
	for _, want := range []string{
		"whitespace city", "impossible_date ordered_at", "scale_error price", "type_mismatch pieces", "pattern_outlier label",
	} {
		if found[want] == "" {
			t.Errorf("%s is not found in a large table; found %v", want, found)
		}
	}
	if len(of) < 5 {
		t.Errorf("only %v ran", of)
	}
	t.Log(of)
}
