package insight

import (
	"github.com/analytix-flow/analytix/internal/statistic"
)

// explain looks which differences in a measure merely follow from the strongest one: those that are gone once the
// groups of the strongest breakdown are made equal. A column's is told with that caveat and counts less; a word's is
// folded away, since the words of a text follow its subject.
func explain(f *Frame, m *Series, candidates []Candidate) []Candidate {
	strongest := -1
	for i := range candidates {
		c := &candidates[i]
		if c.Family == "difference" && c.Dimension.Word == "" && (strongest < 0 || c.Effect.Value > candidates[strongest].Effect.Value) {
			strongest = i
		}
	}
	if strongest < 0 {
		return candidates
	}
	by := f.find(candidates[strongest].Dimension.Name)
	residuals := Series{Measure: m.Measure, Values: levelled(m.Values, by, f.All())}
	out := candidates[:0]
	for i, c := range candidates {
		if i == strongest || c.Family != "difference" {
			out = append(out, c)
			continue
		}
		group := f.find(c.Dimension.Name)
		if c.Dimension.Word != "" {
			group = f.word(c.Dimension.Name)
		}
		if group == nil || lasts(f, &residuals, group) {
			out = append(out, c)
			continue
		}
		if c.Dimension.Word == "" {
			c.Strength *= 0.6
			c.Notes = append(c.Notes, "the difference is gone once "+by.Name+" is held equal: it follows from that")
			out = append(out, c)
		}
	}
	return out
}

// levelled takes the mean of its group from each value.
func levelled(values []float64, by *Grouping, s *Subset) []float64 {
	sums := summarize(values, by, s)
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v
		if c := by.Codes[i]; c >= 0 {
			out[i] -= sums[c].Mean
		}
	}
	return out
}

// lasts says whether a difference is still there in the residuals.
func lasts(f *Frame, residuals *Series, group *Grouping) bool {
	sums := summarize(residuals.Values, group, f.All())
	for i := range sums {
		if sums[i].N < smallestGroup {
			sums[i] = statistic.Group{}
		}
	}
	a, err := statistic.WelchANOVA(sums)
	return err == nil && a.P <= mostP
}

// word returns the grouping by a word with the name, or nil.
func (f *Frame) word(name string) *Grouping {
	for i := range f.Words {
		if f.Words[i].Name == name {
			return &f.Words[i]
		}
	}
	return nil
}
