package outcome

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Input is everything that Write needs.
type Input struct {
	// Dir is the folder of --out; it is made where it is missing.
	Dir string
	// Findings are what Compose returns.
	Findings *Findings
	// Format of the cleaned data (see Formats); empty for csv, the format of every input that reception reads.
	Format string
	// Names are the header as received, where it differs from the columns' names; may be nil.
	Names []string
	// Files are the encrypted files of the run: "data" (the newest version), "cells", "changes". Without "data" (the run
	// ended before there was a version) no data file is written.
	Files map[string]engine.File
	// Recipe and Audit (the entries of the run, one JSON value each) may be nil.
	Recipe *recipe.Recipe
	Audit  []json.RawMessage
	// RunJob runs a handler of this package in the engine's child process, which may write into Job.OutDir.
	RunJob func(ctx context.Context, job *stage.Job) (*stage.Result, error)
}

// Written names the files that Write wrote, by base name, in the order of the contract.
type Written struct {
	Dir   string   `json:"dir"`
	Files []string `json:"files"`
	Rows  int64    `json:"rows"`  // of the cleaned data
	Cells int64    `json:"cells"` // lines of cells.csv
}

// Write writes the files in --out. When one fails the others are still tried; the error names those that are missing.
func Write(ctx context.Context, in Input) (*Written, error) {
	dir, err := filepath.Abs(in.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the folder of the results %s: %w", in.Dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the results: %w; the run is kept: name another --out", err)
	}
	if in.Format == "" {
		in.Format = FormatCSV
	}
	w := &Written{Dir: dir}
	in.Dir = dir
	errs := []error{w.data(ctx, &in), w.cells(ctx, &in)}
	put := func(name string, write func(io.Writer) error) {
		if err := writeFile(dir, name, write); err != nil {
			errs = append(errs, err)
			return
		}
		w.Files = append(w.Files, name)
	}
	put("findings.json", in.Findings.WriteJSON)
	if in.Recipe != nil {
		put("recipe.yaml", bytesTo(in.Recipe.Marshal()))
	}
	put("report.html", func(to io.Writer) error { return WriteReport(to, in.Findings, in.Audit) })
	put("audit.jsonl", auditTo(in.Audit))
	return w, errors.Join(errs...)
}

func bytesTo(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// auditTo writes an entry a line, byte for byte as package audit gave it: its hash is taken over these bytes.
func auditTo(entries []json.RawMessage) func(io.Writer) error {
	return func(w io.Writer) error {
		for _, e := range entries {
			if _, err := w.Write(append(bytes.TrimRight(slices.Clone(e), "\n"), '\n')); err != nil {
				return err
			}
		}
		return nil
	}
}

func (w *Written) data(ctx context.Context, in *Input) error {
	file, ok := in.Files[stage.FileData]
	if !ok {
		return nil
	}
	r := &in.Findings.Reception
	name := "data." + in.Format
	p := DataParams{Name: name, Format: in.Format, Delimiter: r.Delimiter, Header: r.Header, Names: in.Names, Columns: r.Columns}
	if _, carriedOut := in.Files[fileChanges]; carriedOut {
		p.Dropped = dropped(in.Findings.Issues)
	}
	doc, err := runJob(ctx, in, HandlerData, map[string]engine.File{stage.FileData: file}, p)
	if err != nil {
		return err
	}
	w.Files, w.Rows = append(w.Files, name), doc.Rows
	return nil
}

func (w *Written) cells(ctx context.Context, in *Input) error {
	files := map[string]engine.File{}
	for _, name := range []string{fileCells, fileChanges} {
		if f, ok := in.Files[name]; ok {
			files[name] = f
		}
	}
	if len(files) == 0 { // nothing for the engine to do
		if err := writeFile(in.Dir, cellsName, bytesTo([]byte("row,column,issue,old,new,applied\n"))); err != nil {
			return err
		}
		w.Files = append(w.Files, cellsName)
		return nil
	}
	doc, err := runJob(ctx, in, HandlerCells, files, nil)
	if err != nil {
		return err
	}
	w.Files, w.Cells = append(w.Files, cellsName), doc.Rows
	return nil
}

func runJob(ctx context.Context, in *Input, handler string, files map[string]engine.File, params any) (*Exported, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("preparing %s: %w", handler, err)
	}
	result, err := in.RunJob(ctx, &stage.Job{Run: in.Findings.Run.ID, Stage: flow.Recommendation, Handler: handler,
		Files: files, OutDir: in.Dir, Params: raw})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", handler, err)
	}
	var doc Exported
	if err := json.Unmarshal(result.Document, &doc); err != nil {
		return nil, fmt.Errorf("%s gave back something else than it should: %w", handler, err)
	}
	return &doc, nil
}
