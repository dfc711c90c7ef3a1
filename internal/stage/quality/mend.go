package quality

import (
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// mendMoments maps texts that are no dates to the one that was meant, where one slip of the pen explains them in one
// way only: a character too many, two that changed places, or one wrong or missing beside a date that occurs.
func mendMoments(c *flow.Column, v *Values, odds []string) map[string]string {
	dates := map[string]int64{}
	shapes := map[string]int64{}
	for _, x := range v.List {
		if readsAs(c, x.Value) {
			dates[x.Value] += x.Count
			shapes[shape(x.Value)] += x.Count
		}
	}
	usual := most(shapes)
	out := map[string]string{}
	for _, s := range odds {
		if fixed := mendMoment(c, s, usual, dates); fixed != "" {
			out[s] = fixed
		}
	}
	return out
}

// mended is the resolution that writes the dates that were meant.
func mended(c *flow.Column, m map[string]string) flow.Resolution {
	return recommended(flow.Resolution{
		Kind: "map_values", Label: "Mend the slips of the pen", Params: map[string]any{"column": c.Name, "map": m},
	}, "one stroke makes each of them a date that fits, in one way only")
}

func mendMoment(c *flow.Column, s, usual string, dates map[string]int64) string {
	// Candidates in the order of how sure they are: a stranger that is taken out, places changed, a known date near by.
	for _, candidates := range [][]string{strangersOut(s), transposed(s)} {
		var good []string
		for _, x := range candidates {
			if shape(x) == usual && readsAs(c, x) && !slices.Contains(good, x) {
				good = append(good, x)
			}
		}
		if len(good) == 1 {
			return good[0]
		}
		if known := occurring(good, dates); known != "" {
			return known
		}
	}
	var near []string
	for d := range dates {
		if len(d) == len(s)+1 && oneMissing(d, s) {
			near = append(near, d)
		}
	}
	if len(near) == 1 {
		return near[0]
	}
	return ""
}

// occurring is the one candidate that stands in the column.
func occurring(candidates []string, dates map[string]int64) string {
	found := ""
	for _, x := range candidates {
		if dates[x] > 0 {
			if found != "" {
				return ""
			}
			found = x
		}
	}
	return found
}

func readsAs(c *flow.Column, s string) bool {
	m, ok := semantic.ParseMoment(strings.TrimSpace(s))
	if !ok {
		return false
	}
	if len(c.Formats) == 0 {
		return m.ISO
	}
	return slices.ContainsFunc(m.Formats, func(f string) bool { return slices.Contains(c.Formats, f) }) || m.ISO
}

// shape writes digits as 0 and keeps all else, letters of names of months and of AM and PM as a.
func shape(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return '0'
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			return 'a'
		default:
			return r
		}
	}, s)
}

func strangersOut(s string) []string {
	r := []rune(s)
	out := make([]string, 0, len(r))
	for i := range r {
		out = append(out, string(r[:i])+string(r[i+1:]))
	}
	return out
}

func transposed(s string) []string {
	r := []rune(s)
	var out []string
	for i := 0; i+1 < len(r); i++ {
		if r[i] != r[i+1] {
			x := slices.Clone(r)
			x[i], x[i+1] = x[i+1], x[i]
			out = append(out, string(x))
		}
	}
	return out
}

// oneMissing says whether s is long without one of its bytes.
func oneMissing(long, s string) bool {
	i := 0
	for i < len(s) && long[i] == s[i] {
		i++
	}
	return long[i+1:] == s[i:]
}
