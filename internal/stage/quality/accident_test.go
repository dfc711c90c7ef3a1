package quality_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestScatteredGapsAreFlaggedAndOthersAreNot(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,kind,scattered,reasoned\n")
	for i := 1; i <= 400; i++ {
		kind, scattered, reasoned := []string{"car", "bike", "van"}[i%3], fmt.Sprint(i*7919%53), fmt.Sprint(i*104729%47)
		if i*7919%101 < 4 {
			scattered = ""
		}
		if i%3 == 1 && i%4 == 0 {
			reasoned = ""
		}
		fmt.Fprintf(&b, "n%d,%s,%s,%s\n", i, kind, scattered, reasoned)
	}
	x := begin(t, b.String())
	if got := x.texts(x.files["cells"], `SELECT DISTINCT "column" FROM $ WHERE old IS NULL OR old = ''`); len(got) != 1 || got[0] != "scattered" {
		t.Errorf("gaps are flagged in %q", got)
	}
}

func TestStrangersAreFlaggedAndPutRightWhereTheyAreTold(t *testing.T) {
	odd := map[int]string{20: "4711", 111: "selll", 202: "zz", 303: "Brno"}
	x := begin(t, column("action", 400, func(i int) string {
		if s, ok := odd[i]; ok {
			return s
		}
		return []string{"lend", "sell", "swap", "wait"}[i*7919%4]
	}))
	for _, old := range odd {
		if got := x.texts(x.files["cells"], `SELECT DISTINCT old FROM $ WHERE old = '`+old+`'`); len(got) != 1 {
			t.Errorf("%q is not flagged", old)
		}
	}
	if got := x.texts(x.files["cells"], `SELECT DISTINCT new FROM $ WHERE old = 'selll'`); len(got) != 1 || got[0] != "sell" {
		t.Errorf("selll becomes %q", got)
	}
}

func TestNumbersBeyondTheReachOfTheTailAreFlagged(t *testing.T) {
	rows := func(odd string) string {
		return column("days", 500, func(i int) string {
			if i == 250 {
				return odd
			}
			return fmt.Sprint(1 + i*7919%11)
		})
	}
	if i := begin(t, rows("365")).issue("numeric_outlier", "days"); i == nil || i.Cells != 1 || i.Examples[0].Old != "365" {
		t.Errorf("a year among days: %+v", i)
	}
	if i := begin(t, rows("14")).issue("numeric_outlier", "days"); i != nil {
		t.Errorf("fourteen among eleven days: %+v", i)
	}
}

func TestFurtherRowsOfAKeyAreFlagged(t *testing.T) {
	var b strings.Builder
	b.WriteString("order,amount,place\n")
	for i := 1; i <= 300; i++ {
		fmt.Fprintf(&b, "ORD-%05d,%d,%s\n", 10000+i, i*7919%83, []string{"north", "south", "east"}[i%3])
	}
	b.WriteString("ORD-10005,99,west\nORD-10006,5,north\n")
	x := begin(t, b.String())
	if got := x.texts(x.files["cells"], `SELECT DISTINCT "column" FROM $ WHERE __row > 300 AND "column" = 'order'`); len(got) != 1 {
		t.Errorf("the second rows of two orders: %q", got)
	}
	if got := x.texts(x.files["cells"], `SELECT DISTINCT "column" FROM $ WHERE __row IN (5, 6) AND "column" = 'order'`); len(got) != 0 {
		t.Errorf("the first rows of two orders: %q", got)
	}
}

func TestHollowLineOfTotalsNeedsNoRightSum(t *testing.T) {
	var b strings.Builder
	b.WriteString("item,place,day,amount\n")
	for i := 1; i <= 60; i++ {
		fmt.Fprintf(&b, "thing %d,%s,2024-01-%02d,%d\n", i, []string{"north", "south"}[i%2], 1+i%28, i)
	}
	x := begin(t, b.String()+"Total,,,99999\n")
	if i := x.issue("total_row", "*"); i == nil || i.Rows != 1 || i.Title != "1 row is the total of others" {
		t.Errorf("the line of totals: %+v", i)
	}
}
