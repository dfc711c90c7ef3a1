package statistic

import "math"

// Correlation is a coefficient with its test.
type Correlation struct {
	R        float64
	N        float64 // effective number of pairs
	P        float64
	Interval Interval // Fisher (1921)
}

// Pearson is the linear correlation of two equally long slices of numbers.
func Pearson(x, y []float64) (Correlation, error) {
	r, ok := pearson(x, y)
	if !ok {
		return Correlation{}, ErrTooFew
	}
	return correlation(r, float64(len(x)), 1), nil
}

// Spearman is the correlation of the ranks. Its interval uses the variance of Bonett & Wright (2000).
func Spearman(x, y []float64) (Correlation, error) {
	a, _ := Ranks(x)
	b, _ := Ranks(y)
	r, ok := pearson(a, b)
	if !ok {
		return Correlation{}, ErrTooFew
	}
	return correlation(r, float64(len(x)), 1+r*r/2), nil
}

// SpearmanSeries is the rank correlation of two series over time, with the number of pairs reduced to the effective
// one for autocorrelation (Bartlett 1935; Pyper & Peterman 1998).
func SpearmanSeries(x, y []float64) (Correlation, error) {
	a, _ := Ranks(x)
	b, _ := Ranks(y)
	r, ok := pearson(a, b)
	if !ok {
		return Correlation{}, ErrTooFew
	}
	n := float64(len(x))
	inverse := 1 / n
	for lag := 1; lag <= len(x)/5; lag++ {
		inverse += 2 / n * (n - float64(lag)) / n * autocorrelation(a, lag) * autocorrelation(b, lag)
	}
	effective := n
	if inverse > 1/n {
		effective = 1 / inverse
	}
	if effective < 5 {
		return Correlation{}, ErrTooFew
	}
	return correlation(r, effective, 1+r*r/2), nil
}

func pearson(x, y []float64) (float64, bool) {
	if len(x) < 5 || len(x) != len(y) {
		return 0, false
	}
	mx, my := mean(x), mean(y)
	var xx, yy, xy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xx += dx * dx
		yy += dy * dy
		xy += dx * dy
	}
	if !(xx > 0 && yy > 0) {
		return 0, false
	}
	return math.Max(-1, math.Min(1, xy/math.Sqrt(xx*yy))), true
}

func correlation(r, n, variance float64) Correlation {
	c := Correlation{R: r, N: n, Interval: Interval{r, r}}
	if math.Abs(r) < 1 {
		c.P = StudentTail(r*math.Sqrt((n-2)/(1-r*r)), n-2)
		half := z95 * math.Sqrt(variance/(n-3))
		z := math.Atanh(r)
		c.Interval = Interval{math.Tanh(z - half), math.Tanh(z + half)}
	}
	return c
}

func mean(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}

func autocorrelation(x []float64, lag int) float64 {
	m := mean(x)
	var num, den float64
	for i, v := range x {
		den += (v - m) * (v - m)
		if i+lag < len(x) {
			num += (v - m) * (x[i+lag] - m)
		}
	}
	if den == 0 {
		return 0
	}
	return num / den
}
