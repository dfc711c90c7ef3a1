package flow

// Stage names one of the four stages of the flow.
type Stage string

// The stages, in the order in which data passes them.
const (
	Reception      Stage = "reception"
	Quality        Stage = "quality"
	Insight        Stage = "insight"
	Recommendation Stage = "recommendation"
)

// Stages lists the stages in the order in which data passes them.
func Stages() []Stage { return []Stage{Reception, Quality, Insight, Recommendation} }

// Valid says whether s is one of the four stages.
func (s Stage) Valid() bool { return s.index() >= 0 }

// Next returns the stage after s, and false after the last one.
func (s Stage) Next() (Stage, bool) {
	all := Stages()
	if i := s.index(); i >= 0 && i+1 < len(all) {
		return all[i+1], true
	}
	return "", false
}

// Before says whether s comes before other.
func (s Stage) Before(other Stage) bool { return s.index() < other.index() }

func (s Stage) index() int {
	for i, x := range Stages() {
		if x == s {
			return i
		}
	}
	return -1
}

// RouteEntry is one line of a run's route: which handlers run in a stage, and why.
type RouteEntry struct {
	Stage    Stage    `json:"stage"`
	Handlers []string `json:"handlers"`
	Why      string   `json:"why"`
}
