package recommendation

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// The kinds of actions.
const (
	actOnSegment   = "act_on_segment"
	fixProcess     = "fix_process"
	shiftMix       = "shift_mix"
	testDriver     = "test_driver"
	watchMetric    = "watch_metric"
	fixData        = "fix_data"
	collectMissing = "collect_missing"
)

// effort is what a kind of action usually costs: 1 small, 2 medium, 3 large.
var effort = map[string]float64{
	watchMetric: 1, fixData: 1, collectMissing: 2, actOnSegment: 2, testDriver: 2, fixProcess: 3, shiftMix: 3,
}

const (
	// mostActions is how many actions are proposed at the most.
	mostActions = 10
	// recommendFrom is the priority from which an action is recommended for keeping.
	recommendFrom = 0.15
)

// action is an action with what it is about: actions about the same thing are told once.
type action struct {
	flow.ActionItem
	about string
}

// table is what is known of the data beside what was found.
type table struct {
	rows int64  // 0 where that is not known
	kpi  string // the column that measures the goal, where there is one
}

// propose makes the list from everything that was found and not rejected.
func propose(t table, issues []flow.Issue, insights []flow.InsightFinding) flow.ActionList {
	var all []action
	for i := range insights {
		if f := &insights[i]; usable(f.Decision) && !t.standing(f) {
			all = append(all, fromInsight(f)...)
		}
	}
	for i := range issues {
		all = append(all, fromIssue(&issues[i], t.rows)...)
	}
	for i := range all {
		a := &all[i]
		a.Effort = effort[a.Kind]
		a.Impact, a.Confidence = round(a.Impact), round(a.Confidence)
		a.Priority = round(a.Impact * a.Confidence / a.Effort)
		h := sha256.Sum256([]byte(a.Kind + "|" + a.about))
		a.ID = "action-" + hex.EncodeToString(h[:5])
	}
	slices.SortStableFunc(all, func(a, b action) int {
		switch {
		case a.Priority > b.Priority:
			return -1
		case a.Priority < b.Priority:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	list := flow.ActionList{Recommendations: []flow.ActionItem{}}
	at := map[string]int{}
	kinds := map[string]int{}
	for _, a := range all {
		if k, ok := at[a.about]; ok { // the same thing once more: it adds evidence, not an action
			first := &list.Recommendations[k]
			if !slices.Contains(first.Insights, a.Insights[0]) {
				first.Insights = append(first.Insights, a.Insights...)
			}
			continue
		}
		if len(list.Recommendations) == mostActions || kinds[a.Kind] == 3 {
			continue
		}
		kinds[a.Kind]++
		at[a.about] = len(list.Recommendations)
		list.Recommendations = append(list.Recommendations, a.ActionItem)
	}
	return list
}

// standing says whether an insight tells where the goal stands, and of nothing that could be acted on: which of its own values are frequent.
func (t table) standing(f *flow.InsightFinding) bool {
	return t.kpi != "" && slices.Equal(f.Dimensions, []string{t.kpi}) && slices.Contains([]string{"outstanding", "concentration"}, f.Kind)
}

// usable says whether a finding may be built upon: it was not rejected. What was left alone still stands.
func usable(d *flow.Decision) bool { return d == nil || d.Choice != flow.Reject }

func round(v float64) float64 { return math.Round(math.Max(0, math.Min(1, v))*1000) / 1000 }
