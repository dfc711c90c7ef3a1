package recommendation

import (
	"fmt"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// fromIssue is what to do at the source about what is wrong with the data. Repairs of this file are the business of
// the quality stage; here it is about the next file.
func fromIssue(i *flow.Issue) []action {
	if i.Decision != nil && i.Decision.Choice == flow.Reject || i.Severity.Rank() > flow.Medium.Rank() {
		return nil
	}
	columns := strings.Join(i.Columns, " and ")
	if columns == flow.AllColumns {
		columns = "the whole row"
	}
	kind, title := fixData, "Stop it at the source: "+lower(i.Title)
	if strings.Contains(i.Check, "missing") {
		kind, title = collectMissing, fmt.Sprintf("Collect what is missing in %s where it is recorded", columns)
	}
	weight := map[flow.Severity]float64{flow.Critical: 0.6, flow.High: 0.45, flow.Medium: 0.25}[i.Severity]
	return []action{{about: "data " + columns, ActionItem: flow.ActionItem{
		Title: title, Kind: kind, Impact: weight, Confidence: i.Confidence, Insights: []string{i.ID},
		Why: phrase.Count(i.Rows, "%s: "+phrase.Count(i.Cells, "%d {cell|cells}", i.Cells)+" in %d {row|rows} (%s). Repairing it in every file costs more than preventing it once.", i.Title, i.Rows, i.ID),
	}}}
}

func lower(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
