package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/store"
)

// Config sets up a queue.
type Config struct {
	Store *store.Store
	Kinds []Kind
	// Workers is how many tasks run at the same time, beside those of limited and light kinds; 0 means 2. Negative: none, the
	// process only inserts. SetWorkers changes it.
	Workers int
	// Budget is what tasks may take together; its number of workers is not used. The zero value is no limit.
	Budget admission.Budget
	// Needs tell what tasks will take; nil knows nothing.
	Needs *admission.Estimates
	// Exclusive says that no other process works on the database: tasks that were running when it died run again at once.
	Exclusive bool
	// Tries is how often a task is tried; 0 means 4.
	Tries int
	// Backoff is the pause after a first failure, which doubles with each; 0 means one second.
	Backoff time.Duration
	// Poll is how often new tasks are looked for without a word of them; 0 means 5 s on SQLite, where this process puts in all
	// there are, and 1 s on PostgreSQL, where a word of others may be lost.
	Poll time.Duration
	// OnUpdate, when given, is told how far tasks are. It must return at once.
	OnUpdate func(Update)
	// Drain is how long tasks under way may take to end when the queue is stopped; then they are cancelled.
	Drain time.Duration
	// OnTried, when given, is told of every try that has ended. It must return at once.
	OnTried func(Tried)
	// OnDead, when given, is called for a task that is set aside, in the transaction that does it.
	OnDead func(ctx context.Context, tx *store.Tx, t Task, cause error) error
	Log    *slog.Logger
}

// Queue is the queue of one process. It is safe for concurrent use.
type Queue struct {
	cfg    Config
	client *river.Client[*sql.Tx]
	kinds  map[string]Kind
	id     string

	database riverdriver.Driver[*sql.Tx]
	dialect  dialect
	gate     admission.Gate
	offers   offers
	pace     pace
	wake     *wake
	looks    atomic.Int64
	looked   time.Time // when tasks of the shared queue were looked for last; River does so one time after the other
	stir     chan struct{}
	blind    atomic.Bool // tasks could not be looked for

	mu      sync.Mutex
	running map[string]context.CancelCauseFunc // by the task's id
	refused map[int64]*admission.Unfit         // that can never begin, by River's id
	budget  admission.Budget
	oldest  time.Time // when the oldest task that has no room might have begun

	telling telling
	untold  atomic.Bool        // something was put in that this process looks at first
	rescue  context.CancelFunc // ends what PostgreSQL needs: looking after others, and listening to them
	done    sync.WaitGroup
}

const shared = river.QueueDefault

// mostShared is how many tasks of the shared queue River works at the same time; how many may begin is the gate's to say.
const mostShared = 1000

// pollLimited is how often new tasks of kinds with a limit are looked for.
const pollLimited = 250 * time.Millisecond

// Open brings the queue's tables to the newest form and prepares the queue. Start begins the work.
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	cfg.defaults()
	q := &Queue{cfg: cfg, kinds: map[string]Kind{}, running: map[string]context.CancelCauseFunc{}, refused: map[int64]*admission.Unfit{},
		database: driverFor(cfg.Store), dialect: dialectOf(cfg.Store), stir: make(chan struct{}, 1), budget: cfg.Budget}
	q.wake = newWake(func(queue string) {
		if queue == shared {
			q.offers.doubt()
		}
	})
	q.budget.Workers = cfg.Workers
	for _, k := range cfg.Kinds {
		q.kinds[k.Name] = k
	}
	migrator, err := rivermigrate.New(q.database, &rivermigrate.Config{Logger: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("preparing the queue: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("bringing the queue's tables to this version's form: %w", err)
	}
	rc, err := q.river()
	if err != nil {
		return nil, err
	}
	if q.client, err = river.NewClient[*sql.Tx](driver{q.database, q}, rc); err != nil {
		return nil, fmt.Errorf("preparing the queue: %w", err)
	}
	q.id = q.client.ID()
	return q, nil
}

func (c *Config) defaults() {
	if c.Workers == 0 {
		c.Workers = 2
	}
	if c.Tries == 0 {
		c.Tries = 4
	}
	if c.Backoff == 0 {
		c.Backoff = time.Second
	}
	if c.Poll == 0 {
		c.Poll = 5 * time.Second
		if c.Store.Dialect() == store.Postgres {
			c.Poll = time.Second
		}
	}
	if c.Needs == nil {
		c.Needs = &admission.Estimates{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

func driverFor(s *store.Store) riverdriver.Driver[*sql.Tx] {
	if s.Dialect() == store.Postgres {
		return riverdatabasesql.New(s.DB())
	}
	return riversqlite.New(s.DB())
}

// river is the configuration of River's client.
func (q *Queue) river() (*river.Config, error) {
	rc := &river.Config{
		Logger: slog.New(atLeastWarn{q.cfg.Log.Handler()}), JobTimeout: -1, MaxAttempts: q.cfg.Tries, RetryPolicy: &backoff{q.cfg.Backoff},
		FetchPollInterval: q.cfg.Poll, FetchCooldown: time.Millisecond,
		CompletedJobRetentionPeriod: 7 * 24 * time.Hour, RescueStuckJobsAfter: 30 * 24 * time.Hour, // see rescue.go
	}
	if q.cfg.Workers < 0 {
		rc.SkipUnknownJobCheck = true
		return rc, nil
	}
	rc.Workers = river.NewWorkers()
	rc.Queues = map[string]river.QueueConfig{shared: {MaxWorkers: mostShared}}
	for _, k := range q.cfg.Kinds {
		if k.Name == "" || k.Work == nil {
			return nil, fmt.Errorf("preparing the queue: kind %q is incomplete", k.Name)
		}
		// The arguments of every kind are the same; River takes the kind's name from the value.
		river.AddWorkerArgs(rc.Workers, args{Task: Task{Kind: k.Name}}, &worker{q: q, kind: k})
		if k.Limit > 0 {
			// Kinds of few at a time wait for other systems: nobody notices a moment, and looking for them costs as much as for others.
			rc.Queues[k.queue()] = river.QueueConfig{MaxWorkers: k.Limit, FetchPollInterval: max(q.cfg.Poll, pollLimited)}
		}
		if k.Every > 0 {
			rc.PeriodicJobs = append(rc.PeriodicJobs, q.periodic(k))
		}
	}
	return rc, nil
}

func (q *Queue) periodic(k Kind) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(k.Every), func() (river.JobArgs, *river.InsertOpts) {
		return args{Task: Task{Kind: k.Name}}, &river.InsertOpts{Queue: k.queue(), UniqueOpts: river.UniqueOpts{
			ByArgs: true, ByPeriod: k.Every}}
	}, &river.PeriodicJobOpts{ID: strings.ReplaceAll(k.Name, ".", "-"), RunOnStart: true})
}

// queue names River's queue for the kind.
func (k Kind) queue() string {
	if k.Limit <= 0 {
		return shared
	}
	return "only-" + strings.Map(func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			return r
		}
		return '-'
	}, strings.ToLower(k.Name))
}

// Start begins working, and first sets free what a process that died was working on.
func (q *Queue) Start(ctx context.Context) error {
	if q.cfg.Workers < 0 {
		return nil
	}
	if err := q.recover(ctx); err != nil {
		return err
	}
	// River stops when the context it was started with ends; the queue is stopped by Stop alone.
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the queue: %w", err)
	}
	return nil
}

// Stop ends the work: tasks under way may end within Drain; then they are cancelled and worked again, without a try being
// counted, by whoever comes next.
func (q *Queue) Stop(ctx context.Context) error {
	if q.cfg.Workers < 0 {
		q.done.Wait()
		return nil
	}
	if q.rescue != nil {
		q.rescue()
	}
	err := q.stop(ctx)
	q.wake.stop()
	q.done.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopping the queue: %w", err)
	}
	return nil
}

// stop lets tasks under way end for a while, then cancels them.
func (q *Queue) stop(ctx context.Context) error {
	if q.cfg.Drain > 0 {
		soft, cancel := context.WithTimeout(ctx, q.cfg.Drain)
		defer cancel()
		if err := q.client.Stop(soft); err == nil {
			return nil
		}
	}
	return q.client.StopAndCancel(ctx)
}

// args is what River stores of a task.
type args struct {
	Task `river:"unique"`
}

// Kind is River's name for the kind of work.
func (a args) Kind() string { return a.Task.Kind }

// atLeastWarn drops what River tells below a warning.
type atLeastWarn struct{ slog.Handler }

// Enabled says whether a level is logged.
func (h atLeastWarn) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the bound.
func (h atLeastWarn) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeastWarn{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the bound.
func (h atLeastWarn) WithGroup(name string) slog.Handler {
	return atLeastWarn{h.Handler.WithGroup(name)}
}
