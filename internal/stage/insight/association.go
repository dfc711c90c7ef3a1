package insight

import (
	"fmt"
	"math"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// associate finds values that are far more frequent in one group than in the others: the rate of a status by category,
// of a location by category, of a word by product. One chi-squared test is made for each pair of breakdowns; where it
// speaks, the cell that stands out the most is told.
func associate(f *Frame, found *Found) {
	for i := range f.Groups {
		for j := i + 1; j < len(f.Groups); j++ {
			if a, b := &f.Groups[i], &f.Groups[j]; !related(a, b) {
				cross(f, a, b, found)
			}
		}
		for w := range f.Words {
			if f.Groups[i].Column != f.Words[w].Column {
				cross(f, &f.Groups[i], &f.Words[w], found)
			}
		}
	}
}

// fewestExpected is how many rows a cell of a table must have on average for chi-squared to hold.
const fewestExpected = 2.0

// leastV is the weakest association that is worth a sentence.
const leastV = 0.08

func cross(f *Frame, a, b *Grouping, found *Found) {
	table, n := tabulate(a, b)
	if n < minRows {
		return
	}
	c, err := statistic.ChiSquared(table)
	if err != nil || n/float64(cells(table)) < fewestExpected {
		return
	}
	if !found.test("association", c.P) || c.V < leastV {
		return
	}
	// The cells are corrected for their number; a word is told by its presence only.
	type cell struct{ i, j int }
	best, top := cell{-1, -1}, 0.0
	for i := range table {
		for j := range table[i] {
			r := c.Residuals[i][j]
			if table[i][j] < minEvents || r <= 0 || b.Word != "" && (j == 0 || names(a.Values[i], b.Word)) {
				continue
			}
			// What is told of few rows matters less, however pure they are.
			if weight := r * math.Sqrt(math.Min(1, table[i][j]/minRows)); weight > top {
				best, top = cell{i, j}, weight
			}
		}
	}
	if best.i < 0 || statistic.NormalTail(c.Residuals[best.i][best.j])*float64(cells(table)) > mostP {
		return
	}
	found.Candidates = append(found.Candidates, rateCandidate(f, a, b, best.i, best.j, table, c))
}

// names says whether a value is named by the word, so that texts about it mention it as a matter of course.
func names(value, word string) bool {
	for _, t := range tokens(value) {
		if stem(t) == stem(word) {
			return true
		}
	}
	return false
}

func tabulate(a, b *Grouping) (table [][]float64, n float64) {
	table = make([][]float64, len(a.Values))
	for i := range table {
		table[i] = make([]float64, len(b.Values))
	}
	for row, i := range a.Codes {
		if j := b.Codes[row]; i >= 0 && j >= 0 {
			table[i][j]++
			n++
		}
	}
	return table, n
}

func cells(table [][]float64) int {
	rows, columns := 0, map[int]bool{}
	for _, r := range table {
		if total(r) > 0 {
			rows++
		}
		for j, v := range r {
			if v > 0 {
				columns[j] = true
			}
		}
	}
	return rows * len(columns)
}

// rateCandidate tells a cell of a table: the rate of one value within the other. What says how things ended, and what a
// text mentions, is the rate; else the breakdown that the goal speaks of is the subject.
func rateCandidate(f *Frame, a, b *Grouping, i, j int, table [][]float64, test statistic.Contingency) Candidate {
	subject, s, rate, r := a, i, b, j
	if b.Word == "" && (a.Outcome && !b.Outcome || a.Outcome == b.Outcome && f.relevance.column(b.Column) > f.relevance.column(a.Column)) {
		subject, s, rate, r = b, j, a, i
	}
	events := table[i][j]
	var size, all, n float64
	for x := range table {
		for y, v := range table[x] {
			n += v
			if subject == a && x == s || subject == b && y == s {
				size += v
			}
			if rate == a && x == r || rate == b && y == r {
				all += v
			}
		}
	}
	pair, err := statistic.TwoProportions(events, size, all-events, n-size)
	m := rateOf(&rate.Dimension, rate.Values[r])
	c := Candidate{
		Kind: "difference", Family: "association", Measure: m, Dimension: &subject.Dimension, Focus: subject.Values[s], Noun: f.Noun,
		P: test.P, Strength: math.Min(1, math.Max(test.V, math.Abs(pair.H)/1.3)), Impact: f.share(size),
		Effect:  flow.Effect{Name: "cramers_v", Value: test.V},
		Numbers: map[string]float64{"chi_squared": test.Chi2},
		SQL: fmt.Sprintf("SELECT CAST(%s AS VARCHAR) AS \"group\", count(*) AS n, count(*) FILTER (WHERE %s) AS events, %s AS value"+
			" FROM data%s GROUP BY 1 ORDER BY value DESC, 1", subject.Expr, m.Expr, m.SQL(), where(nil, subject.Expr+" IS NOT NULL", rate.Expr+" IS NOT NULL")),
	}
	if err == nil {
		c.Effect = flow.Effect{Name: "difference_of_rates", Value: pair.Value, Low: pointer(pair.Interval.Low), High: pointer(pair.Interval.High)}
		c.Numbers["cramers_v"], c.Numbers["cohens_h"] = test.V, pair.H
	}
	c.Words = append(c.Words, m.Word, m.Value)
	return c
}

func tellRate(c *Candidate, rows []Row) (Story, error) {
	groups, values, _ := column(rows)
	at := -1
	var events, n float64
	for i, r := range rows {
		if groups[i] == c.Focus {
			at = i
			continue
		}
		events += r.Number("events")
		n += r.Number("n")
	}
	if at < 0 || n == 0 {
		return Story{Drop: true}, nil
	}
	own, size, value, others := rows[at].Number("events"), rows[at].Number("n"), values[at], events/n
	has := "have " + c.Measure.Dimension + " " + shorten(c.Measure.Value)
	if c.Measure.Word != "" {
		has = "mention '" + c.Measure.Word + "' in " + c.Measure.Columns[0]
	}
	title := fmt.Sprintf("%s of the %s %s with %s %s %s (%s), against %s of the others", figure(own), figure(size), c.Noun,
		c.Dimension.Name, shorten(c.Focus), has, percent(value), percent(others))
	if others > 0 && value/others >= 1.2 {
		title += ": " + figure(value/others) + " times as often"
	}
	return Story{
		Title:   aside(c) + title,
		Numbers: map[string]float64{"events": own, "n": size, "rate": value, "rate_of_the_others": others, "groups": float64(len(rows))},
		Chart:   barChart(title, c.Dimension.Name, c.Measure.Name, c.Focus, groups, values),
	}, nil
}
