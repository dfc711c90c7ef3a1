package cli

import (
	"context"
	"encoding/json"
	"errors"
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
	file   string // of the recipe
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
			return b.wrong(p, err)
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

// wrong says which entry of the recipe holds a decision that cannot be taken. The run waits as it did before.
func (b byRecipe) wrong(p *point, err error) error {
	var at *flow.ItemError
	if !errors.As(err, &at) || !errors.Is(err, flow.ErrInvalid) {
		return err
	}
	entry := at.Item
	if item := p.proposal.Item(at.Item); item != nil {
		entry = item.Fingerprint
		for _, e := range b.recipe.Decisions { // the facts of another file bear another fingerprint
			if e.Stage == p.proposal.Stage && e.Item == item.Kind && item.Kind == flow.ItemFacts {
				entry = e.Fingerprint
			}
		}
	}
	return usage(fmt.Errorf("%s: stage %s, entry %q: %w\nNothing of this control point was decided. The file as received and all that was found are kept: "+
		"correct the entry and go on with `analytix resume %s --recipe %s`", b.file, p.proposal.Stage, entry, at.Err, p.run, b.file))
}
