package httpapi

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/masking"
	"github.com/analytix-flow/analytix/internal/query"
)

// What a viewer is told of a run quotes no personal data, wherever it stood; whoever may see it is told everything.
func TestUpdatesFailuresAndEntriesOfTheAuditAreMasked(t *testing.T) {
	t.Parallel()
	const personal = "ada.lovelace@example.org"
	u := control.Update{Kind: control.Progress, Sentence: "reading " + personal, Failure: &control.Failure{Stage: flow.Quality, Message: "row 7: Lovelace"},
		Proposal: &flow.Proposal{Items: []flow.Item{{ID: "i", Fingerprint: "outstanding amount Lovelace"}}}}
	link, err := audit.Append(nil, audit.Entry{At: time.Unix(0, 0), Run: "r", Actor: "person:ann", Action: "decision.taken", Object: "i",
		Details: map[string]any{"choice": "edit", "seen": "hash", "params": map[string]any{"Lovelace": "Byron"}, "reason": "Lovelace", "file": personal, "message": "Lovelace",
			"goal": "Lovelace", "options": map[string]any{"x": "Lovelace"}, "rows": []any{7}}})
	if err != nil {
		t.Fatal(err)
	}
	viewer, everybody := masks{masking.New(nil)}, masks{}
	show := func(m masks, erased bool) string {
		entry, err := m.entry(link, erased)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal([]any{m.update(u), m.failure(u.Failure), m.text(personal), entry})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if seen := show(viewer, false); strings.Contains(seen, "Lovelace") || strings.Contains(seen, "lovelace") || strings.Contains(seen, "Byron") ||
		!strings.Contains(seen, "decision.taken") || !strings.Contains(seen, `"choice":"edit"`) || !strings.Contains(seen, "person:ann") {
		t.Errorf("a viewer sees %s", seen)
	}
	if seen := show(everybody, false); strings.Count(seen, "Lovelace") != 8 || !strings.Contains(seen, "Byron") {
		t.Errorf("an analyst sees %s", seen)
	}
	entry, err := everybody.entry(link, true)
	if err != nil || strings.Contains(string(entry), "Lovelace") || !strings.Contains(string(entry), `"erased":true`) {
		t.Errorf("of an erased run is seen %s, %v", entry, err)
	}
	if u.Failure.Message != "row 7: Lovelace" || u.Proposal.Items[0].Fingerprint == "" {
		t.Error("what others are told was changed")
	}
}

// The query of a histogram names the lowest value, which is as personal as the others.
func TestQueriesThatTellWhatIsMaskedAreNotShown(t *testing.T) {
	t.Parallel()
	viewer := masks{masking.New([]flow.Column{{Name: "birth_date", Type: flow.Date}, {Name: "amount", Type: flow.Decimal}})}
	for column, want := range map[string]int{"birth_date": 3, "amount": 5} {
		p := &query.Profile{Column: column, Top: []query.Value{{Value: "1815-12-10"}}, UnfitValues: []query.Value{{Value: "about 1815"}},
			Queries: []query.Query{{Of: query.BehindFacts}, {Of: query.BehindUnfit}, {Of: query.BehindTop}, {Of: query.BehindNumbers}, {Of: query.BehindHistogram}}}
		viewer.profile(p)
		if len(p.Queries) != want {
			t.Errorf("of %s a viewer sees %v", column, p.Queries)
		}
		if hidden := p.Top[0].Value != "1815-12-10" && p.UnfitValues[0].Value != "about 1815"; hidden != (column == "birth_date") {
			t.Errorf("of %s a viewer sees %v and %v", column, p.Top, p.UnfitValues)
		}
	}
}
