package statistic

import (
	"math"
	"slices"
)

// BenjaminiHochberg turns p-values into q-values, the smallest false discovery rates at which each would be reported
// (Benjamini & Hochberg 1995). tests is how many tests were made; it may be larger than len(p) where large p-values
// were dropped: q-values below the smallest dropped p are exact all the same.
func BenjaminiHochberg(p []float64, tests int64) []float64 {
	m := math.Max(float64(tests), float64(len(p)))
	order := ascending(p)
	q := make([]float64, len(p))
	least := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		least = math.Min(least, p[order[i]]*(m/float64(i+1))) // a factor that is never below 1, also when rounded
		q[order[i]] = least
	}
	return q
}

// Holm turns p-values into p-values that hold for all tests at once (Holm 1979).
func Holm(p []float64) []float64 {
	order := ascending(p)
	out := make([]float64, len(p))
	most := 0.0
	for i, k := range order {
		most = math.Max(most, math.Min(1, p[k]*float64(len(p)-i)))
		out[k] = most
	}
	return out
}

// Family is a set of tests that answer one kind of question.
type Family struct {
	P     []float64
	Tests int64 // tests made; at least len(P), see BenjaminiHochberg
}

// Families corrects within each family and over the families (Benjamini & Bogomolov 2014): families are selected at
// the level by their Simes p-values, and the q-values inside are raised by the share of families selected, so that the
// false discovery rate, averaged over the selected families, is kept. Families that are not selected get q = 1.
func Families(families []Family, level float64) [][]float64 {
	simes := make([]float64, len(families))
	within := make([][]float64, len(families))
	for i, f := range families {
		within[i] = BenjaminiHochberg(f.P, f.Tests)
		simes[i] = 1
		for _, q := range within[i] {
			simes[i] = math.Min(simes[i], q)
		}
	}
	selected := 0
	over := BenjaminiHochberg(simes, int64(len(simes)))
	for _, q := range over {
		if q <= level {
			selected++
		}
	}
	for i := range within {
		for j := range within[i] {
			if over[i] > level {
				within[i][j] = 1
				continue
			}
			within[i][j] = math.Min(1, within[i][j]*float64(len(families))/float64(selected))
		}
	}
	return within
}

func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	return order
}
