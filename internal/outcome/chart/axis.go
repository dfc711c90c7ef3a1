package chart

import (
	"math"
	"strconv"
	"time"
)

// axis maps values to pixels, linearly.
type axis struct{ low, high, from, to float64 }

func (a axis) at(v float64) float64 {
	if a.high == a.low {
		return (a.from + a.to) / 2
	}
	return a.from + (v-a.low)/(a.high-a.low)*(a.to-a.from)
}

// ticks are about n round values inside the axis.
func (a axis) ticks(n int) []float64 {
	span := a.high - a.low
	if span <= 0 || math.IsInf(span, 0) || math.IsNaN(span) {
		return []float64{a.low}
	}
	step := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, m := range []float64{1, 2, 5, 10} {
		if span/(step*m) <= float64(n) {
			step *= m
			break
		}
	}
	var out []float64
	for k := math.Ceil(a.low / step); k*step <= a.high+step*1e-9 && len(out) < 2*n+2; k++ {
		out = append(out, k*step)
	}
	return out
}

// short writes a number for a tick: 1.2M, 300k, 0.05.
func short(v float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) >= u.size {
			return strconv.FormatFloat(math.Round(v/u.size*100)/100, 'f', -1, 64) + u.name
		}
	}
	if v == 0 {
		return "0"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func day(v float64, span float64) string {
	t := time.Unix(int64(v), 0).UTC()
	switch {
	case span > 2*365*86400:
		return t.Format("Jan 2006")
	case span > 2*86400:
		return t.Format("2 Jan 06")
	}
	return t.Format("2 Jan 15:04")
}
