package server

import (
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/condition"
)

// Others are told at once of whatever is another state of affairs, also where as much is out of order as before, and of the same
// state now and then.
func TestOthersAreToldOfWhatChanged(t *testing.T) {
	begun := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	mail := condition.Condition{Part: condition.Mail, Since: begun, Last: begun, Why: "it refuses connections"}
	hook := condition.Condition{Part: condition.Webhooks, Which: "a.example", Since: begun, Last: begun, Why: "it does not answer"}
	with := func(c condition.Condition, change func(*condition.Condition)) condition.Condition {
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		before, now []condition.Condition
		after       time.Duration
		want        bool
	}{
		"all is well as before":          {nil, nil, time.Hour, false},
		"something breaks":               {nil, []condition.Condition{mail}, 0, true},
		"all is well again":              {[]condition.Condition{mail}, nil, 0, true},
		"one takes the place of another": {[]condition.Condition{mail}, []condition.Condition{hook}, 0, true},
		"another of the same part": {[]condition.Condition{hook}, []condition.Condition{with(hook, func(c *condition.Condition) {
			c.Which = "b.example"
		})}, 0, true},
		"it ended and began again": {[]condition.Condition{mail}, []condition.Condition{with(mail, func(c *condition.Condition) {
			c.Since = begun.Add(time.Second)
		})}, 0, true},
		"for another reason": {[]condition.Condition{mail}, []condition.Condition{with(mail, func(c *condition.Condition) {
			c.Why = "its name is not known"
		})}, 0, true},
		"found once more": {[]condition.Condition{mail}, []condition.Condition{with(mail, func(c *condition.Condition) {
			c.Last = begun.Add(time.Second)
		})}, tellEvery - 1, false},
		"the same for a while": {[]condition.Condition{mail}, []condition.Condition{mail}, tellEvery, true},
	} {
		told := told{all: c.before, last: begun}
		if got := told.due(c.now, begun.Add(c.after)); got != c.want {
			t.Errorf("%s: due is %v", name, got)
		}
	}
}
