package recommendation

import (
	"fmt"
	"math"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/phrase"
)

// fromIssue is what to do at the source about what is wrong with the data. Repairs of this file are the business of
// the quality stage; here it is about the next file.
func fromIssue(i *flow.Issue, rows int64) []action {
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
		Title: title, Kind: kind, Impact: weight * reach(i.Rows, rows), Confidence: i.Confidence, Insights: []string{i.ID},
		Why: phrase.Count(i.Rows, "%s: "+phrase.Count(i.Cells, "%d {cell|cells}", i.Cells)+" in %d {row|rows} (%s). Repairing it in every file costs more than preventing it once.", i.Title, i.Rows, i.ID),
	}}}
}

// reach grows with the share of the rows that are concerned, by orders of magnitude: from little where it is one in ten thousand to 1 where it
// is one in ten. A handful of cells is no reason to change how a table comes about before all else.
func reach(concerned, rows int64) float64 {
	if rows == 0 || concerned == 0 { // it is about whole columns, or the rows were not counted
		return 1
	}
	const least = 0.1
	return math.Max(least, math.Min(1, (math.Log10(float64(concerned)/float64(rows))+4)/3))
}

func lower(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
