package outcome

import (
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
)

// dropped lists the columns that decisions left out. In the version they are empty, so that lineage and evidence hold on;
// the cleaned data does without them. A decision on some rows only empties those and leaves the column where it is.
func dropped(issues []flow.Issue) []string {
	var names []string
	for i := range issues {
		d := issues[i].Decision
		if d == nil || d.Choice != flow.Accept && d.Choice != flow.Edit {
			continue
		}
		for _, r := range issues[i].Resolutions {
			if r.ID != d.Option || r.Kind != operation.DropColumn {
				continue
			}
			params := r.Params
			if d.Choice == flow.Edit {
				params = d.Params
			}
			names = append(names, operation.Columns(params)...)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
