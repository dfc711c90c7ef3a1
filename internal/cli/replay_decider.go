package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

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
	target := recipe.Target{Proposal: p.proposal, SHA256: record.Head.SHA256}
	facts, err := document[flow.Facts](ctx, a, p.run, flow.Reception)
	if err != nil {
		return err
	}
	target.Rows = facts.Rows
	switch p.proposal.Stage {
	case flow.Reception:
		names := make([]string, len(facts.Columns))
		for i, c := range facts.Columns {
			names[i] = c.Name
		}
		if err := b.recipe.Fits(names); err != nil {
			return exit{err, exitRefused}
		}
	case flow.Quality:
		var list flow.IssueList
		if err := json.Unmarshal(p.document, &list); err != nil {
			return fmt.Errorf("reading the issues of run %s: %w", p.run, err)
		}
		target.Issues = list.Issues
	default: // the other stages need nothing but the proposal
	}
	m := b.recipe.Match(target)
	fresh := 0
	var take []flow.Decision
	for _, d := range m.Decisions {
		if _, ok := p.decided[d.Item]; !ok {
			take = append(take, d)
		}
	}
	for _, n := range m.New {
		// Insights and recommendations speak of the new file by nature, and so do its facts: only issues and what changes data stop a replay.
		if n.Item.Kind == flow.ItemIssue {
			if _, ok := p.decided[n.Item.ID]; !ok {
				fresh++
				_, _ = fmt.Fprintf(b.tell, "new: %s: %s\n", n.Item.ID, n.Why)
			}
		}
	}
	if len(take) > 0 {
		if err := a.Decide(ctx, p.run, take); err != nil {
			return err
		}
		for _, d := range take {
			p.decided[d.Item] = d
		}
	}
	if fresh > 0 {
		return b.rest.decide(ctx, a, p)
	}
	return a.Proceed(ctx, p.run, p.proposal.Hash, b.recipe.Actor())
}

// document reads a stage's document; a stage that has made none gives the zero value.
func document[T any](ctx context.Context, a *app.App, run string, name flow.Stage) (*T, error) {
	var v T
	raw, err := a.Document(ctx, run, name)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("reading the document of the %s stage of run %s: %w", name, run, err)
	}
	return &v, nil
}
