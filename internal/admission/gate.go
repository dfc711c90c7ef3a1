package admission

import (
	"slices"
	"sync"
	"time"
)

// Patience is how many tasks may begin before one that came first and did not fit; then they wait for it.
const Patience = 8

// Places are the places in the queue, from 1 (first).
const Places = 4

// What may be taken ahead by each worker: so much work that it is done sooner than others are looked for, and so many tasks.
const (
	AheadTime = 50 * time.Millisecond
	AheadMost = 128
)

// Candidate is a task that might begin.
type Candidate struct {
	ID    int64
	Place int // in the queue, 1 to Places, as its tier has it
	Need  Need
	Size  Size
	// Brief is how long its work is expected to take, where that is known and so short that it is taken ahead: handed out while
	// others run, to begin when it is its turn. Zero for all others.
	Brief time.Duration
	// Light says that its work is done in this process and takes next to nothing: it begins at once.
	Light bool
}

// Plan is what is to be done with the candidates.
type Plan struct {
	Begin  []int64
	Ahead  []int64 // are to be handed out, and begin when Turn says so
	Refuse map[int64]*Unfit
	// Waiting are how many of the others there are, and Wanted the memory that they would take.
	Waiting int
	Wanted  int64
}

// Load is what runs, and what the last plan left waiting.
type Load struct {
	Running  int
	Promised int64 // memory, in bytes
	Waiting  int
	Wanted   int64 // memory, in bytes, of those that wait
}

// Gate knows what runs, and remembers who waits for how long. It is safe for concurrent use; the zero value is ready.
type Gate struct {
	mu      sync.Mutex
	running map[int64]Need
	passed  map[int64]int       // how many began before a task that waits and came first
	turns   [Places + 1]float64 // how much of its share each place has had
	clock   float64             // the turn of who began last
	waited  [Places + 1]bool    // whether somebody of the place waited at the last plan
	ahead   []held              // in the order of their turns
	budget  Budget              // of the last plan
	last    Plan
}

// held is a task that was taken ahead.
type held struct {
	Candidate
	turn chan struct{}
}

// Plan says which candidates begin now, at most limit of them. They come in the order in which they were queued, each place on
// its own. What begins counts as running until Done is called.
func (g *Gate) Plan(b Budget, candidates []Candidate, limit int) Plan {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == nil {
		g.running = map[int64]Need{}
	}
	g.budget = b
	g.promote()
	p := &planning{Gate: g, limit: limit, plan: Plan{Refuse: map[int64]*Unfit{}}}
	queues := p.sort(candidates)
	g.forget(queues)
	p.give(queues)
	for place := 1; place <= Places; place++ {
		for _, c := range queues[place] {
			if !g.has(c.ID) {
				p.plan.Waiting++
				p.plan.Wanted += b.bound(c.Need).Memory
				g.waited[place] = true
			}
		}
	}
	g.last = p.plan
	return p.plan
}

// Done says that a task that was handed out has ended, or could not be begun after all. It returns whether there is room for which
// others wait.
func (g *Gate) Done(id int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.running, id)
	g.ahead = slices.DeleteFunc(g.ahead, func(h held) bool { return h.ID == id })
	g.promote()
	return g.last.Waiting > 0 && !g.full()
}

// Full says whether another plan would let nothing begin but what is light.
func (g *Gate) Full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.full()
}

// full is so until half of what was taken ahead has begun: others are looked for many at a time.
func (g *Gate) full() bool {
	return len(g.running) >= g.budget.Workers && (len(g.last.Ahead) == 0 || 2*len(g.ahead) > len(g.last.Ahead))
}

// Turn is closed when it is the turn of a task that was taken ahead. Others have theirs at once.
func (g *Gate) Turn(id int64) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range g.ahead {
		if h.ID == id {
			return h.turn
		}
	}
	now := make(chan struct{})
	close(now)
	return now
}

// promote lets those begin that were taken ahead and for which there is room.
func (g *Gate) promote() {
	for len(g.ahead) > 0 && len(g.running) < g.budget.Workers && g.fits(g.ahead[0].Need) {
		g.running[g.ahead[0].ID] = g.budget.bound(g.ahead[0].Need)
		close(g.ahead[0].turn)
		g.ahead = slices.Delete(g.ahead, 0, 1)
	}
}

// has says whether a task was handed out.
func (g *Gate) has(id int64) bool {
	_, begun := g.running[id]
	return begun || slices.ContainsFunc(g.ahead, func(h held) bool { return h.ID == id })
}

// Load says what runs and what waits.
func (g *Gate) Load() Load {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := Load{Running: len(g.running), Waiting: g.last.Waiting, Wanted: g.last.Wanted}
	for _, n := range g.running {
		l.Promised += n.Memory
	}
	return l
}

// planning is one plan in the making.
type planning struct {
	*Gate
	limit   int
	plan    Plan
	blocked []int64 // came first and did not fit
}

// sort lets what is light begin, refuses what can never fit, and gives the others by place.
func (p *planning) sort(candidates []Candidate) (queues [Places + 1][]Candidate) {
	for _, c := range candidates {
		if p.has(c.ID) { // handed out before, and not begun yet
			continue
		}
		switch {
		case c.Light:
			if p.limit > 0 {
				p.limit--
				p.plan.Begin = append(p.plan.Begin, c.ID)
			}
		case c.Need.Least > p.budget.room():
			if p.limit > 0 {
				p.limit--
				p.plan.Refuse[c.ID] = &Unfit{Size: c.Size, Need: c.Need, Budget: p.budget}
			}
		default:
			place := min(max(c.Place, 1), Places)
			queues[place] = append(queues[place], c)
		}
	}
	return queues
}

// forget drops what is remembered of those that wait no more. A place that begins to wait does so with the turn of who began
// last: it has no claim on what it did not want before.
func (g *Gate) forget(queues [Places + 1][]Candidate) {
	passed := map[int64]int{}
	for place := 1; place <= Places; place++ {
		for _, c := range queues[place] {
			if n := g.passed[c.ID]; n > 0 {
				passed[c.ID] = n
			}
		}
		if !g.waited[place] {
			g.turns[place] = max(g.turns[place], g.clock)
		}
		g.waited[place] = false
	}
	g.passed = passed
}

// give lets tasks begin, the place with the smallest turn first, until there is no room or somebody has waited too long. Where
// all workers have one, it takes brief ones ahead, as long as those are next.
func (p *planning) give(queues [Places + 1][]Candidate) {
	for p.limit > 0 && (len(p.running) < p.budget.Workers || p.mayHold()) {
		place := p.next(queues)
		if place == 0 {
			return
		}
		c := queues[place][0]
		if len(p.running) >= p.budget.Workers {
			if c.Brief <= 0 {
				return
			}
			p.hold(c, place)
			queues[place] = queues[place][1:]
			continue
		}
		queues[place] = queues[place][1:]
		if p.fits(c.Need) {
			p.begin(c, place)
			continue
		}
		if p.passed[c.ID] >= Patience {
			return
		}
		p.blocked = append(p.blocked, c.ID)
	}
}

// next is the place whose turn it is; 0 where nobody waits.
func (p *planning) next(queues [Places + 1][]Candidate) int {
	next := 0
	for place := 1; place <= Places; place++ {
		if len(queues[place]) > 0 && (next == 0 || p.turns[place] < p.turns[next]) {
			next = place
		}
	}
	return next
}

// mayHold says whether more may be taken ahead: not where somebody waits for memory, who comes first.
func (p *planning) mayHold() bool {
	work := time.Duration(0)
	for _, h := range p.ahead {
		work += h.Brief
	}
	return len(p.blocked) == 0 && len(p.ahead) < AheadMost*p.budget.Workers && work < AheadTime*time.Duration(p.budget.Workers)
}

func (p *planning) hold(c Candidate, place int) {
	p.ahead = append(p.ahead, held{c, make(chan struct{})})
	p.plan.Ahead = append(p.plan.Ahead, c.ID)
	p.had(place)
}

func (p *planning) begin(c Candidate, place int) {
	p.running[c.ID] = p.budget.bound(c.Need)
	p.plan.Begin = append(p.plan.Begin, c.ID)
	p.had(place)
}

// had counts a turn of a place.
func (p *planning) had(place int) {
	p.limit--
	p.clock = p.turns[place]
	p.turns[place] += float64(int(1) << (place - 1)) // each place has twice the share of the next
	for _, id := range p.blocked {
		p.passed[id]++
	}
}

// fits says whether there is room for one more.
func (g *Gate) fits(n Need) bool {
	n = g.budget.bound(n)
	memory, processors := n.Memory, n.Processors
	for _, r := range g.running {
		memory += r.Memory
		processors += r.Processors
	}
	const slack = 1e-9 // of sums of fractions
	return (g.budget.Memory <= 0 || memory <= g.budget.Memory) && (g.budget.Processors <= 0 || processors <= g.budget.Processors+slack)
}
