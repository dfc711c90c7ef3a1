package statistic

import "math"

// Wilson is the 95% interval of a proportion (Wilson 1927).
func Wilson(events, n float64) Interval { return wilson(events, n, z95) }

func wilson(events, n, z float64) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	p := events / n
	centre := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{math.Max(0, (centre-half)/(1+z*z/n)), math.Min(1, (centre+half)/(1+z*z/n))}
}

// Proportions is the comparison of two proportions.
type Proportions struct {
	A, B     float64
	Value    float64  // A - B
	Interval Interval // of the difference: Newcombe (1998), method 10
	Z, P     float64  // pooled z test, as chi-squared without correction
	H        float64  // Cohen's h
}

// TwoProportions compares the proportions of events in two independent groups.
func TwoProportions(eventsA, nA, eventsB, nB float64) (Proportions, error) {
	if nA <= 0 || nB <= 0 {
		return Proportions{}, ErrTooFew
	}
	r := Proportions{A: eventsA / nA, B: eventsB / nB}
	r.Value = r.A - r.B
	pool := (eventsA + eventsB) / (nA + nB)
	if pool <= 0 || pool >= 1 {
		return Proportions{}, ErrTooFew
	}
	r.Z = r.Value / math.Sqrt(pool*(1-pool)*(1/nA+1/nB))
	r.P = NormalTail(r.Z)
	a, b := Wilson(eventsA, nA), Wilson(eventsB, nB)
	r.Interval = Interval{
		Low:  r.Value - math.Hypot(r.A-a.Low, b.High-r.B),
		High: r.Value + math.Hypot(a.High-r.A, r.B-b.Low),
	}
	r.H = 2*math.Asin(math.Sqrt(r.A)) - 2*math.Asin(math.Sqrt(r.B))
	return r, nil
}

// Contingency is the result of a chi-squared test of independence.
type Contingency struct {
	Chi2, DF, P float64
	// V is Cramer's V with the correction for bias of Bergsma (2013): 0 where nothing is beyond chance.
	V float64
	// Residuals are the adjusted standardized residuals of the cells (Haberman 1973), about standard normal where
	// rows and columns are independent.
	Residuals [][]float64
}

// ChiSquared tests whether the rows and columns of a table of counts are independent (Pearson 1900). Rows and columns
// without counts are left out of the degrees of freedom.
func ChiSquared(table [][]float64) (Contingency, error) {
	rows, columns, n := margins(table)
	r, c := positive(rows), positive(columns)
	if r < 2 || c < 2 {
		return Contingency{}, ErrTooFew
	}
	out := Contingency{DF: (r - 1) * (c - 1), Residuals: make([][]float64, len(table))}
	for i, row := range table {
		out.Residuals[i] = make([]float64, len(row))
		for j, observed := range row {
			expected := rows[i] * columns[j] / n
			if expected == 0 {
				continue
			}
			d := observed - expected
			out.Chi2 += d * d / expected
			if s := expected * (1 - rows[i]/n) * (1 - columns[j]/n); s > 0 {
				out.Residuals[i][j] = d / math.Sqrt(s)
			}
		}
	}
	out.P = ChiSquaredTail(out.Chi2, out.DF)
	phi2 := math.Max(0, out.Chi2/n-(r-1)*(c-1)/(n-1))
	rr, cc := r-(r-1)*(r-1)/(n-1), c-(c-1)*(c-1)/(n-1)
	if m := math.Min(rr-1, cc-1); m > 0 {
		out.V = math.Min(1, math.Sqrt(phi2/m))
	}
	return out, nil
}

func margins(table [][]float64) (rows, columns []float64, n float64) {
	rows = make([]float64, len(table))
	for i, row := range table {
		if columns == nil {
			columns = make([]float64, len(row))
		}
		for j, v := range row {
			rows[i] += v
			columns[j] += v
			n += v
		}
	}
	return rows, columns, n
}

func positive(values []float64) float64 {
	var n float64
	for _, v := range values {
		if v > 0 {
			n++
		}
	}
	return n
}

// GoodnessOfFit tests whether counts are spread evenly, and gives Cohen's effect w.
func GoodnessOfFit(counts []float64) (chi2, p, w float64, err error) {
	var n float64
	for _, c := range counts {
		n += c
	}
	k := float64(len(counts))
	if k < 2 || n < 5*k {
		return 0, 1, 0, ErrTooFew
	}
	for _, c := range counts {
		d := c - n/k
		chi2 += d * d / (n / k)
	}
	return chi2, ChiSquaredTail(chi2, k-1), math.Sqrt(chi2 / n), nil
}

// Even tests whether counts are spread evenly enough: the p-value of the claim that every share lies within
// (1-margin) and (1+margin) of an equal share. It is an intersection-union test over one-sided tests of each share
// (Berger & Hsu 1996), so it needs no correction for the number of groups.
func Even(counts []float64, margin float64) (p float64, err error) {
	var n float64
	for _, c := range counts {
		n += c
	}
	k := float64(len(counts))
	if k < 2 || n < 5*k {
		return 1, ErrTooFew
	}
	for _, c := range counts {
		low, high := (1-margin)/k, math.Min(1, (1+margin)/k)
		p = math.Max(p, BinomialTail(int64(c), int64(n), low))
		p = math.Max(p, BinomialTail(int64(n-c), int64(n), 1-high))
	}
	return p, nil
}
