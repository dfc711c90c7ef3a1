package quality_test

import (
	"fmt"
	"slices"
	"testing"
)

// bills are lines with a total of quantity, price and discount.
func bills(n int) *sheet {
	return rows(n, []string{"price", "quantity", "discount", "total"}, func(i int, name string) string {
		price, quantity, discount := 500+i*37%1901, 1+i*7%9, []int{0, 0, 5, 10, 15, 20, 25}[i*5%7]
		switch name {
		case "price":
			return fmt.Sprintf("%.2f", float64(price)/100)
		case "quantity":
			return fmt.Sprint(quantity)
		case "discount":
			return fmt.Sprint(discount)
		}
		return fmt.Sprintf("%.2f", float64(price*quantity*(100-discount))/10000)
	})
}

func TestResultsThatDoNotFollowAreFlagged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		spoil func(*sheet)
		want  []string
	}{
		{"nothing wrong", func(*sheet) {}, nil},
		{"a slipped point, also where nothing is taken off", func(s *sheet) { s.set(17, "total", "1.00").set(21, "total", "9.99") }, []string{"17.total=", "21.total="}},
		{"an operand is wrong", func(s *sheet) { s.set(40, "quantity", "-3").set(41, "discount", "150") }, nil},
		{"a result is missing", func(s *sheet) { s.set(50, "total", "") }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table := bills(240)
			tt.spoil(table)
			s, found := findings(t, table.csv(), "arithmetic_violation")
			got := flagged(t, s, found["arithmetic_violation"])
			for i, x := range got {
				got[i] = x[:min(len(x), len("17.total="))]
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			for _, f := range found["arithmetic_violation"] {
				if want := "total = price × quantity × (1 − discount ÷ 100) does not hold in 2 rows"; f.Issue.Title != want {
					t.Errorf("%q, want %q", f.Issue.Title, want)
				}
				if fix := f.Issue.Resolutions[0]; fix.Kind != "fix_by_dependency" || len(fix.Params["map"].(map[string]string)) != 2 {
					t.Errorf("proposed: %+v", fix)
				}
			}
		})
	}
}
