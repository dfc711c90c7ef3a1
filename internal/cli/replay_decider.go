package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
)

// byRecipe decides what a recipe covers, and leaves what is new to another decider.
type byRecipe struct {
	recipe *recipe.Recipe
	rest   decider
	tell   io.Writer
}

func (b byRecipe) decide(ctx context.Context, a *app.App, p *point) error {
	record, _, err := a.State(ctx, p.run)
	if err != nil {
		return err
	}
	facts, err := app.DocumentOf[flow.Facts](ctx, a, p.run, flow.Reception)
	if err != nil {
		return err
	}
	at := recipe.Point{Decided: p.decided, Columns: facts.Names(), Target: recipe.Target{
		Proposal: p.proposal, SHA256: record.Head.SHA256, Rows: facts.Rows}}
	if p.proposal.Stage == flow.Quality {
		var list flow.IssueList
		if err := json.Unmarshal(p.document, &list); err != nil {
			return fmt.Errorf("reading the issues of run %s: %w", p.run, err)
		}
		at.Issues = list.Issues
	}
	taken, err := (&recipe.Automatic{Recipe: b.recipe}).At(at, time.Now().UTC())
	if err != nil {
		return exit{err, exitRefused}
	}
	for _, n := range taken.New {
		_, _ = fmt.Fprintf(b.tell, "new: %s: %s\n", n.Item.ID, n.Why)
	}
	if len(taken.Decisions) > 0 {
		if err := a.Decide(ctx, p.run, taken.Decisions); err != nil {
			return err
		}
		for _, d := range taken.Decisions {
			p.decided[d.Item] = d
		}
	}
	if len(taken.New) > 0 {
		return b.rest.decide(ctx, a, p)
	}
	return a.Proceed(ctx, p.run, p.proposal.Hash, b.recipe.Actor())
}
