package recommendation

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// fromInsight is what to do about an insight; nothing where it calls for nothing.
func fromInsight(f *flow.InsightFinding) []action {
	switch f.Kind {
	case "outstanding", "concentration":
		return []action{segment(f)}
	case "difference":
		return difference(f)
	case "trend":
		return trend(f)
	case "change_point":
		return []action{act(f, fixProcess, "process of "+f.Measure,
			"Find out what changed in the process when "+measured(f)+" stepped, and "+setRight(f))}
	case "distribution":
		if f.Evidence.Numbers["even"] == 1 {
			return nil
		}
		return []action{act(f, shiftMix, "mix "+dimension(f)+f.Measure,
			fmt.Sprintf("Decide whether %s should be spread over %s as it is, and shift what should not", measured(f), dimension(f)))}
	case "correlation", "driver":
		return []action{driver(f)}
	case "seasonality":
		return []action{act(f, watchMetric, f.Measure+" by season",
			"Plan capacity for the times when "+measured(f)+" is at its highest, and watch whether it holds")}
	}
	return nil
}

// act is an action that rests on one insight.
func act(f *flow.InsightFinding, kind, about, title string) action {
	why := f.Title + " (" + f.ID
	if f.QValue > 0 {
		why += fmt.Sprintf(", q %.1g", f.QValue)
	}
	why += ")."
	for _, n := range f.Evidence.Notes {
		if strings.Contains(n, "third thing") {
			why += " That two things move together does not show that one makes the other: test it before relying on it."
		}
	}
	return action{about: about, ActionItem: flow.ActionItem{
		Title: title, Why: why, Kind: kind, Impact: impact(f), Confidence: confidence(f), Insights: []string{f.ID},
	}}
}

// impact is how much of the goal an insight concerns: its relevance to the goal and its place among the insights.
func impact(f *flow.InsightFinding) float64 {
	return math.Sqrt(math.Max(0, f.GoalRelevance) * math.Max(0, math.Min(1, f.Score)))
}

// confidence grows with the evidence against chance, and is capped: data that was observed shows no cause.
func confidence(f *flow.InsightFinding) float64 {
	c := 0.5
	if f.QValue < 0.05 {
		c = 0.5 + 0.1*math.Min(4, -math.Log10(math.Max(f.QValue, 1e-12)/0.05))
	}
	if f.Kind == "correlation" || f.Kind == "driver" {
		c -= 0.2
	}
	if f.Decision != nil && f.Decision.Applies() {
		c += 0.05 // a person who knows the subject kept it
	}
	return math.Min(0.95, c)
}

func segment(f *flow.InsightFinding) action {
	who := leading(f)
	return act(f, actOnSegment, "segment "+dimension(f)+" "+who,
		fmt.Sprintf("Act on %s %s first: it alone makes %.0f%% of %s", dimension(f), who, 100*f.Evidence.Numbers["share"], measured(f)))
}

// difference becomes a look at the group that stands apart; where it is the better one, what it does may be carried over.
func difference(f *flow.InsightFinding) []action {
	d, who := dimension(f), leading(f)
	if who == "" {
		return nil
	}
	if who == "true" { // a word in a text
		return []action{act(f, testDriver, d+" "+f.Measure, fmt.Sprintf("Read the rows where %s and find what they have in common: they differ in %s", d, measured(f)))}
	}
	if strings.HasPrefix(f.Measure, "rate(") {
		return []action{act(f, actOnSegment, "segment "+d+" "+who,
			fmt.Sprintf("Find out why %s is so frequent for %s %s, and act there first", trimAgg(f.Measure), d, who))}
	}
	return []action{act(f, actOnSegment, "segment "+d+" "+who,
		fmt.Sprintf("Find out what %s %s does differently in %s, then fix it there or carry it over to the others", d, who, measured(f)))}
}

func trend(f *flow.InsightFinding) []action {
	inside := where(f)
	if f.Evidence.Numbers["stable"] == 1 {
		a := act(f, watchMetric, "watch "+f.Measure+inside, fmt.Sprintf("Watch %s%s: it is stable now, so set an alert for when it leaves its usual range", measured(f), inside))
		a.Impact *= 0.4 // nothing is wrong with it yet
		return []action{a}
	}
	return []action{act(f, fixProcess, "trend "+f.Measure+inside,
		fmt.Sprintf("Find what drives the change of %s%s over time and %s; set an alert on it meanwhile", measured(f), inside, setRight(f)))}
}

func setRight(f *flow.InsightFinding) string {
	if f.Evidence.Numbers["change"] > 0 {
		return "decide whether capacity must follow or the cause can be removed"
	}
	return "decide whether to support it or to stop it"
}

func driver(f *flow.InsightFinding) action {
	a, b, _ := strings.Cut(f.Measure, " ~ ")
	n := sampleSize(f.Effect.Value)
	title := fmt.Sprintf("Test whether %s drives %s%s: change it for some %d cases and leave as many as they are", trimAgg(a), trimAgg(b), where(f), n)
	if strings.HasPrefix(f.Measure, "count") {
		title = fmt.Sprintf("Test whether the load drives %s: shift capacity in some weeks and compare %d cases with as many others", trimAgg(b), n)
	}
	return act(f, testDriver, "driver "+f.Measure+where(f), title)
}

// sampleSize is the number of cases a side that shows an effect of half the observed correlation with a power of 80%
// at 5% (Cohen 1988, by d = 2r / sqrt(1 - r^2)).
func sampleSize(r float64) int {
	r = math.Max(0.05, math.Min(0.9, math.Abs(r))) / 2
	d := 2 * r / math.Sqrt(1-r*r)
	z := (1.96 + 0.8416) / d
	return int(math.Ceil(2*z*z/10)) * 10
}

// leading is the group of which an insight speaks, read from its chart, where the focus is marked.
func leading(f *flow.InsightFinding) string {
	data, _ := f.Chart["data"].(map[string]any)
	values, _ := data["values"].([]any)
	for _, v := range values {
		if m, ok := v.(map[string]any); ok && m["focus"] == true {
			s, _ := m["group"].(string)
			return s
		}
	}
	return ""
}

func dimension(f *flow.InsightFinding) string { return strings.Join(f.Dimensions, " and ") }

// measured names the measure of an insight in a sentence.
func measured(f *flow.InsightFinding) string {
	m, _, _ := strings.Cut(f.Measure, " ~ ")
	switch {
	case m == "count":
		return "the number of cases"
	case strings.HasPrefix(m, "mean("):
		return "the average " + trimAgg(m)
	case strings.HasPrefix(m, "sum("):
		return "the total " + trimAgg(m)
	}
	return "the share where " + trimAgg(m)
}

func trimAgg(m string) string {
	if i := strings.IndexByte(m, '('); i >= 0 && strings.HasSuffix(m, ")") {
		return m[i+1 : len(m)-1]
	}
	return m
}

func where(f *flow.InsightFinding) string {
	var parts []string
	for k, v := range f.Subspace {
		parts = append(parts, k+" "+v)
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return ""
	}
	return " for " + strings.Join(parts, " and ")
}
