package flow

// IssueList is the document of the quality stage.
type IssueList struct {
	Issues []Issue `json:"issues"`
	// Skipped says which checks did not run and why.
	Skipped []Skipped `json:"skipped,omitempty"`
}

// Skipped is a check or insight kind that did not run, or did not finish.
type Skipped struct {
	Check string `json:"check"`
	Why   string `json:"why"`
}

// InsightList is the document of the insight stage.
type InsightList struct {
	Insights []InsightFinding `json:"insights"`
	Tests    int64            `json:"tests"` // statistical tests made, which the q-values account for
	Skipped  []Skipped        `json:"skipped,omitempty"`
}

// ActionList is the document of the recommendation stage.
type ActionList struct {
	Recommendations []ActionItem `json:"recommendations"`
}
