package quality

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

// The names of the handlers that run checks.
const (
	handlerCompleteness = "quality.completeness"
	handlerFormats      = "quality.formats"
	handlerText         = "quality.text"
	handlerStructure    = "quality.structure"
	handlerUniqueness   = "quality.uniqueness"
	handlerDependencies = "quality.dependencies"
	handlerOutliers     = "quality.outliers"
)

// checkHandlers lists them in the order in which they are routed.
func checkHandlers() []string {
	return []string{
		handlerCompleteness, handlerFormats, handlerText, handlerStructure, handlerUniqueness, handlerDependencies,
		handlerOutliers,
	}
}

// found is what a check handler returns: its findings, whose cells are in the file cells.<handler> under their index.
type found struct {
	Findings []foundIssue   `json:"findings"`
	Skipped  []flow.Skipped `json:"skipped,omitempty"`
}

type foundIssue struct {
	Issue      flow.Issue `json:"issue"`
	Priority   int        `json:"priority"`
	Group      string     `json:"group,omitempty"`
	GroupTitle string     `json:"group_title,omitempty"`
	Flagged    int64      `json:"flagged"` // cells written to the file
}

// checkHandler runs the checks of one group, one after the other.
type checkHandler struct{ name string }

func (h checkHandler) Name() string { return h.name }

func (h checkHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	facts, err := attach(ctx, job, env.Engine)
	if err != nil {
		return nil, err
	}
	w := &work{table: NewTable(env.Engine, facts, job.Goal), env: env, job: job}
	if err := w.begin(ctx); err != nil {
		return nil, err
	}
	var mine []Check
	for _, c := range Checks() {
		if c.Handler() == h.name {
			mine = append(mine, c)
		}
	}
	out := found{Findings: []foundIssue{}}
	for i, c := range mine {
		env.Progress(float64(i)/float64(len(mine)), "looking for "+words(c.ID()))
		if err := w.check(ctx, c, &out); err != nil {
			return nil, err
		}
	}
	out.Skipped = append(out.Skipped, w.table.parts...)
	env.Progress(1, "done")
	file, err := w.write(ctx, h.name)
	if err != nil {
		return nil, err
	}
	doc, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("writing what %s found: %w", h.name, err)
	}
	return &stage.Result{Document: doc, Files: map[string]stage.OutFile{cellsOf(h.name): *file}}, nil
}

// attach makes the version under study the table data, and reads what reception found out about it.
func attach(ctx context.Context, job *stage.Job, e *engine.Session) (*flow.Facts, error) {
	var facts flow.Facts
	ok, err := job.Documents.Decode(string(flow.Reception), &facts)
	if err != nil {
		return nil, stage.Permanent(fmt.Errorf("reading the facts of reception: %w", err))
	}
	if !ok {
		return nil, stage.Permanent(errors.New("the facts of reception are not among the documents: begin with reception"))
	}
	file, ok := job.Files[stage.FileData]
	if !ok {
		return nil, stage.Permanent(errors.New("the dataset version is not among the files: begin with reception"))
	}
	// Every column is read a few times at most, and a larger table is quicker read from its file each time, column by
	// column, than laid out in memory whole.
	const small = 8 << 20
	info, err := os.Stat(file.Path)
	if err != nil {
		return nil, fmt.Errorf("looking at the dataset version: %w", err)
	}
	held := info.Size() < small || len(facts.Columns) >= wideFrom && facts.Rows*int64(len(facts.Columns)) <= wideCells
	if err := e.AttachData(ctx, held, file); err != nil {
		return nil, fmt.Errorf("attaching the dataset version: %w", err)
	}
	e.Narrow(facts.Names(), facts.Rows)
	// The lines that reading met with faults are of use to the checks of structure; most files have none.
	if p, ok := job.Files[fileProblems]; ok {
		from, err := e.ReadParquet(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("attaching the faults of reading: %w", err)
		}
		if err := e.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+tableProblems+" AS SELECT * FROM "+from); err != nil {
			return nil, fmt.Errorf("attaching the faults of reading: %w", err)
		}
	}
	return &facts, nil
}

const (
	fileProblems  = "problems"
	tableProblems = "read_problems"
)

// words makes an id readable.
func words(id string) string {
	out := []byte(id)
	for i := range out {
		if out[i] == '_' {
			out[i] = ' '
		}
	}
	return string(out)
}

// cellsOf names the file with the cells that a handler's checks flag.
func cellsOf(handler string) string { return "cells." + handler }
