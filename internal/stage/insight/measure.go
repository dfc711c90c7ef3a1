package insight

import (
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// The ways to aggregate a measure.
const (
	aggCount = "count"
	aggSum   = "sum"
	aggMean  = "mean"
	aggRate  = "rate"
)

// Measure is what is counted, added up, averaged or taken the rate of.
type Measure struct {
	Agg     string   `json:"agg"`
	Name    string   `json:"name"` // such as "amount", "days from opened_at to closed_at", "state is Declined"
	Expr    string   `json:"expr"` // SQL on the table data: DOUBLE, or BOOLEAN for a rate; empty for a count
	Columns []string `json:"columns"`
	Unit    string   `json:"unit,omitempty"`
	// Additive says that a sum makes sense.
	Additive bool `json:"additive,omitempty"`
	// Outcome marks a rate of a column that says how things ended, such as a status.
	Outcome bool `json:"outcome,omitempty"`
	// Dimension and Value are set where the measure is the rate of a dimension's value.
	Dimension string `json:"dimension,omitempty"`
	Value     string `json:"value,omitempty"`
	// Word is set where the measure is the rate of texts that mention it.
	Word string `json:"word,omitempty"`
}

// countOf is the measure that counts rows.
func countOf() Measure { return Measure{Agg: aggCount, Name: "count"} }

// Label is the measure as the contract writes it.
func (m Measure) Label() string {
	if m.Agg == aggCount {
		return aggCount
	}
	return m.Agg + "(" + m.Name + ")"
}

// SQL is the aggregate.
func (m Measure) SQL() string {
	switch m.Agg {
	case aggSum:
		return "sum(" + m.Expr + ")"
	case aggMean:
		return "avg(" + m.Expr + ")"
	case aggRate:
		return "avg(CASE WHEN " + m.Expr + " THEN 1.0 ELSE 0.0 END)"
	}
	return "count(*)"
}

// phrase names the measure inside a sentence.
func (m Measure) phrase(noun string) string {
	switch m.Agg {
	case aggCount:
		return "the number of " + noun
	case aggSum:
		return "the total " + m.Name
	case aggMean:
		return "the average " + m.Name
	}
	return "the share of " + noun + " where " + m.Name
}

// number writes a value of the measure.
func (m Measure) number(v float64) string {
	if m.Agg == aggRate {
		return percent(v)
	}
	s := figure(v)
	if m.Unit != "" {
		s += " " + m.Unit
	}
	return s
}

// columnMeasures are the numeric columns that are measures.
func columnMeasures(facts *flow.Facts) []Measure {
	var list []Measure
	for i := range facts.Columns {
		c := &facts.Columns[i]
		if c.Role != flow.RoleMeasure || !c.Type.Numeric() || c.Distinct < 2 {
			continue
		}
		list = append(list, Measure{
			Agg: aggMean, Name: c.Name, Expr: engine.Typed(c), Columns: []string{c.Name},
			Additive: c.Additive == "additive" || (c.Additive == "" && additiveName(c)),
		})
	}
	return list
}

// additiveName guesses where reception does not say whether a sum makes sense.
func additiveName(c *flow.Column) bool {
	switch c.Semantic {
	case "money", "duration":
		return true
	}
	for _, t := range tokens(c.Name) {
		switch stem(t) {
		case "amount", "cost", "revenue", "sale", "quantity", "total", "price", "fee", "spend", "expense", "paid", "unit":
			return true
		}
	}
	return false
}

// daySeconds divides the seconds between two moments into days.
const daySeconds = 86400

// duration is the measure of the time between two time columns, in the unit that suits its median.
func duration(from, to *flow.Column, medianDays float64) Measure {
	unit, per := "days", daySeconds
	switch {
	case medianDays < 1.0/12:
		unit, per = "minutes", 60
	case medianDays < 2:
		unit, per = "hours", 3600
	}
	return Measure{
		Agg: aggMean, Name: fmt.Sprintf("time from %s to %s", from.Name, to.Name), Unit: unit,
		Expr:    fmt.Sprintf("(%s - %s) / %d.0", epoch(to), epoch(from), per),
		Columns: []string{from.Name, to.Name},
	}
}

// epoch is the expression of a time column in seconds since 1970.
func epoch(c *flow.Column) string { return "epoch(CAST(" + engine.Typed(c) + " AS TIMESTAMP))" }

// rateOf is the measure of the share of rows with a value of a dimension.
func rateOf(d *Dimension, value string) Measure {
	m := Measure{
		Agg: aggRate, Name: d.Name + " is " + value, Expr: d.Expr + " = " + engine.Literal(value),
		Columns: []string{d.Column}, Outcome: d.Outcome, Dimension: d.Name, Value: value,
	}
	if d.Word != "" {
		m.Name, m.Expr, m.Value, m.Word = d.Name, d.Expr, "", d.Word
	}
	return m
}

// Condition keeps the rows of one value.
type Condition struct {
	Name   string `json:"name"`
	Column string `json:"column"`
	Expr   string `json:"expr"`
	Value  string `json:"value"`
}

// where is the SQL of conditions, from WHERE on; more are added as they stand.
func where(conditions []Condition, more ...string) string {
	var parts []string
	for _, c := range conditions {
		parts = append(parts, c.Expr+" = "+engine.Literal(c.Value))
	}
	parts = append(parts, more...)
	if len(parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(parts, " AND ")
}

// within names the rows of conditions: "Hardware incidents", "incidents with priority 2".
func within(conditions []Condition, noun string) string {
	s := noun
	for i, c := range conditions {
		if i == 0 {
			s += " with "
		} else {
			s += " and "
		}
		s += c.Name + " " + c.Value
	}
	return s
}
