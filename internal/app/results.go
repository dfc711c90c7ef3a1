package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/store"
)

// Results is everything that a run has made, read back for whoever wants its results.
type Results struct {
	Record   *store.Run
	State    *control.State
	Parts    outcome.Parts
	Policies []recipe.Policy // that decided; they are carried over into the recipe

	app *App
}

// Results reads what a run has made so far.
func (a *App) Results(ctx context.Context, run string) (*Results, error) {
	record, state, err := a.State(ctx, run)
	if err != nil {
		return nil, err
	}
	r := &Results{Record: record, State: state, app: a}
	r.Parts.Run = outcome.Run{
		ID: run, File: record.Head.File, Bytes: record.Head.Bytes, SHA256: record.Head.SHA256, StartedAt: record.Created,
		FinishedAt: record.Updated, Goal: record.Head.Goal, KPI: record.Head.KPI,
	}
	if state.Status != control.Done {
		r.Parts.Run.Status, r.Parts.Run.Stage = string(state.Status), state.Stage
	}
	r.Parts.Route = state.Route
	errs := errors.Join(
		fill(ctx, a, run, flow.Reception, &r.Parts.Facts), fill(ctx, a, run, flow.Quality, &r.Parts.Issues),
		fill(ctx, a, run, flow.Insight, &r.Parts.Insights), fill(ctx, a, run, flow.Recommendation, &r.Parts.Actions))
	if st := state.Stages[flow.Reception]; st != nil {
		for _, d := range st.Decisions {
			r.Parts.Decision = &d
		}
	}
	return r, errs
}

// fill reads the document of a stage that has made one.
func fill[T any](ctx context.Context, a *App, run string, name flow.Stage, into **T) error {
	v, err := DocumentOf[T](ctx, a, run, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	*into = v
	return err
}

// DocumentOf reads the document of a stage as what it is: flow.Facts, flow.IssueList, flow.InsightList or flow.ActionList.
func DocumentOf[T any](ctx context.Context, a *App, run string, name flow.Stage) (*T, error) {
	raw, err := a.Document(ctx, run, name)
	if err != nil {
		return nil, err
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("reading the document of the %s stage of run %s: %w", name, run, err)
	}
	return &v, nil
}

// Findings is findings.json.
func (r *Results) Findings() *outcome.Findings { return outcome.Compose(r.Parts) }

// Files are the encrypted files that the run has made.
func (r *Results) Files(ctx context.Context) (map[string]engine.File, error) {
	return r.app.Files(ctx, r.Record.ID)
}

// Write writes the files of the contract into a folder, which must be one of Options.Folders.
func (r *Results) Write(ctx context.Context, dir, format string) (*outcome.Written, error) {
	in := outcome.Input{Dir: dir, Findings: r.Findings(), Format: format, RunJob: r.app.RunJob, Recipe: r.Recipe()}
	if r.Parts.Facts != nil {
		in.Names = r.Parts.Facts.Format.Names
	}
	var err error
	if in.Files, err = r.Files(ctx); err != nil {
		return nil, err
	}
	links, err := r.app.Audit(ctx, r.Record.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		in.Audit = append(in.Audit, json.RawMessage(l.Line()))
	}
	return outcome.Write(ctx, in)
}

// Recipe is the run's decisions, for another file.
func (r *Results) Recipe() *recipe.Recipe {
	run := &recipe.Run{
		ID: r.Record.ID, File: r.Record.Head.File, SHA256: r.Record.Head.SHA256, Goal: r.Record.Head.Goal, KPI: r.Record.Head.KPI,
		Facts: r.Parts.Facts, Policies: r.Policies,
	}
	for _, name := range flow.Stages() {
		st := r.State.Stages[name]
		if st == nil || st.Proposal == nil {
			continue
		}
		run.Proposals = append(run.Proposals, *st.Proposal)
		if name == flow.Reception {
			run.Overrides = st.Options
		}
		// The decisions that are in force, not those that were withdrawn.
		for _, item := range st.Proposal.Items {
			if d, ok := st.Decisions[item.ID]; ok {
				run.Decisions = append(run.Decisions, d)
			}
		}
	}
	if r.Parts.Issues != nil {
		run.Issues = r.Parts.Issues.Issues
	}
	if r.Parts.Insights != nil {
		run.Insights = r.Parts.Insights.Insights
	}
	if r.Parts.Actions != nil {
		run.Recommendations = r.Parts.Actions.Recommendations
	}
	return recipe.FromRun(run)
}
