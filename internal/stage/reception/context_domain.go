package reception

import (
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// domainWords are the domains with the words of column names that vote for them, and what one row is called there.
var domainWords = []struct {
	name, entity string
	words        []string
}{
	{"orders", "order", []string{"order", "orders", "customer", "product", "quantity", "qty", "price", "discount", "sku", "shipping", "sales", "cart", "item", "invoice", "store", "purchase", "unit", "promotion", "basket", "return", "delivery"}},
	{"finance", "transaction", []string{"expense", "amount", "budget", "account", "transaction", "debit", "credit", "balance", "payment", "currency", "ledger", "cost", "revenue", "invoice", "tax", "reimbursement", "loan", "interest", "bank", "processed", "reimbursed"}},
	{"health care", "case", []string{"hospital", "patient", "diagnosis", "provider", "measure", "clinic", "doctor", "treatment", "emergency", "condition", "disease", "cases", "deaths", "obesity", "medical", "icd", "admission", "discharge", "dose", "vaccine", "health", "blood", "physician", "symptom", "ward", "admitted", "smoker", "bmi", "surgery"}},
	{"service desk", "incident", []string{"incident", "caller", "assigned", "assignment", "opened", "closed", "resolved", "priority", "short", "ticket", "sla", "resolution", "escalation", "assignee", "reopened", "sys"}},
	{"assets", "asset", []string{"asset", "serial", "warranty", "model", "purchased", "expiration", "ci", "hardware", "installed", "vendor", "tag", "licence", "depreciation"}},
	{"goals", "goal", []string{"goal", "target", "percent", "complete", "kpi", "metric", "objective", "owner", "achieved", "met"}},
	{"human resources", "employee", []string{"employee", "salary", "hire", "hired", "department", "manager", "job", "performance", "attrition", "position", "schedule", "termination", "leave", "overtime", "wage", "tenure", "skills"}},
	{"web analytics", "visit", []string{"session", "page", "visit", "visitor", "click", "clicks", "impressions", "bounce", "url", "referrer", "browser", "campaign", "conversion", "device", "views", "utm"}},
	{"logistics", "shipment", []string{"shipment", "carrier", "warehouse", "route", "freight", "tracking", "delivered", "origin", "destination", "vehicle", "driver", "distance", "depot", "container", "trip", "flight", "departure", "arrival"}},
	{"real estate", "property", []string{"property", "bedroom", "bedrooms", "bathrooms", "rent", "rental", "listing", "sqft", "lot", "zoning", "tenant", "guest", "host", "house", "parcel", "mortgage", "neighbourhood", "neighborhood"}},
	{"education", "student", []string{"student", "school", "grade", "course", "teacher", "exam", "gpa", "enrollment", "graduation", "class", "university", "campus", "semester", "subject"}},
	{"crime and justice", "report", []string{"offense", "crime", "complaint", "precinct", "arrest", "victim", "bias", "police", "charge", "penal", "law", "incident"}},
	{"government statistics", "figure", []string{"fips", "census", "county", "population", "households", "race", "ethnicity", "characteristic", "estimate", "standard", "error", "indicator", "stratum", "territory", "median", "statistic", "panel", "stub", "note"}},
	{"food and drink", "product", []string{"beer", "brewery", "abv", "ibu", "style", "ounces", "wine", "recipe", "ingredient", "calories", "restaurant", "menu", "cuisine", "nutrition"}},
	{"sensors", "reading", []string{"sensor", "temperature", "humidity", "pressure", "reading", "device", "voltage", "signal", "station", "measurement", "wind", "rainfall", "speed"}},
	{"books and media", "title", []string{"isbn", "author", "publisher", "title", "genre", "language", "director", "movie", "film", "album", "artist", "track", "issn", "journal", "rating"}},
	{"people", "person", []string{"first", "last", "surname", "birth", "email", "phone", "gender", "address", "age", "marital", "nationality"}},
}

// leastVotes is how many words must speak for a domain.
const leastVotes = 2.0

// domain is the field that most column names speak of; empty where fewer than two words do.
func domain(facts *flow.Facts) string {
	seen := map[string]bool{}
	for i := range facts.Columns {
		for _, w := range semantic.Words(facts.Columns[i].Name) {
			seen[w] = true
		}
	}
	best, most := "", 0.0
	for _, d := range domainWords {
		votes := 0.0
		for _, w := range d.words {
			if seen[w] || seen[strings.TrimSuffix(w, "s")] {
				votes++
			}
		}
		votes += semanticVotes(d.name, facts)
		if votes > most {
			best, most = d.name, votes
		}
	}
	if most < leastVotes {
		return ""
	}
	return best
}

// semanticVotes are the votes of semantic types, a quarter as strong as those of words.
func semanticVotes(domain string, facts *flow.Facts) float64 {
	types := map[string][]string{
		"people": {"person_name", "first_name", "last_name", "email", "phone", "gender"}, "finance": {"iban", "money", "currency_code", "credit_card", "bic"},
		"web analytics": {"url", "ip", "mime_type"}, "books and media": {"isbn", "issn"}, "orders": {"ean", "sku"}, "government statistics": {"state", "region"},
	}[domain]
	votes := 0.0
	for _, id := range types {
		if slices.ContainsFunc(facts.Columns, func(c flow.Column) bool { return c.Semantic == id }) {
			votes += 0.25
		}
	}
	return votes
}

// grain says in words what one row is.
func grain(facts *flow.Facts, shares map[string]float64) string {
	entity := ""
	for _, d := range domainWords {
		if d.name == facts.Context.Domain {
			entity = d.entity
		}
	}
	if len(facts.Context.Keys) == 0 {
		if facts.Rows < 2 {
			return "too few rows to say what one row is"
		}
		return "one row for each record; no set of up to three columns tells the rows apart"
	}
	key := grainKey(facts)
	text := "one row for each combination of " + join(key)
	if len(key) == 1 {
		if e := entityOf(key[0]); e != "" {
			entity = e
		}
		text = "one row for each " + key[0]
		if entity != "" {
			text = "one row for each " + entity + " (" + key[0] + ")"
		}
	}
	if share := shares[strings.Join(key, "\x00")]; share < 1 {
		text += fmt.Sprintf("; %s of the rows are told apart by it, the rest repeats", percent(share))
	}
	return text
}

// grainKey is the key that says what a row is: not a mere row number where codes that return make a key together.
func grainKey(facts *flow.Facts) []string {
	keys := facts.Context.Keys
	if len(keys[0]) > 1 || !rowCounter(keys[0][0]) {
		return keys[0]
	}
	for _, k := range keys[1:] {
		if !slices.ContainsFunc(k, func(n string) bool { return facts.Column(n).Role != flow.RoleKey }) {
			return k
		}
	}
	return keys[0]
}

// entityOf is what an identifier's name says it identifies: "order" for "order_id"; empty where it says nothing.
func entityOf(name string) string {
	words := semantic.Words(name)
	if len(words) < 2 || !slices.Contains(idWords, words[len(words)-1]) && !slices.Contains(codeWords, words[len(words)-1]) {
		return ""
	}
	if words[0] == "sys" || words[0] == "source" || words[0] == "row" {
		return ""
	}
	return strings.Join(words[:len(words)-1], " ")
}

func join(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// timeColumn chooses the column that says when a row happened: the beginning before the end, complete before full of
// gaps, dates before years.
func timeColumn(facts *flow.Facts) string {
	best, most := "", 0.0
	for i := range facts.Columns {
		c := &facts.Columns[i]
		if c.Role != flow.RoleTime || c.Type == flow.Time {
			continue
		}
		score := 2 * (1 - float64(c.Missing)/float64(max(facts.Rows, 1))) * c.TypeFit
		if c.Type.Temporal() {
			score++
		}
		words := semantic.Words(c.Name)
		if semantic.HasWord(words, "order", "ordered", "opened", "open", "created", "create", "start", "date", "purchase", "purchased", "transaction", "event", "invoice", "posted", "hired", "hire", "report", "timestamp", "admission", "occurred", "pickup", "departure", "visit") {
			score += 0.5
		}
		if semantic.HasWord(words, "updated", "update", "modified", "due", "expiry", "expiration", "warranty", "birth", "dob", "end", "closed", "sys", "delivered", "shipped", "processed", "resolved", "birthday", "arrest") {
			score--
		}
		if score > most {
			best, most = c.Name, score
		}
	}
	return best
}
