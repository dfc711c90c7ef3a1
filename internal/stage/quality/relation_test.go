package quality

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// noise are columns of numbers that have nothing to do with one another.
func noise(columns, rows int) [][]float64 {
	r := rand.New(rand.NewPCG(7, 11))
	out := make([][]float64, columns)
	for i := range out {
		for range rows {
			out[i] = append(out[i], math.Round(r.Float64()*math.Pow(10, float64(1+i%3))*100)/100)
		}
	}
	return out
}

func TestRelationsAreFound(t *testing.T) {
	t.Parallel()
	for i, f := range forms {
		t.Run(f.words, func(t *testing.T) {
			t.Parallel()
			sample := noise(6, 300)
			operands := []int{1, 3, 4}[:f.operands]
			x := make([]float64, f.operands)
			for row := range sample[5] {
				for k, c := range operands {
					x[k] = sample[c][row]
				}
				if sample[5][row] = math.Round(f.of(x)*100) / 100; row%60 == 0 {
					sample[5][row] *= 10
				}
			}
			got := relations(sample)
			if len(got) != 1 || got[0].total != 5 || got[0].sql != f.sql || fmt.Sprint(got[0].operands) != fmt.Sprint(operands) {
				t.Errorf("form %d: found %+v", i, got)
			}
		})
	}
}

func TestRelationsThatAreNone(t *testing.T) {
	t.Parallel()
	small := noise(5, 300) // all so close to nought that rounding explains any of them
	for _, c := range small {
		for i := range c {
			c[i] /= 100_000
		}
	}
	often := noise(4, 300)
	for i := range often[3] {
		if often[3][i] = often[0][i] + often[1][i]; i%5 == 0 {
			often[3][i] += 7
		}
	}
	few := noise(4, 300)
	for i := range few[3] {
		if i > 20 {
			few[1][i] = 0 // says nothing: the third column repeats the first
		}
		few[3][i] = few[0][i] + few[1][i]
	}
	for name, sample := range map[string][][]float64{"noise": noise(14, 4000), "close to nought": small, "in four of five rows": often, "few rows that say something": few, "none": nil} {
		if got := relations(sample); len(got) != 0 {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}
