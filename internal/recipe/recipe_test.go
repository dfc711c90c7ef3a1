package recipe_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
)

var update = flag.Bool("update", false, "write the golden files")

const hash = "h1"

func issue() flow.Issue {
	return flow.Issue{ID: "i1", Check: "spelling_variant", Columns: []string{"city"}, Title: `"city" has 2 spellings`,
		Severity: flow.Medium, Confidence: 0.93, Rows: 5, Cells: 5,
		Resolutions: []flow.Resolution{
			{ID: "i1-map", Kind: "map_values", Label: "Write them alike", Recommended: true, Why: "Berlin is written so 400 times.",
				Params: map[string]any{"column": "city", "map": map[string]any{"Berln": "Berlin", "berlin": "Berlin"}}},
			{ID: "i1-missing", Kind: "set_missing", Label: "Empty them", Params: map[string]any{"column": "city", "values": []any{"Berln"}}},
		}}
}

func proposal() flow.Proposal {
	return flow.Proposal{Stage: flow.Quality, Hash: hash, Items: []flow.Item{{ID: "i1", Kind: flow.ItemIssue,
		Options: []string{"i1-map", "i1-missing"}, Recommended: "i1-map", Fingerprint: "spelling_variant:city"}}}
}

func run(d flow.Decision) *recipe.Run {
	d.Seen, d.Item = hash, "i1"
	d.Actor = flow.Actor{Kind: flow.ActorPerson, Name: "anna"}
	d.At = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &recipe.Run{ID: "r1", File: "orders.csv", SHA256: "abc", Goal: "grow", KPI: "sales",
		Facts:     &flow.Facts{Rows: 500, Columns: []flow.Column{{Name: "city", Type: flow.Text}, {Name: "a: #b\nc", Type: flow.Integer}}},
		Proposals: []flow.Proposal{proposal()}, Decisions: []flow.Decision{d}, Issues: []flow.Issue{issue()}}
}

func TestMarshalIsReadableAndStable(t *testing.T) {
	t.Parallel()
	r := recipe.FromRun(run(flow.Decision{Choice: flow.Accept, Option: "i1-map", Reason: "clearly typing\nerrors"}))
	r.Reception = map[string]any{"delimiter": ";", "types": map[string]any{"city": "text"}}
	r.Policies = []recipe.Policy{{Name: "always trim", Operation: "trim", MaxShare: 0.05, Choice: flow.Accept}}
	got := r.Marshal()
	path := filepath.Join("testdata", "recipe.yaml")
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s", got)
	}
	back, err := recipe.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if again := back.Marshal(); !bytes.Equal(withoutNotes(again), withoutNotes(got)) {
		t.Errorf("read back it is\n%s", again)
	}
	if back.Hash() == "" || back.Actor().Kind != flow.ActorRecipe {
		t.Error("no actor")
	}
}

func withoutNotes(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			out = append(out, line...)
		}
	}
	return out
}

func TestMatch(t *testing.T) {
	t.Parallel()
	wider := issue()
	wider.Resolutions[0].Params = map[string]any{"column": "city", "map": map[string]any{"berlin": "Berlin", "BERLIN": "Berlin"}}
	none := issue()
	none.Resolutions = none.Resolutions[1:]
	other := proposal()
	other.Items[0].Fingerprint = "spelling_variant:town"
	edited := map[string]any{"column": "city", "map": map[string]any{"Berln": "BERLIN", "berlin": "BERLIN"}}
	accept := flow.Decision{Choice: flow.Accept, Option: "i1-map"}
	for name, c := range map[string]struct {
		decided  flow.Decision
		issue    flow.Issue
		proposal flow.Proposal
		sha      string
		choice   flow.Choice // empty where the item is new
		params   map[string]any
		why      string
	}{
		"the same again":           {accept, issue(), proposal(), "", flow.Accept, nil, ""},
		"an edit is carried out":   {flow.Decision{Choice: flow.Edit, Option: "i1-map", Params: edited}, issue(), proposal(), "", flow.Edit, edited, ""},
		"a value not listed":       {accept, wider, proposal(), "", "", nil, "1 values"},
		"a rejection stays":        {flow.Decision{Choice: flow.Reject}, wider, proposal(), "", flow.Reject, nil, ""},
		"leaving stays":            {flow.Decision{Choice: flow.Leave}, wider, proposal(), "", flow.Leave, nil, ""},
		"rows of the same file":    {flow.Decision{Choice: flow.Partial, Option: "i1-map", Rows: []int64{3}}, issue(), proposal(), "abc", flow.Partial, nil, ""},
		"rows of another file":     {flow.Decision{Choice: flow.Partial, Option: "i1-map", Rows: []int64{3}}, issue(), proposal(), "def", "", nil, "single rows"},
		"the operation is missing": {accept, none, proposal(), "", "", nil, "map_values is not among"},
		"another column":           {accept, issue(), other, "", "", nil, "says nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reread(t, recipe.FromRun(run(c.decided)))
			m := r.Match(recipe.Target{Proposal: &c.proposal, Issues: []flow.Issue{c.issue}, SHA256: c.sha, Rows: 500})
			if c.choice == "" {
				if len(m.New) != 1 || !strings.Contains(m.New[0].Why, c.why) {
					t.Fatalf("new: %+v", m.New)
				}
				return
			}
			if len(m.Decisions) != 1 || len(m.New) != 0 {
				t.Fatalf("%+v", m)
			}
			d := m.Decisions[0]
			if d.Choice != c.choice || !reflect.DeepEqual(d.Params, c.params) {
				t.Errorf("decided %+v", d)
			}
			if err := d.Check(&c.proposal); err != nil {
				t.Error(err)
			}
		})
	}
}

func reread(t *testing.T, r *recipe.Recipe) *recipe.Recipe {
	t.Helper()
	back, err := recipe.Parse(r.Marshal())
	if err != nil {
		t.Fatalf("%v in\n%s", err, r.Marshal())
	}
	return back
}

func TestNewValuesKeepTheRecordedOnes(t *testing.T) {
	t.Parallel()
	r := reread(t, recipe.FromRun(run(flow.Decision{Choice: flow.Accept, Option: "i1-map"})))
	i, p := issue(), proposal()
	i.Resolutions[0].Params = map[string]any{"column": "city", "map": map[string]any{"berlin": "BERLIN", "Brlin": "Berlin"}}
	m := r.Match(recipe.Target{Proposal: &p, Issues: []flow.Issue{i}})
	if len(m.New) != 1 || m.New[0].Covered == nil {
		t.Fatalf("%+v", m)
	}
	want := map[string]any{"berlin": "Berlin", "Berln": "Berlin", "Brlin": "Berlin"}
	if got := m.New[0].Proposed.Params["map"]; !reflect.DeepEqual(got, want) {
		t.Errorf("proposed %v", got)
	}
	if got := m.New[0].Covered.Params["map"].(map[string]any); len(got) != 2 || got["berlin"] != "Berlin" {
		t.Errorf("covered %v", got)
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy recipe.Policy
		rows   int64
		holds  bool
	}{
		"check":           {recipe.Policy{Check: "spelling_variant"}, 500, true},
		"other check":     {recipe.Policy{Check: "typo"}, 500, false},
		"operation":       {recipe.Policy{Operation: "map_values"}, 500, true},
		"other operation": {recipe.Policy{Operation: "set_missing"}, 500, false},
		"other column":    {recipe.Policy{Columns: []string{"town"}}, 500, false},
		"small share":     {recipe.Policy{MaxShare: 0.01}, 500, true},
		"large share":     {recipe.Policy{MaxShare: 0.01}, 100, false},
		"unknown share":   {recipe.Policy{MaxShare: 0.01}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.policy.Name, c.policy.Choice = "p", flow.Accept
			r := &recipe.Recipe{Version: 1, Policies: []recipe.Policy{c.policy}}
			p := proposal()
			m := reread(t, r).Match(recipe.Target{Proposal: &p, Issues: []flow.Issue{issue()}, Rows: c.rows})
			if got := len(m.Decisions) == 1; got != c.holds {
				t.Fatalf("%+v", m)
			}
			if c.holds && m.Decisions[0].Actor != (flow.Actor{Kind: flow.ActorPolicy, Name: "p"}) {
				t.Errorf("decided by %+v", m.Decisions[0].Actor)
			}
		})
	}
}

func TestFitsNamesTheMissingColumns(t *testing.T) {
	t.Parallel()
	r := recipe.FromRun(run(flow.Decision{Choice: flow.Leave}))
	if err := r.Fits([]string{"x", "city", "a: #b\nc"}); err != nil {
		t.Error(err)
	}
	if err := r.Fits([]string{"a: #b\nc"}); err == nil || !strings.Contains(err.Error(), `"city"`) {
		t.Error(err)
	}
}

func TestParseErrorsSayWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "no version",
		"version: 9":                             "newer",
		"version: 1\nrun: r\ncolour: red\n":      "line 3",
		"version: 1\ndecisions:\n  - stage: [\n": "line",
		"version: 1\ngoal: &a {text: x}\n":       "line 2: anchors",
		"version: 1\ndecisions: [{stage: kitchen}]":                                                                `decision 1 (): unknown stage "kitchen"`,
		"version: 1\npolicies: [{name: all, choice: accept}]":                                                      "no condition",
		"version: 1\ndecisions: [{stage: quality, item: issue, fingerprint: f, choice: accept}]":                   "needs an operation",
		"version: 1\ndecisions: [{stage: quality, item: issue, fingerprint: f, choice: maybe}]":                    `unknown choice "maybe"`,
		"version: 1\ndecisions: [{stage: quality, item: issue, fingerprint: f, choice: leave, rows: [\"seven\"]}]": "line 2",
	} {
		if _, err := recipe.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Whatever stands in a file, the recipe gives it back.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"null", "~", "yes", "1e3", "0x1f", "- a", "a: b", "#", "'", `"`, "\u2028", "\u0085x", "\x00", "\x7f", " x ", "\ufeff", "<<", "2001-01-01", "\U0001F600", "👩‍💻", "\u202e", "@", "%", "!", "&a", "*a", "|", ">", "{", "[", "?", "=", ".inf"}))
	rapid.Check(t, func(t *rapid.T) {
		params := map[string]any{"map": anyMap(rapid.MapOf(text, text).Draw(t, "map")), "column": text.Draw(t, "column"),
			"limit": rapid.Float64Range(-1e300, 1e300).Draw(t, "limit"), "on": rapid.Bool().Draw(t, "on"), "list": []any{text.Draw(t, "list"), nil}, "none": map[string]any{}}
		r := &recipe.Recipe{Version: 1, Run: text.Draw(t, "run"), Decisions: []recipe.Entry{{Stage: flow.Quality, Item: flow.ItemIssue,
			Fingerprint: "f" + text.Draw(t, "fingerprint"), Title: text.Draw(t, "title"), Choice: flow.Accept,
			Operation: &recipe.Operation{Kind: "k", Params: params}, Notes: []string{text.Draw(t, "note")}}}}
		back, err := recipe.Parse(r.Marshal())
		if err != nil {
			t.Fatalf("%v in\n%s", err, r.Marshal())
		}
		r.Decisions[0].Notes = nil
		got, want := back.Decisions[0], r.Decisions[0]
		if back.Run != r.Run || got.Title != want.Title || got.Fingerprint != want.Fingerprint || !reflect.DeepEqual(map[string]any(got.Operation.Params), params) {
			t.Fatalf("got %+v\nwant %+v\nin %s", got, want, r.Marshal())
		}
	})
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("version: 1\n"))
	f.Add(recipe.FromRun(run(flow.Decision{Choice: flow.Accept, Option: "i1-map"})).Marshal())
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := recipe.Parse(text)
		if err != nil {
			return
		}
		if _, err := recipe.Parse(r.Marshal()); err != nil {
			t.Errorf("accepted, but not after writing it again: %v\n%s", err, r.Marshal())
		}
	})
}
