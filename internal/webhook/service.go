package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/outbound"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// Config sets the service up. Store must be given.
type Config struct {
	Store *store.Store
	// Outbound says where webhooks may lead, and how long an answer may take.
	Outbound outbound.Options
	// Origin is the address of the server as users see it: links lead there. Empty leaves links out.
	Origin string
	// Version is the program's, for the header User-Agent.
	Version string
	// WaitingAfter is how long a control point is open when run.waiting is told; 0 means a day.
	WaitingAfter time.Duration
	// First is the pause after a first failure, which triples with each, up to six hours; 0 means 10 seconds.
	First time.Duration
	// Failures is after how many deliveries in a row that were given up a webhook is switched off; 0 means 5.
	Failures int64
	// Keep is how long the log of deliveries is kept; 0 means 30 days.
	Keep time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Queue is where tasks are put: task.Queue.
type Queue interface {
	Insert(ctx context.Context, tx *store.Tx, t task.Task, at time.Time) error
}

// Service makes webhooks and delivers to them. It is safe for concurrent use once Use was called.
type Service struct {
	cfg    Config
	now    func() time.Time
	log    *slog.Logger
	queue  Queue
	client *http.Client
}

// The kinds of tasks. They are stored: they are never renamed.
const (
	kindDeliver = "webhook.deliver"
	kindTend    = "webhook.tend"
)

const (
	giveUpAfter = 24 * time.Hour
	maxPause    = 6 * time.Hour
	maxAnswer   = 2 << 10 // of an answer's body, in the log
	atOnce      = 4       // deliveries that are under way
	atOnceEach  = 2       // of them, to one receiver: a slow one does not hold the others
	turnWithin  = 2 * time.Second
	tendEvery   = 5 * time.Minute
)

// New makes the service; Use must be called before anything else is.
func New(cfg Config) *Service {
	s := &Service{cfg: cfg, now: cfg.Now, log: cfg.Log}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct{ value, otherwise *time.Duration }{{&s.cfg.WaitingAfter, new(24 * time.Hour)}, {&s.cfg.First, new(10 * time.Second)},
		{&s.cfg.Keep, new(30 * 24 * time.Hour)}, {&s.cfg.Outbound.Timeout, new(15 * time.Second)}} {
		if *d.value == 0 {
			*d.value = *d.otherwise
		}
	}
	if s.cfg.Failures == 0 {
		s.cfg.Failures = 5
	}
	s.cfg.Outbound.MaxBytes, s.cfg.Outbound.Redirects = 64<<10, 0
	l := &s.cfg.Outbound.Limits
	l.AtOnce, l.Turn, l.Now = atOnceEach, turnWithin, s.now
	s.client = outbound.New(s.cfg.Outbound)
	return s
}

// Use sets the queue, which is made with the kinds of the service.
func (s *Service) Use(q Queue) { s.queue = q }

// Kinds are the kinds of tasks that the service works.
func (s *Service) Kinds() []task.Kind {
	return []task.Kind{
		{Name: kindDeliver, Work: s.deliver, Limit: atOnce, Timeout: 2 * s.cfg.Outbound.Timeout},
		{Name: kindTend, Work: s.tend, Every: tendEvery},
	}
}

// Close lets go of connections that are idle.
func (s *Service) Close() { s.client.CloseIdleConnections() }

// deliver makes one attempt.
func (s *Service) deliver(ctx context.Context, t task.Task, _ task.Report) (task.Finish, error) {
	d, err := s.cfg.Store.Delivery(ctx, t.Run)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // its webhook was removed
	}
	if err != nil {
		return nil, err
	}
	if d.Status != Pending || d.Attempts != int64(t.Try)-1 {
		return nil, nil // that attempt was made
	}
	w, err := s.cfg.Store.Webhook(ctx, d.Webhook)
	if err != nil {
		return nil, err
	}
	if !w.Active {
		d.Status, d.Next = Dropped, time.Time{}
		return func(ctx context.Context, tx *store.Tx) error { return tx.SaveDelivery(ctx, *d) }, nil
	}
	began := s.now()
	sending := ctx
	if t.Try > 1 {
		sending = outbound.Again(ctx)
	}
	answer := s.send(sending, w, d)
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil, ctx.Err() // the process is stopping: nobody knows what the receiver made of it
	}
	if answer.putOff {
		pause := s.pause(int64(t.Try+t.Round), 0)
		return func(ctx context.Context, tx *store.Tx) error { return s.putOff(ctx, tx, *d, t.Round+1, pause) }, nil
	}
	a := store.Attempt{Delivery: d.ID, Attempt: int64(t.Try), Status: int64(answer.status), Millis: s.now().Sub(began).Milliseconds(),
		AttemptBody: store.AttemptBody{Answer: answer.body, Error: answer.problem}}
	pause := s.pause(a.Attempt, answer.after)
	return func(ctx context.Context, tx *store.Tx) error { return s.settle(ctx, tx, *d, a, answer.gone, pause) }, nil
}

// answer is what came of an attempt.
type answer struct {
	status  int // 0 where there was none
	body    string
	problem string        // why there was no answer
	after   time.Duration // how long the receiver wants to be left alone
	gone    bool          // the receiver says that it is gone for good
	putOff  bool          // nothing was sent, so as not to wait for a receiver that does not answer, or to add to what it has
}

func (s *Service) send(ctx context.Context, w *store.Webhook, d *store.Delivery) answer {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(d.Body))
	if err != nil {
		return answer{problem: "the URL cannot be used"}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", strings.TrimSpace("Analytix-Flow "+s.cfg.Version))
	r.Header.Set("Analytix-Event", d.Event)
	r.Header.Set("Analytix-Delivery", d.ID)
	r.Header.Set("Analytix-Attempt", strconv.FormatInt(d.Attempts+1, 10))
	r.Header.Set(HeaderSignature, Sign(w.Secret, d.Body, s.now()))
	got, err := s.client.Do(r)
	if err != nil {
		return answer{problem: reason(err), putOff: outbound.NotAsked(err)}
	}
	defer got.Body.Close() //nolint:errcheck // what was read of it counts
	body, err := io.ReadAll(io.LimitReader(got.Body, maxAnswer))
	a := answer{status: got.StatusCode, body: strings.ToValidUTF8(string(body), "\uFFFD"), gone: got.StatusCode == http.StatusGone, after: retryAfter(got.Header)}
	if err != nil {
		a.problem = "the answer ended too early"
	}
	return a
}

// reason says in words of our own why there was no answer: the client's error would repeat the URL, which may hold a secret.
func reason(err error) string {
	var t interface{ Timeout() bool }
	switch {
	case errors.Is(err, outbound.ErrRefused):
		return "the address leads to a network that may not be reached from here; an operator can allow it"
	case errors.As(err, &t) && t.Timeout():
		return "there was no answer in time"
	case strings.Contains(err.Error(), "certificate"):
		return "the certificate of the receiver is not trusted"
	case strings.Contains(err.Error(), "no such host"):
		return "the name of the receiver is not known"
	default:
		return "the receiver could not be reached"
	}
}

// retryAfter reads the seconds for which a receiver wants to be left alone.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseInt(h.Get("Retry-After"), 10, 32)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// pause is how long after an attempt the next one is made: three times as long as before, spread by a tenth.
func (s *Service) pause(attempt int64, asked time.Duration) time.Duration {
	p := s.cfg.First
	for i := int64(1); i < attempt && p < maxPause; i++ {
		p *= 3
	}
	p = min(max(p, asked), maxPause)
	return p + rand.N(p/10+1) //nolint:gosec // spreads attempts, no secret
}

// settle records an attempt and what follows from it.
func (s *Service) settle(ctx context.Context, tx *store.Tx, d store.Delivery, a store.Attempt, gone bool, pause time.Duration) error {
	w, err := tx.Webhook(ctx, d.Webhook)
	if errors.Is(err, store.ErrNotFound) {
		return nil // it was removed meanwhile, and its deliveries with it
	}
	if err != nil {
		return err
	}
	if err := tx.PutAttempt(ctx, a); err != nil {
		return err
	}
	d.Attempts, d.Next = a.Attempt, time.Time{}
	next := s.now().Add(pause)
	switch {
	case a.Status >= 200 && a.Status < 300:
		d.Status = Delivered
		if w.Failures > 0 {
			err = tx.SetWebhookFailures(ctx, w.ID, 0)
		}
	case gone:
		d.Status = GivenUp
		err = s.switchOff(ctx, tx, w, "its receiver answered that it is gone (410)")
	case next.Sub(d.Created) > giveUpAfter:
		d.Status = GivenUp
		err = s.giveUp(ctx, tx, w)
	default:
		d.Next = next
		err = s.queue.Insert(ctx, tx, attemptTask(d.ID, a.Attempt+1), next)
	}
	if err != nil {
		return err
	}
	return tx.SaveDelivery(ctx, d)
}

// putOff has a delivery made later that was not attempted now; one that has waited for a day is given up.
func (s *Service) putOff(ctx context.Context, tx *store.Tx, d store.Delivery, round int, pause time.Duration) error {
	w, err := tx.Webhook(ctx, d.Webhook)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Next = s.now().Add(pause)
	if d.Next.Sub(d.Created) > giveUpAfter {
		d.Status, d.Next = GivenUp, time.Time{}
		err = s.giveUp(ctx, tx, w)
	} else {
		next := attemptTask(d.ID, d.Attempts+1)
		next.Round = round
		err = s.queue.Insert(ctx, tx, next, d.Next)
	}
	if err != nil {
		return err
	}
	return tx.SaveDelivery(ctx, d)
}

func (s *Service) giveUp(ctx context.Context, tx *store.Tx, w *store.Webhook) error {
	w.Failures++
	if w.Failures < s.cfg.Failures || !w.Active {
		return tx.SetWebhookFailures(ctx, w.ID, w.Failures)
	}
	return s.switchOff(ctx, tx, w, fmt.Sprintf("%d deliveries in a row could not be made, each tried for a day", w.Failures))
}

func (s *Service) switchOff(ctx context.Context, tx *store.Tx, w *store.Webhook, why string) error {
	if !w.Active {
		return nil
	}
	w.Active, w.Note = false, "switched off at "+s.now().UTC().Format(time.RFC3339)+": "+why
	s.log.Warn("a webhook is switched off", "webhook", w.ID, "workspace", w.Workspace)
	return tx.SaveWebhook(ctx, w)
}

// tend tells of runs that wait too long, and drops old deliveries from the log; a periodic task.
func (s *Service) tend(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
	runs, err := s.cfg.Store.RunsIn(ctx, "waiting")
	if err != nil {
		return nil, err
	}
	late := s.now().Add(-s.cfg.WaitingAfter)
	return func(ctx context.Context, tx *store.Tx) error {
		for i := range runs {
			r := &runs[i]
			if r.Updated.After(late) {
				continue
			}
			err := s.Tell(ctx, tx, Event{Kind: RunWaiting, Workspace: r.Workspace, At: s.now(), About: r.ID + " " + strconv.FormatInt(r.Version, 10),
				Run: Run{ID: r.ID, File: r.Head.File, Status: r.Status, Stage: r.Stage}})
			if err != nil {
				return err
			}
		}
		_, err := tx.DropDeliveries(ctx, s.now().Add(-s.cfg.Keep), Pending)
		return err
	}, nil
}
