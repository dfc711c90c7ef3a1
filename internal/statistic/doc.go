// Package statistic holds the tests, effects and corrections for multiplicity on which insights rest. It is pure:
// numbers in, numbers out. Every function names the source of its method; the tests hold it against published or
// independently computed figures. A test that cannot be made (too few values, no spread) returns ErrTooFew, never a
// number that looks like a result.
package statistic

import "errors"

// ErrTooFew is returned where the values do not suffice for the test: too few of them, or no spread.
var ErrTooFew = errors.New("too few values, or no spread, for the test")

// Interval is a confidence interval of 95% unless the function says otherwise.
type Interval struct {
	Low, High float64
}

// Contains says whether x lies inside the interval.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// z95 is the standard normal quantile of a two-sided 95% interval.
const z95 = 1.959963984540054
