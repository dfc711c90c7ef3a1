package insight

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/tier"
)

func TestTheTierShowsTheBestAndSaysHowManyMoreThereAre(t *testing.T) {
	t.Parallel()
	found := flow.InsightList{Tests: 99}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		found.Insights = append(found.Insights, flow.InsightFinding{ID: id})
	}
	for name, shown := range map[tier.Name]int{tier.Demo: 5, tier.Professional: 7} {
		limits, err := tier.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		docs := stage.Documents{}
		for doc, v := range map[string]any{handlerSelect: found, stage.DocumentTier: limits} {
			if docs[doc], err = json.Marshal(v); err != nil {
				t.Fatal(err)
			}
		}
		document, items, err := New().Assemble(docs)
		var got flow.InsightList
		if err := errors.Join(err, json.Unmarshal(document, &got)); err != nil {
			t.Fatal(err)
		}
		if len(items) != shown || len(got.Insights) != shown || got.Insights[0].ID != "a" || got.Tests != 99 {
			t.Errorf("%s: %d items, %+v", name, len(items), got)
		}
		if told := len(got.Skipped) == 1 && strings.Contains(got.Skipped[0].Why, "2 more insights were found"); told != (shown < 7) {
			t.Errorf("%s: told %+v", name, got.Skipped)
		}
	}
}

func TestTokensAndStems(t *testing.T) {
	t.Parallel()
	if got := tokens("closedAt_time - ID42"); !slices.Equal(got, []string{"closed", "at", "time", "id42"}) {
		t.Errorf("tokens: %q", got)
	}
	for _, x := range [][2]string{{"expenses", "expense"}, {"rejected", "rejection"}, {"orders", "order"}, {"delays", "delay"}, {"assigned", "assignments"}} {
		if stem(x[0]) != stem(x[1]) {
			t.Errorf("%s and %s have the stems %s and %s", x[0], x[1], stem(x[0]), stem(x[1]))
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{335: "335", 1234567.8: "1,234,568", -1234: "-1,234", 4.1234: "4.12", 43.21: "43.2", 0.0123: "0.012", math.NaN(): "?"} {
		if got := figure(v); got != want {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
	}
	if percent(0.674) != "67%" || percent(0.004) != "0.4%" || signed(0.5) != "+50%" {
		t.Error("shares are written", percent(0.674), percent(0.004), signed(0.5))
	}
}

func TestStepsCoverTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Float64Range(-20000, 60000).Draw(t, "day")
		grain := rapid.SampledFrom([]string{"day", "week", "month", "quarter", "year"}).Draw(t, "grain")
		start := stepStart(day, grain)
		next := stepNext(start, grain)
		if start > day || next <= math.Floor(day) || stepStart(start, grain) != start || stepStart(next, grain) != next {
			t.Fatalf("%s of %g: %g to %g", grain, day, start, next)
		}
	})
}

func TestDependence(t *testing.T) {
	t.Parallel()
	a := &Grouping{Values: []string{"x", "y", "z"}, Counts: []float64{40, 40, 40}}
	b := &Grouping{Values: []string{"p", "q"}, Counts: []float64{80, 40}}
	for i := range 120 {
		a.Codes = append(a.Codes, i%3)
		b.Codes = append(b.Codes, i%3/2)
	}
	if !dependence(a, b) || dependence(b, a) {
		t.Errorf("a determines b and not the other way round: %v %v", dependence(a, b), dependence(b, a))
	}
}

func TestGoalDecidesWhatCounts(t *testing.T) {
	t.Parallel()
	facts := &flow.Facts{Columns: []flow.Column{{Name: "region"}, {Name: "delivery_days"}, {Name: "colour"}}}
	r := newRelevance(facts, flow.Goal{Text: "Reduce late deliveries in the North"})
	late := &Candidate{Kind: "difference", Measure: Measure{Agg: aggMean, Name: "delivery_days", Columns: []string{"delivery_days"}}, Dimension: &Dimension{Column: "region"}, Focus: "North"}
	other := &Candidate{Kind: "difference", Measure: Measure{Agg: aggMean, Name: "colour", Columns: []string{"colour"}}, Dimension: &Dimension{Column: "colour"}, Focus: "red"}
	if r.of(late) <= r.of(other)+0.2 {
		t.Errorf("relevance %g of what the goal asks, %g of something else", r.of(late), r.of(other))
	}
	if x := newRelevance(facts, flow.Goal{}); x.of(late) != x.of(other) {
		t.Error("without a goal all are alike")
	}
}

func TestManager(t *testing.T) {
	t.Parallel()
	m := New()
	route := m.Route(&flow.Facts{}, flow.Goal{})
	if w := m.Waves(route); len(w) != 2 || len(w[0]) != 3 || w[1][0] != handlerSelect || m.ApplyHandler() != "" || m.Stage() != flow.Insight {
		t.Errorf("the plan is wrong: %v", w)
	}
	for _, name := range slices.Concat(m.Waves(route)...) {
		if !slices.ContainsFunc(m.Handlers(), func(h stage.Handler) bool { return h.Name() == name }) {
			t.Errorf("no handler is named %s", name)
		}
	}
	raw, err := json.Marshal(flow.InsightList{Insights: []flow.InsightFinding{{ID: "a", Kind: "trend", Measure: "count"}}})
	if err != nil {
		t.Fatal(err)
	}
	doc, items, err := m.Assemble(stage.Documents{handlerSelect: raw})
	if err != nil || len(items) != 1 || items[0].Recommended != flow.OptionKeep {
		t.Fatalf("items %v, %v", items, err)
	}
	decided, err := m.Decide(doc, []flow.Decision{{ID: "d", Item: "a", Choice: flow.Reject}})
	if err != nil {
		t.Fatal(err)
	}
	var list flow.InsightList
	if err := json.Unmarshal(decided, &list); err != nil || list.Insights[0].Decision == nil || list.Insights[0].Decision.Choice != flow.Reject {
		t.Errorf("the decision is not in the document: %s", decided)
	}
	if _, _, err := m.Assemble(stage.Documents{}); err == nil || !strings.Contains(err.Error(), handlerSelect) {
		t.Errorf("a missing document: %v", err)
	}
}

// FuzzTexts holds that no text of a file can break the search for words or the queries made of them.
func FuzzTexts(f *testing.F) {
	f.Add("Printer546 isn't (working) [at] all*", "x' OR 1=1 --")
	f.Fuzz(func(t *testing.T, text, value string) {
		for _, w := range textWords(text) {
			if strings.ContainsFunc(w, func(r rune) bool { return r == ' ' || r == '\'' }) {
				t.Errorf("the word %q", w)
			}
		}
		_ = tokens(text)
		if s := where([]Condition{{Expr: `"c"`, Value: value}}); strings.Count(s, "'")%2 != 0 {
			t.Errorf("the quotes of %s are not balanced", s)
		}
	})
}
