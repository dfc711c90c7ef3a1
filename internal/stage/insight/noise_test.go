package insight

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// shuffled is a table whose columns know nothing of one another: skewed amounts, uneven groups, text.
func shuffled(rows int, r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("id,day,kind,place,person,state,amount,score,remark\n")
	words := strings.Fields("engine valve cover wheel panel brake filter clutch")
	for i := range rows {
		kind := min(r.IntN(5), r.IntN(5))
		fmt.Fprintf(&b, "X%06d,2030-%02d-%02d,%c,%s,P%d,%s,%.2f,%.1f,the %s and %s seem worn here\n", i+1, 1+r.IntN(12), 1+r.IntN(28), 'A'+kind,
			[]string{"north", "south", "east"}[r.IntN(3)], r.IntN(12), []string{"open", "done", "failed"}[min(r.IntN(3), r.IntN(3))],
			50*math.Exp(r.NormFloat64()), 10+3*r.NormFloat64(), words[r.IntN(8)], words[r.IntN(8)])
	}
	return b.String()
}

// TestLongSilentOnNoise holds the promise that what is shown is hardly ever chance: over many tables without any relation,
// relations and trends may be told in a few of them only. How single columns are spread is true of each table, and is
// left out here.
func TestLongSilentOnNoise(t *testing.T) {
	t.Parallel()
	tables := 40
	if testing.Short() {
		tables = 8
	}
	s := receptiontest.Session(t)
	ctx := context.Background()
	tablesWith, told, tests := 0, 0, int64(0)
	for seed := range tables {
		facts := receptiontest.FactsFor(t, s, shuffled(400, rand.New(rand.NewPCG(uint64(seed), 5))), flow.Goal{Text: "reduce the amount"})
		f, err := Load(ctx, s, facts, facts.Context.Goal)
		if err != nil {
			t.Fatal(err)
		}
		var all []Candidate
		counts := map[string]int64{}
		for _, k := range Kinds() {
			found, err := k.Run(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, found.Candidates...)
			for family, n := range found.Tests {
				counts[family] += n
				tests += n
			}
		}
		n := 0
		for _, c := range correct(all, counts) {
			switch c.Family {
			case "outstanding", "uneven", "even", "stable", "concentration":
			default:
				n++
				t.Logf("table %d: %s %s q %.3f", seed, c.Family, c.fingerprint(), c.q)
			}
		}
		told += n
		if n > 0 {
			tablesWith++
		}
	}
	t.Logf("%d false findings in %d of %d tables, of %d tests", told, tablesWith, tables, tests)
	if tablesWith > tables/8 {
		t.Errorf("relations were told in %d of %d tables of noise", tablesWith, tables)
	}
}
