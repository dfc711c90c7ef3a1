package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/store"
)

// exerciseCondition are the cases about what processes find out of order.
var exerciseCondition = map[string]func(*testing.T, *store.Store){"ConditionsOfProcessesAreToldToOthers": conditionsAreTold}

func conditionsAreTold(t *testing.T, s *store.Store) {
	now := time.Now()
	mail := condition.Condition{Part: condition.Mail, Since: noon, Last: noon, Why: "it refuses connections"}
	hook := condition.Condition{Part: condition.Webhooks, Which: "canary.example", Since: noon, Last: noon, Why: "it fails"}
	save := func(process string, all ...condition.Condition) {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveConditions(ctx, process, all, now.Add(-time.Hour))
		})
	}
	told := func(but string, since time.Time, want ...condition.Condition) {
		t.Helper()
		got, err := s.Conditions(t.Context(), but, since)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%+v, %v", got, err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%+v in the place of %+v", got[i], want[i])
			}
		}
	}
	save("a", mail)
	save("a", mail, hook)
	save("b", mail)
	save("c")
	told("b", now.Add(-time.Hour), mail, hook)
	told("a", now.Add(-time.Hour), mail)
	told("c", now.Add(-time.Hour), mail, hook, mail)
	told("c", now.Add(100*24*365*time.Hour)) // nobody has said anything since
	save("a")
	told("c", now.Add(-time.Hour), mail)
	in(t, s, func(ctx context.Context, tx *store.Tx) error { // b has said nothing for long
		return tx.SaveConditions(ctx, "c", nil, now.Add(100*24*365*time.Hour))
	})
	told("c", now.Add(-time.Hour))
}
