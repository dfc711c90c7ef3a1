package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/analytix-flow/analytix/internal/outcome"
)

// summary tells what a run has left behind.
func (s *streams) summary(f *runFlags, run, dir string, w *outcome.Written, waiting bool) error {
	if f.json {
		b, err := json.Marshal(map[string]any{"kind": "results", "run": run, "waiting": waiting, "dir": w.Dir, "files": w.Files, "rows": w.Rows, "cells": w.Cells})
		if err != nil {
			return fmt.Errorf("telling the results: %w", err)
		}
		_, err = fmt.Fprintf(s.out, "%s\n", b)
		return err
	}
	if waiting {
		_, err := fmt.Fprintf(s.err, "run %s waits for a decision; it is saved, and what was found so far is in %s\n"+
			"go on at a terminal:      analytix resume %s --data %s\n"+
			"or without a person:      analytix resume %s --data %s --decide recommended\n", run, w.Dir, run, dir, run, dir)
		return err
	}
	_, err := fmt.Fprintf(s.out, "run %s is done: %s in %s\nread it:   %s\ncheck it:  analytix verify %s\n", run, strings.Join(w.Files, ", "), w.Dir,
		filepath.Join(w.Dir, "report.html"), w.Dir)
	return err
}
