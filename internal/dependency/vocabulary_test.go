package dependency_test

import (
	"fmt"
	"testing"

	"github.com/analytix-flow/analytix/internal/dependency"
)

func strangersOf(r dependency.Result, column int) map[string]string {
	out := map[string]string{}
	for _, x := range r.Cells {
		if x.Column == column && x.Stranger {
			out[x.Old] = x.New
		}
	}
	return out
}

func TestStrangersOfAClosedVocabularyAreFound(t *testing.T) {
	t.Parallel()
	odd := map[int]string{17: "Brno", 111: "4711", 205: "zz", 290: "anything at all", 333: "7"}
	r := dependency.Infer(columns(400,
		func(i int) string { return fmt.Sprint(i * 7919 % 211) },
		func(i int) string {
			if s, ok := odd[i]; ok {
				return s
			}
			return []string{"lend", "sell", "swap", "wait"}[i*7919%4]
		}))
	got := strangersOf(r, 1)
	for row, text := range odd {
		if _, ok := got[text]; !ok {
			t.Errorf("row %d: %q is not found", row, text)
		}
	}
	if len(got) != len(odd) {
		t.Errorf("found %v", got)
	}
}

func TestRareCategoriesAreLeftAlone(t *testing.T) {
	t.Parallel()
	falling := func(i int) string { // each category half as frequent as the one before
		k := 0
		for n := i + 1; n%2 == 0; n /= 2 {
			k++
		}
		return fmt.Sprint("category ", string(rune('A'+k)))
	}
	one := func(i int) string {
		if i%97 == 5 {
			return "other"
		}
		return []string{"yes", "no"}[i*7919%2]
	}
	r := dependency.Infer(columns(400, func(i int) string { return fmt.Sprint(i) }, falling, one))
	for c := 1; c <= 2; c++ {
		if got := strangersOf(r, c); len(got) > 0 {
			t.Errorf("column %d: %v", c, got)
		}
	}
}

func TestNumbersFarFromTheScaleAreStrangers(t *testing.T) {
	t.Parallel()
	odd := map[int]string{30: "72", 130: "55", 230: "91", 330: "38"}
	r := dependency.Infer(numeric(columns(400, func(i int) string { return fmt.Sprint("n", i) }, func(i int) string {
		if s, ok := odd[i]; ok {
			return s
		}
		return fmt.Sprint(1 + i*7919%5)
	}), 1))
	if got := strangersOf(r, 1); len(got) != len(odd) {
		t.Errorf("found %v", got)
	}
}

func numeric(t *dependency.Table, column int) *dependency.Table {
	t.Columns[column].Numeric = true
	return t
}
