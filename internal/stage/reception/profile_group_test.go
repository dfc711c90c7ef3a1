package reception_test

import (
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// A large table is profiled by the groups of its texts; what is told of a column must be as if its rows had been read.
func TestColumnsOfALargeTable(t *testing.T) {
	t.Parallel()
	s := receptiontest.Session(t)
	err := s.Exec(t.Context(), `CREATE TABLE data AS SELECT i AS __row, CAST(1000000 + i AS VARCHAR) AS id,
		CASE WHEN i % 4 = 0 THEN NULL ELSE ['red', 'green', 'blue'][CAST(i % 3 + 1 AS BIGINT)] END AS colour,
		CASE WHEN i % 100 = 0 THEN 'N/A' ELSE CAST(i % 50 * 2 AS VARCHAR) END AS pieces,
		CASE WHEN i % 1000 = 0 THEN 'n/a' ELSE 'customer ' || (i * 7919 % 20011) END AS customer
		FROM range(1, 240001) t(i)`)
	if err != nil {
		t.Fatal(err)
	}
	facts := receptiontest.FactsOf(t, s, flow.Goal{})
	for _, want := range []flow.Column{
		{Name: "id", Type: flow.Integer, Distinct: 240_000, Min: "1000001", Max: "1240000", MinLength: 7, MaxLength: 7, TypeFit: 1},
		{Name: "colour", Type: flow.Text, Distinct: 3, Missing: 60_000, Min: "blue", Max: "red", MinLength: 3, MaxLength: 5, TypeFit: 1},
		{Name: "pieces", Type: flow.Integer, Distinct: 51, Min: "0", Max: "98", MinLength: 1, MaxLength: 3, TypeFit: 1},
		{Name: "customer", Type: flow.Text, Distinct: 20_012, MinLength: 3, MaxLength: 14, TypeFit: 1},
	} {
		c := facts.Column(want.Name)
		got := flow.Column{Name: c.Name, Type: c.Type, Distinct: c.Distinct, Missing: c.Missing, Min: c.Min, Max: c.Max,
			MinLength: c.MinLength, MaxLength: c.MaxLength, TypeFit: c.TypeFit}
		if got.Name != want.Name || got.Type != want.Type || got.Distinct != want.Distinct || got.Missing != want.Missing || got.Min != want.Min ||
			got.Max != want.Max || got.MinLength != want.MinLength || got.MaxLength != want.MaxLength || got.TypeFit != want.TypeFit {
			t.Errorf("told %+v, it is %+v", got, want)
		}
	}
}
