package quality

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

const (
	handlerConsolidate = "quality.consolidate"
	fileCells          = "cells"
)

// consolidateHandler gives every flagged cell to one issue, the one that explains it best, so that decisions do not
// collide, and makes one issue of findings that are one decision.
type consolidateHandler struct{}

func (consolidateHandler) Name() string { return handlerConsolidate }

func (consolidateHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	env.Progress(0, "bringing the findings together")
	candidates, skipped, err := collect(job.Documents)
	if err != nil {
		return nil, err
	}
	o := &ownership{engine: env.Engine, job: job, drafts: merge(candidates)}
	if err := o.decide(ctx, candidates); err != nil {
		return nil, err
	}
	env.Progress(0.5, "counting and choosing examples")
	if err := o.count(ctx); err != nil {
		return nil, err
	}
	if err := o.settle(ctx); err != nil {
		return nil, err
	}
	if err := o.examples(ctx); err != nil {
		return nil, err
	}
	file, err := o.write(ctx)
	if err != nil {
		return nil, err
	}
	list := flow.IssueList{Issues: []flow.Issue{}, Skipped: skipped}
	for _, d := range o.drafts {
		list.Issues = append(list.Issues, d.issue)
	}
	doc, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("writing the issues: %w", err)
	}
	env.Progress(1, "done")
	return &stage.Result{Document: doc, Files: map[string]stage.OutFile{fileCells: *file}}, nil
}

// candidate is a finding on its way to becoming an issue.
type candidate struct {
	foundIssue
	handler string
	index   int // within its handler
}

// collect reads what the check handlers found, in the order of the handlers, so that the outcome does not depend on
// which of them was done first.
func collect(docs stage.Documents) ([]candidate, []flow.Skipped, error) {
	var all []candidate
	var skipped []flow.Skipped
	for _, h := range checkHandlers() {
		var f found
		if _, err := docs.Decode(h, &f); err != nil {
			return nil, nil, stage.Permanent(fmt.Errorf("reading what %s found: %w", h, err))
		}
		for i := range f.Findings {
			all = append(all, candidate{foundIssue: f.Findings[i], handler: h, index: i})
		}
		skipped = append(skipped, f.Skipped...)
	}
	return all, skipped, nil
}
