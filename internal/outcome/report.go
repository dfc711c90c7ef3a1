package outcome

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome/chart"
	"github.com/analytix-flow/analytix/internal/phrase"
)

//go:embed report.html.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"chart": drawChart, "number": formatNumber, "count": formatCount, "percent": formatPercent, "numbers": sortedNumbers,
	"decision": describeDecision, "owner": describeOwner, "when": formatTime, "join": strings.Join, "params": formatParams, "visible": visible,
	"inc": func(i int) int { return i + 1 },
}).Parse(reportText))

type report struct {
	*Findings
	Audit   auditSummary
	Decided map[string]int // decisions by who or what took them
	Ranked  []flow.ActionItem
	Cells   int64
}

type auditSummary struct {
	Entries int
	Last    string // hash of the last entry
}

// WriteReport writes the report as one HTML file that needs nothing else: no script, no request.
func WriteReport(w io.Writer, f *Findings, audit []json.RawMessage) error {
	r := report{Findings: f, Decided: map[string]int{}, Audit: auditSummary{Entries: len(audit)}}
	if len(audit) > 0 {
		var last struct {
			Hash string `json:"hash"`
		}
		if err := json.Unmarshal(audit[len(audit)-1], &last); err != nil {
			return fmt.Errorf("reading the last audit entry: %w", err)
		}
		r.Audit.Last = last.Hash
	}
	count := func(d *flow.Decision) {
		if d != nil {
			r.Decided[d.Actor.Kind+" "+d.Actor.Name]++
		}
	}
	count(f.Reception.Decision)
	for i := range f.Issues {
		count(f.Issues[i].Decision)
		r.Cells += f.Issues[i].Cells
	}
	for i := range f.Insights {
		count(f.Insights[i].Decision)
	}
	r.Ranked = slices.Clone(f.Recommendations)
	for i := range r.Ranked {
		count(r.Ranked[i].Decision)
	}
	slices.SortStableFunc(r.Ranked, func(a, b flow.ActionItem) int {
		switch {
		case a.Priority > b.Priority:
			return -1
		case a.Priority < b.Priority:
			return 1
		}
		return 0
	})
	return reportTemplate.Execute(w, r)
}

// picture is a drawn chart, or its numbers where it cannot be drawn.
type picture struct {
	SVG    template.HTML
	Names  []string
	Rows   [][]string
	Hidden int
}

func drawChart(spec map[string]any, title string) picture {
	if svg, err := chart.Draw(spec, title); err == nil {
		return picture{SVG: template.HTML(svg)} //nolint:gosec // package chart escapes every text and lets only colours pass
	}
	data, _ := spec["data"].(map[string]any)
	values, _ := data["values"].([]any)
	var p picture
	for i, v := range values {
		row, _ := v.(map[string]any)
		if i == 0 {
			p.Names = slices.Sorted(maps.Keys(row))
		}
		if i == 20 {
			p.Hidden = len(values) - i
			break
		}
		cells := make([]string, len(p.Names))
		for k, n := range p.Names {
			cells[k] = fmt.Sprint(row[n])
		}
		p.Rows = append(p.Rows, cells)
	}
	return p
}

type namedNumber struct{ Name, Value string }

func sortedNumbers(m map[string]float64) []namedNumber {
	var out []namedNumber
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, namedNumber{strings.ReplaceAll(k, "_", " "), formatNumber(m[k])})
	}
	return out
}

func formatNumber(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return formatCount(int64(v))
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// formatCount groups digits by threes with a narrow no-break space.
func formatCount(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := strings.TrimPrefix(s, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	if n < 0 {
		return "−" + digits
	}
	return digits
}

func formatPercent(v float64) string {
	return strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + "%"
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

func formatParams(p map[string]any) string {
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return ""
	}
	return string(raw)
}

var choiceWords = map[flow.Choice]string{flow.Accept: "accepted", flow.Edit: "accepted with changes",
	flow.Partial: "accepted for some rows", flow.Reject: "rejected", flow.Leave: "left alone"}

func describeDecision(d *flow.Decision) string {
	if d == nil {
		return "not decided"
	}
	s := choiceWords[d.Choice] + " by " + d.Actor.Kind + " " + d.Actor.Name
	if d.Choice == flow.Partial {
		s += phrase.Count(len(d.Rows), " (%d {row|rows})", len(d.Rows))
	}
	if d.Due != "" {
		s += ", due " + formatDay(d.Due)
	}
	if d.Reason != "" {
		s += ": " + d.Reason
	}
	return s
}

// describeOwner says who sees to something, and until when.
func describeOwner(o *flow.Owner) string {
	if o.Due == "" {
		return o.Name + " sees to it"
	}
	return o.Name + " sees to it until " + formatDay(o.Due)
}

// formatDay writes a day as people do; what is none stays as it is.
func formatDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January 2006")
}

// visible shows what cannot be seen in a cell: outer blanks, line ends, an empty cell.
func visible(s string) string {
	if s == "" {
		return "∅"
	}
	inner := strings.Trim(s, " ")
	if inner == "" {
		return strings.Repeat("␣", len(s))
	}
	at := strings.Index(s, inner)
	s = strings.Repeat("␣", at) + inner + strings.Repeat("␣", len(s)-at-len(inner))
	return strings.NewReplacer("\n", "⏎", "\r", "␍", "\t", "⇥", "\u00a0", "⍽", "\u200b", "‹ZWSP›", "\ufeff", "‹BOM›").Replace(s)
}
