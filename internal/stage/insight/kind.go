package insight

import (
	"context"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Kind looks for one kind of insight.
type Kind interface {
	// ID is the kind's word in the contract, such as "trend". It is stable.
	ID() string
	// Handler names the handler that runs the kind: kinds that look at the same things are grouped.
	Handler() string
	// Applies says whether the kind makes sense for this data, and why (not).
	Applies(facts *flow.Facts, goal flow.Goal) (bool, string)
	// Run searches the frame.
	Run(ctx context.Context, f *Frame) (Found, error)
	// Tell puts a candidate into words and a chart, from the rows that its query returned on the whole data.
	Tell(c *Candidate, rows []Row) (Story, error)
}

// Found is what a kind found. Every test made counts, also those that found nothing.
type Found struct {
	Candidates []Candidate
	Tests      map[string]int64 // by family, see Candidate.Family
}

// test counts one test of a family; it says whether the result may become a candidate at all.
func (f *Found) test(family string, p float64) bool {
	if f.Tests == nil {
		f.Tests = map[string]int64{}
	}
	f.Tests[family]++
	return p <= mostP
}

const (
	// mostP is the largest p-value that is handed on: larger ones cannot reach a q-value of mostQ.
	mostP = 0.05
	// mostQ is the largest q-value that is shown.
	mostQ = 0.05
	// minRows is the least support of a group, and minEvents that of a rate.
	minRows   = 30
	minEvents = 5
)

// Candidate is a finding before the correction for multiplicity. It crosses from the searching handlers to
// insight.select as JSON.
type Candidate struct {
	Kind      string             `json:"kind"`
	Family    string             `json:"family"` // of tests that are corrected together
	Measure   Measure            `json:"measure"`
	Second    *Measure           `json:"second,omitempty"` // of a correlation
	Dimension *Dimension         `json:"dimension,omitempty"`
	Time      *Clock             `json:"time,omitempty"`
	Subspace  []Condition        `json:"subspace,omitempty"`
	Focus     string             `json:"focus,omitempty"` // the value that the finding is about
	Noun      string             `json:"noun"`            // what the rows are, plural
	Effect    flow.Effect        `json:"effect"`
	P         float64            `json:"p"`
	Strength  float64            `json:"strength"` // 0..1, how large the effect is
	Impact    float64            `json:"impact"`   // 0..1, share of the rows concerned
	Numbers   map[string]float64 `json:"numbers,omitempty"`
	Notes     []string           `json:"notes,omitempty"`
	Words     []string           `json:"words,omitempty"` // what else it is about, for the goal
	SQL       string             `json:"sql"`
}

// Story is a candidate in words.
type Story struct {
	Title   string
	Numbers map[string]float64
	Chart   map[string]any
	// Drop is set where the whole data does not bear out what the sample showed.
	Drop bool
}

// Row is a row of an evidence query: texts, numbers or nil, by column.
type Row map[string]any

// Number reads a number of the row; missing is 0.
func (r Row) Number(column string) float64 {
	switch v := r[column].(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return 0
}

// Text reads a text of the row.
func (r Row) Text(column string) string {
	s, _ := r[column].(string)
	return s
}

// columns lists the columns that a candidate speaks of, each once.
func (c *Candidate) columns() []string {
	list := slices.Clone(c.Measure.Columns)
	if c.Second != nil {
		list = append(list, c.Second.Columns...)
	}
	if c.Dimension != nil {
		list = append(list, c.Dimension.Column)
	}
	if c.Time != nil {
		list = append(list, c.Time.Column)
	}
	for _, s := range c.Subspace {
		list = append(list, s.Column)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// dimensions lists the breakdowns of a candidate for the contract.
func (c *Candidate) dimensions() []string {
	list := []string{}
	if c.Dimension != nil {
		list = append(list, c.Dimension.Name)
	}
	if c.Time != nil {
		list = append(list, c.Time.Column)
	}
	return list
}

// fingerprint identifies what a candidate is about across files.
func (c *Candidate) fingerprint() string {
	parts := []string{c.Kind, c.Measure.Label()}
	if c.Second != nil {
		parts = append(parts, c.Second.Label())
	}
	parts = append(parts, strings.Join(c.dimensions(), "+"), c.Focus)
	for _, s := range c.Subspace {
		parts = append(parts, s.Name+"="+s.Value)
	}
	return strings.Join(parts, "|")
}

var kinds []Kind

// register adds a kind; a kind's file calls it in a package variable, so that adding a kind touches no other file.
func register(k Kind) Kind { //nolint:unparam // a result is what lets a package variable call it
	kinds = append(kinds, k)
	return k
}

// Kinds lists the kinds by id.
func Kinds() []Kind {
	return slices.SortedFunc(slices.Values(kinds), func(a, b Kind) int { return strings.Compare(a.ID(), b.ID()) })
}

func kindOf(id string) Kind {
	for _, k := range kinds {
		if k.ID() == id {
			return k
		}
	}
	return nil
}
