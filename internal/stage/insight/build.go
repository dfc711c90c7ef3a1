package insight

import (
	"database/sql"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// addAxes keeps the time columns that differ from one another; the one in which things begin comes first.
func (f *Frame) addAxes(r *raw) {
	for i, c := range r.plan.times {
		days := make([]float64, r.rows)
		present := 0
		for row, s := range r.moments[i] {
			days[row] = s / daySeconds
			if !math.IsNaN(s) {
				present++
			}
		}
		if present < minRows {
			continue
		}
		a := Axis{Clock: Clock{Column: c.Name, Expr: "CAST(" + engine.Typed(c) + " AS TIMESTAMP)"}, Days: days}
		if k := slices.IndexFunc(f.Axes, func(b Axis) bool { return sameMoments(a.Days, b.Days) }); k >= 0 {
			other := &f.Axes[k]
			if systemName(other.Column) && !systemName(a.Column) {
				f.notes[a.Column] = append(f.notes[a.Column], other.Column+" holds the same moments as "+a.Column)
				*other = a
			} else {
				f.notes[other.Column] = append(f.notes[other.Column], a.Column+" holds the same moments as "+other.Column)
			}
			continue
		}
		f.Axes = append(f.Axes, a)
	}
	slices.SortStableFunc(f.Axes, func(a, b Axis) int { return f.axisRank(a) - f.axisRank(b) })
	for i := range f.Axes {
		f.Axes[i].setGrain()
	}
	f.Axes = slices.DeleteFunc(f.Axes, func(a Axis) bool { return a.Grain == "" })
}

// axisRank is how many other time columns usually come before this one; ties go to reception's time column.
func (f *Frame) axisRank(a Axis) int {
	rank := 0
	if systemName(a.Column) {
		rank += 20
	}
	for _, b := range f.Axes {
		if after, n := follows(a.Days, b.Days); b.Column != a.Column && n >= minRows && after > 0.9 {
			rank += 2
		}
	}
	if a.Column != f.Facts.Context.TimeColumn {
		rank++
	}
	return rank
}

// systemName says whether a time column tells of the record and not of the thing.
func systemName(column string) bool {
	for _, t := range tokens(column) {
		if slices.Contains([]string{"sys", "updated", "modified", "inserted", "loaded", "exported", "synced"}, t) {
			return true
		}
	}
	return false
}

func sameMoments(a, b []float64) bool {
	same, both := 0, 0
	for i := range a {
		if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
			both++
			if math.Abs(a[i]-b[i]) < 2.0/daySeconds {
				same++
			}
		}
	}
	return both >= minRows && float64(same) >= 0.9*float64(both)
}

// follows is the share of rows in which a lies at or after b, of those that have both.
func follows(a, b []float64) (share float64, n int) {
	after := 0
	for i := range a {
		if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
			n++
			if a[i] >= b[i] {
				after++
			}
		}
	}
	return float64(after) / math.Max(1, float64(n)), n
}

// addMeasures adds the numeric columns, and the time between time columns of which one follows the other.
func (f *Frame) addMeasures(r *raw) {
	for i, m := range r.plan.measures {
		f.addMeasure(Series{Measure: m, Values: r.numbers[i]})
	}
	for i := range f.Axes {
		for j := range f.Axes {
			from, to := &f.Axes[i], &f.Axes[j]
			share, n := follows(to.Days, from.Days)
			enough := 0.9
			if beginName(from.Column) && endName(to.Column) {
				enough = 0.5 // the names leave no doubt; rows that end before they begin are noted
			}
			if i == j || n < minRows || share < enough || systemName(to.Column) || systemName(from.Column) {
				continue
			}
			s := between(f.Facts.Column(from.Column), f.Facts.Column(to.Column), from.Days, to.Days)
			if share < 0.99 {
				f.notes[to.Column] = append(f.notes[to.Column], "in "+percent(1-share)+" of the rows "+to.Column+" lies before "+from.Column)
			}
			f.addMeasure(s)
		}
	}
}

// beginName and endName say whether a column is called like the beginning or the end of something.
func beginName(column string) bool {
	return named(column, "open", "opened", "start", "started", "begin", "created", "order", "ordered", "purchased", "received", "submitted", "requested", "reported", "pickup", "admission", "departure")
}

func endName(column string) bool {
	return named(column, "close", "closed", "end", "ended", "finished", "resolved", "completed", "processed", "shipped", "delivered", "paid", "dropoff", "discharge", "arrival", "expiration")
}

func named(column string, words ...string) bool {
	return slices.ContainsFunc(tokens(column), func(t string) bool { return slices.Contains(words, t) })
}

func between(from, to *flow.Column, a, b []float64) Series {
	values := make([]float64, len(a))
	var present []float64
	for i := range a {
		values[i] = b[i] - a[i]
		if !math.IsNaN(values[i]) {
			present = append(present, values[i])
		}
	}
	m := duration(from, to, statistic.Median(present))
	per := map[string]float64{"days": 1, "hours": 24, "minutes": 1440}[m.Unit]
	for i := range values {
		values[i] *= per
	}
	return Series{Measure: m, Values: values, From: from.Name, To: to.Name}
}

// addMeasure adds a measure that varies and says something of its own: one that is another in other units is noted at
// that one.
func (f *Frame) addMeasure(s Series) {
	g := statistic.Summarize(s.Values)
	if g.N < minRows || g.Variance <= 1e-12*g.Mean*g.Mean {
		return
	}
	for _, o := range f.Measures {
		if x, y := pairs(o.Values, s.Values, nil); len(x) >= minRows {
			if c, err := statistic.Pearson(x, y); err == nil && math.Abs(c.R) > 0.999 {
				f.notes[o.Columns[0]] = append(f.notes[o.Columns[0]], s.Name+" moves exactly with "+o.Name)
				return
			}
		}
	}
	if s.From == "" {
		s.From, s.To = f.spanOf(s.Values)
	}
	f.Measures = append(f.Measures, s)
}

// spanOf finds the two time columns of which a column is the difference, whichever order they are in.
func (f *Frame) spanOf(values []float64) (from, to string) {
	for i := range f.Axes {
		for j := range f.Axes {
			a, b := &f.Axes[i], &f.Axes[j]
			if i == j {
				continue
			}
			spans := make([]float64, len(values))
			for row := range spans {
				spans[row] = b.Days[row] - a.Days[row]
			}
			x, y := pairs(values, spans, nil)
			if c, err := statistic.Pearson(x, y); err == nil && len(x) >= minRows && c.R > 0.99 {
				return a.Column, b.Column
			}
		}
	}
	return "", ""
}

// follow says whether the end of a duration moves with its beginning at all. Where it does not, the duration falls over
// the one and rises over the other by arithmetic alone.
func (f *Frame) follow(s *Series) bool {
	var from, to *Axis
	for i := range f.Axes {
		switch f.Axes[i].Column {
		case s.From:
			from = &f.Axes[i]
		case s.To:
			to = &f.Axes[i]
		}
	}
	if from == nil || to == nil {
		return true
	}
	x, y := pairs(from.Days, to.Days, nil)
	c, err := statistic.Spearman(x, y)
	return err != nil || c.R > 0.3
}

// pairs are the values of the rows of a subset that have both.
func pairs(a, b []float64, s *Subset) (x, y []float64) {
	for i := range a {
		if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) && (s == nil || s.Has(i)) {
			x, y = append(x, a[i]), append(y, b[i])
		}
	}
	return x, y
}

// addGroups adds the columns to group by.
func (f *Frame) addGroups(r *raw) {
	for i, d := range r.plan.groups {
		c := r.groups[i]
		if d.Part && (len(c.values) < 2 || len(c.values) > 30) {
			continue
		}
		f.addGroup(Grouping{Dimension: d, Codes: c.codes, Values: c.values})
	}
}

func (f *Frame) addGroup(g Grouping) {
	g.Counts = make([]float64, len(g.Values))
	g.determines = map[string]bool{}
	for _, c := range g.Codes {
		if c >= 0 {
			g.Counts[c]++
		}
	}
	if len(g.Values) < 2 || slices.Max(g.Counts) > 0.995*float64(f.Rows) {
		return
	}
	f.Groups = append(f.Groups, g)
}

// idPattern finds ids such as Printer546 inside a text: its letters name what it is an id of.
var idPattern = regexp.MustCompile(`(?:^|[^\pL\pN])([A-Za-z]{2,})[-_#]?[0-9]{2,}`)

// addTexts adds the frequent words of text columns, and the ids in them.
func (f *Frame) addTexts(r *raw) {
	for i, column := range r.plan.texts {
		f.addWords(column, r.texts[i])
		prefixes := map[string]int{}
		for _, text := range r.texts[i] {
			if m := idPattern.FindStringSubmatch(text); m != nil {
				prefixes[strings.ToLower(m[1])]++
			}
		}
		for _, prefix := range frequent(prefixes, max(minRows, r.rows/50), 3) {
			f.addPart(column, prefix, r.texts[i])
		}
	}
}

func (f *Frame) addPart(column, prefix string, texts []string) {
	pattern := regexp.MustCompile(partPattern(prefix))
	c := coded{index: map[string]int{}}
	for _, text := range texts {
		var v sql.NullString
		if m := pattern.FindStringSubmatch(text); m != nil {
			v.String, v.Valid = m[2], true
		}
		c.add(v)
	}
	if n := len(c.values); n >= 2 && n <= 200 && n*3 <= f.Rows {
		f.addGroup(Grouping{Dimension: partDimension(column, prefix), Codes: c.codes, Values: c.values})
	}
}

// mostWords is how many words of a text column are looked at.
const mostWords = 24

func (f *Frame) addWords(column string, texts []string) {
	counts := map[string]int{}
	sets := make([][]string, len(texts))
	for i, text := range texts {
		sets[i] = textWords(text)
		for _, w := range sets[i] {
			if wordy(w) {
				counts[w]++
			}
		}
	}
	var kept []Grouping
	for _, w := range frequent(counts, max(minRows/2, f.Rows/50), mostWords*2) {
		if float64(counts[w]) > 0.95*float64(f.Rows) || len(kept) == mostWords {
			continue
		}
		g := Grouping{Dimension: wordDimension(column, w), Codes: make([]int, len(texts)), Values: []string{"no", "yes"}, determines: map[string]bool{}}
		for i := range texts {
			if slices.Contains(sets[i], w) {
				g.Codes[i] = 1
			}
		}
		g.Counts = []float64{float64(f.Rows - counts[w]), float64(counts[w])}
		if !slices.ContainsFunc(kept, func(o Grouping) bool { return together(g.Codes, o.Codes) > 0.8 }) {
			kept = append(kept, g)
		}
	}
	f.Words = append(f.Words, kept...)
}

// frequent lists the most frequent keys with at least the given count, ties in text order.
func frequent(counts map[string]int, least, most int) []string {
	var list []string
	for w, n := range counts {
		if n >= least {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	return list[:min(len(list), most)]
}

// together is how far two flags are set in the same rows (Jaccard).
func together(a, b []int) float64 {
	both, either := 0, 0
	for i := range a {
		if a[i] == 1 && b[i] == 1 {
			both++
		}
		if a[i] == 1 || b[i] == 1 {
			either++
		}
	}
	return float64(both) / math.Max(1, float64(either))
}
