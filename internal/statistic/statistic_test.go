package statistic

import (
	"errors"
	"math"
	"testing"
)

// The expected figures were computed with scipy 1.17.1, once, outside of the project, unless a row says otherwise.

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*math.Max(1e-300, math.Abs(want)) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestTails(t *testing.T) {
	t.Parallel()
	near(t, "t", StudentTail(2.5, 7), 0.04099221858575289, 1e-9)
	near(t, "t far", StudentTail(30, 12), 1.1773181907018936e-12, 1e-6)
	near(t, "t quantile", StudentQuantile(0.05, 8), 2.306004135, 1e-8)
	near(t, "F", FTail(4.2, 3, 17.5), 0.0208783295655724, 1e-9)
	near(t, "F far", FTail(80, 5, 200), 8.154766854967062e-46, 1e-6)
	near(t, "chi2", ChiSquaredTail(10.5, 4), 0.03279698999488366, 1e-9)
	near(t, "chi2 far", ChiSquaredTail(300, 9), 2.6102773472069844e-59, 1e-6)
	near(t, "binomial", BinomialTail(30, 40, 0.5), 0.0011107168866146822, 1e-9)
	near(t, "binomial far", BinomialTail(335, 500, 0.2), 1.5875310575863472e-114, 1e-6)
	near(t, "binomial mid", BinomialTail(100, 500, 0.2), 0.5178363215654673, 1e-9)
	near(t, "normal", NormalTail(z95), 0.05, 1e-9)
}

func TestLargeDegreesJoinSmoothly(t *testing.T) {
	t.Parallel()
	near(t, "t", StudentTail(2, largeDegrees*1.01), StudentTail(2, largeDegrees*0.99), 1e-4)
	near(t, "F", FTail(2, 4, largeDegrees*1.01), FTail(2, 4, largeDegrees*0.99), 1e-3)
	near(t, "chi2", ChiSquaredTail(largeDegrees*1.011, largeDegrees*1.01), ChiSquaredTail(largeDegrees*0.991, largeDegrees*0.99), 2e-2)
	near(t, "binomial", BinomialTail(50300, 100001, 0.5), BinomialTail(50300, 99999, 0.5), 0.05)
}

var groups = [][]float64{
	{6.9, 5.4, 5.8, 4.6, 4.0}, {8.3, 6.8, 7.8, 9.2, 6.5}, {8.0, 10.5, 8.1, 6.9, 9.3}, {5.8, 3.8, 6.1, 5.6, 6.2},
}

func TestGroups(t *testing.T) {
	t.Parallel()
	var sums []Group
	var values []float64
	var codes []int
	for i, g := range groups {
		sums = append(sums, Summarize(g))
		for _, v := range g {
			values, codes = append(values, v), append(codes, i)
		}
	}
	a, err := WelchANOVA(sums)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Welch F", a.F, 8.07276941194172, 1e-9)
	near(t, "Welch p", a.P, 0.0066723771789866035, 1e-7)
	h, p, err := KruskalWallis(values, codes, len(groups))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Kruskal H", h, 13.365813253012057, 1e-9)
	near(t, "Kruskal p", p, 0.003908736456275594, 1e-9)
	d, err := WelchT(sums[0], sums[1])
	if err != nil {
		t.Fatal(err)
	}
	near(t, "t", d.T, -3.389639386780516, 1e-9)
	near(t, "df", d.DF, 7.998734940809775, 1e-9)
	near(t, "t p", d.P, 0.009507253160036151, 1e-7)
	near(t, "low", d.Interval.Low, -3.999181366694639, 1e-7)
	near(t, "high", d.Interval.High, -0.7608186333053608, 1e-7)
}

func TestProportions(t *testing.T) {
	t.Parallel()
	w := Wilson(15, 50)
	near(t, "Wilson low", w.Low, 0.1910355350088095, 1e-9)
	near(t, "Wilson high", w.High, 0.4375035046445341, 1e-9)
	// Newcombe (1998), table II, contrast (a): 56/70 - 48/80, method 10: 0.0524 to 0.3339.
	p, err := TwoProportions(56, 70, 48, 80)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Newcombe low", p.Interval.Low, 0.0524, 2e-3)
	near(t, "Newcombe high", p.Interval.High, 0.3339, 2e-3)
	// The General Social Survey table of Agresti (2007), table 2.5.
	c, err := ChiSquared([][]float64{{762, 327, 468}, {484, 239, 477}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "chi2", c.Chi2, 30.070149095754672, 1e-9)
	near(t, "p", c.P, 2.9535891832117595e-07, 1e-8)
	near(t, "residual", c.Residuals[0][0], 4.5020, 1e-3) // Agresti (2007), table 2.8: 4.5
	chi2, q, _, err := GoodnessOfFit([]float64{83, 124, 86, 102, 105})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "fit", chi2, 10.9, 1e-9)
	near(t, "fit p", q, 0.02771116525535262, 1e-9)
}

func TestEvenNeedsEvidence(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		counts []float64
		even   bool
	}{
		{[]float64{100, 100, 100, 100, 100}, true},
		{[]float64{10, 10, 10, 10, 10}, false}, // equal, but too few to say so
		{[]float64{335, 40, 45, 40, 40}, false},
	} {
		p, err := Even(x.counts, 0.5)
		if err != nil || (p < 0.05) != x.even {
			t.Errorf("%v: p = %g, %v", x.counts, p, err)
		}
	}
}

func TestCorrelations(t *testing.T) {
	t.Parallel()
	x := []float64{1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 12}
	y := []float64{2.1, 1.9, 3.5, 3.0, 4.4, 4.1, 6.2, 5.0, 7.7, 6.9, 8.0}
	p, err := Pearson(x, y)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "r", p.R, 0.9348265802029825, 1e-9)
	near(t, "r p", p.P, 2.4530352886818637e-05, 1e-6)
	near(t, "r low", p.Interval.Low, 0.7626039023524832, 1e-6)
	near(t, "r high", p.Interval.High, 0.9832919895037823, 1e-6)
	s, err := Spearman(x, y)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "rho", s.R, 0.9430548384868849, 1e-9)
	near(t, "rho p", s.P, 1.3526270519257581e-05, 1e-6)
	if _, err := Pearson([]float64{1, 1, 1, 1, 1}, x[:5]); !errors.Is(err, ErrTooFew) {
		t.Errorf("a constant correlates: %v", err)
	}
}

func TestMannKendall(t *testing.T) {
	t.Parallel()
	m, err := MannKendall([]float64{3.2, 3.0, 3.9, 4.1, 3.7, 4.5, 5.1, 4.8, 5.0, 5.6, 6.1, 5.4})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "slope", m.Slope, 0.25, 1e-9)
	near(t, "start", m.Start, 3.225, 1e-9)
	near(t, "low", m.Interval.Low, 0.18, 1e-9)
	near(t, "high", m.Interval.High, 0.325, 1e-9)
	near(t, "tau", m.Tau, 0.7878787878787877, 1e-9)
	near(t, "p", m.P, NormalTail(51/math.Sqrt(12*11*29/18.0)), 1e-9) // with continuity correction
	slow := make([]float64, 40)
	for i := range slow {
		slow[i] = math.Sin(float64(i) / 6)
	}
	if m, err = MannKendall(slow); err != nil || m.Inflation < 2 {
		t.Errorf("a slow wave inflates the variance by %g only, %v", m.Inflation, err)
	}
}

func TestMultiplicity(t *testing.T) {
	t.Parallel()
	p := []float64{0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216}
	want := []float64{0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.10571429, 0.216, 0.216, 0.216}
	for i, q := range BenjaminiHochberg(p, 10) {
		near(t, "q", q, want[i], 1e-6)
	}
	for i, q := range BenjaminiHochberg(p[:2], 10) { // the large ones dropped
		near(t, "q of the few", q, want[i], 1e-9)
	}
	// Holm (1979), the example of the R manual of p.adjust.
	for i, h := range Holm([]float64{0.01, 0.02, 0.03, 0.04, 0.05}) {
		near(t, "Holm", h, []float64{0.05, 0.08, 0.09, 0.09, 0.09}[i], 1e-9)
	}
	f := Families([]Family{{P: []float64{0.0001, 0.5}, Tests: 2}, {P: []float64{0.4}, Tests: 1}}, 0.05)
	near(t, "selected family", f[0][0], 0.0004, 1e-9)
	near(t, "family that was not selected", f[1][0], 1, 0)
}

func TestSpread(t *testing.T) {
	t.Parallel()
	near(t, "MAD", MAD([]float64{1, 1, 2, 2, 4, 6, 9}), 1.482602218505602, 1e-9)
	near(t, "Gini", Gini([]float64{1, 1, 1, 1}), 0, 1e-12)
	near(t, "Gini", Gini([]float64{0, 0, 0, 10}), 0.75, 1e-12)
	near(t, "z", RobustZ([]float64{1, 1, 2, 2, 4, 6, 9})[6], 7/1.482602218505602, 1e-9)
}
