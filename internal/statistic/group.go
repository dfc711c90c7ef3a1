package statistic

import (
	"math"
	"slices"
)

// Group is what the tests need to know of the values of one group.
type Group struct {
	N        float64
	Mean     float64
	Variance float64 // with N-1 in the denominator
}

// Summarize computes a Group, in one pass and numerically stable (Welford 1962). Not-a-number values are skipped.
func Summarize(values []float64) Group {
	var n, mean, m2 float64
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		n++
		d := v - mean
		mean += d / n
		m2 += d * (v - mean)
	}
	g := Group{N: n, Mean: mean}
	if n > 1 {
		g.Variance = m2 / (n - 1)
	}
	return g
}

// ANOVA is the result of a comparison of the means of groups.
type ANOVA struct {
	F, DF1, DF2 float64
	P           float64
	EtaSquared  float64 // share of the variance that lies between the groups
}

// WelchANOVA compares the means of groups whose variances may differ (Welch 1951). Groups of fewer than two values,
// or without spread, do not take part; fewer than two that do are ErrTooFew.
func WelchANOVA(groups []Group) (ANOVA, error) {
	var use []Group
	for _, g := range groups {
		if g.N >= 2 && g.Variance > 0 {
			use = append(use, g)
		}
	}
	k := float64(len(use))
	if k < 2 {
		return ANOVA{}, ErrTooFew
	}
	var w, wm float64
	for _, g := range use {
		w += g.N / g.Variance
		wm += g.N / g.Variance * g.Mean
	}
	grand := wm / w
	var between, lambda float64
	for _, g := range use {
		gw := g.N / g.Variance
		between += gw * (g.Mean - grand) * (g.Mean - grand)
		lambda += (1 - gw/w) * (1 - gw/w) / (g.N - 1)
	}
	r := ANOVA{DF1: k - 1, DF2: (k*k - 1) / (3 * lambda)}
	r.F = (between / (k - 1)) / (1 + 2*(k-2)/(k*k-1)*lambda)
	r.P = FTail(r.F, r.DF1, r.DF2)
	r.EtaSquared = EtaSquared(use)
	return r, nil
}

// EtaSquared is the share of the total variance that lies between the groups (Fisher 1925).
func EtaSquared(groups []Group) float64 {
	var n, sum float64
	for _, g := range groups {
		n += g.N
		sum += g.N * g.Mean
	}
	if n == 0 {
		return 0
	}
	grand := sum / n
	var between, within float64
	for _, g := range groups {
		between += g.N * (g.Mean - grand) * (g.Mean - grand)
		if g.N > 1 {
			within += (g.N - 1) * g.Variance
		}
	}
	if between+within == 0 {
		return 0
	}
	return between / (between + within)
}

// Difference is the comparison of two means.
type Difference struct {
	Value    float64 // mean of a less mean of b
	Interval Interval
	T, DF, P float64
	D        float64 // Cohen's d with the pooled deviation
}

// WelchT compares the means of two groups whose variances may differ (Welch 1947).
func WelchT(a, b Group) (Difference, error) {
	if a.N < 2 || b.N < 2 || a.Variance+b.Variance <= 0 {
		return Difference{}, ErrTooFew
	}
	va, vb := a.Variance/a.N, b.Variance/b.N
	se := math.Sqrt(va + vb)
	r := Difference{Value: a.Mean - b.Mean}
	r.T = r.Value / se
	r.DF = (va + vb) * (va + vb) / (va*va/(a.N-1) + vb*vb/(b.N-1))
	r.P = StudentTail(r.T, r.DF)
	half := StudentQuantile(0.05, r.DF) * se
	r.Interval = Interval{r.Value - half, r.Value + half}
	r.D = r.Value / math.Sqrt(((a.N-1)*a.Variance+(b.N-1)*b.Variance)/(a.N+b.N-2))
	return r, nil
}

// Ranks gives each value its rank from 1, ties the mean of theirs, and the sum of t^3-t over the ties.
func Ranks(values []float64) (ranks []float64, ties float64) {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return a - b
	})
	ranks = make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			ranks[order[k]] = float64(i+j+1) / 2
		}
		t := float64(j - i)
		ties += t*t*t - t
		i = j
	}
	return ranks, ties
}

// KruskalWallis compares the locations of groups by ranks, corrected for ties (Kruskal & Wallis 1952). codes gives
// the group of each value, counted from 0; values of a negative code or that are not a number are skipped.
func KruskalWallis(values []float64, codes []int, groups int) (h, p float64, err error) {
	keep, group := make([]float64, 0, len(values)), make([]int, 0, len(values))
	for i, v := range values {
		if codes[i] >= 0 && !math.IsNaN(v) {
			keep, group = append(keep, v), append(group, codes[i])
		}
	}
	ranks, ties := Ranks(keep)
	sum, count := make([]float64, groups), make([]float64, groups)
	for i, r := range ranks {
		sum[group[i]] += r
		count[group[i]]++
	}
	n := float64(len(keep))
	var k float64
	for g := range groups {
		if count[g] > 0 {
			k++
			h += sum[g] * sum[g] / count[g]
		}
	}
	correction := 1 - ties/(n*n*n-n)
	if k < 2 || n < 5 || correction <= 0 {
		return 0, 1, ErrTooFew
	}
	h = (12/(n*(n+1))*h - 3*(n+1)) / correction
	return h, ChiSquaredTail(h, k-1), nil
}
