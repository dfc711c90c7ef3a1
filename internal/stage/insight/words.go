package insight

import (
	"slices"
	"strings"
	"unicode"
)

// tokens splits a text into its words in lower case; camel case and underscores part words too.
func tokens(text string) []string {
	var list []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			list = append(list, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	lower := false
	for _, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if unicode.IsUpper(r) && lower {
				flush()
			}
			word.WriteRune(r)
			lower = unicode.IsLower(r)
		default:
			flush()
			lower = false
		}
	}
	flush()
	return list
}

// textWords splits running text into words as wordPattern finds them, each once.
func textWords(text string) []string {
	list := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	slices.Sort(list)
	return slices.Compact(list)
}

// stem cuts the commonest English endings, so that "expenses" meets "expense" and "rejected" meets "rejection".
func stem(word string) string {
	for _, x := range []struct{ end, put string }{
		{"ations", "at"}, {"ation", "at"}, {"ements", ""}, {"ement", ""}, {"ments", ""}, {"ment", ""}, {"ions", ""}, {"ion", ""},
		{"ings", ""}, {"ing", ""}, {"ies", "y"}, {"sses", "ss"}, {"ches", "ch"}, {"xes", "x"}, {"ed", ""}, {"als", ""}, {"al", ""}, {"er", ""}, {"es", ""}, {"s", ""}, {"e", ""},
	} {
		if cut, ok := strings.CutSuffix(word, x.end); ok && len(cut) >= 4 && !strings.HasSuffix(word, "ss") {
			return cut + x.put
		}
	}
	if cut, ok := strings.CutSuffix(word, "s"); ok && len(cut) >= 3 && !strings.HasSuffix(cut, "s") {
		return cut
	}
	return word
}

// stopWords say nothing on their own.
var stopWords = wordSet(`a about above across after again against all also am an and any are as at be because been before
		being below between both but by can cannot could did do does doing down during each few for from further had has have having he
		her here hers him his how i if in into is it its itself just me more most my no nor not now of off on once only or other our out
		over own per same she should so some such than that the their them then there these they this those through to too under until up
		us very via was we were what when where which while who whom why will with within without would you your use used using new next
		last there's one two three make made may might must need`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// wordy says whether a word of a text can be a finding: not a stop word, not a number, not a single letter.
func wordy(word string) bool {
	if len(word) < 3 || stopWords[word] {
		return false
	}
	for _, r := range word {
		if unicode.IsNumber(r) {
			return false
		}
	}
	return true
}

// nouns are what rows are often called; the first that the goal, the grain or the keys speak of names the rows.
var nouns = map[string]string{
	"incident": "incidents", "ticket": "tickets", "order": "orders", "expense": "expenses", "claim": "claims", "asset": "assets",
	"goal": "goals", "project": "projects", "customer": "customers", "patient": "patients", "delivery": "deliveries",
	"deliveries": "deliveries", "shipment": "shipments", "invoice": "invoices", "payment": "payments", "transaction": "transactions",
	"sale": "sales", "call": "calls", "visit": "visits", "flight": "flights", "trip": "trips", "accident": "accidents",
	"complaint": "complaints", "product": "products", "employee": "employees", "review": "reviews", "case": "cases",
	"request": "requests", "booking": "bookings", "loan": "loans", "account": "accounts", "contract": "contracts", "event": "events",
	"inspection": "inspections", "subscription": "subscriptions", "purchase": "purchases", "return": "returns", "session": "sessions",
	"student": "students", "survey": "surveys", "permit": "permits", "task": "tasks", "job": "jobs", "issue": "issues", "change": "changes",
}

// codePrefixes are the customary prefixes of running numbers.
var codePrefixes = map[string]string{
	"INC": "incidents", "EXP": "expenses", "ORD": "orders", "INV": "invoices", "REQ": "requests", "CHG": "changes", "TKT": "tickets",
	"CASE": "cases", "CUST": "customers",
}

// nounOf names the rows, plural. A goal often names several things; the one that the table also speaks of comes first.
func nounOf(goal, grain string, identifiers []string) string {
	for _, id := range identifiers {
		i := strings.IndexFunc(id, func(r rune) bool { return !unicode.IsUpper(r) })
		if i > 0 {
			if n, ok := codePrefixes[id[:i]]; ok {
				return n
			}
		}
	}
	for _, text := range []string{goal, grain} {
		for _, t := range tokens(text) {
			if n, ok := nouns[t]; ok {
				return n
			}
			if n, ok := nouns[strings.TrimSuffix(t, "s")]; ok {
				return n
			}
		}
	}
	return "rows"
}
