package statistic

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestUniformUnderTheNull holds the tests to their level: on data without any effect about 5 in 100 p-values lie
// below 0.05. The bounds leave room for discreteness (below) and for approximation (above).
func TestUniformUnderTheNull(t *testing.T) {
	t.Parallel()
	const rounds = 1500
	for name, p := range map[string]func(r *rand.Rand) (float64, error){
		"Welch ANOVA": func(r *rand.Rand) (float64, error) {
			a, err := WelchANOVA([]Group{Summarize(normal(r, 12, 1)), Summarize(normal(r, 30, 3)), Summarize(normal(r, 20, 1))})
			return a.P, err
		},
		"Kruskal-Wallis": func(r *rand.Rand) (float64, error) {
			codes := make([]int, 60)
			for i := range codes {
				codes[i] = i % 4
			}
			_, q, err := KruskalWallis(normal(r, 60, 1), codes, 4)
			return q, err
		},
		"chi-squared": func(r *rand.Rand) (float64, error) {
			table := [][]float64{make([]float64, 3), make([]float64, 3)}
			for range 300 {
				table[r.IntN(2)][r.IntN(3)]++
			}
			c, err := ChiSquared(table)
			return c.P, err
		},
		"two proportions": func(r *rand.Rand) (float64, error) {
			var a, b float64
			for range 200 {
				a += float64(r.IntN(2))
				b += float64(r.IntN(2))
			}
			c, err := TwoProportions(a, 200, b, 200)
			return c.P, err
		},
		"Spearman": func(r *rand.Rand) (float64, error) {
			c, err := Spearman(normal(r, 40, 1), normal(r, 40, 1))
			return c.P, err
		},
		"Mann-Kendall": func(r *rand.Rand) (float64, error) {
			m, err := MannKendall(normal(r, 40, 1))
			return m.P, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			var below float64
			for range rounds {
				q, err := p(r)
				if err != nil {
					t.Fatal(err)
				}
				if q < 0.05 {
					below++
				}
			}
			if share := below / rounds; share < 0.02 || share > 0.075 {
				t.Errorf("%.3f of the p-values lie below 0.05", share)
			}
		})
	}
}

// TestMannKendallUnderAutocorrelation shows what the correction is for: a series that remembers must not pass for a
// trend more than three times as often as it should, and clearly less often than without the correction.
func TestMannKendallUnderAutocorrelation(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var corrected, plain float64
	for range 600 {
		x := normal(r, 60, 1)
		for i := 1; i < len(x); i++ {
			x[i] += 0.5 * x[i-1]
		}
		m, err := MannKendall(x)
		if err != nil {
			t.Fatal(err)
		}
		if m.P < 0.05 {
			corrected++
		}
		if NormalTail((math.Abs(m.S)-1)/math.Sqrt(kendallVariance(x))) < 0.05 {
			plain++
		}
	}
	if corrected/600 > 0.15 || corrected > plain*0.75 {
		t.Errorf("false trends: %.3f corrected, %.3f plain", corrected/600, plain/600)
	}
}

func TestInvariances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(-100, 100)
		x := rapid.SliceOfN(value, 10, 30).Draw(t, "x")
		y := rapid.SliceOfN(value, len(x), len(x)).Draw(t, "y")
		scale := rapid.Float64Range(0.5, 20).Draw(t, "scale")
		scaled := make([]float64, len(x))
		for i := range x {
			scaled[i] = math.Round(x[i]*8) * scale
			x[i] = math.Round(x[i] * 8)
		}
		a, errA := Spearman(x, y)
		b, errB := Spearman(scaled, y)
		if (errA == nil) != (errB == nil) || math.Abs(a.R-b.R) > 1e-9 {
			t.Errorf("the rank correlation changed with the unit: %g, %g", a.R, b.R)
		}
		if errA == nil && (a.P < 0 || a.P > 1 || !a.Interval.Contains(a.R)) {
			t.Errorf("impossible: %+v", a)
		}
		m, errM := MannKendall(x)
		n, errN := MannKendall(scaled)
		if (errM == nil) != (errN == nil) || math.Abs(m.P-n.P) > 1e-6 {
			t.Errorf("the trend changed with the unit: %g, %g", m.P, n.P)
		}
		if errM == nil && !(m.Interval.Low <= m.Slope && m.Slope <= m.Interval.High) {
			t.Errorf("the slope lies outside of its interval: %+v", m)
		}
	})
}

// A series whose residuals are tied: in another unit they are tied all the same, though each is rounded otherwise.
func TestTiesOfResidualsHoldInAnyUnit(t *testing.T) {
	t.Parallel()
	x := []float64{8, 8, 8, 8, 12, 8, 4, 8, 8, 8, 8, 4, 2, 8, 8, 4, 4, 2, -8}
	want, err := MannKendall(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []float64{1.5, 0.1, 3, 1e-7, 12345.678} {
		scaled := make([]float64, len(x))
		for i := range x {
			scaled[i] = x[i] * scale
		}
		if got, err := MannKendall(scaled); err != nil || math.Abs(got.P-want.P) > 1e-9 {
			t.Errorf("times %g: p %g, want %g (%v)", scale, got.P, want.P, err)
		}
	}
}

func TestCorrectionsKeepOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 40).Draw(t, "p")
		for _, q := range [][]float64{BenjaminiHochberg(p, int64(len(p))), Holm(p)} {
			for i := range p {
				if q[i] < p[i] || q[i] > 1 {
					t.Fatalf("p %g became %g", p[i], q[i])
				}
				for j := range p {
					if p[i] < p[j] && q[i] > q[j] {
						t.Fatalf("order turned: %g %g became %g %g", p[i], p[j], q[i], q[j])
					}
				}
			}
		}
	})
}

func TestGiniLiesBetweenZeroAndOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Gini(rapid.SliceOf(rapid.Float64Range(0, 1e6)).Draw(t, "amounts"))
		if g < 0 || g > 1 {
			t.Fatal(g)
		}
	})
}

func normal(r *rand.Rand, n int, deviation float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64() * deviation
	}
	return x
}
