// Package operation turns a resolution (a kind and complete parameters) into the SQL of the exact cells that it
// changes. The same operation gives the preview, the change, the recipe's entry and the replay on another file.
package operation

import (
	"github.com/analytix-flow/analytix/internal/flow"
)

// Operation computes what a resolution of one kind changes.
type Operation interface {
	// Kind is the resolution's id in the catalogue, such as "trim".
	Kind() string
	// Validate says what is wrong with the parameters, in words for the person who edited them.
	Validate(params map[string]any, facts *flow.Facts) error
	// Cells is a query on the table data for the changed cells, with the columns __row (BIGINT), "column" (VARCHAR),
	// "old" (VARCHAR) and "new" (VARCHAR, NULL for missing). Only cells that really change are in it. An operation
	// that removes rows gives flow.AllColumns as the column and NULL as new. It is empty for operations that change
	// nothing (mark_only).
	Cells(params map[string]any, facts *flow.Facts) (string, error)
}
