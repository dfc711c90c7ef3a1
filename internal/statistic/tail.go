package statistic

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// largeDegrees is from where on a distribution is replaced by its limit: beyond it the incomplete beta function
// converges too slowly and the difference is below 1e-6.
const largeDegrees = 1e5

// NormalTail is the probability that a standard normal value exceeds |z| in either direction.
func NormalTail(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// StudentTail is the two-sided tail of Student's t with df degrees of freedom (Abramowitz & Stegun 26.7.1).
func StudentTail(t, df float64) float64 {
	if math.IsNaN(t) || df <= 0 {
		return math.NaN()
	}
	if df > largeDegrees {
		return NormalTail(t)
	}
	if math.IsInf(t, 0) {
		return 0
	}
	return clamp(mathext.RegIncBeta(df/2, 0.5, df/(df+t*t)))
}

// StudentQuantile is the t for which the two-sided tail with df degrees of freedom is alpha, by bisection.
func StudentQuantile(alpha, df float64) float64 {
	low, high := 0.0, 1e6
	for range 200 {
		mid := (low + high) / 2
		if StudentTail(mid, df) > alpha {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// FTail is the upper tail of the F distribution (Abramowitz & Stegun 26.6.2).
func FTail(f, df1, df2 float64) float64 {
	if math.IsNaN(f) || df1 <= 0 || df2 <= 0 {
		return math.NaN()
	}
	if f <= 0 {
		return 1
	}
	if df2 > largeDegrees {
		return ChiSquaredTail(f*df1, df1)
	}
	return clamp(mathext.RegIncBeta(df2/2, df1/2, df2/(df2+df1*f)))
}

// ChiSquaredTail is the upper tail of the chi-squared distribution (Abramowitz & Stegun 26.4.19).
func ChiSquaredTail(x, df float64) float64 {
	if math.IsNaN(x) || df <= 0 {
		return math.NaN()
	}
	if x <= 0 {
		return 1
	}
	if df > largeDegrees { // Wilson & Hilferty (1931)
		z := (math.Cbrt(x/df) - (1 - 2/(9*df))) / math.Sqrt(2/(9*df))
		return math.Erfc(z/math.Sqrt2) / 2
	}
	return clamp(mathext.GammaIncRegComp(df/2, x/2))
}

// BinomialTail is P(X >= successes) of a binomial distribution, exact up to 100,000 trials and by the normal
// approximation with continuity correction beyond.
func BinomialTail(successes, trials int64, p float64) float64 {
	switch {
	case successes <= 0:
		return 1
	case successes > trials || p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	k, n := float64(successes), float64(trials)
	if n > largeDegrees {
		z := (k - 0.5 - n*p) / math.Sqrt(n*p*(1-p))
		return math.Erfc(z/math.Sqrt2) / 2
	}
	return clamp(mathext.RegIncBeta(k, n-k+1, p))
}

func clamp(p float64) float64 { return math.Min(1, math.Max(0, p)) }
