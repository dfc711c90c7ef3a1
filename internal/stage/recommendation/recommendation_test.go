package recommendation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

func finding(id, kind, measure, dimension, focus string, relevance float64) flow.InsightFinding {
	return flow.InsightFinding{
		ID: id, Kind: kind, Measure: measure, Dimensions: []string{dimension}, Title: "Title of " + id, QValue: 0.001, Score: 0.8, GoalRelevance: relevance,
		Evidence: flow.Evidence{Numbers: map[string]float64{"share": 0.6, "change": 1}},
		Chart: map[string]any{"data": map[string]any{"values": []any{
			map[string]any{"group": "other", "value": 1.0, "focus": false}, map[string]any{"group": focus, "value": 2.0, "focus": true},
		}}},
	}
}

func run(t *testing.T, issues []flow.Issue, insights []flow.InsightFinding) flow.ActionList {
	t.Helper()
	docs := stage.Documents{}
	for name, v := range map[string]any{"quality": flow.IssueList{Issues: issues}, "insight": flow.InsightList{Insights: insights}} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		docs[name] = raw
	}
	r, err := New().Handlers()[0].Run(context.Background(), &stage.Job{Documents: docs}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list flow.ActionList
	if err := json.Unmarshal(r.Document, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEachKindOfFindingAsksForItsAction(t *testing.T) {
	t.Parallel()
	stable := finding("i-stable", "trend", "count", "opened", "", 0.9)
	stable.Evidence.Numbers["stable"] = 1
	even := finding("i-even", "distribution", "count", "agent", "", 0.9)
	even.Evidence.Numbers["even"] = 1
	for _, x := range []struct {
		finding flow.InsightFinding
		kind    string
		says    string
	}{
		{finding("i1", "outstanding", "count", "category", "Printers", 0.9), actOnSegment, "category Printers"},
		{finding("i2", "difference", "rate(state is Late)", "region", "North", 0.9), actOnSegment, "state is Late"},
		{finding("i3", "difference", "mean(cost)", "note mentions 'urgent'", "true", 0.9), testDriver, "note mentions 'urgent'"},
		{finding("i4", "trend", "mean(delay)", "opened", "", 0.9), fixProcess, "average delay"},
		{finding("i5", "correlation", "mean(a) ~ mean(b)", "", "", 0.9), testDriver, "a drives b"},
		{finding("i6", "distribution", "sum(cost)", "team", "A", 0.9), shiftMix, "total cost"},
		{stable, watchMetric, "alert"},
		{even, "", ""},
	} {
		list := run(t, nil, []flow.InsightFinding{x.finding})
		if x.kind == "" {
			if len(list.Recommendations) != 0 {
				t.Errorf("%s: an action where nothing is to be done: %+v", x.finding.ID, list.Recommendations)
			}
			continue
		}
		if len(list.Recommendations) != 1 {
			t.Fatalf("%s: %d actions", x.finding.ID, len(list.Recommendations))
		}
		a := list.Recommendations[0]
		if a.Kind != x.kind || !strings.Contains(a.Title, x.says) || !strings.Contains(a.Why, x.finding.ID) || a.Insights[0] != x.finding.ID {
			t.Errorf("%s: %+v", x.finding.ID, a)
		}
	}
}

func TestRejectedFindingsAreNotUsed(t *testing.T) {
	t.Parallel()
	f := finding("i1", "outstanding", "count", "category", "Printers", 0.9)
	f.Decision = &flow.Decision{Choice: flow.Reject}
	issue := flow.Issue{ID: "q1", Check: "missing", Columns: []string{"city"}, Severity: flow.High, Confidence: 1, Decision: &flow.Decision{Choice: flow.Reject}}
	if list := run(t, []flow.Issue{issue}, []flow.InsightFinding{f}); len(list.Recommendations) != 0 {
		t.Errorf("built on what was rejected: %+v", list.Recommendations)
	}
	issue.Decision = nil
	list := run(t, []flow.Issue{issue}, nil)
	if len(list.Recommendations) != 1 || list.Recommendations[0].Kind != collectMissing {
		t.Errorf("missing values ask for collection: %+v", list.Recommendations)
	}
}

func TestAHandfulOfCellsWeighsLess(t *testing.T) {
	t.Parallel()
	last := 2.0
	for _, c := range []struct{ concerned, rows int64 }{{0, 4000}, {1000, 4000}, {60, 4000}, {6, 4000}, {1, 4000}} {
		issue := flow.Issue{ID: "q1", Check: "typo", Title: "t", Columns: []string{"c"}, Severity: flow.High, Confidence: 0.9, Rows: c.concerned, Cells: c.concerned}
		got := fromIssue(&issue, c.rows)[0].Impact
		if got > last || got <= 0 || c.concerned < 1000 && got == last {
			t.Errorf("%d of %d rows: %.3f after %.3f", c.concerned, c.rows, got, last)
		}
		last = got
	}
}

func TestWhereTheGoalStandsIsNothingToActOn(t *testing.T) {
	t.Parallel()
	insights := []flow.InsightFinding{finding("i1", "outstanding", "count", "late", "false", 0.9), finding("i2", "difference", "rate(late is true)", "carrier", "Swiftline", 0.9)}
	for kpi, want := range map[string]int{"": 2, "late": 1, "rating": 2} {
		if list := propose(table{kpi: kpi}, nil, insights); len(list.Recommendations) != want {
			t.Errorf("measured by %q: %+v", kpi, list.Recommendations)
		}
	}
}

func TestTheSameThingIsToldOnce(t *testing.T) {
	t.Parallel()
	list := run(t, nil, []flow.InsightFinding{
		finding("i1", "outstanding", "count", "category", "Printers", 0.9), finding("i2", "difference", "mean(cost)", "category", "Printers", 0.5),
	})
	if len(list.Recommendations) != 1 || len(list.Recommendations[0].Insights) != 2 {
		t.Errorf("%+v", list.Recommendations)
	}
}

func TestListIsShortRankedAndConsistent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var insights []flow.InsightFinding
		var issues []flow.Issue
		for i := range rapid.IntRange(0, 25).Draw(r, "n") {
			f := finding(fmt.Sprint("i", i), rapid.SampledFrom([]string{"outstanding", "difference", "trend", "correlation", "distribution", "unknown"}).Draw(r, "kind"),
				rapid.SampledFrom([]string{"count", "mean(a)", "rate(b is c)", ""}).Draw(r, "measure"), rapid.StringN(0, 5, -1).Draw(r, "dimension"), rapid.StringN(0, 5, -1).Draw(r, "focus"),
				rapid.Float64Range(0, 1).Draw(r, "relevance"))
			f.QValue = rapid.Float64Range(0, 0.05).Draw(r, "q")
			insights = append(insights, f)
			issues = append(issues, flow.Issue{ID: fmt.Sprint("q", i), Columns: []string{fmt.Sprint("c", i)}, Severity: flow.High, Confidence: 0.9})
		}
		list := propose(table{rows: rapid.Int64Range(0, 1000).Draw(r, "rows")}, issues, insights)
		if len(list.Recommendations) > mostActions {
			r.Fatalf("%d actions", len(list.Recommendations))
		}
		seen := map[string]bool{}
		for i, a := range list.Recommendations {
			if a.Priority != round(a.Impact*a.Confidence/a.Effort) || a.Priority < 0 || a.Priority > 1 || seen[a.ID] || len(a.Insights) == 0 {
				r.Fatalf("inconsistent: %+v", a)
			}
			if i > 0 && a.Priority > list.Recommendations[i-1].Priority {
				r.Fatal("not ranked")
			}
			seen[a.ID] = true
		}
	})
}

func TestManager(t *testing.T) {
	t.Parallel()
	m := New()
	list := run(t, []flow.Issue{{ID: "q1", Check: "trim", Title: "Blanks", Columns: []string{"city"}, Severity: flow.Medium, Confidence: 0.2}},
		[]flow.InsightFinding{finding("i1", "outstanding", "count", "category", "Printers", 0.9)})
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	doc, items, err := m.Assemble(stage.Documents{handlerActions: raw})
	if err != nil || len(items) != 2 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if items[0].Recommended != flow.OptionKeep || items[1].Recommended != "" {
		t.Errorf("recommended: %q and %q", items[0].Recommended, items[1].Recommended)
	}
	decided, err := m.Decide(doc, []flow.Decision{{ID: "d1", Item: items[1].ID, Choice: flow.Accept}, {ID: "d2", Item: items[1].ID, Choice: flow.Reject}})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(decided, &list); err != nil || list.Recommendations[1].Decision == nil || list.Recommendations[1].Decision.ID != "d2" {
		t.Errorf("the last decision counts: %+v, %v", list.Recommendations[1].Decision, err)
	}
	if _, _, err := m.Assemble(stage.Documents{}); err == nil {
		t.Error("a missing document passes")
	}
	if w := m.Waves(m.Route(nil, flow.Goal{Text: "x"})); len(w) != 1 || w[0][0] != handlerActions || m.ApplyHandler() != "" || m.Stage() != flow.Recommendation {
		t.Error("the plan is wrong")
	}
}
