package flow_test

import (
	"errors"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
)

func TestADayIsOneOnWhichSomethingIsDue(t *testing.T) {
	t.Parallel()
	p := &flow.Proposal{Stage: flow.Recommendation, Hash: "h", Items: []flow.Item{{ID: "a1", Kind: flow.ItemRecommendation, Options: []string{flow.OptionKeep}}}}
	for _, x := range []struct {
		due    string
		choice flow.Choice
		ok     bool
	}{
		{"", flow.Accept, true},
		{"2026-12-01", flow.Accept, true},
		{"", flow.Reject, true},
		{"2026-12-01", flow.Reject, false},
		{"2026-12-01", flow.Leave, false},
		{"2026-02-30", flow.Accept, false},
		{"1.12.2026", flow.Accept, false},
		{"2026-12-01T00:00:00Z", flow.Accept, false},
	} {
		d := flow.Decision{Item: "a1", Choice: x.choice, Option: flow.OptionKeep, Due: x.due, Seen: "h", Actor: flow.Actor{Kind: flow.ActorPerson, Name: "anna"}}
		if err := d.Check(p); (err == nil) != x.ok || err != nil && !errors.Is(err, flow.ErrInvalid) {
			t.Errorf("%s, due %q: %v", x.choice, x.due, err)
		}
	}
}
