package quality

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// numberCount is a distinct text that is a plain number.
type numberCount struct {
	text   string
	number float64
	count  int64
}

// numbers are the distinct texts of a column that are plain numbers, in ascending order.
func numbers(v *Values) []numberCount {
	var out []numberCount
	for _, x := range v.List {
		if f, err := strconv.ParseFloat(strings.TrimSpace(x.Value), 64); err == nil {
			out = append(out, numberCount{x.Value, f, x.Count})
		}
	}
	slices.SortStableFunc(out, func(a, b numberCount) int { return cmp.Compare(a.number, b.number) })
	return out
}

// quantile of sorted numbers, weighted by their counts; q in 0..1.
func quantile(sorted []numberCount, q float64) float64 {
	var total int64
	for _, x := range sorted {
		total += x.count
	}
	var seen int64
	for _, x := range sorted {
		seen += x.count
		if float64(seen) >= q*float64(total) {
			return x.number
		}
	}
	return 0
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
