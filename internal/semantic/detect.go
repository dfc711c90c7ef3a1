package semantic

import (
	"slices"
	"strings"
	"sync"
)

// Type is one semantic type.
type Type struct {
	// ID is the catalogue's id, such as "email".
	ID string
	// Valid accepts a value of the type. Values are given without outer blanks.
	Valid func(value string) bool
	// Strong accepts values whose form alone gives the type away, such as "+31 20 123 4567". Nil means that
	// Prior holds for everything that is valid.
	Strong func(value string) bool
	// Prior is how far values that pass Strong (or Valid) prove the type without a hint from the column's name, 0..1.
	Prior float64
	// Hints are words, or sequences of words, of column names that suggest the type.
	Hints []string
	// Weak says that Valid accepts almost anything, so that any type with a real validator comes first.
	Weak bool
	// Not are words of column names that speak against the type.
	Not []string
	// Closed says that Valid is exact (a checksum, a list), so that a value that fails is an error of its own.
	Closed bool
}

// Count is a value with the number of cells in which it stands.
type Count struct {
	Value string
	N     int64
}

// Match is a semantic type that was found for a column.
type Match struct {
	ID         string
	Fit        float64 // share of the cells that the validator accepts, 0..1
	Confidence float64 // from the validator's share and the name, 0..1
	ByName     bool    // the column's name hints at it
}

// Thresholds below which a semantic type is not given to a column.
const (
	LeastFit        = 0.6
	LeastConfidence = 0.5
)

const (
	hintHead  = 0.95 // the name ends in the hint: "customer email"
	hintInner = 0.55 // the name holds the hint: "email status"
	weakHint  = 0.6  // what a hint counts for a type whose validator accepts almost anything
	screened  = 200  // values on which hopeless types are ruled out
)

var all = sync.OnceValue(func() []Type {
	return slices.Concat(networkTypes(), financeTypes(), productTypes(), calendarTypes(), placeTypes(), personTypes(),
		quantityTypes(), languageTypes(), textTypes())
})

// Types lists the semantic types, the more specific first.
func Types() []Type { return slices.Clone(all()) }

// Lookup returns the type with the id, or nil.
func Lookup(id string) *Type {
	types := all()
	for i := range types {
		if types[i].ID == id {
			t := types[i]
			return &t
		}
	}
	return nil
}

// Detect finds the semantic type of a column from its name and its values, most frequent first, without missing
// tokens. It returns false where none is likely.
func Detect(name string, values []Count) (Match, bool) {
	return detect(name, values, func(string) bool { return true })
}

// DetectNumber is Detect for columns whose values are numbers: types that are words are not considered, so that the
// unit behind a number is not taken for the end of a company's name.
func DetectNumber(name string, values []Count) (Match, bool) {
	return detect(name, values, func(id string) bool { return ofNumbers[id] })
}

// ofNumbers are the types whose values may be plain numbers, or numbers with a sign or unit.
var ofNumbers = set("credit_card|money|isbn|ean|year|month|weekday|quarter|duration|latitude|longitude|postcode|phone|national_id|age|percent|ratio|rating|ordinal|boolean|code|version")

func detect(name string, values []Count, considered func(string) bool) (Match, bool) {
	if len(values) == 0 {
		return Match{}, false
	}
	words := Words(name)
	best, found := Match{}, false
	for i := range all() {
		t := &all()[i]
		if !considered(t.ID) {
			continue
		}
		m := t.match(words, values)
		if m.Fit >= LeastFit && m.Confidence >= LeastConfidence && m.Confidence > best.Confidence+1e-9 {
			best, found = m, true
		}
	}
	return best, found
}

func (t *Type) match(words []string, values []Count) Match {
	hint := t.hint(words)
	if hint == 0 && t.Prior < LeastConfidence {
		return Match{}
	}
	if len(values) > screened {
		if fit, _ := t.shares(values[:screened]); fit < LeastFit/2 {
			return Match{}
		}
	}
	fit, strong := t.shares(values)
	if t.Weak {
		hint *= weakHint
	}
	return Match{ID: t.ID, Fit: fit, Confidence: max(fit*hint, strong*t.Prior), ByName: hint > 0}
}

// shares are the shares of cells that are valid, and that are strong evidence.
func (t *Type) shares(values []Count) (fit, strong float64) {
	var n, valid, sure int64
	for _, v := range values {
		n += v.N
		if !t.Valid(v.Value) {
			continue
		}
		valid += v.N
		if t.Strong == nil || t.Strong(v.Value) {
			sure += v.N
		}
	}
	if n == 0 {
		return 0, 0
	}
	return float64(valid) / float64(n), float64(sure) / float64(n)
}

// hint says how much the words of a name speak for the type.
func (t *Type) hint(words []string) float64 {
	for _, not := range t.Not {
		if slices.Contains(words, not) {
			return 0
		}
	}
	words = Counted(words)
	head := Head(words)
	best := 0.0
	for _, h := range t.Hints {
		want := strings.Fields(h)
		switch {
		case endsWith(head, want):
			return hintHead
		case containsRun(words, want):
			best = hintInner
		}
	}
	return best
}

func endsWith(words, want []string) bool {
	return len(words) >= len(want) && slices.Equal(words[len(words)-len(want):], want)
}

func containsRun(words, want []string) bool {
	for i := 0; i+len(want) <= len(words); i++ {
		if slices.Equal(words[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

// set makes a lookup of lower-case words.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Split(words, "|") {
		m[strings.TrimSpace(w)] = true
	}
	return m
}

// inSet accepts values of a set of lower-case words, whatever their case.
func inSet(m map[string]bool) func(string) bool {
	return func(v string) bool { return m[strings.ToLower(v)] }
}
