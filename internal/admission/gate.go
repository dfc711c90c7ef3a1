package admission

import "sync"

// Patience is how many tasks may begin before one that came first and did not fit; then they wait for it.
const Patience = 8

// Places are the places in the queue, from 1 (first).
const Places = 4

// Candidate is a task that might begin.
type Candidate struct {
	ID    int64
	Place int // in the queue, 1 to Places, as its tier has it
	Need  Need
	Size  Size
	// Light says that its work is done in this process and takes next to nothing: it begins at once.
	Light bool
}

// Plan is what is to be done with the candidates.
type Plan struct {
	Begin  []int64
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
	last    Plan
}

// Plan says which candidates begin now, at most limit of them. They come in the order in which they were queued, each place on
// its own. What begins counts as running until Done is called.
func (g *Gate) Plan(b Budget, candidates []Candidate, limit int) Plan {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == nil {
		g.running = map[int64]Need{}
	}
	p := &planning{Gate: g, budget: b, limit: limit, plan: Plan{Refuse: map[int64]*Unfit{}}}
	queues := p.sort(candidates)
	g.forget(queues)
	p.give(queues)
	for place := 1; place <= Places; place++ {
		for _, c := range queues[place] {
			if _, begun := g.running[c.ID]; !begun {
				p.plan.Waiting++
				p.plan.Wanted += b.bound(c.Need).Memory
				g.waited[place] = true
			}
		}
	}
	g.last = p.plan
	return p.plan
}

// Done says that a task that began has ended, or could not be begun after all.
func (g *Gate) Done(id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.running, id)
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
	budget  Budget
	limit   int
	plan    Plan
	blocked []int64 // came first and did not fit
}

// sort lets what is light begin, refuses what can never fit, and gives the others by place.
func (p *planning) sort(candidates []Candidate) (queues [Places + 1][]Candidate) {
	for _, c := range candidates {
		if _, begun := p.running[c.ID]; begun { // handed out before, and not begun yet
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

// give lets tasks begin, the place with the smallest turn first, until there is no room or somebody has waited too long.
func (p *planning) give(queues [Places + 1][]Candidate) {
	for p.limit > 0 && len(p.running) < p.budget.Workers {
		place := p.next(queues)
		if place == 0 {
			return
		}
		c := queues[place][0]
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

func (p *planning) begin(c Candidate, place int) {
	p.limit--
	p.running[c.ID] = p.budget.bound(c.Need)
	p.plan.Begin = append(p.plan.Begin, c.ID)
	p.clock = p.turns[place]
	p.turns[place] += float64(int(1) << (place - 1)) // each place has twice the share of the next
	for _, id := range p.blocked {
		p.passed[id]++
	}
}

// fits says whether there is room for one more.
func (p *planning) fits(n Need) bool {
	n = p.budget.bound(n)
	memory, processors := n.Memory, n.Processors
	for _, r := range p.running {
		memory += r.Memory
		processors += r.Processors
	}
	const slack = 1e-9 // of sums of fractions
	return (p.budget.Memory <= 0 || memory <= p.budget.Memory) && (p.budget.Processors <= 0 || processors <= p.budget.Processors+slack)
}
