package reception

import (
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// leastTypeFit is the share of the cells, missing tokens not counted, that must fit a type.
const leastTypeFit = 0.8

// longestExact is how many digits a number may have for arithmetic on it to be exact.
const longestExact = 15

// tally counts what the values of a column look like.
type tally struct {
	cells   int64
	words   map[string]int64 // boolean words
	boolean int64
	json    int64
	clocks  clockTally
	moments momentTally
	numbers numberTally
}

func (c *column) tally() *tally {
	t := &tally{cells: c.seen, words: map[string]int64{}}
	for _, v := range c.real {
		lower := strings.ToLower(v.Value)
		if _, ok := booleanPairs[lower]; ok {
			t.boolean += v.N
			t.words[lower] += v.N
		}
		switch {
		case t.moments.add(v):
		case t.clocks.add(v):
		case semantic.Lookup("json").Valid(v.Value):
			t.json += v.N
		}
		t.numbers.add(v)
	}
	return t
}

func (t *tally) most(n int64) bool { return t.cells > 0 && float64(n) >= leastTypeFit*float64(t.cells) }

// decideType sets type, formats and notation from the values; scanTyped then measures the fit over all rows.
func (c *column) decideType() {
	t := c.tally()
	c.Type = flow.Text
	switch {
	case t.cells == 0:
		return
	case t.most(t.moments.cells) && !(t.moments.onlyCompact() && !c.namesDate() && !t.moments.spread()):
		c.Type, c.Formats = t.moments.decide(c)
	case t.most(t.clocks.cells):
		c.Type, c.Formats = flow.Time, t.clocks.formats()
	case t.most(t.boolean) && c.isBoolean(t):
		c.Type = flow.Boolean
	case t.most(t.json):
		c.Type = flow.JSON
	default:
		c.decideNumber(t)
	}
}

// booleanPairs are the words that the engine reads as a boolean, each with its opposite.
var booleanPairs = map[string]string{
	"true": "false", "false": "true", "t": "f", "f": "t", "yes": "no", "no": "yes", "y": "n", "n": "y",
	"on": "off", "off": "on", "1": "0", "0": "1",
}

// isBoolean says whether the boolean words come in pairs, and zeros and ones are not a count.
func (c *column) isBoolean(t *tally) bool {
	digits := t.words["0"] + t.words["1"]
	if digits*2 > t.boolean {
		counted := semantic.HasWord(c.words, "count", "number", "num", "total", "quantity", "qty", "cases", "deaths", "sum", "amount",
			"id", "code", "new", "children", "rooms", "units", "days", "hours", "year", "month", "index", "score", "households", "males", "females")
		return !counted && t.words["0"] > 0 && t.words["1"] > 0 && digits*100 >= t.cells*99
	}
	for w, n := range t.words {
		if n > 0 && (t.words[booleanPairs[w]] > 0 || len(w) > 2 && len(c.real) == 1) {
			return true
		}
	}
	return false
}

// namesDate says whether the column's name speaks of a date.
func (c *column) namesDate() bool {
	return semantic.HasWord(c.words, "date", "dt", "day", "datum", "datetime", "dob", "birthday", "created", "updated", "opened", "closed")
}

// decideNumber sets a numeric type where the values are numbers in one notation, and are not codes.
func (c *column) decideNumber(t *tally) {
	notation, cells, whole := t.numbers.decide()
	if !t.most(cells) {
		return
	}
	if t.numbers.leading0*50 >= cells {
		c.note("%s of the numbers begin with a zero, as codes do", percent(float64(t.numbers.leading0)/float64(cells)))
		return
	}
	if t.numbers.long*2 >= cells {
		c.note("its numbers have more than %d digits, as codes do", longestExact)
		return
	}
	c.Type, c.Number = flow.Decimal, notation
	if whole*50 >= cells*49 {
		c.Type = flow.Integer
	}
	c.floats = c.Type == flow.Decimal && (whole+t.numbers.zeroFraction)*50 >= cells*49
}
