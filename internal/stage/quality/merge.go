package quality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/operation"
)

// draft is an issue in the making.
type draft struct {
	issue   flow.Issue
	members []int // indexes of the candidates that it is made of
	flagged int64 // cells before each went to one issue
}

// merge makes one draft of the findings that share a group, and one of each other.
func merge(candidates []candidate) []*draft {
	var drafts []*draft
	byKey := map[string]*draft{}
	for i := range candidates {
		c := &candidates[i]
		if c.Group != "" {
			key := mergeKey(c)
			if d, ok := byKey[key]; ok {
				d.members = append(d.members, i)
				d.flagged += c.Flagged
				continue
			}
			byKey[key] = &draft{}
			byKey[key].members = []int{i}
			byKey[key].flagged = c.Flagged
			drafts = append(drafts, byKey[key])
			continue
		}
		drafts = append(drafts, &draft{issue: c.Issue, members: []int{i}, flagged: c.Flagged})
	}
	for _, d := range drafts {
		join(d, candidates)
	}
	return drafts
}

// mergeKey is equal for findings that are one decision: same check, same group, and the same ways out.
func mergeKey(c *candidate) string {
	key := c.Issue.Check + "\x00" + c.Group
	for _, r := range c.Issue.Resolutions {
		key += fmt.Sprintf("\x00%s\x00%v", r.Kind, r.Recommended)
	}
	return key
}

// join writes the issue of a draft from its members.
func join(d *draft, candidates []candidate) {
	head := &candidates[d.members[0]]
	d.issue = head.Issue
	if len(d.members) == 1 {
		return
	}
	i := &d.issue
	i.Columns, i.Examples = nil, nil
	i.Evidence = flow.Evidence{Numbers: map[string]float64{}}
	i.Rows, i.Cells = 0, 0
	var weight, sum float64
	var queries []string
	for _, m := range d.members {
		x := &candidates[m].Issue
		for _, c := range x.Columns {
			if !slices.Contains(i.Columns, c) {
				i.Columns = append(i.Columns, c)
			}
		}
		if x.Severity.Rank() < i.Severity.Rank() {
			i.Severity = x.Severity
		}
		w := float64(max(candidates[m].Flagged, 1))
		weight, sum = weight+w, sum+w*x.Confidence
		joinEvidence(&i.Evidence, x)
		if x.Evidence.SQL != "" {
			queries = append(queries, "("+strings.TrimRight(x.Evidence.SQL, "; \n")+")")
		}
		i.Rows, i.Cells = max(i.Rows, x.Rows), i.Cells+x.Cells
	}
	i.Confidence = sum / weight
	i.Evidence.SQL = strings.Join(queries, "\nUNION ALL BY NAME\n")
	i.Title = groupTitle(head.GroupTitle, i)
	i.Resolutions = joinResolutions(d, candidates)
}

func joinEvidence(to *flow.Evidence, from *flow.Issue) {
	for k, v := range from.Evidence.Numbers {
		to.Numbers[strings.Join(from.Columns, ", ")+": "+k] = v
	}
	for _, n := range from.Evidence.Notes {
		if !slices.Contains(to.Notes, n) {
			to.Notes = append(to.Notes, n)
		}
	}
}

// titleColumns is how many columns a title names.
const titleColumns = 12

func groupTitle(format string, i *flow.Issue) string {
	list := strings.Join(i.Columns, ", ")
	if more := len(i.Columns) - titleColumns; more > 1 {
		list = fmt.Sprintf("%s and %d more columns", strings.Join(i.Columns[:titleColumns], ", "), more)
	}
	if strings.Count(format, "%s") == 1 && strings.Count(format, "%") == 1 {
		return fmt.Sprintf(format, list)
	}
	return i.Title + " (alike in " + list + ")"
}

func joinResolutions(d *draft, candidates []candidate) []flow.Resolution {
	out := slices.Clone(candidates[d.members[0]].Issue.Resolutions)
	for k := range out {
		params := make([]map[string]any, 0, len(d.members))
		for _, m := range d.members {
			r := candidates[m].Issue.Resolutions[k]
			params = append(params, r.Params)
			if r.Label != out[k].Label && !strings.HasSuffix(out[k].Label, " (in each column)") {
				out[k].Label += " (in each column)"
			}
		}
		out[k].Params = operation.Merge(params...)
	}
	return out
}
