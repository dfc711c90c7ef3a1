package terminal

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
)

func facts() *flow.Facts {
	return &flow.Facts{
		Format: flow.Format{Format: "csv", Encoding: "utf-8", Delimiter: ";", Quote: `"`, Header: true, Why: []string{"every line has two of it"}}, Rows: 12,
		Columns: []flow.Column{
			{Name: "id", Type: flow.Integer, Role: flow.RoleIdentifier, Distinct: 12, Examples: []string{"1", "2"}, Why: "every value is there once"},
			{Name: "late", Type: flow.Boolean, Role: flow.RoleMeasure, Semantic: "flag", Missing: 3, Distinct: 2, Examples: []string{"no", " yes"}},
		},
		Context: flow.Context{Domain: "orders", Grain: "an order", Measures: []string{"late"}, Goal: flow.Goal{Text: "fewer late ones", KPI: "late", Direction: "down"}},
	}
}

// at opens a form on a document of any stage.
func at(t *testing.T, stage flow.Stage, kind flow.ItemKind, document any, ids ...string) *desk {
	t.Helper()
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	p := Point{File: "orders.csv", Document: raw, Proposal: &flow.Proposal{Stage: stage, Hash: "h"}}
	for _, id := range ids {
		p.Proposal.Items = append(p.Proposal.Items, flow.Item{ID: id, Kind: kind, Options: []string{flow.OptionKeep}, Recommended: flow.OptionKeep})
	}
	return newDeskAt(t, p, 100, 40)
}

func TestWhatAStageFoundIsShown(t *testing.T) {
	t.Parallel()
	low, high := 1.5, 2.5
	insights := flow.InsightList{Insights: []flow.InsightFinding{
		{ID: "n1", Kind: "trend", Title: "Orders rise", Effect: flow.Effect{Name: "rank_share", Value: 2, Low: &low, High: &high, Unit: "a week"}, Subspace: map[string]string{"city": "Rome"},
			Evidence: flow.Evidence{Notes: []string{"there may be another cause"}},
			Chart:    map[string]any{"data": map[string]any{"values": []any{map[string]any{"period": "2025-01", "value": 1}, map[string]any{"period": "2025-02", "value": 9}}}}},
		{ID: "n2", Kind: "difference", Title: "Rome is late", QValue: 0.01,
			Chart: map[string]any{"data": map[string]any{"values": []any{map[string]any{"group": "Rome", "value": 4, "focus": true}, map[string]any{"group": "Oslo", "value": -2}}}}},
	}}
	actions := flow.ActionList{Recommendations: []flow.ActionItem{{ID: "r1", Title: "Talk to the carrier", Why: "It is late.", Kind: "fix_process", Impact: 0.5, Effort: 2, Confidence: 0.9, Insights: []string{"n1"}}}}
	for name, c := range map[string]struct {
		desk *desk
		keys []string
		want []string
	}{
		"facts":   {at(t, flow.Reception, flow.ItemFacts, facts(), "facts"), nil, []string{"orders", "an order", "less is better", "1 · 2", "no · ␣yes", "id: every value is there once", "the file: every line has two of it"}},
		"trend":   {at(t, flow.Insight, flow.ItemInsight, insights, "n1", "n2"), nil, []string{"rank share 2 a week (95%: 1.5 to 2.5)", "p < 1e-300", "where city = Rome", "• there may be another cause", "▁█", "2025-01 to 2025-02 · lowest 1, highest 9"}},
		"groups":  {at(t, flow.Insight, flow.ItemInsight, insights, "n1", "n2"), []string{"j"}, []string{"q 0.01", "█ 4 ◂", "█ -2"}},
		"actions": {at(t, flow.Recommendation, flow.ItemRecommendation, actions, "r1"), nil, []string{"It is late.", "fix process", "effort      █████████████░░░░░░░ medium"}},
	} {
		c.desk.keys(c.keys...)
		got := ansi.Strip(c.desk.View())
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
	}
}

func TestCorrectedFactsCarryOnlyWhatWasChanged(t *testing.T) {
	t.Parallel()
	d := at(t, flow.Reception, flow.ItemFacts, facts(), "facts")
	d.keys("e", "ctrl+s")
	if d.mode != editing || !strings.Contains(d.notice, "nothing was changed") {
		t.Errorf("mode %v, notice %q", d.mode, d.notice)
	}
	text := d.text.Value()
	d.text.SetValue(strings.Replace(text, "kpi: late", "kpi: nowhere", 1))
	d.keys("ctrl+s")
	if d.mode != editing || !strings.Contains(d.notice, "no column") || len(d.s.log) > 0 {
		t.Errorf("mode %v, notice %q, recorded %q", d.mode, d.notice, d.s.log)
	}
	d.text.SetValue(strings.Replace(text, "role: measure", "role: dimension", 1))
	d.keys("ctrl+s")
	if want := []string{`["facts","edit","keep",{"columns":{"late":{"role":"dimension"}}},null]`}; !reflect.DeepEqual(d.s.log, want) {
		t.Errorf("recorded %q", d.s.log)
	}
	d.keys("e")
	if d.mode != editing || !strings.Contains(d.text.Value(), "role: dimension") {
		t.Errorf("the edit does not begin where the last one ended: %s", d.text.Value())
	}
}

func TestFactsThatNobodyDecidedAreTaken(t *testing.T) {
	t.Parallel()
	d := at(t, flow.Reception, flow.ItemFacts, facts(), "facts")
	d.keys("enter", "enter")
	if want := []string{`["facts","accept","keep",null,null]`}; !reflect.DeepEqual(d.s.log, want) || !d.quit {
		t.Errorf("recorded %q, quit %v", d.s.log, d.quit)
	}
}

func TestADecisionOfAnotherTimeCanBeTakenBack(t *testing.T) {
	t.Parallel()
	p := point(t)
	p.Decided = map[string]flow.Decision{"i1": {Item: "i1", Choice: flow.Accept, Option: "i1-mark"}}
	d := newDeskAt(t, p, 80, 24)
	if o := d.chosen(); o == nil || o.ID != "i1-mark" {
		t.Errorf("the mark is on %v", o)
	}
	d.keys("u")
	if want := []string{"withdraw i1"}; !reflect.DeepEqual(d.s.log, want) || len(d.decided) != 0 {
		t.Errorf("recorded %q, decided %v", d.s.log, d.decided)
	}
}

func TestRowNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]int64{"3,8-10": {3, 8, 9, 10}, "5 2; 5": {2, 5}, "7-7": {7},
		"": nil, "0": nil, "-3": nil, "x": nil, "9-2": nil, "1-": nil, "1-999999999999": nil, "99999999999999999999": nil} {
		got, err := parseRows(text)
		if !slices.Equal(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func FuzzParseRows(f *testing.F) {
	f.Add("3,8-12")
	f.Add("9223372036854775807-9223372036854775807")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := parseRows(text)
		if err == nil && (len(rows) == 0 || rows[0] < 1 || !slices.IsSorted(rows)) {
			t.Errorf("%q: %v", text, rows)
		}
	})
}

// What was taken out of the base by differences is what overlay puts back.
func TestDifferencesAreWhatOverlayNeeds(t *testing.T) {
	t.Parallel()
	value := rapid.Map(rapid.SliceOfN(rapid.IntRange(0, 2), 3, 3), func(n []int) map[string]any {
		return map[string]any{"a": float64(n[0]), "b": map[string]any{"c": float64(n[1]), "d": map[string]any{"e": float64(n[2])}}}
	})
	rapid.Check(t, func(t *rapid.T) {
		base, edited := value.Draw(t, "base"), value.Draw(t, "edited")
		changes := differences(base, edited)
		if got := overlay(base, changes); !reflect.DeepEqual(got, edited) {
			t.Fatalf("%v with %v gives %v", base, changes, got)
		}
		if reflect.DeepEqual(base, edited) != (len(changes) == 0) {
			t.Fatalf("changes %v", changes)
		}
	})
}

func TestHostileChartsDrawNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `{"data":1}`, `{"data":{"values":[1,null,{"value":"x"}]}}`, `{"data":{"values":[{"x":1,"y":2},{"x":2,"y":3}]}}`, `{"data":{"values":[{"group":"a","value":0},{"group":"b","value":0}]}}`} {
		var chart map[string]any
		if err := json.Unmarshal([]byte(text), &chart); err != nil {
			t.Fatal(err)
		}
		if got := drawing(chart, 80); got != nil {
			t.Errorf("%s: %q", text, got)
		}
	}
}
