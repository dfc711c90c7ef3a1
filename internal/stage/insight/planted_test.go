package insight_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/insight"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

// repairs is a table of repair jobs with planted patterns: pumps make most of the jobs, mostly in Lyon; their notes
// mention a gasket of one id; jobs on lifts take longer and longer; the cost grows with the hours worked; the crews
// share the jobs evenly.
func repairs(rows int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	start := time.Date(2031, 1, 6, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	b.WriteString("job,opened,closed,device,city,crew,hours,cost,note\n")
	for i := range rows {
		device := []string{"pump", "pump", "pump", "lift", "door", "fan"}[r.IntN(6)]
		city := []string{"Lyon", "Ghent", "Turin", "Porto"}[r.IntN(4)]
		note := []string{"routine visit on request", "noise reported by the tenant", "inspection after the storm", "no fault was found at all"}[r.IntN(4)]
		if device == "pump" && r.IntN(4) > 0 {
			city = "Lyon"
		}
		if device == "pump" && r.IntN(3) > 0 {
			note = fmt.Sprintf("replaced gasket GK%d of the housing", []int{771, 771, 771, 104, 208, 350}[r.IntN(6)])
		}
		day := r.Float64() * 400
		days := 2 + 2*r.Float64()
		if device == "lift" {
			days += day / 25
		}
		hours := 1 + 7*r.Float64()
		opened := start.Add(time.Duration(day * 24 * float64(time.Hour)))
		fmt.Fprintf(&b, "J-%06d,%s,%s,%s,%s,%s,%.1f,%.2f,%s\n", i+100, opened.Format("2006-01-02 15:04:05"),
			opened.Add(time.Duration(days*24*float64(time.Hour))).Format("2006-01-02 15:04:05"), device, city,
			[]string{"red", "blue", "green"}[i%3], hours, 40+30*hours+20*r.NormFloat64(), note)
	}
	return b.String()
}

// findings runs the whole stage on a CSV text, with real handlers on real, encrypted files.
func findings(t *testing.T, csv, goal string) (flow.InsightList, *engine.Session, *flow.Facts) {
	t.Helper()
	dir := t.TempDir()
	ctx := context.Background()
	s, err := engine.Open(ctx, engine.Config{ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension"), Threads: 1, Folders: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	facts := receptiontest.FactsFor(t, s, csv, flow.Goal{Text: goal})
	file := engine.File{Path: filepath.Join(dir, "data.parquet"), Key: []byte("0123456789abcdef0123456789abcdef")}
	if err := s.WriteParquet(ctx, "SELECT * FROM data", file); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(ctx, "DROP TABLE data"); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	docs := stage.Documents{"reception": raw}
	m := insight.New()
	env := &stage.Env{Engine: s, Log: slog.New(slog.DiscardHandler), Progress: func(float64, string) {}}
	handlers := map[string]stage.Handler{}
	for _, h := range m.Handlers() {
		handlers[h.Name()] = h
	}
	for _, wave := range m.Waves(m.Route(facts, flow.Goal{Text: goal})) {
		for _, name := range wave {
			r, err := handlers[name].Run(ctx, &stage.Job{Documents: docs, Goal: flow.Goal{Text: goal}, Files: map[string]engine.File{"data": file}}, env)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			docs[name] = r.Document
		}
	}
	doc, items, err := m.Assemble(docs)
	if err != nil {
		t.Fatal(err)
	}
	var list flow.InsightList
	if err := json.Unmarshal(doc, &list); err != nil {
		t.Fatal(err)
	}
	if len(items) != len(list.Insights) {
		t.Errorf("%d items for %d insights", len(items), len(list.Insights))
	}
	prints := map[string]bool{}
	for _, x := range items {
		if prints[x.Fingerprint] {
			t.Errorf("the fingerprint %s is used twice", x.Fingerprint)
		}
		prints[x.Fingerprint] = true
	}
	return list, s, facts
}

func TestFindsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	list, _, _ := findings(t, repairs(900, 7), "reduce the time to repair and find out where jobs pile up")
	for _, planted := range []struct{ kind, says string }{
		{"outstanding", "pump has"},
		{"outstanding", "GK771 has"},
		{"difference", "have city Lyon"},
		{"difference", "mention 'gasket' in note"},
		{"difference", "device lift have an average time from opened to closed"},
		{"trend", "time from opened to closed of jobs with device lift rises"},
		{"correlation", "Cost strongly rises with hours"},
		{"distribution", "spread evenly over the 3 values of crew"},
	} {
		found := false
		for _, f := range list.Insights {
			found = found || f.Kind == planted.kind && strings.Contains(f.Title, planted.says)
		}
		if !found {
			t.Errorf("not found: %s %q", planted.kind, planted.says)
		}
	}
	if t.Failed() {
		for _, f := range list.Insights {
			t.Log(f.Kind, f.Title)
		}
	}
}

func TestInsightsAreComplete(t *testing.T) {
	t.Parallel()
	list, _, _ := findings(t, repairs(600, 11), "reduce cost")
	if list.Tests < 50 || len(list.Insights) == 0 || len(list.Insights) > 30 {
		t.Fatalf("%d insights of %d tests", len(list.Insights), list.Tests)
	}
	ids := map[string]bool{}
	for _, f := range list.Insights {
		if ids[f.ID] || f.Title == "" || f.Measure == "" || f.Dimensions == nil || f.Subspace == nil || f.Evidence.SQL == "" || len(f.Evidence.Numbers) == 0 {
			t.Errorf("incomplete: %+v", f)
		}
		ids[f.ID] = true
		if f.QValue > 0.05 || f.PValue > f.QValue || f.Score < 0 || f.Score > 1 || f.GoalRelevance < 0 || f.GoalRelevance > 1 {
			t.Errorf("%s: p %g q %g score %g relevance %g", f.Title, f.PValue, f.QValue, f.Score, f.GoalRelevance)
		}
		data, ok := f.Chart["data"].(map[string]any)
		if values, _ := data["values"].([]any); !ok || f.Chart["$schema"] == nil || len(values) == 0 {
			t.Errorf("%s has no chart", f.Title)
		}
	}
}

// TestEvidenceRunsOnTextAndOnTypes runs the query of every insight on a table data of texts without the hidden column,
// and on one with typed columns: both must give the same rows.
func TestEvidenceRunsOnTextAndOnTypes(t *testing.T) {
	t.Parallel()
	list, s, _ := findings(t, repairs(700, 13), "reduce the time to repair")
	ctx := context.Background()
	for _, q := range []string{
		"CREATE TABLE texts AS SELECT * EXCLUDE (__row) FROM data",
		"CREATE TABLE types AS SELECT * REPLACE (CAST(opened AS TIMESTAMP) AS opened, CAST(closed AS TIMESTAMP) AS closed, CAST(hours AS DOUBLE) AS hours, CAST(cost AS DOUBLE) AS cost) FROM texts",
	} {
		if err := s.Exec(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	dump := func(table, query string) []float64 {
		if err := s.Exec(ctx, "CREATE OR REPLACE TABLE data AS SELECT * FROM "+table); err != nil {
			t.Fatal(err)
		}
		rows, err := s.Query(ctx, query)
		if err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var numbers []float64
		for rows.Next() {
			values := make([]any, len(names))
			dest := make([]any, len(names))
			for i := range values {
				dest[i] = &values[i]
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				switch x := v.(type) {
				case int64:
					numbers = append(numbers, float64(x))
				case float64:
					numbers = append(numbers, x)
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return numbers
	}
	if err := s.Exec(ctx, "DROP TABLE IF EXISTS data"); err != nil {
		t.Fatal(err)
	}
	for _, f := range list.Insights {
		texts, types := dump("texts", f.Evidence.SQL), dump("types", f.Evidence.SQL)
		if len(texts) == 0 || len(texts) != len(types) {
			t.Fatalf("%s: %d and %d numbers", f.Title, len(texts), len(types))
		}
		for i := range texts {
			if math.Abs(texts[i]-types[i]) > 1e-6*math.Max(1, math.Abs(texts[i])) {
				t.Errorf("%s: %g on texts, %g on types", f.Title, texts[i], types[i])
				break
			}
		}
	}
}

func TestSameInputSameOutput(t *testing.T) {
	t.Parallel()
	a, _, _ := findings(t, repairs(400, 17), "find imbalance")
	b, _, _ := findings(t, repairs(400, 17), "find imbalance")
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if string(x) != string(y) {
		t.Error("the same data gave other insights")
	}
}
