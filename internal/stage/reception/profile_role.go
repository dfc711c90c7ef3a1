package reception

import (
	"math"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// nearlyUnique is the share of distinct values from which a column counts as unique; the data may hold duplicates.
const nearlyUnique = 0.98

// decideSemantic finds the semantic type from name and values.
func (c *column) decideSemantic() {
	switch c.Type {
	case flow.Date:
		c.Semantic, c.SemanticFit = "date", c.TypeFit
	case flow.Timestamp:
		c.Semantic, c.SemanticFit = "timestamp", c.TypeFit
	case flow.Time:
		c.Semantic, c.SemanticFit = "time", c.TypeFit
	case flow.Boolean:
		c.Semantic, c.SemanticFit = "boolean", c.TypeFit
	case flow.JSON:
		c.Semantic, c.SemanticFit = "json", c.TypeFit
	default:
		detect := semantic.Detect
		if c.Type.Numeric() {
			detect = semantic.DetectNumber
		}
		if m, ok := detect(c.Name, c.plainValues()); ok {
			c.Semantic, c.SemanticFit = m.ID, m.Fit
			if m.ByName {
				c.note("the name and %s of the values speak for %s", percent(m.Fit), spaced(m.ID))
			} else {
				c.note("%s of the values have the form of %s", percent(m.Fit), spaced(m.ID))
			}
		}
	}
}

func spaced(id string) string { return strings.ReplaceAll(id, "_", " ") }

// plainValues are the values as validators expect them: whole numbers that were written with decimals, without.
func (c *column) plainValues() []semantic.Count {
	if !c.floats {
		return c.real
	}
	plain := make([]semantic.Count, len(c.real))
	for i, v := range c.real {
		plain[i] = v
		if n, ok := semantic.ParseNumber(v.Value); ok && n.Prefix+n.Suffix == "" {
			whole, fraction, _ := strings.Cut(n.Plain, ".")
			if strings.Trim(fraction, "0") == "" {
				plain[i].Value = whole
			}
		}
	}
	return plain
}

// dimensionLimit is up to how many distinct values a column is a dimension however its values are spread.
func dimensionLimit(rows int64) int64 { return max(50, int64(math.Sqrt(float64(rows)))) }

func (c *column) unique() bool {
	cells, distinct := c.realCells(), c.realDistinct()
	return cells > 1 && (distinct == cells || cells >= 20 && float64(distinct) >= nearlyUnique*float64(cells))
}

// nearlyAll is the share of cells whose values are counted for "few values": the rest may be slips of the pen, which
// in dirty data outnumber the true values.
const nearlyAll = 0.9

// few says whether up to limit values make up nearly all cells, and return.
func (c *column) few(limit int64) bool {
	if !c.complete || c.realDistinct() <= limit {
		return c.realDistinct() <= limit
	}
	if limit >= int64(len(c.real)) || c.repeats() < 0.5 {
		return false
	}
	var n int64
	for _, v := range c.real[:limit] {
		n += v.N
	}
	return float64(n) >= nearlyAll*float64(c.seen)
}

// repeats is the share of cells whose value stands in other cells too.
func (c *column) repeats() float64 {
	if !c.complete {
		return 1 - float64(c.Distinct)/float64(max(c.present, 1))
	}
	var n int64
	for _, v := range c.real {
		if v.N > 1 {
			n += v.N
		}
	}
	return float64(n) / float64(max(c.seen, 1))
}

// decideRole decides which part the column plays.
func (c *column) decideRole(rows int64) {
	few := c.few(dimensionLimit(rows))
	switch {
	case c.realCells() == 0:
		c.Role = flow.RoleIgnore
		c.note("it holds no values")
	case c.realDistinct() == 1 && float64(rows-c.realCells()) <= 0.05*float64(rows):
		c.Role = flow.RoleConstant
		c.note("it holds one value throughout")
	case c.Type.Temporal(), c.Type == flow.Time:
		c.Role = flow.RoleTime
	case c.Semantic == "year" && c.Type.Numeric():
		c.Role = flow.RoleTime
	case c.Type == flow.Boolean:
		c.Role = flow.RoleDimension
	case c.Type == flow.JSON:
		c.Role = flow.RoleText
	case c.Type.Numeric():
		c.numericRole(few)
	default:
		c.textRole(few)
	}
	if c.Role == flow.RoleMeasure {
		c.Additive = c.additive()
	}
}

var (
	// naming types name a thing: their numbers are no quantities.
	naming = []string{"phone", "ean", "isbn", "issn", "credit_card", "iban", "national_id", "code", "uuid", "hash", "ip", "mac", "vat_id", "bic", "email", "url", "domain"}
	// personal types name somebody or something, so that even few values are references and no classes.
	personal = []string{"phone", "email", "iban", "credit_card", "national_id", "uuid", "ip", "mac", "hash"}
	// placing types put a thing on a scale or a map, which is not added up.
	placing = []string{"latitude", "longitude", "geo_point"}
	places  = []string{"city", "region", "state", "country", "postcode"}
	classes = []string{"postcode", "month", "weekday", "quarter", "state", "country", "gender", "boolean", "currency_code"}

	idWords   = []string{"id", "key", "uuid", "guid", "pk", "fk", "identifier"}
	codeWords = []string{
		"code", "zip", "number", "no", "nr", "num", "index", "idx", "sku", "serial", "fips", "ref", "reference", "phone", "naics", "sic", "block", "tract", "lot",
		"precinct", "account", "isbn", "ean", "upc", "postal", "rownum", "unnamed", "extension", "district", "ward", "route", "geoid", "line", "licence", "license", "ssn", "npi", "ein",
	}
	classWords = []string{
		"type", "class", "category", "group", "status", "flag", "zone", "cluster", "segment", "priority", "level", "grade", "severity", "rank", "tier", "stage", "phase", "panel",
		"stratum", "decile", "quartile", "quintile", "label", "indicator", "fold", "kind", "season", "sex", "gender", "race", "method", "mode", "region", "shift",
	}
	quantityWords = []string{
		"amount", "total", "count", "sum", "price", "cost", "sales", "revenue", "quantity", "qty", "rate", "percent", "average", "avg", "mean", "median", "score", "weight", "height",
		"length", "width", "duration", "hours", "days", "minutes", "age", "value", "population", "error", "cases", "deaths", "income", "earnings", "balance", "volume", "distance", "area", "temperature",
		"estimate", "ratio", "limit", "size", "salary", "budget", "profit", "tax", "fee", "freq", "frequency",
	}
)

// numericRole sets identifiers, codes and coordinates apart from measures.
func (c *column) numericRole(few bool) {
	last := c.headWord()
	whole := c.Type == flow.Integer || c.floats
	counts := len(c.words) > 1 && slices.Contains([]string{"num", "number", "no", "n", "nb", "count"}, c.words[0]) && last != "id"
	switch {
	case slices.Contains(placing, c.Semantic), c.coordinate():
		c.Role = flow.RoleDimension
		c.note("it places a point, which is not added up")
	case c.Semantic == "postcode" && !c.unique():
		c.Role = flow.RoleDimension
		c.note("postcodes are places, not quantities")
	case last == "num" && len(c.words) > 1 && few && !counts:
		c.Role = flow.RoleDimension
		c.note("its few numbers stand for classes")
	case counts || !whole && !slices.Contains(idWords, last):
		c.Role = flow.RoleMeasure
	case slices.Contains(idWords, last) || slices.Contains(naming, c.Semantic) || slices.Contains(codeWords, last):
		c.codeRole(few, slices.Contains(idWords, last))
	case c.consecutive():
		c.Role = flow.RoleIdentifier
		c.note("it counts the rows")
	case slices.Contains(classes, c.Semantic), few && slices.Contains(classWords, last):
		c.Role = flow.RoleDimension
		c.note("its few whole numbers stand for classes")
	case c.unique() && c.MinLength == c.MaxLength && c.MinLength >= 6 && !semantic.HasWord(c.words, quantityWords...):
		c.Role = flow.RoleIdentifier
		c.note("its numbers are unique and of one length")
	default:
		c.Role = flow.RoleMeasure
	}
}

// headWord is the word that says what the column is: "number" in "number of rooms"; empty for an empty name.
func (c *column) headWord() string {
	head := semantic.Head(c.words)
	if len(head) == 0 {
		return ""
	}
	return head[len(head)-1]
}

// codeRole is for numbers that name things.
func (c *column) codeRole(few, id bool) {
	switch {
	case c.unique():
		c.Role = flow.RoleIdentifier
		c.note("its numbers are unique and name the row")
	case few && !id:
		c.Role = flow.RoleDimension
		c.note("its numbers are codes of few things")
	default:
		c.Role = flow.RoleKey
		c.note("its numbers name things and return")
	}
}

// coordinate recognises the x and y of a map's grid.
func (c *column) coordinate() bool {
	if len(c.words) == 0 {
		return false
	}
	last := c.words[len(c.words)-1]
	return (last == "x" || last == "y" || last == "easting" || last == "northing") && len(c.words) <= 2 ||
		semantic.HasWord(c.words, "lat", "latitude", "longitude", "lng")
}

// consecutive says whether whole numbers run through without gaps, each once.
func (c *column) consecutive() bool {
	return c.unique() && c.realCells() >= 20 && c.high-c.low+1 <= 1.02*float64(c.realDistinct()) && (c.low == 0 || c.low == 1)
}

// textRole tells identifiers, references, dimensions and free text apart.
func (c *column) textRole(few bool) {
	last := c.headWord()
	code := c.codeLike()
	named := slices.Contains(idWords, last) || slices.Contains(codeWords, last) || slices.Contains(naming, c.Semantic)
	switch {
	case c.unique() && code && c.realCells() >= 5:
		c.Role = flow.RoleIdentifier
		c.note("its codes are unique")
	case c.unique() && c.average <= 40 && named:
		c.Role = flow.RoleIdentifier
		c.note("its values are unique and the name speaks of a code")
	case slices.Contains(placing, c.Semantic), slices.Contains(places, c.Semantic) && !c.unique():
		c.Role = flow.RoleDimension
		c.note("it names places")
	case c.unique():
		c.Role = flow.RoleText
		c.note("nearly every cell holds a text of its own")
	case slices.Contains(personal, c.Semantic):
		c.Role = flow.RoleKey
		c.note("its values name somebody or something, and return")
	case few && c.repeats() >= 0.5:
		c.Role = flow.RoleDimension
		c.note("%d values return in %s of the cells", c.realDistinct(), percent(c.repeats()))
	case code && named:
		c.Role = flow.RoleKey
		c.note("its codes name things and return")
	case c.repeats() >= 0.5 && c.average <= 100 && c.Semantic != "free_text":
		c.Role = flow.RoleDimension
		c.note("its values return in %s of the cells", percent(c.repeats()))
	default:
		c.Role = flow.RoleText
	}
}

// codeLike says whether the values are single words with digits in most.
func (c *column) codeLike() bool {
	var single, digits int64
	for _, v := range c.real {
		if strings.ContainsAny(v.Value, " \t") {
			continue
		}
		single += v.N
		if strings.ContainsAny(v.Value, "0123456789@") {
			digits += v.N
		}
	}
	return c.seen > 0 && single*10 >= c.seen*9 && digits*10 >= c.seen*7 && c.average <= 64
}

// additive says how a measure may be summed up: additive over everything, semi-additive not over time (stocks and
// running totals), ratio not at all.
func (c *column) additive() string {
	if c.Semantic == "percent" || c.Semantic == "ratio" || c.Semantic == "rating" || c.Semantic == "age" || c.Number != nil && c.Number.Suffix == "%" {
		return "ratio"
	}
	if semantic.HasWord(c.words, "rate", "ratio", "percent", "pct", "percentage", "average", "avg", "mean", "median", "price", "score", "temperature", "temp", "index", "age", "share", "per", "error",
		"density", "margin", "speed", "probability", "estimate", "std", "se", "sd", "stderr", "cv", "moe", "variance", "stddev", "deviation", "min", "max", "minimum", "maximum", "limit", "target", "bmi", "abv", "ibu", "weight", "height", "width", "length", "size", "rank", "grade", "gpa", "humidity", "pressure", "ph") {
		return "ratio"
	}
	if semantic.HasWord(c.words, "balance", "stock", "inventory", "headcount", "population", "cumulative", "cum", "running", "outstanding", "backlog", "onhand", "capacity", "households") {
		return "semi-additive"
	}
	return "additive"
}

// explain puts the evidence into words.
func (c *column) explain() {
	lead := ""
	if c.Type != flow.Text && c.realCells() > 0 {
		lead = percent(c.TypeFit) + " of the values can be read as " + string(c.Type)
		if c.tokens > 0 {
			lead += ", missing tokens not counted"
		}
	}
	parts := c.notes
	if lead != "" {
		parts = append([]string{lead}, parts...)
	}
	c.Why = strings.Join(parts, "; ")
}
