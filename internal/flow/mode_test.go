package flow_test

import (
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

func TestModesDecideEveryItemAndAllCheck(t *testing.T) {
	t.Parallel()
	p := &flow.Proposal{Stage: flow.Quality, Hash: "h", Items: []flow.Item{
		{ID: "facts", Kind: flow.ItemFacts, Options: []string{flow.OptionKeep}, Recommended: flow.OptionKeep},
		{ID: "q1", Kind: flow.ItemIssue, Options: []string{"a", "b"}, Recommended: "b"},
		{ID: "q2", Kind: flow.ItemIssue, Options: []string{"a"}},
		{ID: "q3", Kind: flow.ItemIssue},
	}}
	for mode, want := range map[flow.Mode][4]string{
		flow.ModeRecommended: {"accept keep", "accept b", "leave ", "leave "},
		flow.ModeAccept:      {"accept keep", "accept a", "accept a", "leave "},
		flow.ModeReject:      {"accept keep", "reject ", "reject ", "reject "},
	} {
		got := mode.Decide(p, nil, time.Unix(0, 0))
		if len(got) != 4 {
			t.Fatalf("%s: %d decisions", mode, len(got))
		}
		for i, d := range got {
			if s := string(d.Choice) + " " + d.Option; s != want[i] {
				t.Errorf("%s, item %s: %q in the place of %q", mode, d.Item, s, want[i])
			}
			if err := d.Check(p); err != nil {
				t.Errorf("%s: %v", mode, err)
			}
		}
	}
	if got := flow.ModeAsk.Decide(p, nil, time.Unix(0, 0)); len(got) != 0 {
		t.Errorf("ask decided %v", got)
	}
	taken := map[string]flow.Decision{"q1": {}}
	if got := flow.ModeAccept.Decide(p, taken, time.Unix(0, 0)); len(got) != 3 {
		t.Errorf("a decision that was taken is taken again: %v", got)
	}
}

func TestParseModeNamesTheWays(t *testing.T) {
	t.Parallel()
	if _, err := flow.ParseMode("maybe"); err == nil {
		t.Error("maybe is no mode")
	}
	if m, err := flow.ParseMode("reject"); err != nil || m != flow.ModeReject {
		t.Errorf("%v, %v", m, err)
	}
}

func TestStagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	next, ok := flow.Quality.Next()
	if !ok || next != flow.Insight || !flow.Reception.Before(flow.Insight) {
		t.Errorf("after quality comes %s, %v", next, ok)
	}
	if _, ok := flow.Recommendation.Next(); ok {
		t.Error("something comes after the last stage")
	}
}
