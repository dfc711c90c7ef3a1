package control

import (
	"context"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// UpdateKind says what an Update tells.
type UpdateKind string

// The kinds of updates.
const (
	Changed  UpdateKind = "changed"  // the run's status, stage or phase
	Decided  UpdateKind = "decided"  // a decision at the open control point was taken or withdrawn
	Progress UpdateKind = "progress" // how far a task is
	Noted    UpdateKind = "noted"    // people did something beside the flow: a remark, an assignment
	Stuck    UpdateKind = "stuck"    // a message of the run could not be handled and waits among the dead letters
)

// Update tells whoever watches a run what is new.
type Update struct {
	Kind UpdateKind `json:"kind"`
	Run  string     `json:"run"`
	// Workspace is whose run it is; of changes only.
	Workspace string         `json:"workspace,omitempty"`
	Status    Status         `json:"status,omitempty"`
	Stage     flow.Stage     `json:"stage,omitempty"`
	Phase     Phase          `json:"phase,omitempty"`
	Round     int            `json:"round,omitempty"`
	Proposal  *flow.Proposal `json:"proposal,omitempty"` // of the control point that is open
	Failure   *Failure       `json:"failure,omitempty"`
	Handler   string         `json:"handler,omitempty"`  // of progress
	Fraction  float64        `json:"fraction,omitempty"` // of progress, 0..1
	Sentence  string         `json:"sentence,omitempty"` // of progress and stuck
	// Entries are what the change added to the run's audit; nil where that is not known, as of what another process did.
	Entries []audit.Link `json:"-"`
	// Shared keeps what watchers make of the update; all of them have the same.
	Shared *Shared `json:"-"`
}

// Final says whether the run will not move by itself any more: it is done, aborted, failed, stuck, or waits.
func (u *Update) Final() bool {
	if u.Kind == Stuck {
		return true
	}
	switch u.Status {
	case Done, Aborted, Failed, Waiting, Expired, Erased:
		return u.Kind == Changed
	default:
		return false
	}
}

func updateOf(r *store.Run, s *State) Update {
	u := Update{Kind: Changed, Run: s.Run, Workspace: r.Workspace, Status: s.Status, Stage: s.Stage, Failure: s.Failure}
	if st := s.Stages[s.Stage]; st != nil {
		u.Phase, u.Round = st.Phase, st.Round
		if s.Status == Waiting {
			u.Proposal = st.Proposal
		}
	}
	return u
}

func (s *Service) taskMoved(u task.Update) {
	s.hub.publish(Update{Kind: Progress, Run: u.Task.Run, Stage: u.Task.Stage, Round: u.Task.Round, Handler: u.Task.Kind,
		Fraction: u.Fraction, Sentence: u.Sentence})
}

func (s *Service) messageDied(d broker.DeadLetter) {
	s.hub.publish(stuck(d))
}

func stuck(d broker.DeadLetter) Update {
	return Update{Kind: Stuck, Run: d.Message.Run, Sentence: "a message (" + d.Message.Kind +
		") could not be handled: " + d.Reason + "; nothing is lost, it was set aside and can be replayed"}
}

// Watch tells how the run moves, beginning with where it stands, until ctx ends or the service stops; then the channel
// is closed. Progress that comes faster than it is received is thinned out, nothing else is.
func (s *Service) Watch(ctx context.Context, run string) (<-chan Update, error) {
	w := s.hub.subscribe(run)
	record, state, err := s.load(ctx, run)
	if err != nil {
		s.hub.drop(w)
		return nil, err
	}
	w.put(updateOf(record, state))
	letters, err := s.broker.DeadLetters(ctx)
	if err != nil {
		s.hub.drop(w)
		return nil, err
	}
	for _, d := range letters {
		if d.Message.Run == run {
			w.put(stuck(d))
		}
	}
	out := make(chan Update)
	go s.pump(ctx, w, out)
	return out, nil
}

// WatchAll tells how all runs move from now on, without their progress, until ctx ends or the service stops; then the
// channel is closed.
func (s *Service) WatchAll(ctx context.Context) <-chan Update {
	out := make(chan Update)
	go s.pump(ctx, s.hub.subscribe(""), out)
	return out
}

func (s *Service) pump(ctx context.Context, w *watcher, out chan<- Update) {
	defer close(out)
	defer s.hub.drop(w)
	for {
		for _, u := range w.take() {
			select {
			case out <- u:
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-w.closed:
			return
		case <-w.wake:
		}
	}
}

// lookEvery is how often the records are looked at for what other processes change, and lookBack how far back: a
// transaction of theirs may be committed that long after the time that it wrote.
const (
	lookEvery = time.Second
	lookBack  = 10 * time.Second
)

// lookAround publishes what other processes do to runs that are watched here. One look serves all watchers. Where the
// records are this process's alone there is nothing to look for.
func (s *Service) lookAround(ctx context.Context) {
	if s.store.Dialect() == store.SQLite {
		return
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	seen := map[string]int64{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !s.hub.watched() {
			continue
		}
		changed, err := s.store.RunsChanged(ctx, s.now().Add(-lookBack))
		if err != nil {
			s.log.Warn("looking for what other processes did", "error", err)
			continue
		}
		now := make(map[string]int64, len(changed))
		for _, r := range changed {
			now[r.ID] = r.Version
			if seen[r.ID] == r.Version {
				continue
			}
			if record, state, err := s.load(ctx, r.ID); err == nil {
				s.hub.publish(updateOf(record, state))
			}
		}
		seen = now
	}
}

// hub passes updates to the watchers of this process.
type hub struct {
	mu       sync.Mutex
	watchers map[*watcher]bool
	ended    bool
}

func newHub() *hub { return &hub{watchers: map[*watcher]bool{}} }

type watcher struct {
	run    string
	wake   chan struct{}
	closed chan struct{}
	mu     sync.Mutex
	queue  []Update
}

func (h *hub) subscribe(run string) *watcher {
	w := &watcher{run: run, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		close(w.closed)
		return w
	}
	h.watchers[w] = true
	return w
}

func (h *hub) drop(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}

func (h *hub) watched() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.watchers) > 0
}

func (h *hub) publish(u Update) {
	u.Shared = &Shared{}
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		if w.run == u.Run || (w.run == "" && u.Kind != Progress) {
			w.put(u)
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for w := range h.watchers {
		close(w.closed)
	}
	h.watchers = map[*watcher]bool{}
}

// put queues an update; progress of a handler takes the place of older progress that was not received yet.
func (w *watcher) put(u Update) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.Kind == Progress {
		for i := range w.queue {
			if w.queue[i].Kind == Progress && w.queue[i].Handler == u.Handler {
				w.queue = append(w.queue[:i], w.queue[i+1:]...)
				break
			}
		}
	}
	w.queue = append(w.queue, u)
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *watcher) take() []Update {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := w.queue
	w.queue = nil
	return q
}
