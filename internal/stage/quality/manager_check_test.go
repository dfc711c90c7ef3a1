package quality

import (
	"errors"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
)

func TestCheckLooksAtParametersOfAPerson(t *testing.T) {
	t.Parallel()
	document := []byte(`{"issues": [{"id": "q-1", "resolutions": [{"id": "q-1-trim", "kind": "trim", "params": {"column": "city"}}]}]}`)
	earlier := stage.Documents{string(flow.Reception): []byte(`{"columns": [{"name": "city", "type": "text"}]}`)}
	for _, c := range []struct {
		name, column, says string
		choice             flow.Choice
	}{
		{"fits", "city", "", flow.Edit},
		{"another column", "town", `"town"`, flow.Edit},
		{"as proposed", "town", "", flow.Accept},
	} {
		err := (&Manager{}).Check(document, earlier, flow.Decision{Item: "q-1", Option: "q-1-trim", Choice: c.choice, Params: map[string]any{"column": c.column}})
		if c.says == "" && err != nil || c.says != "" && (!errors.Is(err, flow.ErrInvalid) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
