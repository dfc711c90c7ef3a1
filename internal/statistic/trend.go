package statistic

import (
	"math"
	"slices"
)

// Trend is a monotone change over a series.
type Trend struct {
	Slope    float64  // Theil-Sen, per step of the series
	Interval Interval // of the slope
	Start    float64  // fitted value at the first step
	End      float64  // fitted value at the last step
	S        float64  // Mann-Kendall's statistic
	Tau      float64  // Kendall's tau
	P        float64  // two-sided, corrected for autocorrelation
	// Inflation is by what the variance of S was multiplied for autocorrelation.
	Inflation float64
}

// MannKendall tests a series of equidistant values for a monotone trend (Mann 1945, Kendall 1975), with the variance
// corrected for autocorrelation (Hamed & Rao 1998), and estimates it by the median of slopes (Theil 1950, Sen 1968)
// with Sen's interval. Steps without a value are not a number; eight values are needed.
func MannKendall(series []float64) (Trend, error) {
	var at, x []float64
	for i, v := range series {
		if !math.IsNaN(v) {
			at, x = append(at, float64(i)), append(x, v)
		}
	}
	n := len(x)
	if n < 8 {
		return Trend{}, ErrTooFew
	}
	slopes := make([]float64, 0, n*(n-1)/2)
	var s float64
	for i := range x {
		for j := i + 1; j < n; j++ {
			slopes = append(slopes, (x[j]-x[i])/(at[j]-at[i]))
			s += sign(x[j] - x[i])
		}
	}
	slices.Sort(slopes)
	t := Trend{S: s, Slope: medianSorted(slopes), Tau: s / float64(n*(n-1)/2)}
	variance := kendallVariance(x)
	if variance <= 0 {
		return Trend{}, ErrTooFew
	}
	t.Inflation = hamedRao(x, at, t.Slope)
	variance *= t.Inflation
	z := 0.0
	if s != 0 {
		z = (s - sign(s)) / math.Sqrt(variance)
	}
	t.P = NormalTail(z)
	half := z95 * math.Sqrt(variance)
	t.Interval = Interval{atRank(slopes, (float64(len(slopes))-half)/2), atRank(slopes, (float64(len(slopes))+half)/2+1)}
	t.Start, t.End = fitted(x, at, t.Slope, len(series))
	return t, nil
}

func fitted(x, at []float64, slope float64, steps int) (start, end float64) {
	level := make([]float64, len(x))
	for i := range x {
		level[i] = x[i] - slope*at[i]
	}
	start = Median(level)
	return start, start + slope*float64(steps-1)
}

func kendallVariance(x []float64) float64 {
	n := float64(len(x))
	v := n * (n - 1) * (2*n + 5)
	sorted := slices.Sorted(slices.Values(x))
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		v -= t * (t - 1) * (2*t + 5)
		i = j
	}
	return v / 18
}

// hamedRao is the factor by which autocorrelation of the ranks of the detrended series changes the variance of S. Only
// lags whose autocorrelation is significant at 5% count, up to ten. It never goes below 1: negative autocorrelation
// is as often an accident of a short series, and a smaller variance would let noise through.
func hamedRao(x, at []float64, slope float64) float64 {
	// Residuals that are the same but for rounding are tied. The grain is no simple fraction of what they are made of, so that none
	// lies between two of its steps.
	grain := largest(x) * math.Pi * 1e-10
	detrended := make([]float64, len(x))
	for i := range x {
		detrended[i] = math.Round((x[i] - slope*at[i]) / grain)
	}
	ranks, _ := Ranks(detrended)
	n := float64(len(x))
	var sum float64
	for lag := 1; lag <= min(10, len(x)/3); lag++ {
		if r := autocorrelation(ranks, lag); math.Abs(r) > z95/math.Sqrt(n) {
			k := float64(lag)
			sum += (n - k) * (n - k - 1) * (n - k - 2) * r
		}
	}
	return math.Max(1, 1+2/(n*(n-1)*(n-2))*sum)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func atRank(sorted []float64, rank float64) float64 {
	i := int(math.Round(rank)) - 1
	return sorted[max(0, min(len(sorted)-1, i))]
}

// largest is the largest magnitude.
func largest(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		m = math.Max(m, math.Abs(v))
	}
	return m
}
