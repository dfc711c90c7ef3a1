package reception

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/semantic"
)

// Directions of a goal.
const (
	up   = "up"
	down = "down"
)

var (
	upVerbs = []string{
		"raise", "grow", "increase", "improve", "boost", "maximise", "maximize", "expand", "gain", "lift", "accelerate", "enhance", "strengthen", "more", "higher", "win", "extend", "better", "verhogen", "steigern",
	}
	downVerbs = []string{
		"reduce", "cut", "avoid", "shorten", "decrease", "lower", "minimise", "minimize", "prevent", "eliminate", "limit", "save", "fewer", "less", "drop", "curb", "mitigate", "stop", "lessen", "faster", "quicker", "speed", "quickly", "verlagen", "senken",
	}
	// worse things go down when they are improved.
	worse = []string{
		"delay", "delays", "late", "cost", "costs", "defect", "defects", "error", "errors", "churn", "complaint", "complaints", "failure", "failures", "incident", "incidents", "time", "duration", "waste", "risk", "loss", "losses", "absence", "attrition", "backlog", "expense", "expenses", "resolution",
	}
	determiners = []string{"the", "a", "an", "this", "that", "of", "recent", "any", "for", "an", "into"}
	synonyms    = [][]string{
		{"revenue", "sales", "turnover", "income", "amount"}, {"cost", "costs", "expense", "spend", "spending", "price", "amount", "charge", "fee"}, {"customer", "client", "buyer", "account", "caller"},
		{"employee", "staff", "agent", "worker", "user", "person", "individual", "assigned"}, {"late", "delay", "delayed", "overdue", "delivery"}, {"region", "location", "area", "geography", "geographic", "territory", "state", "country"},
		{"incident", "ticket", "case", "issue", "number"}, {"category", "type", "class", "kind", "categories"}, {"duration", "time", "hours", "days", "period"}, {"rating", "satisfaction", "score", "stars", "review"},
		{"quantity", "volume", "count", "units", "qty"}, {"department", "team", "division", "group", "unit"}, {"success", "completion", "complete", "achievement", "met", "percent"}, {"productivity", "performance", "efficiency"},
		{"resolution", "resolved", "closed", "close", "ttr", "mttr", "opened"}, {"processing", "processed", "process"}, {"product", "item", "article", "sku", "model"}, {"warranty", "expiration"}, {"purchase", "purchased", "acquisition", "bought"}, {"asset", "hardware", "device"},
		{"trend", "date", "opened", "month"}, {"goal", "target", "objective"}, {"status", "state"}, {"fraud", "anomaly", "anomalous"},
	}
	stopWords = []string{
		"the", "and", "for", "with", "from", "that", "this", "our", "their", "into", "over", "under", "across", "between", "within", "how", "what", "why", "which", "any", "all", "are", "was", "has", "have", "its", "per", "find", "analyze", "analyse",
		"identify", "understand", "determine", "explore", "investigate", "examine", "discrepancy", "evaluate", "patterns", "pattern", "trends", "data", "insights", "ensure", "order", "by", "of", "in", "to", "on", "or", "is", "at", "as", "be", "an", "a",
	}
)

// mostGoalValues is how many distinct values of a dimension are compared with the goal's words.
const mostGoalValues = 200

// readGoal finds what the goal's text speaks of. What the person gave (the KPI) is kept as given.
func readGoal(ctx context.Context, s *engine.Session, facts *flow.Facts, goal flow.Goal) (flow.Goal, error) {
	g := flow.Goal{Text: goal.Text, KPI: goal.KPI, Direction: goal.Direction, Columns: []string{}}
	tokens := goalTokens(goal.Text)
	var why []string
	scores := map[string]float64{}
	for i := range facts.Columns {
		c := &facts.Columns[i]
		score, word := nameScore(c.Name, tokens)
		if score > 0 {
			scores[c.Name] += score
			why = append(why, fmt.Sprintf("%q speaks of %s", word, c.Name))
		}
	}
	if len(tokens) > 0 {
		values, err := mentionedValues(ctx, s, facts, goal.Text, scores)
		if err != nil {
			return g, fmt.Errorf("comparing the goal with the values: %w", err)
		}
		g.Values = values
	}
	for name := range scores {
		g.Columns = append(g.Columns, name)
	}
	slices.SortFunc(g.Columns, func(a, b string) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), strings.Compare(a, b)) })
	if g.KPI == "" {
		g.KPI = inferKPI(facts, scores)
		if g.KPI != "" {
			why = append(why, g.KPI+" is taken as what measures the goal")
		}
	} else if facts.Column(g.KPI) == nil {
		g.KPI = closestName(facts, g.KPI)
	}
	if g.Direction == "" {
		g.Direction = direction(tokens)
	}
	if g.KPI != "" {
		g.Columns = append([]string{g.KPI}, slices.DeleteFunc(g.Columns, func(n string) bool { return n == g.KPI })...)
	}
	g.Why = strings.Join(why, "; ")
	return g, nil
}

// goalTokens are the words of a goal in lower case, in order.
func goalTokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// nameScore says how much the goal's words speak of a column's name: a word that is the same counts 1, the same stem
// 0.9, a synonym 0.4; the sum is divided by the root of the name's length, so that full matches win.
func nameScore(name string, tokens []string) (score float64, word string) {
	words := semantic.Head(semantic.Words(name))
	best := 0.0
	for _, w := range words {
		top := 0.0
		for _, t := range tokens {
			if slices.Contains(stopWords, t) || len(t) < 3 && t != w {
				continue
			}
			m := wordMatch(w, t)
			if m > top {
				top = m
			}
			if m > best {
				best, word = m, t
			}
		}
		score += top
	}
	if len(words) == 0 {
		return 0, ""
	}
	return score / (0.5 + 0.5*float64(len(words))), word
}

func wordMatch(a, b string) float64 {
	switch {
	case a == b:
		return 1
	case len(a) > 3 && len(b) > 3 && stem(a) == stem(b):
		return 0.9
	}
	for _, group := range synonyms {
		if slices.ContainsFunc(group, func(w string) bool { return stem(w) == stem(a) }) &&
			slices.ContainsFunc(group, func(w string) bool { return stem(w) == stem(b) }) {
			return 0.4
		}
	}
	return 0
}

// stem cuts the usual English endings off.
func stem(w string) string {
	for _, end := range []string{"ments", "ment", "ations", "ation", "ings", "ing", "ions", "ion", "ies", "ers", "er", "ed", "es", "s", "y", "e"} {
		if s, ok := strings.CutSuffix(w, end); ok && len(s) >= 3 {
			return s
		}
	}
	return w
}

// mentionedValues finds values of dimensions that stand in the goal's text, and counts them for their columns.
func mentionedValues(ctx context.Context, s *engine.Session, facts *flow.Facts, text string, scores map[string]float64) ([]string, error) {
	padded := " " + strings.Join(goalTokens(text), " ") + " "
	var values []string
	for _, name := range facts.Context.Dimensions {
		c := facts.Column(name)
		if c.Distinct > mostGoalValues || c.Type != flow.Text {
			continue
		}
		rows, err := s.Query(ctx, "SELECT DISTINCT "+engine.Text(name)+" FROM "+engine.DataTable+" WHERE "+engine.Ident(name)+" IS NOT NULL ORDER BY 1")
		if err != nil {
			return nil, err
		}
		found, err := mentioned(rows, padded)
		if err != nil {
			return nil, err
		}
		for range found {
			scores[name] += 0.8
		}
		values = append(values, found...)
	}
	return values, nil
}

// mentioned reads the values that stand in the goal's words and closes the rows, as the next query needs.
func mentioned(rows *sql.Rows, padded string) ([]string, error) {
	defer rows.Close()
	var found []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		plain := strings.Join(goalTokens(v), " ")
		if len(plain) >= 3 && !slices.Contains(stopWords, plain) && strings.Contains(padded, " "+plain+" ") {
			found = append(found, v)
		}
	}
	return found, rows.Err()
}

// leastKPI is the score from which a column is taken for what measures the goal.
const leastKPI = 0.4

// inferKPI is the measure, or the yes-or-no column, of which the goal speaks most; empty where it speaks of none.
func inferKPI(facts *flow.Facts, scores map[string]float64) string {
	best, most := "", 0.0
	for i := range facts.Columns {
		c := &facts.Columns[i]
		if c.Role != flow.RoleMeasure && c.Type != flow.Boolean {
			continue
		}
		if s := scores[c.Name]; s >= leastKPI && s > most {
			best, most = c.Name, s
		}
	}
	return best
}

// closestName finds the column that a given KPI means when case or separators differ; the text as given where none is.
func closestName(facts *flow.Facts, kpi string) string {
	want := strings.Join(semantic.Words(kpi), " ")
	for i := range facts.Columns {
		if strings.Join(semantic.Words(facts.Columns[i].Name), " ") == want {
			return facts.Columns[i].Name
		}
	}
	return kpi
}

// direction reads the goal's verbs. Improving what is bad means less of it.
func direction(tokens []string) string {
	for i, t := range tokens {
		if i > 0 && slices.Contains(determiners, tokens[i-1]) {
			continue // "the increase in costs" is what happened, not what is wanted
		}
		switch {
		case slices.Contains(downVerbs, t):
			return down
		case slices.Contains(upVerbs, t):
			next := tokens[i+1 : min(i+4, len(tokens))]
			if (t == "improve" || t == "enhance" || t == "better") && slices.ContainsFunc(next, func(w string) bool { return slices.Contains(worse, w) }) {
				return down
			}
			return up
		}
	}
	return ""
}
