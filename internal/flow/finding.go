package flow

// Severity ranks how much an issue matters.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Rank orders severities; 0 is the gravest.
func (s Severity) Rank() int {
	for i, x := range []Severity{Critical, High, Medium, Low} {
		if x == s {
			return i
		}
	}
	return 4
}

// Evidence is what a finding rests on. SQL runs as it stands against a table named data that holds the version
// of the data of which the finding speaks; Numbers are what the sentence of the finding quotes.
type Evidence struct {
	SQL     string             `json:"sql"`
	Numbers map[string]float64 `json:"numbers"`
	Notes   []string           `json:"notes,omitempty"` // other explanations, caveats
}

// Example is one flagged cell, shown as evidence. Row counts data rows from 1.
type Example struct {
	Row int64  `json:"row"`
	Old string `json:"old"`
	New string `json:"new"`
}

// AllColumns stands for the whole row in the place of a column name.
const AllColumns = "*"

// Issue is one thing wrong with the data: however many cells break for one reason are one issue.
type Issue struct {
	ID          string       `json:"id"`
	Check       string       `json:"check"` // id of the catalogue
	Columns     []string     `json:"columns"`
	Title       string       `json:"title"`
	Severity    Severity     `json:"severity"`
	Confidence  float64      `json:"confidence"` // 0..1, that this is an error
	Rows        int64        `json:"rows"`       // distinct rows concerned
	Cells       int64        `json:"cells"`      // cells concerned
	Examples    []Example    `json:"examples"`
	Evidence    Evidence     `json:"evidence"`
	Resolutions []Resolution `json:"resolutions"`
	Decision    *Decision    `json:"decision,omitempty"`
}

// Recommended returns the recommended resolution, or nil where the issue should be left alone.
func (i *Issue) Recommended() *Resolution {
	for k := range i.Resolutions {
		if i.Resolutions[k].Recommended {
			return &i.Resolutions[k]
		}
	}
	return nil
}

// Resolution is one way to deal with an issue: an operation with its parameters, which can be previewed, applied,
// undone, and replayed on another file. Params must be complete: the cells it changes follow from Kind, Params
// and the data alone.
type Resolution struct {
	ID          string         `json:"id"`
	Kind        string         `json:"kind"` // id of the catalogue, such as "trim" or "map_values"
	Label       string         `json:"label"`
	Recommended bool           `json:"recommended"`
	Why         string         `json:"why,omitempty"`
	Params      map[string]any `json:"params"`
}

// InsightFinding is one thing that the data says.
type InsightFinding struct {
	ID            string            `json:"id"`
	Kind          string            `json:"kind"` // outstanding, trend, ... (contract)
	Title         string            `json:"title"`
	Measure       string            `json:"measure"`
	Dimensions    []string          `json:"dimensions"`
	Subspace      map[string]string `json:"subspace"`
	Effect        Effect            `json:"effect"`
	PValue        float64           `json:"p_value"`
	QValue        float64           `json:"q_value"`
	Score         float64           `json:"score"`
	GoalRelevance float64           `json:"goal_relevance"`
	Evidence      Evidence          `json:"evidence"`
	Chart         map[string]any    `json:"chart"` // Vega-Lite
	// Like is the id of the insight that somebody asked for more like; empty for what was shown unasked.
	Like     string    `json:"like,omitempty"`
	Decision *Decision `json:"decision,omitempty"`
}

// Effect is how strong a finding is, with its name and unit.
type Effect struct {
	Name  string   `json:"name"` // such as "eta_squared", "ratio", "spearman"
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"` // 95% interval, where the method gives one
	High  *float64 `json:"high,omitempty"`
	Unit  string   `json:"unit,omitempty"`
}

// ActionItem is one recommended thing to do.
type ActionItem struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Why        string    `json:"why"`
	Kind       string    `json:"kind"`       // act_on_segment, fix_process, watch_metric, fix_data, test_driver, collect_missing, shift_mix
	Priority   float64   `json:"priority"`   // impact x confidence / effort
	Impact     float64   `json:"impact"`     // 0..1, expected effect on the goal
	Effort     float64   `json:"effort"`     // 1 small, 2 medium, 3 large
	Confidence float64   `json:"confidence"` // 0..1
	Insights   []string  `json:"insights"`   // ids of the insights and issues it rests on
	Decision   *Decision `json:"decision,omitempty"`
	// Owner is who sees to it, where somebody was asked to; it is filled in when results are written.
	Owner *Owner `json:"owner,omitempty"`
}

// Owner is who was asked to see to something, and until when.
type Owner struct {
	Name string `json:"name"`
	Due  string `json:"due,omitempty"` // a day, as 2026-11-24
}
