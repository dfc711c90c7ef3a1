package insight_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// calls is a table of calls: hardly any on Sundays, and of 40 lines few ring most.
func calls(rows int) string {
	r := rand.New(rand.NewPCG(3, 9))
	start := time.Date(2031, 1, 6, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	b.WriteString("call_id,at,line,answered\n")
	for i := range rows {
		at := start.Add(time.Duration(r.IntN(300*24)) * time.Hour)
		if at.Weekday() == time.Sunday && r.IntN(5) > 0 {
			at = at.Add(time.Duration(1+r.IntN(6)) * 24 * time.Hour)
		}
		line := r.IntN(40)
		if r.IntN(3) > 0 {
			line = r.IntN(6)
		}
		fmt.Fprintf(&b, "C-%05d,%s,line %d,%s\n", i+1, at.Format("2006-01-02 15:04:05"), line, []string{"yes", "no"}[r.IntN(2)])
	}
	return b.String()
}

func TestSeasonAndConcentration(t *testing.T) {
	t.Parallel()
	list, _, _ := findings(t, calls(1500), "plan the staff for calls")
	for _, planted := range []struct{ kind, says string }{
		{"seasonality", "Sunday has"}, {"concentration", "8 of the 40 values of line make"},
	} {
		found := false
		for _, f := range list.Insights {
			found = found || f.Kind == planted.kind && strings.Contains(f.Title, planted.says)
		}
		if !found {
			t.Errorf("not found: %s %q", planted.kind, planted.says)
		}
	}
	if t.Failed() {
		for _, f := range list.Insights {
			t.Log(f.Kind, f.Title)
		}
	}
}
