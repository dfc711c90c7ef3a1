package quality

import (
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
	"github.com/analytix-flow/analytix/internal/stage"
)

// Check implements stage.Checker: parameters of a person's own must be such that the resolution can be carried out.
func (*Manager) Check(document json.RawMessage, earlier stage.Documents, d flow.Decision) error {
	if d.Choice != flow.Edit {
		return nil
	}
	var list flow.IssueList
	if err := json.Unmarshal(document, &list); err != nil {
		return fmt.Errorf("reading the issues to check a decision: %w", err)
	}
	var facts flow.Facts
	if _, err := earlier.Decode(string(flow.Reception), &facts); err != nil {
		return fmt.Errorf("reading the facts to check a decision: %w", err)
	}
	for i := range list.Issues {
		if list.Issues[i].ID != d.Item {
			continue
		}
		for _, r := range list.Issues[i].Resolutions {
			if r.ID != d.Option {
				continue
			}
			r.Params = d.Params
			if _, err := operation.Compile(r, &facts); err != nil {
				return fmt.Errorf("%w: %w", flow.ErrInvalid, err)
			}
		}
	}
	return nil // that item and option exist is for flow.Decision.Check to say
}
