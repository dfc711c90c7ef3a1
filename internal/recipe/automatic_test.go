package recipe_test

import (
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
)

func TestAutomaticLeavesTheRestToWhomItIsLeft(t *testing.T) {
	t.Parallel()
	p := &flow.Proposal{Stage: flow.Quality, Hash: "h", Items: []flow.Item{
		{ID: "q1", Kind: flow.ItemIssue, Options: []string{"a"}, Recommended: "a", Fingerprint: "f1"},
		{ID: "q2", Kind: flow.ItemIssue, Options: []string{"a"}, Recommended: "a", Fingerprint: "f2"},
	}}
	issues := []flow.Issue{{ID: "q1", Check: "whitespace", Resolutions: []flow.Resolution{{ID: "a", Kind: "trim", Recommended: true}}},
		{ID: "q2", Check: "typo", Resolutions: []flow.Resolution{{ID: "a", Kind: "map_values", Recommended: true}}}}
	policies := &recipe.Recipe{Policies: []recipe.Policy{{Name: "always trim", Check: "whitespace", Operation: "trim", Choice: flow.Accept}}}
	point := recipe.Point{Target: recipe.Target{Proposal: p, Issues: issues, Rows: 10}}
	for name, c := range map[string]struct {
		automatic recipe.Automatic
		decided   map[string]flow.Decision
		decisions int
		fresh     int
		closer    string
	}{
		"policies alone":         {recipe.Automatic{Recipe: policies}, nil, 1, 1, ""},
		"policies, then a mode":  {recipe.Automatic{Recipe: policies, Mode: flow.ModeRecommended}, nil, 2, 1, flow.ActorMode},
		"a mode alone":           {recipe.Automatic{Mode: flow.ModeAccept}, nil, 2, 0, flow.ActorMode},
		"nobody":                 {recipe.Automatic{Mode: flow.ModeAsk}, nil, 0, 0, ""},
		"a person was quicker":   {recipe.Automatic{Mode: flow.ModeAccept}, map[string]flow.Decision{"q1": {ID: "d"}}, 1, 0, flow.ActorMode},
		"policies cover it all":  {recipe.Automatic{Recipe: policies}, map[string]flow.Decision{"q2": {ID: "d"}}, 1, 0, ""},
		"nothing left to decide": {recipe.Automatic{Recipe: policies}, map[string]flow.Decision{"q1": {ID: "d"}, "q2": {ID: "e"}}, 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := point
			at.Decided = c.decided
			got, err := c.automatic.At(at, time.Unix(0, 0))
			if err != nil || len(got.Decisions) != c.decisions || len(got.New) != c.fresh || got.Closer.Kind != c.closer {
				t.Errorf("%+v, %v", got, err)
			}
			for i := range got.Decisions {
				if err := got.Decisions[i].Check(p); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
