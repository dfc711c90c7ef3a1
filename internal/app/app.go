package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/analytix-flow/analytix/internal/admission"
	"github.com/analytix-flow/analytix/internal/broker"
	"github.com/analytix-flow/analytix/internal/condition"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/machine"
	"github.com/analytix-flow/analytix/internal/object"
	"github.com/analytix-flow/analytix/internal/process"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/upload"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// Options set an instance up. Home, Keys, Managers, and Command or Processor must be given.
type Options struct {
	// Home is the folder of the state; it is made, private, where it is not there. One process has it open, or, with
	// PostgresURL and NATSURL, any number that see it as the same folder: files and keys then lie in it, if not elsewhere.
	Home string
	// Keys wraps all keys of the instance: the master key.
	Keys     keys.Provider
	Managers []stage.Manager
	// Command starts a child process that serves the handlers of the managers (process.Child).
	Command []string
	// ExtensionDir keeps the engine's unpacked extension; empty means a folder in Home. Instances may share one.
	ExtensionDir string
	// Folders are further folders in which the children's engines may read and write: those of the results.
	Folders []string
	// MemoryLimit is what one child process may hold, in bytes; 0 means no limit.
	MemoryLimit int64
	// MemoryBudget is what all child processes together may hold, in bytes; 0 is no limit but that of each.
	MemoryBudget int64
	// Processors is how many processors tasks may take together; 0 is no limit.
	Processors float64
	// Workers is how many tasks run at the same time at most; 0 means 2, and less none: they are left to other processes, which
	// needs PostgresURL and NATSURL.
	Workers int
	// LeastWorkers is how many there are in any case; 0 means Workers. Between the two their number follows the work and the
	// memory that is free.
	LeastWorkers int
	// Idle is how long a child process stays that has nothing to do; 0 means five minutes.
	Idle time.Duration
	// Threads is the number of the engine's threads in one child; 0 means one for each processor.
	Threads int
	// PostgresURL has the records and the queue on PostgreSQL in the place of the home's SQLite.
	PostgresURL string
	// NATSURL has messages go through a NATS cluster in the place of the embedded server.
	NATSURL string
	// NATSReplicas is on how many servers of the cluster messages are kept; 0 means 3, and 1 where the server is in no cluster.
	NATSReplicas int
	// ObjectsURL has the files kept in S3-compatible storage (see package object) in the place of the home: processes on
	// several machines then need not share a folder, and each has a home of its own. It needs PostgresURL and NATSURL.
	ObjectsURL string
	// CopiesLimit is how much room copies of objects may take in the home, in bytes; 0 means 20 GiB.
	CopiesLimit int64
	// WorkOnly leaves events and commands to other processes: this one works tasks or, with a negative Workers, serves
	// whoever asks. It needs PostgresURL and NATSURL.
	WorkOnly bool
	// Dormant opens the instance to look at it or to maintain it: nothing is taken up.
	Dormant bool
	// PointTTL is how long a control point stays open; 0 means for ever.
	PointTTL time.Duration
	// Webhooks, where given, tell other systems of what happens to runs; Store is set.
	Webhooks *webhook.Config
	// Memory reads the memory of the machine; nil means machine.Look.
	Memory func() (machine.Memory, error)
	// Drain is how long tasks under way may take to end when the instance is closed; then, and with 0, they are interrupted
	// and worked again by whoever comes next.
	Drain time.Duration
	// Observer, where given, is told of what happens in the process.
	Observer Observer
	// Mail, where given, has people told by mail of what concerns them; Address and Name are set.
	Mail *discussion.MailConfig
	// Conditions, where given, is told how the systems stand that the instance calls.
	Conditions *condition.Board
	// Now is the clock of runs and their deadlines; nil means time.Now.
	Now func() time.Time
	// Processor takes the place of the child processes, for tests.
	Processor control.Processor
	Log       *slog.Logger
}

// ErrInUse is wrapped by the error of Open where another process has the home open.
var ErrInUse = errors.New("another process has it open; wait for it, or end it")

// App is a running instance. It is safe for concurrent use.
type App struct {
	opt     Options
	lock    *flock.Flock
	spill   *flock.Flock // of a folder for spills in a home that is shared
	records *store.Store
	ring    *keys.Ring
	keys    *keys.Datasets
	files   *dataset.Store
	objects *object.Bucket // nil where files lie in the home
	uploads *upload.Service
	pool    *process.Pool
	control *control.Service
	reading *process.Pool // for those who look; nil where a processor was given
	exports exports
	needs   learning
	hooks   *webhook.Service // nil where there are none

	discussion *discussion.Service

	beside sync.WaitGroup // what goes on beside, until ending ends
	ending context.Context
	end    context.CancelFunc
}

// Open starts the instance and takes up what was under way. Close must be called.
func Open(ctx context.Context, opt Options) (*App, error) {
	if opt.Workers == 0 {
		opt.Workers = 2
	}
	if opt.ExtensionDir == "" {
		opt.ExtensionDir = filepath.Join(opt.Home, "extension")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.WorkOnly && (opt.PostgresURL == "" || opt.NATSURL == "") {
		return nil, errors.New("a process that leaves control to others needs the addresses of PostgreSQL and NATS: it has no state of its own")
	}
	if opt.Workers < 0 && (opt.PostgresURL == "" || opt.NATSURL == "") {
		return nil, errors.New("a process that leaves all tasks to others needs the addresses of PostgreSQL and NATS, where others find them")
	}
	a := &App{opt: opt, needs: learning{took: make(chan process.Worked, untold)}}
	a.ending, a.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	}
	return a, nil
}

func (a *App) start(ctx context.Context) error {
	if err := os.MkdirAll(a.opt.Home, 0o700); err != nil {
		return fmt.Errorf("making the folder of the state: %w", err)
	}
	if err := a.takeLock(); err != nil {
		return err
	}
	if err := whole(a.opt.Home); err != nil {
		return err
	}
	if err := a.startProcesses(); err != nil { //nolint:contextcheck // the pool outlives the start; Close ends it
		return err
	}
	if err := a.openObjects(ctx); err != nil {
		return err
	}
	if err := a.openRing(ctx); err != nil {
		return err
	}
	if err := a.openRecords(ctx); err != nil {
		return err
	}
	if err := a.openNeeds(ctx); err != nil {
		return err
	}
	a.keys = keys.NewDatasets(a.opt.Keys, shelf{a.records})
	if err := a.openFiles(); err != nil {
		return err
	}
	a.uploads = upload.New(upload.Config{Records: a.records, Files: a.files, Keys: a.keys, Log: a.opt.Log})
	if a.exclusive() {
		if err := a.sweep(ctx); err != nil {
			return err
		}
	}
	if a.objects != nil && !a.opt.Dormant {
		a.beside.Go(func() { a.evict(a.ending) })
	}
	return a.startControl(ctx)
}

// beginWorkers is how many workers there are at first.
func (a *App) beginWorkers() int {
	if a.opt.Workers < 0 {
		return a.opt.Workers
	}
	return a.leastWorkers()
}

// budget is what tasks may take together.
func (a *App) budget() admission.Budget {
	return admission.Budget{Memory: a.opt.MemoryBudget, Child: a.opt.MemoryLimit, Processors: a.opt.Processors}
}

// exclusive says whether records and queue are this process's alone.
func (a *App) exclusive() bool { return a.opt.PostgresURL == "" }

func (a *App) startProcesses() error {
	if a.opt.Processor != nil {
		return nil
	}
	spill, err := a.spillFolder()
	if err != nil {
		return err
	}
	files, err := filepath.Abs(a.filesFolder())
	if err != nil {
		return fmt.Errorf("finding the folder of the files: %w", err)
	}
	a.pool, err = process.New(process.Config{OnWorked: a.worked, IdleTime: a.opt.Idle, Command: a.opt.Command, Children: max(a.opt.Workers, 1), MemoryLimit: a.opt.MemoryLimit,
		Threads: a.opt.Threads, SpillDir: spill, ExtensionDir: a.opt.ExtensionDir, Folders: append([]string{files}, a.opt.Folders...), Log: a.opt.Log})
	if err != nil {
		return err
	}
	a.opt.Processor = a.pool
	memory := int64(readerMemory)
	if a.opt.MemoryLimit > 0 {
		memory = min(memory, a.opt.MemoryLimit)
	}
	a.reading, err = process.New(process.Config{IdleTime: a.opt.Idle, Command: a.opt.Command, Children: readers, MemoryLimit: memory, Threads: a.opt.Threads,
		SpillDir: spill, ExtensionDir: a.opt.ExtensionDir, Folders: []string{files}, Log: a.opt.Log})
	if err != nil {
		return err
	}
	if a.opt.Dormant || a.opt.Workers < 0 {
		return nil
	}
	// A child needs some tenths of a second to get ready, in which the rest starts and the file is received.
	a.beside.Go(func() {
		if err := a.pool.Warm(context.Background()); err != nil {
			a.opt.Log.Warn("starting a child process ahead of time", "error", err)
		}
	})
	return nil
}

func (a *App) openRecords(ctx context.Context) error {
	key, err := a.ring.Key(ctx, "records", 32)
	if err != nil {
		return err
	}
	if a.opt.PostgresURL == "" {
		a.records, err = store.OpenSQLite(ctx, filepath.Join(a.opt.Home, "records.db"), key.Bytes(), store.Options{})
		return err
	}
	seal, err := newSealer(key.Bytes())
	if err != nil {
		return err
	}
	a.records, err = store.OpenPostgres(ctx, a.opt.PostgresURL, store.Options{Seal: seal.seal, Unseal: seal.unseal})
	return err
}

func (a *App) startControl(ctx context.Context) error {
	key, err := a.ring.Key(ctx, "broker", 32)
	if err != nil {
		return err
	}
	a.discussion = a.newDiscussion()
	kinds := a.discussion.Tasks()
	if a.opt.Webhooks != nil {
		cfg := *a.opt.Webhooks
		cfg.Store, cfg.Log = a.records, a.opt.Log
		cfg.Outbound.Limits.Told = a.receiverTold
		a.hooks = webhook.New(cfg)
		kinds = append(kinds, a.hooks.Kinds()...)
	}
	a.control, err = control.New(ctx, control.Parts{
		Store: a.records, Files: a.files, Managers: a.opt.Managers, Processor: a.opt.Processor, WorkOnly: a.opt.WorkOnly, Log: a.opt.Log,
		Kinds: append(a.housekeeping(), kinds...), OnMove: a.moved, Now: a.opt.Now,
		Broker: broker.Config{URL: a.opt.NATSURL, Replicas: a.opt.NATSReplicas, Dir: filepath.Join(a.opt.Home, "broker"), Key: key.Bytes()},
		Queue:  task.Config{Workers: a.beginWorkers(), Needs: &a.needs.estimates, Budget: a.budget(), Exclusive: a.exclusive(), Drain: a.opt.Drain, OnTried: a.tried()},
	})
	if err != nil {
		return err
	}
	a.discussion.Use(a.noted, a.control.Queue())
	if a.hooks != nil {
		a.hooks.Use(a.control.Queue())
	}
	if a.opt.Dormant {
		return nil
	}
	if err := a.control.Start(ctx); err != nil {
		return err
	}
	if a.opt.Workers > 0 && a.leastWorkers() < a.opt.Workers {
		a.beside.Go(func() { a.scale(a.ending) })
	}
	return nil
}

// Records are the instance's, for the services that keep theirs in the same database.
func (a *App) Records() *store.Store { return a.records }

// Ring makes and keeps the keys of such services.
func (a *App) Ring() *keys.Ring { return a.ring }

// Close stops the instance; what is under way is taken up by the next Open.
func (a *App) Close(ctx context.Context) error {
	var errs []error
	a.end()
	if a.control != nil {
		errs = append(errs, a.control.Stop(ctx))
	}
	if a.reading != nil {
		a.reading.Close()
		a.exports.drop("")
	}
	if a.hooks != nil {
		a.hooks.Close()
	}
	if a.discussion != nil {
		a.discussion.Close(ctx)
	}
	if a.pool != nil {
		a.pool.Close()
	}
	a.beside.Wait()
	a.closeNeeds()
	if a.records != nil {
		errs = append(errs, a.records.Close())
	}
	errs = append(errs, a.leaveHome())
	return errors.Join(errs...)
}
