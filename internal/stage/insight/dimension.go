package insight

import (
	"regexp"
	"slices"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
)

// Dimension is a breakdown of the rows.
type Dimension struct {
	Name   string `json:"name"`
	Column string `json:"column"`
	Expr   string `json:"expr"` // SQL on the table data: VARCHAR, or BOOLEAN for a word
	// Word is set where the breakdown is whether a text mentions it.
	Word string `json:"word,omitempty"`
	// Outcome marks a column that says how things ended or stand, such as a status.
	Outcome bool `json:"outcome,omitempty"`
	// Part says that the values are pieces of a longer text.
	Part bool `json:"part,omitempty"`
	// Also lists columns that group the rows alike.
	Also []string `json:"also,omitempty"`
}

// prose names the dimension in a sentence.
func (d *Dimension) prose() string {
	if len(d.Also) == 0 {
		return d.Name
	}
	return d.Name + " (likewise " + list(d.Also) + ")"
}

// condition keeps the rows of a value of the dimension.
func (d *Dimension) condition(value string) Condition {
	return Condition{Name: d.Name, Column: d.Column, Expr: d.Expr, Value: value}
}

// mostValues is up to how many values a column may have to be a breakdown, given the rows.
func mostValues(rows int64) int64 {
	n := int64(50)
	for n*n < rows && n < 300 {
		n++
	}
	return n
}

// columnDimensions are the columns whose values repeat enough to group by.
func columnDimensions(facts *flow.Facts) []Dimension {
	var list []Dimension
	for i := range facts.Columns {
		c := &facts.Columns[i]
		present := facts.Rows - c.Missing
		if c.Distinct < 2 || c.Distinct > mostValues(facts.Rows) || present < 2*c.Distinct || present < minRows {
			continue
		}
		switch c.Role {
		case flow.RoleIgnore:
			continue
		case flow.RoleDimension, flow.RoleKey:
		case flow.RoleText:
			if c.Distinct > 20 { // longer texts are taken apart into words
				continue
			}
		default:
			if c.Type != flow.Boolean {
				continue
			}
		}
		if c.Type.Temporal() || c.Type == flow.Time || words(c) >= 4 { // sentences are taken apart into words
			continue
		}
		list = append(list, Dimension{Name: c.Name, Column: c.Name, Expr: groupExpr(c), Outcome: outcomeName(c)})
	}
	return list
}

// groupExpr is a text for each value, the same on a table of texts and on one of types.
func groupExpr(c *flow.Column) string {
	switch c.Type {
	case flow.Boolean:
		return "CAST(" + engine.Typed(c) + " AS VARCHAR)"
	case flow.Integer:
		return "CAST(CAST(" + engine.Typed(c) + " AS BIGINT) AS VARCHAR)"
	default:
		return engine.Text(c.Name)
	}
}

// outcomeName says whether a column tells how things ended: a rate of its values is worth comparing.
func outcomeName(c *flow.Column) bool {
	if c.Type == flow.Boolean {
		return true
	}
	for _, t := range tokens(c.Name) {
		switch stem(t) {
		case "state", "status", "outcome", "result", "churn", "defect", "return", "met", "success", "resolution", "decision", "stage",
			"approv", "reject", "cancel", "late", "delay", "fail":
			return c.Semantic != "region" && c.Semantic != "state" && c.Semantic != "region/state"
		}
	}
	return false
}

// wordDimension is the breakdown by whether a text column mentions a word.
func wordDimension(column, word string) Dimension {
	return Dimension{
		Name: column + " mentions '" + word + "'", Column: column, Word: word,
		Expr: "regexp_matches(lower(" + engine.Text(column) + "), " + engine.Literal(wordPattern(word)) + ")",
	}
}

// wordPattern finds a word as a whole, in lower-case text; digits may touch it, as in printer546. RE2 reads it the same in the engine and in Go.
func wordPattern(word string) string {
	return `(^|[^\pL])` + regexp.QuoteMeta(word) + `($|[^\pL])`
}

// partDimension is the breakdown by an id of the given prefix inside a text, such as Printer546.
func partDimension(column, prefix string) Dimension {
	return Dimension{
		Name: prefix + " id in " + column, Column: column, Part: true,
		Expr: "nullif(regexp_extract(" + engine.Text(column) + ", " + engine.Literal(partPattern(prefix)) + ", 2), '')",
	}
}

func partPattern(prefix string) string {
	return `(^|[^\pL\pN])((?i:` + regexp.QuoteMeta(prefix) + `)[-_#]?[0-9]{2,})`
}

// prefixDimension is the breakdown by the letters at the beginning of a code.
func prefixDimension(column string) Dimension {
	return Dimension{
		Name: "prefix of " + column, Column: column, Part: true,
		Expr: "nullif(regexp_extract(" + engine.Text(column) + ", " + engine.Literal(prefixPattern) + ", 1), '')",
	}
}

const prefixPattern = `^([A-Za-z]{2,6})[-_/ ]?[0-9]`

// textColumns are the columns whose words may tell something.
func textColumns(facts *flow.Facts) []string {
	var list []string
	for i := range facts.Columns {
		c := &facts.Columns[i]
		if c.Type != flow.Text || c.Distinct < 5 || slices.Contains([]flow.Role{flow.RoleConstant, flow.RoleIgnore, flow.RoleTime}, c.Role) {
			continue
		}
		if c.Role == flow.RoleText || longExamples(c) {
			list = append(list, c.Name)
		}
	}
	return list
}

// longExamples says whether the values of a column are made of several words.
func longExamples(c *flow.Column) bool { return words(c) >= 2.5 }

// words is how many words the examples of a column have on average.
func words(c *flow.Column) float64 {
	n := 0
	for _, e := range c.Examples {
		for _, t := range tokens(e) {
			if len(t) > 1 {
				n++
			}
		}
	}
	return float64(n) / float64(max(1, len(c.Examples)))
}
