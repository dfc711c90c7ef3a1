package quality

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

func TestAFailingCheckTakesNoOtherDown(t *testing.T) {
	s := receptiontest.Session(t)
	facts := receptiontest.Facts(t, s, "a,b\n x,1\ny,2\n")
	w := &work{table: NewTable(s, facts, flow.Goal{}), env: &stage.Env{Engine: s, Log: slog.New(slog.DiscardHandler)}}
	if err := w.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	fails := func(err error) Check {
		return spec{id: "fails", run: func(context.Context, *Table) ([]Finding, error) { return nil, err }}
	}
	panics := spec{id: "panics", run: func(context.Context, *Table) ([]Finding, error) { panic("a defect") }}
	broken := spec{id: "broken", run: func(context.Context, *Table) ([]Finding, error) {
		return []Finding{{Cells: "SELECT nonsense"}, {Cells: cellsWhere("a", "true"), Issue: flow.Issue{Columns: []string{"a"}}}}, nil
	}}
	aside := spec{id: "aside", applies: func(*flow.Facts) (bool, string) { return false, "it is not for this data" }}
	var out found
	for _, c := range []Check{fails(errors.New("no")), panics, broken, aside} {
		if err := w.check(t.Context(), c, &out); err != nil {
			t.Fatalf("%s: %v", c.ID(), err)
		}
	}
	if len(out.Skipped) != 4 || len(out.Findings) != 1 || out.Findings[0].Flagged != 2 {
		t.Errorf("skipped %v, findings %+v", out.Skipped, out.Findings)
	}
}

func TestMergedFindingsKeepTheirParameters(t *testing.T) {
	one := func(column string) candidate {
		return candidate{foundIssue: foundIssue{Group: "g", GroupTitle: "Blanks in %s", Flagged: 2, Issue: flow.Issue{
			Check: "whitespace", Columns: []string{column}, Severity: flow.Low, Confidence: 0.5,
			Resolutions: []flow.Resolution{{ID: "trim", Kind: "trim", Params: map[string]any{"column": column}}},
		}}}
	}
	drafts := merge([]candidate{one("a"), one("b")})
	if len(drafts) != 1 || drafts[0].issue.Title != "Blanks in a, b" || len(drafts[0].issue.Columns) != 2 {
		t.Fatalf("drafts: %+v", drafts)
	}
	if parts, ok := drafts[0].issue.Resolutions[0].Params["parts"].([]map[string]any); !ok || len(parts) != 2 {
		t.Errorf("parameters: %v", drafts[0].issue.Resolutions[0].Params)
	}
}
