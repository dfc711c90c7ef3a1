package cli

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/store"
)

// collected is everything that a run has made, read back for its results.
type collected struct {
	record *store.Run
	state  *control.State
	parts  outcome.Parts
}

func collect(ctx context.Context, a *app.App, run string) (*collected, error) {
	record, state, err := a.State(ctx, run)
	if err != nil {
		return nil, err
	}
	c := &collected{record: record, state: state}
	c.parts.Run = outcome.Run{
		ID: run, File: record.Head.File, Bytes: record.Head.Bytes, SHA256: record.Head.SHA256, StartedAt: record.Created,
		FinishedAt: record.Updated, Goal: record.Head.Goal, KPI: record.Head.KPI,
	}
	if state.Status != control.Done {
		c.parts.Run.Status, c.parts.Run.Stage = string(state.Status), state.Stage
	}
	c.parts.Route = state.Route
	errs := errors.Join(
		read(ctx, a, run, flow.Reception, &c.parts.Facts), read(ctx, a, run, flow.Quality, &c.parts.Issues),
		read(ctx, a, run, flow.Insight, &c.parts.Insights), read(ctx, a, run, flow.Recommendation, &c.parts.Actions))
	if st := state.Stages[flow.Reception]; st != nil {
		for _, d := range st.Decisions {
			c.parts.Decision = &d
		}
	}
	return c, errs
}

// read fills in the document of a stage that has made one.
func read[T any](ctx context.Context, a *app.App, run string, name flow.Stage, into **T) error {
	v, err := document[T](ctx, a, run, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	*into = v
	return err
}

// writeResults writes the files of the contract.
func writeResults(ctx context.Context, a *app.App, run, dir, format string, policies []recipe.Policy) (*outcome.Written, error) {
	c, err := collect(ctx, a, run)
	if err != nil {
		return nil, err
	}
	in := outcome.Input{Dir: dir, Findings: outcome.Compose(c.parts), Format: format, RunJob: a.RunJob}
	if c.parts.Facts != nil {
		in.Names = c.parts.Facts.Format.Names
	}
	if in.Files, err = a.Files(ctx, run); err != nil {
		return nil, err
	}
	in.Recipe = c.recipe(policies)
	links, err := a.Audit(ctx, run)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		in.Audit = append(in.Audit, json.RawMessage(l.Line()))
	}
	return outcome.Write(ctx, in)
}

func (c *collected) recipe(policies []recipe.Policy) *recipe.Recipe {
	r := &recipe.Run{
		ID: c.record.ID, File: c.record.Head.File, SHA256: c.record.Head.SHA256, Goal: c.record.Head.Goal, KPI: c.record.Head.KPI,
		Facts: c.parts.Facts, Policies: policies,
	}
	for _, name := range flow.Stages() {
		st := c.state.Stages[name]
		if st == nil || st.Proposal == nil {
			continue
		}
		r.Proposals = append(r.Proposals, *st.Proposal)
		if name == flow.Reception {
			r.Overrides = st.Options
		}
		// The decisions that are in force, not those that were withdrawn.
		for _, item := range st.Proposal.Items {
			if d, ok := st.Decisions[item.ID]; ok {
				r.Decisions = append(r.Decisions, d)
			}
		}
	}
	if c.parts.Issues != nil {
		r.Issues = c.parts.Issues.Issues
	}
	if c.parts.Insights != nil {
		r.Insights = c.parts.Insights.Insights
	}
	if c.parts.Actions != nil {
		r.Recommendations = c.parts.Actions.Recommendations
	}
	return recipe.FromRun(r)
}
