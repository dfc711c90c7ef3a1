package reception_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/reception"
	"github.com/analytix-flow/analytix/internal/stage/reception/receptiontest"
)

func TestAssembleAndDecide(t *testing.T) {
	t.Parallel()
	facts := receptiontest.Facts(t, receptiontest.Session(t), "id,year,amount,shop\nA1,2001,5,x\nA2,2001,6,y\nA3,2002,7,x\nA4,2003,8,y\n")
	raw, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	m := reception.New(nil)
	document, items, err := m.Assemble(stage.Documents{reception.HandlerContext: raw})
	if err != nil || len(items) != 1 || items[0].ID != reception.ItemFacts || items[0].Recommended != flow.OptionKeep {
		t.Fatalf("assembled %+v, %v", items, err)
	}
	decide := func(params map[string]any) (*flow.Facts, error) {
		out, err := m.Decide(document, []flow.Decision{{Item: reception.ItemFacts, Choice: flow.Edit, Params: params}})
		if err != nil {
			return nil, err
		}
		var f flow.Facts
		return &f, json.Unmarshal(out, &f)
	}
	got, err := decide(map[string]any{
		"columns": map[string]any{"amount": map[string]any{"role": "dimension", "semantic_type": "code"}, "shop": map[string]any{"type": "text"}},
		"context": map[string]any{"domain": "retail"}, "goal": map[string]any{"kpi": "year", "direction": "up"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Column("amount").Role != flow.RoleDimension || slices.Contains(got.Context.Measures, "amount") || !slices.Contains(got.Context.Dimensions, "amount") ||
		got.Context.Domain != "retail" || got.Context.Goal.KPI != "year" {
		t.Errorf("%+v", got.Context)
	}
	for _, wrong := range []map[string]any{
		{"columns": map[string]any{"nope": map[string]any{"role": "time"}}},
		{"columns": map[string]any{"amount": map[string]any{"role": "boss"}}},
		{"columns": map[string]any{"amount": map[string]any{"type": "money"}}},
		{"columns": map[string]any{"amount": map[string]any{"semantic_type": "soul"}}},
		{"context": map[string]any{"measures": []string{"nope"}}},
		{"goal": map[string]any{"direction": "sideways"}},
		{"unknown": 1},
	} {
		if _, err := decide(wrong); !errors.Is(err, flow.ErrInvalid) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	kept, err := m.Decide(document, []flow.Decision{{Item: reception.ItemFacts, Choice: flow.Accept, Option: flow.OptionKeep}})
	if err != nil || string(kept) != string(document) {
		t.Errorf("keeping changed the facts, %v", err)
	}
	if _, _, err := m.Assemble(stage.Documents{}); err == nil {
		t.Error("assembled from nothing")
	}
}
