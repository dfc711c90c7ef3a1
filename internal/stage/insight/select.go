package insight

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/analytix-flow/analytix/internal/engine"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/statistic"
)

// choose is the handler insight.select.
type choose struct{}

// mostShown is how many insights are shown.
const mostShown = 30

// leastScore is below what nothing is shown: it is true, but nobody asked and little hangs on it.
const leastScore = 0.04

// Name implements stage.Handler.
func (choose) Name() string { return handlerSelect }

// Run implements stage.Handler: it corrects for all tests of the stage, folds and ranks, and tells what remains.
func (choose) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	facts, goal, err := attach(ctx, job, env)
	if err != nil {
		return nil, err
	}
	g, err := gather(job)
	if err != nil {
		return nil, err
	}
	list := flow.InsightList{Insights: []flow.InsightFinding{}, Goal: &goal, Skipped: g.skipped}
	for _, n := range g.tests {
		list.Tests += n
	}
	ranked := rank(correct(g.candidates, g.tests), newRelevance(facts, goal))
	told, failed, err := tellFirst(ctx, env, ranked, g.sample, mostShown, "checking the evidence")
	if err != nil {
		return nil, err
	}
	list.Insights = append(list.Insights, told...)
	for _, kind := range failed {
		list.Skipped = append(list.Skipped, flow.Skipped{Check: kind, Why: "the evidence of a candidate could not be computed"})
	}
	return result(list)
}

// tellFirst tells the first candidates that the data bears out, most of them at most. failed are the kinds of those whose
// evidence could not be computed. The error is that of a context that has ended; doing says what was being done.
func tellFirst(ctx context.Context, env *stage.Env, ranked []scored, sample string, most int, doing string) (told []flow.InsightFinding, failed []string, err error) {
	for i := range ranked {
		if len(told) == most {
			break
		}
		env.Progress(float64(i)/float64(len(ranked)), doing)
		finding, err := tell(ctx, env.Engine, &ranked[i], sample)
		switch {
		case ctx.Err() != nil:
			return nil, nil, fmt.Errorf("%s: %w", doing, ctx.Err())
		case err != nil:
			failed = append(failed, ranked[i].Kind)
			env.Log.WarnContext(ctx, "an insight's evidence could not be computed", "kind", ranked[i].Kind)
		case finding != nil:
			told = append(told, *finding)
		}
	}
	return told, failed, nil
}

// gathered is what all searching handlers found.
type gathered struct {
	candidates []Candidate
	tests      map[string]int64 // by family
	skipped    []flow.Skipped
	sample     string // what is to be said where not all rows were tested
}

func gather(job *stage.Job) (*gathered, error) {
	g := &gathered{tests: map[string]int64{}}
	for _, name := range searching() {
		var doc searched
		ok, err := job.Documents.Decode(name, &doc)
		if err != nil || !ok {
			return nil, stage.Permanent(errors.Join(fmt.Errorf("what %s found is missing or cannot be read: run the stage again", name), err))
		}
		g.candidates = append(g.candidates, doc.Candidates...)
		for _, s := range doc.Skipped {
			if !slices.Contains(g.skipped, s) { // what holds of the table holds of each search
				g.skipped = append(g.skipped, s)
			}
		}
		for family, n := range doc.Tests {
			g.tests[family] += n
		}
		if int64(doc.Rows) < doc.Total {
			g.sample = fmt.Sprintf("tested on an even sample of %s of %s rows; the numbers are those of all rows", figure(float64(doc.Rows)), figure(float64(doc.Total)))
		}
	}
	return g, nil
}

func searching() []string { return []string{handlerGroups, handlerTime, handlerRelations} }

// scored is a candidate that survived the correction.
type scored struct {
	Candidate
	q         float64
	relevance float64
	score     float64
}

// correct computes q-values within and over the families, and keeps what may be shown.
func correct(all []Candidate, tests map[string]int64) []scored {
	names := make([]string, 0, len(tests))
	for name := range tests {
		names = append(names, name)
	}
	slices.Sort(names)
	families := make([]statistic.Family, len(names))
	members := make([][]int, len(names))
	for i, c := range all {
		if k, ok := slices.BinarySearch(names, c.Family); ok {
			families[k].P = append(families[k].P, c.P)
			members[k] = append(members[k], i)
		}
	}
	for k, name := range names {
		families[k].Tests = tests[name]
	}
	var out []scored
	for k, q := range statistic.Families(families, mostQ) {
		for j, v := range q {
			if v <= mostQ {
				out = append(out, scored{Candidate: all[members[k][j]], q: v})
			}
		}
	}
	return out
}

// order scores the candidates and puts the best first.
func order(candidates []scored, r *relevance) {
	for i := range candidates {
		c := &candidates[i]
		c.relevance = r.of(&c.Candidate)
		c.score = score(c)
	}
	slices.SortStableFunc(candidates, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.fingerprint(), b.fingerprint()))
	})
}

// rank scores the candidates and puts them in the order in which they are told: each next one is the best of those
// that remain, with what repeats an earlier one counting less, and what follows from an earlier one folded into it.
func rank(candidates []scored, r *relevance) []scored {
	order(candidates, r)
	var out []scored
	for len(candidates) > 0 && len(out) < 2*mostShown {
		best, top := -1, 0.0
		for i := range candidates {
			if s := candidates[i].score * novelty(&candidates[i].Candidate, out); s > top {
				best, top = i, s
			}
		}
		if best < 0 {
			break
		}
		if top < leastScore {
			break
		}
		c := candidates[best]
		candidates = slices.Delete(candidates, best, best+1)
		if !folded(&c.Candidate, out) {
			c.score = top
			out = append(out, c)
		}
	}
	return out
}

// score is impact x significance x goal relevance. Each factor has a floor, so that one of them alone cannot silence
// what is strong in the others.
func score(c *scored) float64 {
	impact := 0.4 + 0.6*math.Sqrt(c.Impact)
	significance := (0.15 + 0.85*c.Strength) * (1 - 0.3*c.q/mostQ)
	return impact * significance * (0.1 + 0.9*c.relevance)
}

// novelty is how much a candidate adds to what is already told, 0..1.
func novelty(c *Candidate, told []scored) float64 {
	n := 1.0
	mine := c.columns()
	for i := range told {
		theirs := told[i].columns()
		shared := 0
		for _, x := range mine {
			if slices.Contains(theirs, x) {
				shared++
			}
		}
		union := len(mine) + len(theirs) - shared
		overlap := 0.0
		if union > 0 {
			overlap = float64(shared) / float64(union)
		}
		same := overlap
		if told[i].Kind != c.Kind || told[i].Family != c.Family {
			same *= 0.6
		}
		n = min(n, 1-0.35*same)
		if overlap == 1 && told[i].Family == c.Family {
			n *= 0.85
		}
	}
	return n
}

// folded says whether a candidate only repeats something that is told already.
func folded(c *Candidate, told []scored) bool {
	alike, stables, evens := 0, 0, 0
	for i := range told {
		o := &told[i].Candidate
		if repeats(c, o) {
			return true
		}
		if c.Family == "stable" && o.Family == "stable" {
			stables++
			if c.Measure.Label() == o.Measure.Label() {
				stables++
			}
		}
		if o.Family == "even" {
			evens++
		}
		if c.Family == o.Family && slices.Equal(c.columns(), o.columns()) {
			alike++
		}
	}
	switch c.Family {
	case "stable":
		return stables >= 4
	case "even":
		return evens >= 3
	}
	return alike >= 2
}

// repeats says whether a candidate says the same as another one in other words.
func repeats(c, o *Candidate) bool {
	switch {
	case o.fingerprint() == c.fingerprint():
		return true
	case c.Kind == "outstanding" && o.Kind == "outstanding" && o.Dimension.Name == c.Dimension.Name && o.Focus == c.Focus:
		return true // the sum follows from the count, or the other way round
	case c.Kind == "trend" && o.Kind == "trend" && c.Measure.Label() == o.Measure.Label() && len(c.Subspace)+len(o.Subspace) == 0:
		return true // on another time column
	default:
		// The rates of one column add up to one.
		return c.Family == "trend" && o.Family == "trend" && c.Measure.Dimension != "" && c.Measure.Dimension == o.Measure.Dimension
	}
}

// tell runs the candidate's query on the whole data and puts it into words; nil where the data does not bear it out.
func tell(ctx context.Context, e *engine.Session, c *scored, sample string) (*flow.InsightFinding, error) {
	rows, err := evidence(ctx, e, c.SQL)
	if err != nil {
		return nil, err
	}
	k := kindOf(c.Kind)
	if k == nil {
		return nil, fmt.Errorf("unknown kind of insight %q", c.Kind)
	}
	story, err := k.Tell(&c.Candidate, rows)
	if err != nil || story.Drop {
		return nil, err
	}
	numbers := map[string]float64{}
	for _, m := range []map[string]float64{c.Numbers, story.Numbers} {
		for name, v := range m {
			if pointer(v) != nil {
				numbers[name] = v
			}
		}
	}
	notes := slices.Clone(c.Notes)
	if sample != "" {
		notes = append(notes, sample)
	}
	subspace := map[string]string{}
	for _, s := range c.Subspace {
		subspace[s.Name] = s.Value
	}
	measure := c.Measure.Label()
	if c.Second != nil {
		measure += " ~ " + c.Second.Label()
	}
	return &flow.InsightFinding{
		ID: identify(c.fingerprint()), Kind: c.Kind, Title: story.Title, Measure: measure, Dimensions: c.dimensions(), Subspace: subspace,
		Effect: c.Effect, PValue: c.P, QValue: c.q, Score: c.score, GoalRelevance: c.relevance,
		Evidence: flow.Evidence{SQL: c.SQL, Numbers: numbers, Notes: notes}, Chart: story.Chart,
	}, nil
}

// identify is a short id that is the same every time for the same finding.
func identify(fingerprint string) string {
	h := sha256.Sum256([]byte(fingerprint))
	return "insight-" + hex.EncodeToString(h[:5])
}

// evidence runs a query and reads its rows.
func evidence(ctx context.Context, e *engine.Session, query string) ([]Row, error) {
	rows, err := e.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("computing the evidence: %w", err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("computing the evidence: %w", err)
	}
	var out []Row
	for rows.Next() {
		values, dest := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("computing the evidence: %w", err)
		}
		row := Row{}
		for i, name := range names {
			row[name] = values[i]
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("computing the evidence: %w", err)
	}
	return out, nil
}
