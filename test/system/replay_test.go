package system_test

import (
	"strings"
	"testing"
)

func TestReplayTakesTheSameDecisions(t *testing.T) {
	first := newDesk(t)
	file := first.file(t, "people.csv", people())
	first.run(t, file, "--decide", "recommended").want(t, 0)
	recipe := first.file(t, "recipe.yaml", text(t, first.out, "recipe.yaml"))

	again := newDesk(t)
	call(t, "replay", recipe, file, "--data", again.data, "--out", again.out).want(t, 0)
	if got, want := text(t, again.out, "data.csv"), text(t, first.out, "data.csv"); got != want {
		t.Errorf("a replay on the same file gives\n%s\nin the place of\n%s", got, want)
	}

	changed := newDesk(t)
	other := changed.file(t, "other.csv", strings.ReplaceAll(people(), "Rome,35", "Rome,unknown"))
	if r := call(t, "replay", recipe, other, "--data", changed.data, "--out", changed.out).want(t, 3); !strings.Contains(r.errors, "new: ") {
		t.Errorf("what is new is not said: %s", r.errors)
	}

	missing := newDesk(t)
	fewer := missing.file(t, "fewer.csv", strings.ReplaceAll(people(), "city", "town"))
	if r := call(t, "replay", recipe, fewer, "--data", missing.data, "--out", missing.out).want(t, 4); !strings.Contains(r.errors, "city") {
		t.Errorf("the missing column is not named: %s", r.errors)
	}
}

func TestOriginalComesBackByteForByte(t *testing.T) {
	d := newDesk(t)
	whole := "id;name\r\n1;\xe4\xf6\r\n\r\n2;\"open\r\n3;x;y\r\n"
	d.run(t, d.file(t, "odd.csv", whole), "--decide", "recommended", "--stage", "reception").want(t, 0)
	if r := call(t, "original", d.runID(t), "--data", d.data).want(t, 0); r.out != whole {
		t.Errorf("%q came back as %q", whole, r.out)
	}
}

func TestStageStopsThere(t *testing.T) {
	d := newDesk(t)
	d.run(t, d.file(t, "people.csv", people()), "--decide", "recommended", "--stage", "quality").want(t, 0)
	f := findings(t, d.out)
	if len(f.Issues) == 0 || len(f.Insights) != 0 || len(f.Recommendations) != 0 {
		t.Errorf("%d issues, %d insights, %d recommendations", len(f.Issues), len(f.Insights), len(f.Recommendations))
	}
}

// A recipe whose own parameters cannot be carried out is refused where it is applied, and the run waits for a better one.
func TestAnEditThatCannotBeCarriedOut(t *testing.T) {
	first := newDesk(t)
	file := first.file(t, "people.csv", people())
	first.run(t, file, "--decide", "recommended", "--stage", "quality").want(t, 0)
	good := text(t, first.out, "recipe.yaml")
	edit := func(kind, params string) string {
		return "choice: edit\n    operation:\n      kind: " + kind + "\n      params: " + params
	}
	accepted := "choice: accept\n    operation:\n      kind: trim\n      params:\n        column: city\n"
	if !strings.Contains(good, accepted) {
		t.Fatalf("trimming is not among the decisions:\n%s", good)
	}
	for _, c := range []struct{ name, recipe, entry, says string }{
		{"facts", strings.Replace(good, "choice: accept", edit("facts", "{columns: {age: {type: colour}}}"), 1), "facts:", `column "age": "colour" is no type`},
		{"issue", strings.Replace(good, accepted, strings.Replace(accepted, "city", "town", 1), 1), "whitespace(city)", `"town"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			path := d.file(t, "wrong.yaml", c.recipe)
			r := d.run(t, file, "--recipe", path, "--decide", "recommended", "--stage", "quality").want(t, 2)
			for _, want := range []string{path, c.entry, c.says, "kept", "analytix resume " + d.runID(t)} {
				if !strings.Contains(r.errors, want) {
					t.Errorf("%q is not said: %s", want, r.errors)
				}
			}
			call(t, "resume", d.runID(t), "--recipe", first.file(t, "good.yaml", good), "--data", d.data, "--out", d.out).want(t, 0)
			if got, want := text(t, d.out, "data.csv"), text(t, first.out, "data.csv"); got != want {
				t.Errorf("after the correction:\n%s", got)
			}
		})
	}
}
