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
