package quality

import (
	"math"
	"slices"
)

const (
	relationHolds   = 0.97 // share of the rows
	relationSupport = 30   // rows in which no operand is neutral, at least

	// What rounding explains: a result is written with two decimals at least in what people exchange, and rates are rounded too.
	roundingAbsolute, roundingRelative = 0.011, 0.0005
)

// form is a way to compute a number from others. The operands of sql and words stand in their order.
type form struct {
	operands  int
	sql       string
	words     string
	symmetric bool // the first two operands may change places
	of        func(x []float64) float64
	neutral   []float64 // what each operand must not be for a row to say something
}

// forms are the ways in which columns follow from others, the plainest first.
var forms = []form{
	{2, "%s + %s", "%s + %s", true, func(x []float64) float64 { return x[0] + x[1] }, []float64{0, 0}},
	{2, "%s * %s", "%s × %s", true, func(x []float64) float64 { return x[0] * x[1] }, []float64{1, 1}},
	{2, "%s * (1 - %s / 100)", "%s × (1 − %s ÷ 100)", false, func(x []float64) float64 { return x[0] * (1 - x[1]/100) }, []float64{0, 0}},
	{2, "%s * (1 + %s / 100)", "%s × (1 + %s ÷ 100)", false, func(x []float64) float64 { return x[0] * (1 + x[1]/100) }, []float64{0, 0}},
	{2, "%s * (1 - %s)", "%s × (1 − %s)", false, func(x []float64) float64 { return x[0] * (1 - x[1]) }, []float64{0, 0}},
	{2, "%s * (1 + %s)", "%s × (1 + %s)", false, func(x []float64) float64 { return x[0] * (1 + x[1]) }, []float64{0, 0}},
	{2, "100 * %s / nullif(%s, 0)", "100 × %s ÷ %s", false, func(x []float64) float64 { return 100 * x[0] / x[1] }, []float64{0, 100}},
	{3, "%s + %s + %s", "%s + %s + %s", true, func(x []float64) float64 { return x[0] + x[1] + x[2] }, []float64{0, 0, 0}},
	{3, "%s + %s - %s", "%s + %s − %s", true, func(x []float64) float64 { return x[0] + x[1] - x[2] }, []float64{0, 0, 0}},
	{3, "%s * %s * %s", "%s × %s × %s", true, func(x []float64) float64 { return x[0] * x[1] * x[2] }, []float64{1, 1, 1}},
	{3, "%s * %s + %s", "%s × %s + %s", true, func(x []float64) float64 { return x[0]*x[1] + x[2] }, []float64{1, 1, 0}},
	{3, "%s * %s - %s", "%s × %s − %s", true, func(x []float64) float64 { return x[0]*x[1] - x[2] }, []float64{1, 1, 0}},
	{3, "%s * %s * (1 - %s / 100)", "%s × %s × (1 − %s ÷ 100)", true, func(x []float64) float64 { return x[0] * x[1] * (1 - x[2]/100) }, []float64{1, 1, 0}},
	{3, "%s * %s * (1 + %s / 100)", "%s × %s × (1 + %s ÷ 100)", true, func(x []float64) float64 { return x[0] * x[1] * (1 + x[2]/100) }, []float64{1, 1, 0}},
	{3, "%s * %s * (1 - %s)", "%s × %s × (1 − %s)", true, func(x []float64) float64 { return x[0] * x[1] * (1 - x[2]) }, []float64{1, 1, 0}},
	{3, "%s * %s * (1 + %s)", "%s × %s × (1 + %s)", true, func(x []float64) float64 { return x[0] * x[1] * (1 + x[2]) }, []float64{1, 1, 0}},
}

// relation says that one column is computed from others; columns are told by their place.
type relation struct {
	form
	total    int
	operands []int
}

// relations finds which columns of a sample (a slice of numbers a column, NaN for none) are computed from others in nearly all
// rows. Each set of columns is in one relation at the most, and each column is the result of one at the most: the plainest
// form goes first and, since results stand behind what they are computed from, the last column.
func relations(sample [][]float64) []relation {
	var out []relation
	for _, f := range forms {
		for total := len(sample) - 1; total >= 0; total-- {
			if slices.ContainsFunc(out, func(r relation) bool { return r.total == total }) {
				continue
			}
			r := relation{form: f, total: total, operands: make([]int, 0, f.operands)}
			if found := r.search(sample); found != nil && !slices.ContainsFunc(out, found.same) {
				out = append(out, *found)
			}
		}
	}
	return out
}

// same says whether two relations speak of the same columns.
func (r *relation) same(o relation) bool {
	a, b := append(slices.Clone(r.operands), r.total), append(slices.Clone(o.operands), o.total)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// search completes the operands, and returns the first relation that holds, else nil.
func (r *relation) search(sample [][]float64) *relation {
	if len(r.operands) == r.form.operands {
		if r.holds(sample) {
			return &relation{r.form, r.total, slices.Clone(r.operands)}
		}
		return nil
	}
	from := 0
	if len(r.operands) == 1 && r.symmetric {
		from = r.operands[0] + 1
	}
	for i := from; i < len(sample); i++ {
		if i == r.total || slices.Contains(r.operands, i) {
			continue
		}
		r.operands = append(r.operands, i)
		found := r.search(sample)
		r.operands = r.operands[:len(r.operands)-1]
		if found != nil {
			return found
		}
	}
	return nil
}

// holds says whether the relation holds in nearly all rows that say something, and would not if each row had the operands of
// another: numbers that are all alike, or all close to nought, follow from anything.
func (r *relation) holds(sample [][]float64) bool {
	const early = 64 // rows after which a relation that does not hold is given up
	x := make([]float64, len(r.operands))
	n, good, shifted := 0, 0, 0
	rows := len(sample[r.total])
	for i := range rows {
		total := sample[r.total][i]
		telling := !math.IsNaN(total)
		for k, c := range r.operands {
			x[k] = sample[c][i]
			telling = telling && !math.IsNaN(x[k]) && x[k] != 0 && x[k] != r.neutral[k]
		}
		if !telling {
			continue
		}
		n++
		y := r.of(x)
		if explained(total, y) {
			good++
		}
		if explained(sample[r.total][(i+1)%rows], y) {
			shifted++
		}
		if n == early && good < early*8/10 {
			return false
		}
	}
	return n >= relationSupport && float64(good) >= (relationHolds-0.02)*float64(n) && 2*shifted < good
}

func explained(total, computed float64) bool {
	return math.Abs(total-computed) <= roundingAbsolute+roundingRelative*math.Abs(total)
}
