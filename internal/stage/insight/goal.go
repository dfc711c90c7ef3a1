package insight

import (
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// relevance says how much of the goal a finding touches.
type relevance struct {
	goal    flow.Goal
	text    string
	stems   map[string]bool // of the goal, with their synonyms
	plain   map[string]bool // of the goal as written
	given   bool
	columns map[string]float64
}

// synonyms are groups of stems of which one may stand for another between a goal and the names of a table.
var synonyms = [][]string{
	{"agent", "assign", "assignee", "owner", "handler", "operator", "technician", "staff"},
	{"call", "caller", "request", "requester", "report", "reporter"},
	{"cost", "pric", "amount", "expens", "spend", "budget", "fee", "charg"},
	{"revenu", "sale", "sales", "incom", "turnov"},
	{"locat", "region", "country", "city", "site", "geograph", "place"},
	{"category", "categ", "typ", "type", "kind", "class", "segment"},
	{"priority", "severity", "urgency"},
	{"user", "employe", "person", "submitt"},
	{"stat", "state", "status", "reject", "declin", "approv", "cancel", "clos"},
	{"complet", "success", "progress", "achiev", "met"},
	{"department", "depart", "team", "division", "unit"},
	{"deliver", "delivery", "shipp", "ship", "shipment", "carri"},
	{"delay", "lat", "late", "overdue"},
	{"return", "refund"},
	{"customer", "custom", "client", "account"},
	{"product", "item", "sku", "articl", "model"},
	{"defect", "fault", "fail", "scrap", "error"},
}

// durationWords speak of how long things take.
var durationWords = []string{
	"ttr", "duration", "durations", "resolution", "processing", "delay", "delays", "late", "quick", "quicker", "slow", "slower", "fast", "faster",
	"swift", "longer", "shorten", "lead", "turnaround", "warranty", "period", "periods", "waiting", "wait", "cycle", "time", "times", "extended", "efficiency",
}

// kindWords are what a goal says when it asks for a kind of finding.
var kindWords = map[string][]string{
	"trend":         {"trend", "trends", "increase", "increasing", "decrease", "decreasing", "growth", "grow", "rising", "declining", "temporal", "fluctuation", "over"},
	"correlation":   {"correlation", "correlations", "correlates", "relationship", "relation", "factors", "influence", "impact"},
	"outstanding":   {"imbalance", "imbalances", "discrepancy", "discrepancies", "distribution", "overload", "highest", "concentration", "concentrated", "unusual", "specific", "particular"},
	"distribution":  {"imbalance", "distribution", "evenly", "workload", "balance", "uniform"},
	"concentration": {"imbalance", "concentration", "distribution", "few"},
	"difference":    {"across", "compare", "compared", "difference", "differences", "factors", "rates", "rate", "vary", "causes", "root", "discrepancies", "discrepancy"},
	"change_point":  {"change", "changed", "sudden", "shift", "trend", "trends"},
	"seasonality":   {"seasonal", "season", "seasonality", "weekday", "timing", "cycle"},
	"driver":        {"factors", "driver", "drivers", "influence", "causes", "impact"},
	"paradox":       {"factors", "relationship", "impact"},
}

func newRelevance(facts *flow.Facts, goal flow.Goal) *relevance {
	r := &relevance{
		goal: goal, text: " " + strings.ToLower(goal.Text) + " ", stems: map[string]bool{}, plain: map[string]bool{}, columns: map[string]float64{},
		given: strings.TrimSpace(goal.Text) != "" || goal.KPI != "",
	}
	for _, w := range tokens(goal.Text) {
		r.plain[w] = true
		if !stopWords[w] {
			r.stems[stem(w)] = true
		}
	}
	for _, group := range synonyms {
		if slices.ContainsFunc(group, func(s string) bool { return r.stems[s] }) {
			for _, s := range group {
				if !r.stems[s] {
					r.columns["~"+s] = 1 // a synonym counts less than the word itself
				}
			}
		}
	}
	for i := range facts.Columns {
		r.columns[facts.Columns[i].Name] = r.named(facts.Columns[i].Name)
	}
	for i, c := range goal.Columns {
		r.columns[c] = max(r.columns[c], 0.9-0.05*float64(min(i, 6)))
	}
	if goal.KPI != "" {
		r.columns[goal.KPI] = 1
	}
	return r
}

// named compares the words of a name with the goal's.
func (r *relevance) named(name string) float64 {
	var best float64
	for _, t := range tokens(name) {
		s := stem(t)
		switch {
		case len(s) < 3 || stopWords[t]:
		case r.stems[s]:
			best = max(best, 0.9)
		case r.columns["~"+s] > 0:
			best = max(best, 0.7)
		}
	}
	return best
}

// column says how much the goal speaks of a column, 0..1.
func (r *relevance) column(name string) float64 { return r.columns[name] }

// value says whether the goal names a value.
func (r *relevance) value(v string) bool {
	v = strings.ToLower(strings.TrimSpace(v))
	if len(v) < 3 {
		return false
	}
	if slices.ContainsFunc(r.goal.Values, func(x string) bool { return strings.EqualFold(x, v) }) {
		return true
	}
	for _, edge := range []string{" ", ".", ",", "'", "\"", ";", ")", "?", "s "} {
		for _, before := range []string{" ", "'", "\"", "("} {
			if strings.Contains(r.text, before+v+edge) {
				return true
			}
		}
	}
	return false
}

// measure says how much the goal speaks of a measure.
func (r *relevance) measure(m *Measure) float64 {
	var best float64
	for _, c := range m.Columns {
		best = max(best, r.column(c))
	}
	switch {
	case m.Agg == aggCount:
		best = 0.5
		if r.any("number", "distribution", "imbalance", "assigned", "assignments", "volume", "workload", "count", "many", "frequency", "incidents", "tickets", "repeated") {
			best = 0.9
		}
	case m.Unit != "" && len(m.Columns) == 2:
		if r.any(durationWords...) {
			best = max(best, 0.9)
		} else {
			best = max(0.4*best, 0.3)
		}
	case r.durationName(m.Name) && r.any(durationWords...):
		best = max(best, 0.95)
	case m.Agg == aggRate && m.Value != "" && r.value(m.Value):
		best = max(best, 0.9)
	}
	return best
}

func (r *relevance) durationName(name string) bool {
	for _, t := range tokens(name) {
		if slices.Contains([]string{"duration", "hours", "days", "minutes", "period", "ttr", "delay", "time", "age"}, t) {
			return true
		}
	}
	return false
}

func (r *relevance) any(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return r.plain[w] })
}

// of is the goal relevance of a candidate, 0..1. Without a goal everything is alike.
func (r *relevance) of(c *Candidate) float64 {
	if !r.given {
		return 0.5
	}
	score := 0.4 * r.measure(&c.Measure)
	if c.Second != nil {
		score = 0.2*r.measure(&c.Measure) + 0.35*r.measure(c.Second)
	}
	var where float64
	values := c.Focus != "" && r.value(c.Focus)
	if c.Dimension != nil {
		where = r.column(c.Dimension.Column)
		values = values || c.Dimension.Word != "" && r.stems[stem(c.Dimension.Word)]
	}
	for _, s := range c.Subspace {
		where = max(where, r.column(s.Column))
		values = values || r.value(s.Value)
	}
	if c.Dimension == nil && len(c.Subspace) == 0 {
		where = max(where, 0.6) // the whole concerns every goal
	}
	score += 0.3 * where
	if values {
		score += 0.2
	}
	if r.any(kindWords[c.Kind]...) {
		score += 0.15
	}
	return min(1, score)
}
