package insight

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// further is the handler insight.more: it goes back to all candidates that survived the correction, also those that were not
// shown because others promised more, said nearly the same, or were enough.
type further struct{}

// mostMore is how many insights are added at a time.
const mostMore = 10

// Name implements stage.Handler.
func (further) Name() string { return handlerMore }

// Run implements stage.Handler: its document holds what was added, now and before.
func (further) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	facts, goal, err := attach(ctx, job, env)
	if err != nil {
		return nil, err
	}
	g, err := gather(job)
	if err != nil {
		return nil, err
	}
	var shown, added flow.InsightList
	_, errShown := job.Documents.Decode(string(flow.Insight), &shown)
	_, errAdded := job.Documents.Decode(handlerMore, &added)
	if err := errors.Join(errShown, errAdded); err != nil || len(job.Asks) == 0 {
		return nil, stage.Permanent(errors.Join(errors.New("looking for more: what is shown, or what is asked for, cannot be read: send the stage back"), err))
	}
	ask := job.Asks[len(job.Asks)-1]
	alike, err := like(ask, shown.Insights, correct(g.candidates, g.tests), newRelevance(facts, goal))
	if err != nil {
		return nil, err
	}
	told, _, err := tellFirst(ctx, env, alike, g.sample, mostMore, "looking for more like what is shown")
	if err != nil {
		return nil, err
	}
	for i := range told {
		told[i].Like = ask.Item
	}
	added.Insights = append(added.Insights, told...)
	added.Asked = append(added.Asked, flow.Asked{Item: ask.Item, Like: ask.Like, Found: len(told)})
	return result(added)
}

// like lists the candidates that are like an insight that is shown, and not shown themselves, the best first.
func like(ask stage.Ask, shown []flow.InsightFinding, candidates []scored, r *relevance) ([]scored, error) {
	var example *Candidate
	var told []scored
	for i := range candidates {
		id := identify(candidates[i].fingerprint())
		if !slices.ContainsFunc(shown, func(f flow.InsightFinding) bool { return f.ID == id }) {
			continue
		}
		told = append(told, candidates[i])
		if id == ask.Item {
			example = &candidates[i].Candidate
		}
	}
	if example == nil {
		return nil, stage.Permanent(fmt.Errorf("looking for more: the insight %s is not among what was found: send the stage back", ask.Item))
	}
	var out []scored
	for i := range candidates {
		if resembles(&candidates[i].Candidate, example, ask.Like) {
			out = append(out, candidates[i])
		}
	}
	order(out, r)
	return slices.DeleteFunc(out, func(c scored) bool {
		for i := range told {
			if repeats(&c.Candidate, &told[i].Candidate) {
				return true
			}
		}
		told = append(told, c)
		return false
	}), nil
}

// resembles says whether a candidate is like an example: of its kind, or, for the most part, about its columns.
func resembles(c, example *Candidate, how flow.Likeness) bool {
	if how == flow.LikeKind {
		return c.Kind == example.Kind
	}
	mine, theirs := c.columns(), example.columns()
	shared := 0
	for _, x := range mine {
		if slices.Contains(theirs, x) {
			shared++
		}
	}
	return shared > 0 && 2*shared >= min(len(mine), len(theirs))
}
