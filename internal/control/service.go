package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/tier"
	"github.com/analytix-flow/analytix/internal/trace"
	"github.com/analytix-flow/analytix/internal/usage"
)

// Processor runs a handler somewhere safe: a pool of child processes.
type Processor interface {
	// Run runs the job's handler and returns what it returned, with its marks (stage.IsPermanent, stage.IsRefused). A
	// cancelled ctx ends it.
	Run(ctx context.Context, job *stage.Job, progress func(fraction float64, sentence string)) (*stage.Result, error)
}

// Parts is what a Service is made of.
type Parts struct {
	Store     *store.Store
	Files     *dataset.Store
	Broker    broker.Config // opened by the service, which sets OnDead
	Queue     task.Config   // likewise; Store, Kinds, OnUpdate and OnDead are set
	Managers  []stage.Manager
	Processor Processor
	// Kinds are further kinds of tasks, of whoever shares the queue. Their tasks bear no stage.
	Kinds []task.Kind
	// OnMove, where given, is called for every event that changed a run's state, in the transaction that changes it. It must
	// have no effect but through tx; its error undoes the change.
	OnMove func(ctx context.Context, tx *store.Tx, m Moved) error
	// WorkOnly leaves events and commands to other processes: this one only works tasks.
	WorkOnly bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Service is the transactional service around Step: it carries events to it, and its commands to the managers and the
// queue. It is safe for concurrent use.
type Service struct {
	store     *store.Store
	files     *dataset.Store
	broker    *broker.Broker
	queue     *task.Queue
	managers  map[flow.Stage]stage.Manager
	processor Processor
	onMove    func(ctx context.Context, tx *store.Tx, m Moved) error
	workOnly  bool
	now       func() time.Time
	log       *slog.Logger
	hub       *hub
	seen      *lru.Cache[string, seen]

	subscriptions []*broker.Subscription
	stopRelay     context.CancelFunc
	relaying      sync.WaitGroup
}

// The durable names under which messages are consumed and entered into inboxes.
const (
	consumerControl  = "control"
	consumerManagers = "managers"
)

// New makes the service and opens broker and queue. Start begins the work; Stop must be called in any case.
func New(ctx context.Context, p Parts) (*Service, error) {
	s := &Service{store: p.Store, files: p.Files, managers: map[flow.Stage]stage.Manager{}, processor: p.Processor,
		onMove: p.OnMove, workOnly: p.WorkOnly, now: p.Now, log: p.Log, hub: newHub()}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.seen, err = lru.New[string, seen](states); err != nil {
		return nil, fmt.Errorf("setting up the control point manager: %w", err)
	}
	for _, m := range p.Managers {
		s.managers[m.Stage()] = m
	}
	for _, st := range flow.Stages() {
		if s.managers[st] == nil {
			return nil, fmt.Errorf("setting up the control point manager: the %s stage has no manager", st)
		}
	}
	p.Queue.Store, p.Queue.Kinds, p.Queue.Log = p.Store, append(s.kinds(), p.Kinds...), s.log
	p.Queue.OnUpdate, p.Queue.OnDead = s.taskMoved, s.taskDied
	if s.queue, err = task.Open(ctx, p.Queue); err != nil {
		return nil, err
	}
	p.Broker.OnDead, p.Broker.Log = s.messageDied, s.log
	if s.broker, err = broker.Open(ctx, p.Broker); err != nil {
		return nil, err
	}
	return s, nil
}

// Start takes up what was under way when the process ended, and begins the work.
func (s *Service) Start(ctx context.Context) error {
	if !s.workOnly {
		if err := s.listen(ctx); err != nil {
			return err
		}
	}
	relay, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopRelay = stop
	s.relaying.Go(func() { s.relay(relay) })
	s.relaying.Go(func() { s.lookAround(relay) })
	return s.queue.Start(ctx)
}

func (s *Service) listen(ctx context.Context) error {
	if s.store.Dialect() == store.SQLite { // the only process: whatever no inbox holds is not being handled
		err := s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Unhandled(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, c := range []struct {
		name    string
		channel store.Channel
		handle  func(context.Context, *store.Message) error
	}{
		{consumerControl, store.Event, s.handleEvent},
		{consumerManagers, store.Command, s.handleCommand},
	} {
		sub, err := s.broker.Consume(ctx, c.name, string(c.channel), s.opened(c.handle))
		if err != nil {
			return err
		}
		s.subscriptions = append(s.subscriptions, sub)
	}
	return nil
}

// opened reads the content of a message from the outbox: what goes through the broker is its id alone.
func (s *Service) opened(handle func(context.Context, *store.Message) error) broker.Handler {
	return func(ctx context.Context, m broker.Message) error {
		err := s.openAnd(ctx, m, handle)
		if errors.Is(err, store.ErrEarly) {
			return broker.Early(err)
		}
		if err != nil && (s.store.Outlast(ctx) || s.files.Outlast(ctx)) { // the records or the files were gone, and are back
			return broker.Postpone(err)
		}
		return err
	}
}

func (s *Service) openAnd(ctx context.Context, m broker.Message, handle func(context.Context, *store.Message) error) error {
	msg, err := s.store.Message(ctx, m.ID)
	if errors.Is(err, store.ErrNotFound) {
		return broker.Poison(err)
	}
	if err != nil {
		return err
	}
	ctx, span := handling(ctx, m.Trace, msg)
	err = handle(ctx, msg)
	span.End(err)
	return err
}

// Stop ends the work in the order in which nothing is left hanging; what was under way is taken up by the next Start.
func (s *Service) Stop(ctx context.Context) error {
	for _, sub := range s.subscriptions {
		sub.Stop()
	}
	err := s.queue.Stop(ctx)
	if s.stopRelay != nil {
		s.stopRelay()
	}
	s.relaying.Wait()
	s.broker.Close()
	s.hub.close()
	return err
}

// Broker gives access to dead letters and their replay.
func (s *Service) Broker() *broker.Broker { return s.broker }

// Queue gives access to counts and dead tasks.
func (s *Service) Queue() *task.Queue { return s.queue }

// Request records a run whose file was stored, and asks for it to begin. r.ID and r.Head are set.
func (s *Service) Request(ctx context.Context, r store.Run, actor flow.Actor, pointTTL time.Duration) error {
	goal := flow.Goal{Text: r.Head.Goal, KPI: r.Head.KPI}
	e := Event{Kind: RunRequested, Run: r.ID, Actor: actor, At: s.now(), PointTTL: pointTTL,
		StopAfter: flow.Stage(r.Head.StopAfter), FourEyes: r.Head.FourEyes}
	for _, st := range flow.Stages() {
		e.Route = append(e.Route, s.managers[st].Route(nil, goal))
	}
	if e.StopAfter != "" && !e.StopAfter.Valid() {
		return fmt.Errorf("%w: there is no stage %q to stop after", flow.ErrInvalid, e.StopAfter)
	}
	limits, err := tier.Of(tier.Name(r.Tier))
	if err != nil {
		return err
	}
	ctx = trace.Run(ctx, r.ID)
	r.Status, r.Stage, r.State = string(Running), string(flow.Reception), []byte("{}")
	return s.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := usage.Admit(ctx, tx, limits, r.Workspace, s.now(), r.Head.Bytes); err != nil {
			return err
		}
		if err := tx.InsertRun(ctx, r); err != nil {
			return err
		}
		err := tx.PutVersion(ctx, store.Version{ID: newID(), Dataset: r.Head.Dataset, Run: r.ID, Kind: "received",
			Ref: r.Head.Ref, ContentHash: r.Head.SHA256, Decisions: []byte("[]")})
		if err != nil {
			return err
		}
		return s.post(ctx, tx, e)
	})
}

// post puts an event into the outbox.
func (s *Service) post(ctx context.Context, tx *store.Tx, e Event) error {
	return s.put(ctx, tx, store.Event, e.Run, string(e.Kind), e)
}

func (s *Service) put(ctx context.Context, tx *store.Tx, c store.Channel, run, kind string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing message %s of run %s: %w", kind, run, err)
	}
	return tx.Post(ctx, &store.Message{ID: newID(), Run: run, Channel: c, Kind: kind, Body: carrying(ctx, raw)})
}

// newID makes an id that sorts by the time of its making.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// states is how many decoded states are kept for those who look at runs again and again.
const states = 64

// seen is a run as it was committed, and its state.
type seen struct {
	run   store.Run
	state *State
}

// load reads a run and its state, which is shared with other readers: nothing in it may be changed. Where the version is the one
// that was seen last, nothing else is read: the state is large, and the pages that hold it are decrypted anew after each write.
func (s *Service) load(ctx context.Context, id string) (*store.Run, *State, error) {
	if x, ok := s.seen.Get(id); ok {
		version, err := s.store.RunVersion(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if version == x.run.Version {
			r := x.run
			return &r, x.state, nil
		}
	}
	r, err := s.store.Run(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	state, err := decodeState(r)
	if err != nil {
		return nil, nil, err
	}
	s.seen.Add(id, seen{*r, state})
	return r, state, nil
}

// stateOf is the state of a run that was read in a transaction: what was seen of the same version, which was committed, or else
// what the record holds.
func (s *Service) stateOf(r *store.Run) (*State, error) {
	if x, ok := s.seen.Get(r.ID); ok && x.run.Version == r.Version {
		return x.state, nil
	}
	return decodeState(r)
}

// current is the stage that the run is in; nil before it has begun.
func (s *State) current() *StageState { return s.Stages[s.Stage] }

func decodeState(r *store.Run) (*State, error) {
	var state State
	if err := json.Unmarshal(r.State, &state); err != nil {
		return nil, fmt.Errorf("reading the state of run %s: %w", r.ID, err)
	}
	return &state, nil
}
