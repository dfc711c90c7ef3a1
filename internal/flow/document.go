package flow

// IssueList is the document of the quality stage.
type IssueList struct {
	Issues []Issue `json:"issues"`
	// Skipped says which checks did not run, or looked at a part only, and why.
	Skipped []Skipped `json:"skipped,omitempty"`
}

// Skipped is a check or insight kind that did not run, did not finish, or looked at a part of what it might.
type Skipped struct {
	Check string `json:"check"`
	Why   string `json:"why"`
}

// InsightList is the document of the insight stage.
type InsightList struct {
	Insights []InsightFinding `json:"insights"`
	Tests    int64            `json:"tests"`          // statistical tests made, which the q-values account for
	Goal     *Goal            `json:"goal,omitempty"` // as it was read for these insights
	// Asked tells what somebody asked for more of, and how much was found.
	Asked   []Asked   `json:"asked,omitempty"`
	Skipped []Skipped `json:"skipped,omitempty"`
}

// ActionList is the document of the recommendation stage.
type ActionList struct {
	Recommendations []ActionItem `json:"recommendations"`
}

// Likeness is in what respect more is to be like something.
type Likeness string

// The likenesses.
const (
	LikeKind    Likeness = "kind"    // of the same kind, about anything
	LikeColumns Likeness = "columns" // of any kind, about the same columns
)

// Asked is what somebody asked for more of.
type Asked struct {
	Item  string   `json:"item"`
	Like  Likeness `json:"like"`
	Found int      `json:"found"`
}
