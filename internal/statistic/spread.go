package statistic

import (
	"math"
	"slices"
)

// Median is the middle value, not a number for none.
func Median(values []float64) float64 { return medianSorted(slices.Sorted(slices.Values(values))) }

func medianSorted(sorted []float64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// MAD is the median absolute deviation from the median, scaled by 1.4826 to estimate the standard deviation of a
// normal distribution (Hampel 1974).
func MAD(values []float64) float64 {
	m := Median(values)
	d := make([]float64, len(values))
	for i, v := range values {
		d[i] = math.Abs(v - m)
	}
	return 1.482602218505602 * Median(d)
}

// RobustZ is how many scaled median absolute deviations each value lies from the median (Iglewicz & Hoaglin 1993).
// Without spread all are 0.
func RobustZ(values []float64) []float64 {
	m, s := Median(values), MAD(values)
	z := make([]float64, len(values))
	if s > 0 {
		for i, v := range values {
			z[i] = (v - m) / s
		}
	}
	return z
}

// Gini is the concentration of non-negative amounts: 0 where all are equal, near 1 where one has everything (Gini
// 1912, by the sorted formula).
func Gini(amounts []float64) float64 {
	x := slices.Sorted(slices.Values(amounts))
	var sum, weighted float64
	for i, v := range x {
		sum += v
		weighted += float64(i+1) * v
	}
	n := float64(len(x))
	if sum <= 0 {
		return 0
	}
	return math.Max(0, 2*weighted/(n*sum)-(n+1)/n)
}
