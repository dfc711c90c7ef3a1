package system_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// ending is all that a run ends in, without what must differ from run to run: ids and times.
type ending struct {
	files    map[string]string // of the folder of results
	events   []string          // of the audit chain, sorted: what happened, and how often
	messages []string          // what was sent, in the order of each channel
}

func (d desk) ending(t *testing.T) ending {
	t.Helper()
	run := d.runID(t)
	o := ending{files: map[string]string{}}
	for _, name := range []string{"data.csv", "cells.csv"} {
		o.files[name] = text(t, d.out, name)
	}
	var f any
	if err := json.Unmarshal([]byte(text(t, d.out, "findings.json")), &f); err != nil {
		t.Fatal(err)
	}
	plain, err := json.MarshalIndent(timeless(f, ""), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	o.files["findings.json"] = string(plain)
	o.files["recipe.yaml"] = regexp.MustCompile(`(?m)^(run|    at): .*\n`).ReplaceAllString(text(t, d.out, "recipe.yaml"), "")
	o.events = events(t, text(t, d.out, "audit.jsonl"))
	o.messages = d.messages(t, run)
	return o
}

// timeless takes the ids of runs and decisions, and all times, out of a JSON value.
func timeless(v any, at string) any {
	switch v := v.(type) {
	case map[string]any:
		for key, below := range v {
			switch {
			case key == "at" || key == "started_at" || key == "finished_at" || key == "id" && (at == "run" || at == "decision"):
				delete(v, key)
			default:
				v[key] = timeless(below, key)
			}
		}
	case []any:
		for i := range v {
			v[i] = timeless(v[i], at)
		}
	}
	return v
}

// events reads a chain, which must be whole.
func events(t *testing.T, chain string) []string {
	t.Helper()
	if _, err := audit.VerifySealed(strings.NewReader(chain)); err != nil {
		t.Errorf("the chain of events: %v", err)
	}
	var all []string
	for line := range strings.Lines(chain) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"seq", "at", "run", "prev", "hash"} {
			delete(e, key)
		}
		if details, ok := e["details"].(map[string]any); ok {
			delete(details, "decision") // its id
			delete(details, "version")
			if e["action"] == "stage.concluded" {
				delete(details, "document") // its hash: decisions stand in it with their times
			}
		}
		plain, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(plain))
	}
	slices.Sort(all)
	return all
}

// messages reads outbox and inboxes from the records of a run: each message must have been sent and handled, and handled
// once. This is the one place where a test looks inside, for nobody outside sees a message that was lost and not missed.
func (d desk) messages(t *testing.T, run string) []string {
	t.Helper()
	master, err := keys.Load(filepath.Join(d.data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(d.data, "runs", run)
	ring, err := keys.OpenRing(t.Context(), master, filepath.Join(home, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ring.Key(t.Context(), "records", 32)
	if err != nil {
		t.Fatal(err)
	}
	records, err := store.OpenSQLite(t.Context(), filepath.Join(home, "records.db"), key.Bytes(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := records.Close(); err != nil {
			t.Error(err)
		}
	}()
	all, err := records.Posted(t.Context(), run)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d messages: %v", len(all), err)
	}
	last := map[store.Channel]int64{}
	var kinds []string
	for _, m := range all {
		if m.Channel == "" || !m.Sent || len(m.Handled) != 1 || m.Seq != last[m.Channel]+1 {
			t.Errorf("after %d of its channel: %+v", last[m.Channel], m)
		}
		last[m.Channel] = m.Seq
		kinds = append(kinds, fmt.Sprint(m.Channel, " ", m.Kind))
	}
	slices.Sort(kinds) // tasks side by side end in any order
	return kinds
}

// same compares with what an undisturbed run ends in.
func (o ending) same(t *testing.T, want ending, moments []int) {
	t.Helper()
	for name := range want.files {
		differ(t, name, moments, strings.Split(o.files[name], "\n"), strings.Split(want.files[name], "\n"))
	}
	differ(t, "what happened", moments, o.events, want.events)
	differ(t, "what was sent", moments, o.messages, want.messages)
}

// differ shows the first line in which two lists differ.
func differ(t *testing.T, what string, moments []int, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		g, w := "(nothing)", "(nothing)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("killed after lines %v, %s differs from that of an undisturbed run at line %d:\n%s\nwant\n%s", moments, what, i+1, g, w)
			return
		}
	}
}
