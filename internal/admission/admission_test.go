package admission_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/analytix-flow/analytix/internal/admission"
)

const mib = 1 << 20

func candidate(id int64, place int, memory int64) admission.Candidate {
	return admission.Candidate{ID: id, Place: place, Need: admission.Need{Memory: memory * mib, Least: mib, Processors: 1}}
}

func TestWhatDoesNotFitWaitsAndHoldsNoPlace(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	b := admission.Budget{Workers: 3, Memory: 1000 * mib}
	p := g.Plan(b, []admission.Candidate{candidate(1, 1, 700), candidate(2, 1, 600), candidate(3, 1, 200)}, 10)
	if !slices.Equal(p.Begin, []int64{1, 3}) || p.Waiting != 1 || p.Wanted != 600*mib {
		t.Errorf("%+v", p)
	}
	if l := g.Load(); l.Running != 2 || l.Promised != 900*mib || l.Waiting != 1 {
		t.Errorf("%+v", l)
	}
	g.Done(1)
	if p := g.Plan(b, []admission.Candidate{candidate(2, 1, 600)}, 10); !slices.Equal(p.Begin, []int64{2}) {
		t.Errorf("%+v", p)
	}
}

func TestProcessorsAreBudgetedToo(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	c := []admission.Candidate{candidate(1, 1, 1), candidate(2, 1, 1), candidate(3, 1, 1)}
	c[0].Need.Processors = 16 // more than there are: it has them alone
	p := g.Plan(admission.Budget{Workers: 9, Processors: 2}, c, 10)
	if !slices.Equal(p.Begin, []int64{1}) {
		t.Errorf("%+v", p)
	}
	g.Done(1)
	if p = g.Plan(admission.Budget{Workers: 9, Processors: 2}, c[1:], 10); !slices.Equal(p.Begin, []int64{2, 3}) {
		t.Errorf("%+v", p)
	}
}

func TestWhatCanNeverFitIsRefusedWithBothFigures(t *testing.T) {
	t.Parallel()
	var e admission.Estimates
	size := admission.Size{Bytes: 12 << 30, Columns: 4000}
	c := admission.Candidate{ID: 7, Place: 1, Size: size, Need: e.Of("quality.formats", size)}
	for name, row := range map[string]struct {
		budget admission.Budget
		says   []string
	}{
		"all together": {admission.Budget{Workers: 2, Memory: 100 * mib, Child: 300 * mib}, []string{"at least 548 MiB", "12288 MiB in 4000 columns", "100 MiB", "memory_budget"}},
		"one":          {admission.Budget{Workers: 2, Memory: 900 * mib, Child: 300 * mib}, []string{"one task may have 300 MiB (setting memory)"}},
	} {
		var g admission.Gate
		p := g.Plan(row.budget, []admission.Candidate{c}, 1)
		if p.Refuse[7] == nil || len(p.Begin) > 0 || p.Waiting > 0 {
			t.Fatalf("%s: %+v", name, p)
		}
		for _, s := range row.says {
			if !strings.Contains(p.Refuse[7].Error(), s) {
				t.Errorf("%s: %q does not say %q", name, p.Refuse[7].Error(), s)
			}
		}
	}
	var g admission.Gate
	if p := g.Plan(admission.Budget{Workers: 2, Memory: 600 * mib}, []admission.Candidate{c}, 1); len(p.Begin) != 1 {
		t.Errorf("wants more than there is, could do with less, and does not run: %+v", p)
	}
}

func TestLightTasksAlwaysBegin(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	c := []admission.Candidate{candidate(1, 1, 1), {ID: 2, Light: true}, candidate(3, 1, 1), {ID: 4, Light: true}}
	p := g.Plan(admission.Budget{Workers: 1}, c, 3)
	if !slices.Equal(p.Begin, []int64{2, 4, 1}) || g.Load().Running != 1 {
		t.Errorf("%+v", p)
	}
}

// TestSharesOfTiers simulates two tiers that always have tasks waiting on one worker.
func TestSharesOfTiers(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	var waiting []admission.Candidate
	id, begun := int64(0), map[int]int{}
	first := 0
	for range 500 {
		for _, place := range []int{3, 1} {
			for countPlace(waiting, place) < 3 {
				id++
				waiting = append(waiting, candidate(id, place, 1))
			}
		}
		p := g.Plan(admission.Budget{Workers: 1}, waiting, 10)
		if len(p.Begin) != 1 {
			t.Fatalf("%+v", p)
		}
		i := slices.IndexFunc(waiting, func(c admission.Candidate) bool { return c.ID == p.Begin[0] })
		if first == 0 {
			first = waiting[i].Place
		}
		begun[waiting[i].Place]++
		waiting = slices.Delete(waiting, i, i+1)
		g.Done(p.Begin[0])
	}
	if first != 1 || begun[1] != 400 || begun[3] != 100 {
		t.Errorf("first %d, %v", first, begun)
	}
}

// TestNoCreditForTheTimeWithoutTasks has a tier come late: it does not make up for what it did not want.
func TestNoCreditForTheTimeWithoutTasks(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	one := admission.Budget{Workers: 1}
	for id := int64(1); id <= 100; id++ {
		g.Plan(one, []admission.Candidate{candidate(id, 1, 1)}, 10)
		g.Done(id)
	}
	demo := 0
	for id := int64(200); id < 210; id++ {
		p := g.Plan(one, []admission.Candidate{candidate(1000+id, 3, 1), candidate(id, 1, 1)}, 10)
		if p.Begin[0] > 1000 {
			demo++
		}
		g.Done(p.Begin[0])
	}
	if demo > 3 {
		t.Errorf("the tier that came late had %d of 10", demo)
	}
}

func countPlace(all []admission.Candidate, place int) (n int) {
	for _, c := range all {
		if c.Place == place {
			n++
		}
	}
	return n
}

// TestNobodyStarvesAndNothingIsPromisedTwice walks at random: tasks of all sizes and tiers come and end.
func TestNobodyStarvesAndNothingIsPromisedTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var g admission.Gate
		b := admission.Budget{Workers: rapid.IntRange(1, 4).Draw(t, "workers"), Memory: 1000 * mib, Child: 900 * mib, Processors: 2}
		var waiting []admission.Candidate
		running := map[int64]admission.Candidate{}
		held := map[int64]admission.Candidate{} // taken ahead
		before := map[int64]int{}               // how many that came later were handed out before it
		turns := func() {
			for id, c := range held {
				if hasTurn(&g, id) {
					running[id] = c
					delete(held, id)
				}
			}
		}
		id := int64(0)
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			for range rapid.IntRange(0, 3).Draw(t, "come") {
				id++
				c := candidate(id, rapid.IntRange(1, 4).Draw(t, "place"), rapid.Int64Range(1, 2000).Draw(t, "memory"))
				c.Need.Processors = rapid.Float64Range(0, 4).Draw(t, "processors")
				c.Brief = time.Duration(rapid.IntRange(0, 20).Draw(t, "brief")) * time.Millisecond
				waiting = append(waiting, c)
			}
			p := g.Plan(b, waiting, 10)
			turns()
			for _, begun := range slices.Concat(p.Begin, p.Ahead) {
				i := slices.IndexFunc(waiting, func(c admission.Candidate) bool { return c.ID == begun })
				if hasTurn(&g, begun) {
					running[begun] = waiting[i]
				} else {
					held[begun] = waiting[i]
				}
				waiting = slices.Delete(waiting, i, i+1)
				for _, c := range waiting {
					if c.ID < begun {
						before[c.ID]++
					}
				}
			}
			check(t, b, &g, running, waiting)
			var ahead time.Duration
			for _, c := range held {
				ahead += c.Brief
			}
			if limit := admission.AheadTime*time.Duration(b.Workers) + 20*time.Millisecond; ahead > limit {
				t.Fatalf("work for %v was taken ahead", ahead)
			}
			for _, c := range waiting {
				// Its place is served at least every eighth time (8 + 4 + 2 + 1 for 1); before it come those of its place that were
				// there, and Patience that fit better than it and each of them.
				if bound := 16 * (1 + admission.Patience) * (1 + len(waiting) + len(running) + len(held)); before[c.ID] > bound {
					t.Fatalf("task %d was passed over %d times, more than %d", c.ID, before[c.ID], bound)
				}
			}
			for id := range running {
				if rapid.Bool().Draw(t, "ends") {
					g.Done(id)
					delete(running, id)
				}
			}
			for id := range held {
				if rapid.IntRange(0, 9).Draw(t, "cancelled") == 0 && !hasTurn(&g, id) {
					g.Done(id)
					delete(held, id)
				}
			}
			turns()
		}
		for len(waiting)+len(held) > 0 { // nobody comes any more: all get their turn
			for id := range running {
				g.Done(id)
				delete(running, id)
			}
			p := g.Plan(b, waiting, 10)
			turns()
			if len(p.Begin)+len(running) == 0 {
				t.Fatalf("nothing runs, %d wait and %d were taken ahead, and none begins", len(waiting), len(held))
			}
			for _, begun := range slices.Concat(p.Begin, p.Ahead) {
				held[begun] = admission.Candidate{}
				turns()
				waiting = slices.DeleteFunc(waiting, func(c admission.Candidate) bool { return c.ID == begun })
			}
		}
	})
}

func hasTurn(g *admission.Gate, id int64) bool {
	select {
	case <-g.Turn(id):
		return true
	default:
		return false
	}
}

func check(t *rapid.T, b admission.Budget, g *admission.Gate, running map[int64]admission.Candidate, waiting []admission.Candidate) {
	l := g.Load()
	if l.Running != len(running) || l.Running > b.Workers || l.Promised > b.Memory || l.Waiting != len(waiting) {
		t.Fatalf("load %+v with %d running and %d waiting", l, len(running), len(waiting))
	}
	var processors float64
	for _, c := range running {
		processors += min(c.Need.Processors, b.Processors)
	}
	if processors > b.Processors+1e-6 {
		t.Fatalf("%f processors are promised", processors)
	}
}

// TestBriefTasksAreTakenAheadInTheirOrder has one worker: it is handed many brief tasks at a time, and none that is not brief.
func TestBriefTasksAreTakenAheadInTheirOrder(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	b := admission.Budget{Workers: 1}
	var waiting []admission.Candidate
	for id := range int64(20) {
		c := candidate(id, 1, 1)
		c.Brief = 4 * time.Millisecond
		waiting = append(waiting, c)
	}
	long := candidate(20, 1, 1)
	p := g.Plan(b, append(slices.Clone(waiting[:5]), long, waiting[6]), 100)
	if !slices.Equal(p.Begin, []int64{0}) || !slices.Equal(p.Ahead, []int64{1, 2, 3, 4}) {
		t.Fatalf("%v begin and %v are taken ahead, with one that is not brief after the fifth", p.Begin, p.Ahead)
	}
	if !g.Full() || g.Done(0) || !hasTurn(&g, 1) || hasTurn(&g, 2) {
		t.Error("the first has ended: it is the turn of the second, and others need not be looked for yet")
	}
	if !g.Done(3) || !g.Done(1) || !hasTurn(&g, 2) || hasTurn(&g, 4) {
		t.Error("two have ended and one was cancelled: others are to be looked for while the next runs")
	}
	if p = g.Plan(b, waiting[5:], 100); len(p.Begin) != 0 || len(p.Ahead) != 12 {
		t.Errorf("%v begin, %v are taken ahead, where one was: more work than for 50 ms, or less", p.Begin, p.Ahead)
	}
}

// TestALargeTaskBeginsAfterABoundedNumberOfSmallOnes has small tasks come faster than they end.
func TestALargeTaskBeginsAfterABoundedNumberOfSmallOnes(t *testing.T) {
	t.Parallel()
	var g admission.Gate
	b := admission.Budget{Workers: 4, Memory: 400 * mib}
	large := candidate(1, 3, 400)
	waiting := []admission.Candidate{candidate(2, 1, 100), candidate(3, 1, 100), candidate(4, 1, 100), large}
	next, small := int64(5), 0
	var running []int64
	for step := 0; ; step++ {
		p := g.Plan(b, waiting, 10)
		waiting = slices.DeleteFunc(waiting, func(c admission.Candidate) bool { return slices.Contains(p.Begin, c.ID) })
		if slices.Contains(p.Begin, 1) {
			break
		}
		small += len(p.Begin)
		running = append(running, p.Begin...)
		if step > 60 {
			t.Fatalf("it did not begin while %d small ones did", small)
		}
		g.Done(running[0])
		running = running[1:]
		waiting = append(waiting, candidate(next, 1, 100), candidate(next+1, 1, 100))
		next += 2
	}
	if small > 3+4+admission.Patience+1 {
		t.Errorf("%d small ones began before it", small)
	}
}

func TestEstimatesFollowWhatTasksTook(t *testing.T) {
	t.Parallel()
	const kind = "quality.formats"
	size := admission.Size{Bytes: 10 * mib, Columns: 12}
	var e admission.Estimates
	prior := e.Of(kind, size)
	if prior.Memory <= prior.Least || prior.Processors != 1 {
		t.Errorf("%+v", prior)
	}
	r := admission.Record{Kind: kind, Class: size.Class()}
	r = r.Learn(admission.Took{Memory: 400 * mib, Processor: 3 * time.Second, Wall: 2 * time.Second})
	e.Put(r)
	if n := e.Of(kind, size); n.Memory != 500*mib || n.Processors != 1.5 {
		t.Errorf("after one: %+v", n)
	}
	if n := e.Of("quality.missing", size); n != prior {
		t.Errorf("another kind learned from it: %+v", n)
	}
	if n := e.Of(kind, admission.Size{Bytes: 3 << 30, Columns: 12}); n.Memory <= 500*mib {
		t.Errorf("a larger file is expected to need no more: %+v", n)
	}
	if n := e.Of(kind, admission.Size{Bytes: 1, Columns: 12}); n.Memory > e.Of(kind, size).Memory {
		t.Errorf("a smaller file is expected to need more: %+v", n)
	}
	killed := r.Learn(admission.Took{Memory: 512 * mib, Killed: true})
	if killed.Memory != 768*mib || killed.Samples != 2 || killed.Processors != 1.5 {
		t.Errorf("after one that was killed: %+v", killed)
	}
	for range 60 {
		killed = killed.Learn(admission.Took{Memory: 100 * mib, Processor: time.Second, Wall: time.Second})
	}
	if killed.Memory > 101*mib || killed.Processors > 1.01 {
		t.Errorf("it does not come down: %+v", killed)
	}
}

func TestEstimatesGrowWithTheSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var e admission.Estimates
		small := admission.Size{Bytes: rapid.Int64Range(0, 1<<40).Draw(t, "bytes"), Columns: rapid.IntRange(0, 5000).Draw(t, "columns")}
		large := admission.Size{Bytes: small.Bytes + rapid.Int64Range(0, 1<<40).Draw(t, "more"), Columns: small.Columns}
		a, b := e.Of("k", small), e.Of("k", large)
		if a.Memory > b.Memory || a.Least > b.Least || a.Least <= 0 || a.Memory < a.Least {
			t.Fatalf("%+v of %+v, %+v of %+v", a, small, b, large)
		}
	})
}
