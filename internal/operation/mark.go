package operation

import "github.com/analytix-flow/analytix/internal/flow"

func markOperations() []Operation { return []Operation{mark("mark_only"), mark("ignore_always")} }

// mark is an operation that changes nothing: the issue is kept on record, or is not to be raised again.
type mark string

func (o mark) Kind() string { return string(o) }

func (mark) Validate(map[string]any, *flow.Facts) error { return nil }

func (mark) Cells(map[string]any, *flow.Facts) (string, error) { return "", nil }
