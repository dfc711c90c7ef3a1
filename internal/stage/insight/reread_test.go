package insight

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
)

func TestTheGoalIsReadAsAskedFor(t *testing.T) {
	t.Parallel()
	document, err := json.Marshal(flow.Facts{Rows: 7, Columns: []flow.Column{{Name: "late"}, {Name: "total"}},
		Context: flow.Context{Goal: flow.Goal{Text: "fewer", KPI: "late", Direction: "down", Columns: []string{"late"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options        string
		kpi, direction string
		invalid        bool
	}{
		"nothing asked":            {`{}`, "late", "down", false},
		"something else asked":     {`{"delimiter": ";"}`, "late", "down", false},
		"another column":           {`{"goal": {"kpi": "total"}}`, "total", "down", false},
		"another direction":        {`{"goal": {"direction": "up"}}`, "late", "up", false},
		"no column":                {`{"goal": {"kpi": "", "direction": ""}}`, "", "", false},
		"a column that is not":     {`{"goal": {"kpi": "none"}}`, "", "", true},
		"a direction that is none": {`{"goal": {"direction": "sideways"}}`, "", "", true},
		"no texts":                 {`{"goal": {"kpi": 7}}`, "", "", true},
		"no object":                {`{"goal": "more"}`, "", "", true},
	} {
		var options map[string]any
		if err := json.Unmarshal([]byte(c.options), &options); err != nil {
			t.Fatal(err)
		}
		raw, err := New().Reread(document, options)
		if c.invalid {
			if !errors.Is(err, flow.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var facts flow.Facts
		if err != nil || json.Unmarshal(raw, &facts) != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if g := facts.Context.Goal; g.KPI != c.kpi || g.Direction != c.direction || g.Text != "fewer" || facts.Rows != 7 || len(facts.Columns) != 2 {
			t.Errorf("%s: %+v of %+v", name, g, facts)
		}
	}
}
