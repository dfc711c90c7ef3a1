package insight

import (
	"math"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Frame is what a kind searches: the rows in memory, taken apart into numbers, groups and moments. Where the data has
// more than mostFrameRows rows it is an even sample; the queries of what is found run on all rows.
type Frame struct {
	Facts     *flow.Facts
	Goal      flow.Goal
	Rows      int   // in the frame
	Total     int64 // in the data
	Noun      string
	Measures  []Series
	Groups    []Grouping
	Words     []Grouping // code 1 where the text mentions the word, else 0
	Axes      []Axis
	relevance *relevance
	notes     map[string][]string // of a column: what was folded into it
	limits    []string            // what is not in it, since the table has too many columns
}

// mostFrameRows bounds the memory of a frame.
const mostFrameRows = 100_000

// Series is a measure with its value in each row, not a number where there is none.
type Series struct {
	Measure
	Values []float64
	// From and To are set for the time between two time columns.
	From, To string
}

// Grouping is a dimension with the code of its value in each row, -1 where there is none.
type Grouping struct {
	Dimension
	Codes  []int
	Values []string
	Counts []float64
	// Calendar says that the values follow from a time column.
	Calendar bool
	// determines lists the groupings whose value follows from this one's.
	determines map[string]bool
}

// Axis is a time column with the moment of each row in days since 1970, not a number where there is none.
type Axis struct {
	Clock
	Days []float64
}

// Subset is the rows of a condition; all rows without one.
type Subset struct {
	Conditions []Condition
	Grouping   *Grouping // whose value it keeps; nil for all rows
	Code       int
	N          int
	in         []bool
}

// Has says whether the row belongs to the subset.
func (s *Subset) Has(row int) bool { return s.in == nil || s.in[row] }

// Name is a key of the subset: the name of its dimension.
func (s *Subset) Name() string {
	if s.Grouping == nil {
		return ""
	}
	return s.Grouping.Name
}

// All is the subset of all rows.
func (f *Frame) All() *Subset { return &Subset{N: f.Rows, Code: -1} }

// mostSubsets bounds the search in single values; the largest come first.
const mostSubsets = 60

// Subsets are the rows of single values with the given support, the largest first. Values that make nearly all of the
// rows are the whole in another name, and are left out.
func (f *Frame) Subsets(support int) []*Subset {
	var out []*Subset
	for g := range f.Groups {
		group := &f.Groups[g]
		for code, n := range group.Counts {
			if int(n) < support || n > 0.95*float64(f.Rows) {
				continue
			}
			out = append(out, &Subset{
				Conditions: []Condition{group.condition(group.Values[code])}, Grouping: group, Code: code, N: int(n),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b *Subset) int {
		ra, rb := f.relevance.column(a.Grouping.Column), f.relevance.column(b.Grouping.Column)
		if ra != rb {
			if ra > rb {
				return -1
			}
			return 1
		}
		return b.N - a.N
	})
	out = out[:min(len(out), mostSubsets)]
	for _, s := range out {
		s.in = make([]bool, f.Rows)
		for i, c := range s.Grouping.Codes {
			s.in[i] = c == s.Code
		}
	}
	return out
}

// Note lists what was folded into the columns of a finding.
func (f *Frame) Note(columns []string) []string {
	var out []string
	for _, c := range columns {
		out = append(out, f.notes[c]...)
	}
	return out
}

// share of rows.
func (f *Frame) share(n float64) float64 { return math.Min(1, n/math.Max(1, float64(f.Rows))) }

// related says whether one breakdown follows from the other, so that their relation is no finding.
func related(a, b *Grouping) bool {
	return a.Column == b.Column || a.determines[b.Name] || b.determines[a.Name]
}

// find returns the grouping with the name, or nil.
func (f *Frame) find(name string) *Grouping {
	for i := range f.Groups {
		if f.Groups[i].Name == name {
			return &f.Groups[i]
		}
	}
	return nil
}
