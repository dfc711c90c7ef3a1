package accesslog

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// ErrUnrecorded is wrapped by errors about an access that could not be recorded: it must not happen then.
var ErrUnrecorded = errors.New("the access could not be recorded")

// Ring gives the keys of the instance: keys.Ring.
type Ring interface {
	Key(ctx context.Context, name string, size int) (keys.Secret, error)
}

// MinKeep is the shortest time for which entries may be kept.
const MinKeep = 30 * 24 * time.Hour

// Config sets a log up. Store and Ring must be given.
type Config struct {
	Store *store.Store
	Ring  Ring
	// Anchor is the file that knows the end of the chain, outside of the records; empty means none.
	Anchor string
	// Keep is how long entries are kept, MinKeep at least; 0 means for ever.
	Keep time.Duration
	// SignEntries and SignEvery say after how many entries, and after what time, the end is signed; 0 means 1,000 entries
	// and a minute.
	SignEntries int
	SignEvery   time.Duration
	// Delay is how long reads are gathered before they are written; 0 means half a second.
	Delay time.Duration
	// Queue is how many reads, and how many changes, may wait to be written; 0 means 8,192.
	Queue int
	// Patience is how long an entry waits for a place in its queue; 0 means two seconds.
	Patience time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

func (c *Config) defaults() error {
	if c.Keep != 0 && c.Keep < MinKeep {
		return fmt.Errorf("opening the access log: entries must be kept for %d days at least, not for %s", int(MinKeep.Hours()/24), c.Keep)
	}
	if c.SignEntries == 0 {
		c.SignEntries = 1000
	}
	if c.SignEvery == 0 {
		c.SignEvery = time.Minute
	}
	if c.Delay == 0 {
		c.Delay = 500 * time.Millisecond
	}
	if c.Queue == 0 {
		c.Queue = 8192
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Log is the access log of one process. It is safe for concurrent use.
type Log struct {
	cfg     Config
	signer  ed25519.PrivateKey
	search  []byte // key of the hashes by which objects are found
	anchor  *anchor
	reads   chan *pending
	changes chan *pending // what somebody waits for
	done    chan struct{} // closed when the writer has ended
	news    chan struct{} // nudges senders

	mu     sync.RWMutex // held for reading while something is put into the queue
	closed bool
}

// pending is an entry on its way to the chain. Written receives once what became of it, where somebody waits.
type pending struct {
	access  Access
	action  string
	outcome Outcome
	written chan error
}

// Open prepares the log and begins to write. Close must be called.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	l, err := prepare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	go l.write(context.WithoutCancel(ctx))
	if err := l.put(ctx, &pending{access: Access{Kind: "system", Operation: "serve"}, action: ActionOpened, outcome: Success}, true); err != nil {
		return nil, errors.Join(err, l.Close(context.WithoutCancel(ctx)))
	}
	return l, nil
}

// Look prepares the log for reading alone: to search it, and to verify it.
func Look(ctx context.Context, cfg Config) (*Log, error) {
	l, err := prepare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	l.closed = true
	close(l.done)
	return l, nil
}

func prepare(ctx context.Context, cfg Config) (*Log, error) {
	if err := cfg.defaults(); err != nil {
		return nil, err
	}
	l := &Log{cfg: cfg, reads: make(chan *pending, cfg.Queue), changes: make(chan *pending, cfg.Queue), done: make(chan struct{}), news: make(chan struct{}, 1)}
	secrets := map[string][]byte{"access-sign": nil, "access-search": nil, "access-anchor": nil}
	for name := range secrets {
		s, err := cfg.Ring.Key(ctx, name, 32)
		if err != nil {
			return nil, fmt.Errorf("opening the access log: %w", err)
		}
		secrets[name] = s.Bytes()
	}
	l.signer, l.search = ed25519.NewKeyFromSeed(secrets["access-sign"]), secrets["access-search"]
	l.anchor = &anchor{path: cfg.Anchor, key: secrets["access-anchor"]}
	return l, nil
}

// Begin records that a change is about to be made, and returns when that is written. With an error, which wraps ErrUnrecorded,
// the change must not be made.
func (l *Log) Begin(ctx context.Context, a Access) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w in time: %w", ErrUnrecorded, err)
	}
	return l.put(ctx, &pending{access: a, action: ActionBegun, outcome: Begun}, true)
}

// Record records an access with its outcome. For a change it returns when that is written; a read is written within a second.
// The error wraps ErrUnrecorded.
func (l *Log) Record(ctx context.Context, a Access) error {
	p := &pending{access: a, action: ActionRead, outcome: OutcomeOf(a.Status)}
	if a.Change {
		p.action = ActionChanged
	}
	return l.put(ctx, p, a.Change)
}

// Ready says whether a read can be recorded once it was made. The error wraps ErrUnrecorded.
func (l *Log) Ready() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return fmt.Errorf("%w: the server is stopping", ErrUnrecorded)
	}
	if len(l.reads) == cap(l.reads) {
		return fmt.Errorf("%w: too many others wait to be recorded", ErrUnrecorded)
	}
	return nil
}

// Happened records something that happened to an account, such as a sign-in, without waiting.
func (l *Log) Happened(ctx context.Context, a Access) error {
	return l.put(ctx, &pending{access: a, action: ActionEvent, outcome: OutcomeOf(a.Status)}, false)
}

// Event records what the program did by itself, such as the erasure of what expired, and returns when that is written.
func (l *Log) Event(ctx context.Context, a Access) error {
	a.Kind = "system"
	return l.put(ctx, &pending{access: a, action: ActionEvent, outcome: Success}, true)
}

func (l *Log) put(ctx context.Context, p *pending, wait bool) error {
	p.access = p.access.cleaned(l.cfg.Now())
	if wait {
		p.written = make(chan error, 1)
	}
	if err := l.enqueue(ctx, p); err != nil {
		return err
	}
	if !wait {
		return nil
	}
	select {
	case err := <-p.written:
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnrecorded, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w in time: %w", ErrUnrecorded, ctx.Err())
	}
}

func (l *Log) enqueue(ctx context.Context, p *pending) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return fmt.Errorf("%w: the server is stopping", ErrUnrecorded)
	}
	queue := l.reads
	if p.written != nil {
		queue = l.changes
	}
	select {
	case queue <- p:
		return nil
	default:
	}
	patience := time.NewTimer(l.cfg.Patience)
	defer patience.Stop()
	select {
	case queue <- p:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w in time: %w", ErrUnrecorded, ctx.Err())
	case <-patience.C:
		return fmt.Errorf("%w: too many others wait to be recorded", ErrUnrecorded)
	}
}

// Close writes what waits, signs the end, and ends. Nothing can be recorded afterwards.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if first {
		close(l.reads)
		close(l.changes)
	}
	select {
	case <-l.done:
		return l.anchor.close()
	case <-ctx.Done():
		return fmt.Errorf("ending the access log: %w; its last entries may be missing", ctx.Err())
	}
}

// PublicKey is the key that the signatures of the log are checked with.
func (l *Log) PublicKey() ed25519.PublicKey {
	key, ok := l.signer.Public().(ed25519.PublicKey)
	if !ok {
		return nil // it is always one
	}
	return key
}

// objectHash is what an object is found by.
func (l *Log) objectHash(object string) string {
	if object == "" {
		return ""
	}
	mac := hmac.New(sha256.New, l.search)
	mac.Write([]byte(object))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
