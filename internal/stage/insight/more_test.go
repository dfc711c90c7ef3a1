package insight_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// asked is a stage that has shown what it found, and can be asked for more.
type asked struct {
	t       *testing.T
	engine  *engine.Session
	manager *insight.Manager
	job     *stage.Job
	shown   flow.InsightList
}

func shownInsights(t *testing.T) *asked {
	t.Helper()
	dir, ctx := t.TempDir(), context.Background()
	s, err := engine.Open(ctx, engine.Config{ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Threads: 1, Folders: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	facts := receptiontest.FactsFor(t, s, repairs(3000, 7), flow.Goal{Text: "reduce the cost of repairs"})
	file := engine.File{Path: filepath.Join(dir, "data.parquet"), Key: []byte("0123456789abcdef0123456789abcdef")}
	if err := errors.Join(s.WriteParquet(ctx, "SELECT * FROM data", file), s.Exec(ctx, "DROP TABLE data")); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	a := &asked{t: t, engine: s, manager: insight.New(), job: &stage.Job{Stage: flow.Insight, Goal: facts.Context.Goal,
		Documents: stage.Documents{string(flow.Reception): raw}, Files: map[string]engine.File{stage.FileData: file}, OutDir: dir, Key: file.Key}}
	for _, wave := range a.manager.Waves(a.manager.Route(facts, facts.Context.Goal)) {
		for _, name := range wave {
			a.run(name)
		}
	}
	a.assemble()
	return a
}

func (a *asked) run(name string) {
	a.t.Helper()
	for _, h := range a.manager.Handlers() {
		if h.Name() != name {
			continue
		}
		r, err := h.Run(context.Background(), a.job, &stage.Env{Engine: a.engine, Log: slog.New(slog.DiscardHandler), Progress: func(float64, string) {}})
		if err != nil {
			a.t.Fatal(err)
		}
		a.job.Documents[name] = r.Document
	}
}

func (a *asked) assemble() {
	a.t.Helper()
	document, items, err := a.manager.Assemble(a.job.Documents)
	if err != nil {
		a.t.Fatal(err)
	}
	a.job.Documents[string(flow.Insight)] = document
	a.shown = flow.InsightList{}
	if err := json.Unmarshal(document, &a.shown); err != nil {
		a.t.Fatal(err)
	}
	if len(items) != len(a.shown.Insights) {
		a.t.Fatalf("%d items for %d insights", len(items), len(a.shown.Insights))
	}
	prints := map[string]bool{}
	for _, x := range items {
		if prints[x.Fingerprint] {
			a.t.Errorf("the fingerprint %s is used twice", x.Fingerprint)
		}
		prints[x.Fingerprint] = true
	}
}

// ask asks for more like one that is shown, and returns what was added.
func (a *asked) ask(like flow.Likeness, item string) []flow.InsightFinding {
	a.t.Helper()
	before := len(a.shown.Insights)
	a.job.Asks = append(a.job.Asks, stage.Ask{Item: item, Like: like})
	a.run(a.manager.MoreHandler())
	first := slices.Clone(a.shown.Insights)
	a.assemble()
	for i := range first {
		if a.shown.Insights[i].ID != first[i].ID {
			a.t.Fatalf("insight %d was %s and is %s: what was shown moved", i, first[i].ID, a.shown.Insights[i].ID)
		}
	}
	return a.shown.Insights[before:]
}

func TestMoreLikeAnInsightIsFoundBeyondWhatWasShown(t *testing.T) {
	t.Parallel()
	a := shownInsights(t)
	seen := map[string]bool{}
	for _, f := range a.shown.Insights {
		seen[f.ID] = true
	}
	found := 0
	for _, example := range slices.Clone(a.shown.Insights) {
		for _, like := range []flow.Likeness{flow.LikeKind, flow.LikeColumns} {
			added := a.ask(like, example.ID)
			found += len(added)
			for _, f := range added {
				switch {
				case seen[f.ID]:
					t.Fatalf("%s is shown twice", f.ID)
				case f.Like != example.ID:
					t.Errorf("%s does not say that it is like %s, but %q", f.ID, example.ID, f.Like)
				case like == flow.LikeKind && f.Kind != example.Kind:
					t.Errorf("asked for more of the kind %s, %q is a %s", example.Kind, f.Title, f.Kind)
				case f.QValue > 0.05 || f.Title == "" || f.Evidence.SQL == "" || f.Chart == nil:
					t.Errorf("%q (q %g) is not told as the others are", f.Title, f.QValue)
				}
				seen[f.ID] = true
			}
			last := a.shown.Asked[len(a.shown.Asked)-1]
			if last.Item != example.ID || last.Like != like || last.Found != len(added) {
				t.Errorf("%d were found, and %+v is told", len(added), last)
			}
		}
		if len(a.job.Asks) > 8 {
			break
		}
	}
	if found == 0 {
		t.Error("nothing was found beyond what was shown")
	}
	t.Logf("%d shown at first, %d more", len(a.shown.Insights)-found, found)
}

func TestAskingTwiceForTheSameGivesNothingTwice(t *testing.T) {
	t.Parallel()
	a := shownInsights(t)
	id := a.shown.Insights[0].ID
	total := 0
	for range 30 {
		added := a.ask(flow.LikeKind, id)
		total += len(added)
		if len(added) == 0 {
			return
		}
	}
	t.Errorf("after %d there is no end of it", total)
}

func TestWhatIsNotShownCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	a := shownInsights(t)
	a.job.Asks = []stage.Ask{{Item: "insight-0000000000", Like: flow.LikeKind}}
	for _, h := range a.manager.Handlers() {
		if h.Name() != a.manager.MoreHandler() {
			continue
		}
		if _, err := h.Run(context.Background(), a.job, &stage.Env{Engine: a.engine, Log: slog.New(slog.DiscardHandler), Progress: func(float64, string) {}}); !stage.IsPermanent(err) {
			t.Errorf("it was looked for: %v", err)
		}
	}
}
