package insight

import (
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

var _ stage.Rereader = (*Manager)(nil)

// Reread implements stage.Rereader. Of the options, goal says which column measures the goal (kpi) and whether more of it is better
// (direction: up, down or nothing); what it does not say stays.
func (*Manager) Reread(document json.RawMessage, options map[string]any) (json.RawMessage, error) {
	asked, ok := options["goal"]
	if !ok {
		return document, nil
	}
	raw, err := json.Marshal(asked)
	if err != nil {
		return nil, fmt.Errorf("%w: how the goal is to be read cannot be understood", flow.ErrInvalid)
	}
	var to struct {
		KPI       *string `json:"kpi"`
		Direction *string `json:"direction"`
	}
	if err := json.Unmarshal(raw, &to); err != nil {
		return nil, fmt.Errorf("%w: how the goal is to be read is told by kpi and direction, which are texts", flow.ErrInvalid)
	}
	var facts flow.Facts
	if err := json.Unmarshal(document, &facts); err != nil {
		return nil, fmt.Errorf("reading the facts, to read the goal anew: %w", err)
	}
	if err := facts.MeasureGoal(to.KPI, to.Direction); err != nil {
		return nil, err
	}
	facts.Context.Goal.Why = "chosen at the control point of the insights"
	return json.Marshal(facts)
}
