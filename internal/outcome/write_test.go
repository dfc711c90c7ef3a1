package outcome_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/stage"
)

var update = flag.Bool("update", false, "write the golden files")

const hostile = `</style><script>alert(1)</script>`

func parts() outcome.Parts {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	d := func(item string, c flow.Choice, option string) *flow.Decision {
		return &flow.Decision{ID: "d-" + item, Item: item, Choice: c, Option: option, Actor: flow.Actor{Kind: flow.ActorPerson, Name: "anna"}, At: at, Seen: "h", Reason: "looks right"}
	}
	return outcome.Parts{
		Run: outcome.Run{ID: "r1", File: "orders.csv", Bytes: 12345, SHA256: strings.Repeat("ab", 32), StartedAt: at, FinishedAt: at.Add(time.Minute), Goal: "reduce late deliveries", KPI: "days"},
		Facts: &flow.Facts{Rows: 12000, Format: flow.Format{Format: "csv", Encoding: "utf-8", Delimiter: ";", Quote: `"`, Header: true}, Problems: map[string]int64{"ragged_row": 2},
			Columns: []flow.Column{{Name: "city", Type: flow.Text, TypeFit: 1, Semantic: "city", Role: flow.RoleDimension, Distinct: 12, Examples: []string{"Berlin", " Rome", hostile}},
				{Name: "days", Type: flow.Integer, TypeFit: 0.99, Role: flow.RoleMeasure, Missing: 40, Distinct: 31, Examples: []string{"3", "4"}}},
			Context: flow.Context{Domain: "orders", Grain: "one row an order", Keys: [][]string{{"city", "days"}}}},
		Decision: d("facts", flow.Accept, flow.OptionKeep),
		Route:    []flow.RouteEntry{{Stage: flow.Quality, Handlers: []string{"quality.text"}, Why: "text columns"}, {Stage: flow.Insight, Why: "a measure and a dimension"}},
		Issues: &flow.IssueList{Issues: []flow.Issue{{ID: "i1", Check: "whitespace", Columns: []string{"city"}, Title: "Blanks around 25 cities", Severity: flow.Low, Confidence: 0.99, Rows: 25, Cells: 25,
			Examples: []flow.Example{{Row: 7, Old: " Rome", New: "Rome"}, {Row: 9, Old: hostile, New: ""}}, Evidence: flow.Evidence{SQL: "SELECT count(*) FROM data WHERE city <> trim(city)", Numbers: map[string]float64{"cells": 25}, Notes: []string{"Blanks carry no meaning here."}},
			Resolutions: []flow.Resolution{{ID: "i1-trim", Kind: "trim", Label: "Remove the blanks", Recommended: true, Why: "The rest has none.", Params: map[string]any{"column": "city"}}}, Decision: d("i1", flow.Accept, "i1-trim")}},
			Skipped: []flow.Skipped{{Check: "time_gap", Why: "there is no time column"}}},
		Insights: &flow.InsightList{Tests: 88, Insights: []flow.InsightFinding{{ID: "n1", Kind: "outstanding", Title: "Rome waits longest: 9.1 days against 3.8", Measure: "days", Dimensions: []string{"city"},
			Effect: flow.Effect{Name: "ratio", Value: 2.39}, PValue: 0.0001, QValue: 0.003, Score: 0.8, GoalRelevance: 1, Evidence: flow.Evidence{SQL: "SELECT 1", Numbers: map[string]float64{"mean": 9.1}},
			Chart: map[string]any{"mark": "bar", "data": map[string]any{"values": []any{map[string]any{"g": "Rome", "v": 9.1, "f": true}, map[string]any{"g": hostile, "v": 3.8, "f": false}}},
				"encoding": map[string]any{"x": map[string]any{"field": "v", "type": "quantitative", "title": "mean days"}, "y": map[string]any{"field": "g", "type": "nominal", "title": "city"},
					"color": map[string]any{"field": "f", "scale": map[string]any{"domain": []any{true, false}, "range": []any{"#c2410c", "#94a3b8"}}}}}},
			{ID: "n2", Kind: "concentration", Title: "A chart of another kind", Effect: flow.Effect{Name: "gini", Value: 0.5}, Evidence: flow.Evidence{SQL: "SELECT 2"},
				Chart: map[string]any{"mark": "arc", "data": map[string]any{"values": []any{map[string]any{"g": hostile, "v": 1.0}}}}}}},
		Actions: &flow.ActionList{Recommendations: []flow.ActionItem{{ID: "a1", Title: "Look at the carrier in Rome", Why: "It takes 5 days longer.", Kind: "act_on_segment", Priority: 0.4, Impact: 0.6, Effort: 2, Confidence: 0.9, Insights: []string{"n1"},
			Decision: due(d("a1", flow.Accept, flow.OptionKeep)), Owner: &flow.Owner{Name: "Grace", Due: "2026-04-02"}}}},
	}
}

// due is a decision with a day by which it is to be carried out, taken where none was seen before.
func due(d *flow.Decision) *flow.Decision {
	none := ""
	d.Due, d.Supersedes = "2026-04-01", &none
	return d
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
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
		t.Errorf("%s differs; look at it with -update and git diff", name)
	}
}

func valid(t *testing.T, raw []byte) error {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(outcome.SchemaJSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("findings.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("findings.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// A file of a real run can be checked too: ANALYTIX_FINDINGS names it.
func TestGivenFindingsKeepToTheSchema(t *testing.T) {
	t.Parallel()
	path := os.Getenv("ANALYTIX_FINDINGS")
	if path == "" {
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(t, raw); err != nil {
		t.Error(err)
	}
}

func TestFindingsKeepToTheSchema(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]outcome.Parts{"full": parts(), "empty": {Run: outcome.Run{ID: "r"}}} {
		var b bytes.Buffer
		if err := outcome.Compose(p).WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		if err := valid(t, b.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Contains(b.Bytes(), []byte(": null")) {
			t.Errorf("%s holds null:\n%s", name, b.String())
		}
		for _, broken := range []string{`"severity": "low"`, `"schema": "analytix/findings/v1"`} {
			if bad := bytes.Replace(b.Bytes(), []byte(broken), []byte(`"severity": "odd"`), 1); !bytes.Equal(bad, b.Bytes()) && valid(t, bad) == nil {
				t.Errorf("%s: without %s it is still valid", name, broken)
			}
		}
	}
}

func TestWriteAll(t *testing.T) {
	b := newBench(t)
	file, err := b.table([]string{"city", "days"}, [][]string{{"Rome", "9"}, {"Berlin", ""}})
	if err != nil {
		t.Fatal(err)
	}
	in := outcome.Input{Dir: b.out, Findings: outcome.Compose(parts()), Files: map[string]engine.File{stage.FileData: file}, RunJob: b.run,
		Recipe: &recipe.Recipe{Version: recipe.Version, Run: "r1"}, Audit: []json.RawMessage{json.RawMessage(`{"seq":1,"hash":"aa"}`), json.RawMessage("{\"seq\":2,\"hash\":\"bb\"}\n")}}
	w, err := outcome.Write(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"data.csv", "cells.csv", "findings.json", "recipe.yaml", "report.html", "audit.jsonl"}
	if !slices.Equal(w.Files, want) || w.Rows != 2 {
		t.Errorf("wrote %+v", w)
	}
	left, err := os.ReadDir(b.out)
	if err != nil || len(left) != len(want) {
		t.Errorf("the folder holds %v, %v", left, err)
	}
	for _, name := range want {
		got, err := os.ReadFile(filepath.Join(b.out, name))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, got)
	}
}

func TestAFailureNamesTheFileAndLeavesTheOthers(t *testing.T) {
	t.Parallel()
	broken := errors.New("no engine")
	in := outcome.Input{Dir: filepath.Join(t.TempDir(), "new"), Findings: outcome.Compose(parts()), Files: map[string]engine.File{stage.FileData: {}},
		RunJob: func(context.Context, *stage.Job) (*stage.Result, error) { return nil, broken }}
	w, err := outcome.Write(context.Background(), in)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), outcome.HandlerData) || !slices.Contains(w.Files, "findings.json") {
		t.Errorf("%+v, %v", w, err)
	}
}

// A report of a run that ended early does not pass off what nobody looked for as what is not there.
func TestReportOfARunThatEndedEarly(t *testing.T) {
	t.Parallel()
	p := parts()
	p.Issues.Issues, p.Insights, p.Actions = nil, nil, nil
	var b bytes.Buffer
	if err := outcome.WriteReport(&b, outcome.Compose(p), nil); err != nil {
		t.Fatal(err)
	}
	for want, there := range map[string]bool{
		"Nothing was found.": true, "The insight stage was not run": true, "not run</span>": true, "Nothing that stands up to the tests.": false,
	} {
		if strings.Contains(b.String(), want) != there {
			t.Errorf("%q is there: %v, want %v", want, !there, there)
		}
	}
}

func TestReportHoldsNoMarkupOfTheData(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := outcome.WriteReport(&b, outcome.Compose(parts()), nil); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"<script", "http://", "https://", "url(", "ZgotmplZ"} {
		if strings.Contains(b.String(), no) {
			t.Errorf("the report holds %q", no)
		}
	}
}
