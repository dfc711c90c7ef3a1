package task

import (
	"fmt"
	"strings"
	"testing"
)

// What one process tells another holds the tasks where they are all there is to tell of and fit, and never more than PostgreSQL takes.
func TestWordsNameTheTasksWhereTheyFit(t *testing.T) {
	t.Parallel()
	task := offered{ID: 7, Place: 2, Args: []byte(`{"kind":"some.kind"}`)}
	many := make([]offered, 200)
	for i := range many {
		many[i] = task
	}
	for name, c := range map[string]struct {
		told *telling
		want string
	}{
		"nothing":                 {&telling{}, ""},
		"a queue":                 {&telling{queues: map[string]bool{"only-x": true}}, "only-x me"},
		"a task":                  {&telling{tasks: []offered{task}}, `default me [{"id":7,"place":2,"args":{"kind":"some.kind"}}]`},
		"a task and its queue":    {&telling{tasks: []offered{task}, queues: map[string]bool{shared: true}}, "default me"},
		"too many tasks":          {&telling{tasks: many}, "default me"},
		"arguments that are none": {&telling{tasks: []offered{{ID: 1, Args: []byte("{")}}}, "default me"},
	} {
		if c.told.queues == nil {
			c.told.queues = map[string]bool{}
		}
		if got := strings.Join(c.told.words("me"), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if again := c.told.words("me"); len(again) != 0 {
			t.Errorf("%s: told twice: %q", name, again)
		}
	}
}

// Whoever hears of tasks is offered them; what cannot be read, or is of another queue, is looked for; nobody is told of what is their own.
func TestWordsAreHeard(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		`default other [{"id":7,"place":2,"args":{"kind":"some.kind"}}]`: "7 known",
		"default other":     "doubted",
		"default other [{]": "doubted",
		"default":           "doubted",
		"default me":        "",
		"default me [{}]":   "",
		"only-x other [{}]": "",
		"default other []":  "",
		`default me [{"id":7,"place":2,"args":{"kind":"some.kind"}}]`: "",
	} {
		q := &Queue{id: "me", kinds: map[string]Kind{"some.kind": {Light: true}}}
		q.wake = newWake(func(queue string) {
			if queue == shared {
				q.offers.doubt()
			}
		})
		q.offers.take()
		q.offers.settle()
		q.heard(word)
		got := ""
		if q.offers.doubted {
			got = "doubted"
		}
		if all, known := q.offers.take(); len(all) > 0 {
			got = fmt.Sprint(all[0].ID, " ", map[bool]string{true: "known"}[known])
		}
		if got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
