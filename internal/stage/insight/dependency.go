package insight

import (
	"math"
	"slices"

	"github.com/analytix-flow/analytix/internal/statistic"
)

// fold takes out what only repeats something else: breakdowns that determine one another, and values that merely name
// the calendar.
func (f *Frame) fold() {
	slices.SortStableFunc(f.Groups, func(a, b Grouping) int {
		ra, rb := f.relevance.column(a.Column), f.relevance.column(b.Column)
		switch {
		case ra > rb:
			return -1
		case ra < rb:
			return 1
		}
		return 0
	})
	var kept []Grouping
	for _, g := range f.Groups {
		twin := ""
		for k := range kept {
			o := &kept[k]
			forth, back := dependence(o, &g), dependence(&g, o)
			switch {
			case (forth && back || nearlySame(o, &g)) && twin == "":
				twin = o.Name
				o.Also = append(o.Also, g.Name)
				f.notes[o.Column] = append(f.notes[o.Column], g.Name+" and "+o.Name+" say the same of nearly every row")
			case forth:
				o.determines[g.Name] = true
			case back:
				g.determines[o.Name] = true
			}
		}
		if twin == "" {
			kept = append(kept, g)
		}
	}
	f.Groups = kept
	for i := range f.Groups {
		f.Groups[i].Calendar = f.fromCalendar(&f.Groups[i])
	}
	f.Words = slices.DeleteFunc(f.Words, f.namesValue)
}

// nearlySame says whether two columns group the rows alike, save for few: the one is as good as the other.
func nearlySame(a, b *Grouping) bool {
	if a.Column == b.Column || a.Part || b.Part {
		return false
	}
	table, n := tabulate(a, b)
	c, err := statistic.ChiSquared(table)
	return err == nil && n >= minRows && n >= 5*float64(cells(table)) && c.V >= 0.85
}

// dependence says whether the value of b follows from that of a in 98% of the rows, with enough rows a value for that
// to mean something.
func dependence(a, b *Grouping) bool {
	table := make([]map[int]int, len(a.Values))
	n := 0
	for i, c := range a.Codes {
		if c < 0 || b.Codes[i] < 0 {
			continue
		}
		if table[c] == nil {
			table[c] = map[int]int{}
		}
		table[c][b.Codes[i]]++
		n++
	}
	hits, used := 0, 0
	for _, t := range table {
		best := 0
		for _, k := range t {
			best = max(best, k)
		}
		hits += best
		if t != nil {
			used++
		}
	}
	majority := 0.0
	for _, c := range b.Counts {
		majority = math.Max(majority, c)
	}
	return n >= minRows && n >= 3*used && float64(hits) >= 0.98*float64(n) && majority < 0.98*float64(n)
}

// fromCalendar says whether a breakdown is a reading of a time column, such as its quarter.
func (f *Frame) fromCalendar(g *Grouping) bool {
	for _, a := range f.Axes {
		months := coded{}
		seen := map[int]int{}
		for _, d := range a.Days {
			if math.IsNaN(d) {
				months.codes = append(months.codes, -1)
				continue
			}
			m := int(d / 30.44)
			if _, ok := seen[m]; !ok {
				seen[m] = len(seen)
			}
			months.codes = append(months.codes, seen[m])
		}
		month := &Grouping{Codes: months.codes, Values: make([]string, len(seen))}
		if len(g.Values) <= 12 && float64(agree(month, g)) >= 0.9 {
			return true
		}
	}
	return false
}

// agree is the share of rows in which b has the value that is the most frequent for a's.
func agree(a, b *Grouping) float64 {
	table := make([][]float64, len(a.Values))
	var n, hits float64
	for i, c := range a.Codes {
		if c < 0 || b.Codes[i] < 0 {
			continue
		}
		if table[c] == nil {
			table[c] = make([]float64, len(b.Values))
		}
		table[c][b.Codes[i]]++
		n++
	}
	used := 0.0
	for _, t := range table {
		if t != nil {
			hits += slices.Max(t)
			used++
		}
	}
	if n < minRows || n < 5*used || slices.Max(b.Counts) > 0.8*n {
		return 0
	}
	return hits / n
}

// namesValue says whether a word is the name of a value of a breakdown that has it in the same rows.
func (f *Frame) namesValue(w Grouping) bool {
	for i := range f.Groups {
		g := &f.Groups[i]
		for code, v := range g.Values {
			if !slices.Contains(textWords(v), w.Word) {
				continue
			}
			flags := make([]int, len(g.Codes))
			for row, c := range g.Codes {
				if c == code {
					flags[row] = 1
				}
			}
			if together(flags, w.Codes) > 0.9 {
				return true
			}
		}
	}
	return false
}

// decides says whether a breakdown of two values is computed from the measure, alone or against another one: such as
// whether a target was met. Then it differs by definition.
func (f *Frame) decides(m *Series, g *Grouping) bool {
	if len(g.Values) != 2 || g.Word != "" {
		return false
	}
	if parted(m.Values, nil, g) {
		return true
	}
	for i := range f.Measures {
		if o := &f.Measures[i]; o.Name != m.Name && parted(m.Values, o.Values, g) {
			return true
		}
	}
	return false
}

// parted says whether all values of the one group lie below all of the other.
func parted(a, b []float64, g *Grouping) bool {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, v := range a {
		if b != nil {
			v -= b[i]
		}
		if c := g.Codes[i]; c >= 0 && !math.IsNaN(v) {
			low[c], high[c] = math.Min(low[c], v), math.Max(high[c], v)
		}
	}
	return high[0] <= low[1] || high[1] <= low[0]
}
