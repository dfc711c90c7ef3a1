package broker

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Handler handles a message. An error means that it is to be tried again; one made by Poison that it is not. It may be
// given a message that it has handled before.
type Handler func(ctx context.Context, m Message) error

type poison struct{ error }

func (p poison) Unwrap() error { return p.error }

// Poison marks an error after which another try is of no use.
func Poison(err error) error {
	if err == nil {
		return nil
	}
	return poison{err}
}

type postponed struct{ error }

func (p postponed) Unwrap() error { return p.error }

// Postpone marks an error that is not the message's fault, such as a database that was gone and is back: the message is tried again
// at once, and the try is not counted.
func Postpone(err error) error {
	if err == nil {
		return nil
	}
	return postponed{err}
}

type early struct{ error }

func (e early) Unwrap() error { return e.error }

// Early marks an error about a message that came before one that stands ahead of it, which another process may hold, or have held
// when it died. It is given back, and comes again after a while, to whichever process: that is no failed try, but after Patience
// deliveries it is set aside.
func Early(err error) error {
	if err == nil {
		return nil
	}
	return early{err}
}

const (
	ackWait   = 30 * time.Second
	heartbeat = ackWait / 3
	inFlight  = 512
)

// Subscription is a consumer at work.
type Subscription struct {
	broker  *Broker
	name    string
	handler Handler
	iter    jetstream.MessagesContext
	ctx     context.Context //nolint:containedctx // the life of the subscription, not of a call
	cancel  context.CancelFunc
	all     sync.WaitGroup
	mu      sync.Mutex
	lanes   map[string][]jetstream.Msg // by run; a lane exists while a goroutine works on it
}

// Consume starts handling the messages of a kind (such as "event", which covers everything below "event.") under the
// durable name. Kinds of different names must not overlap. Stop must be called.
func (b *Broker) Consume(ctx context.Context, name, kind string, h Handler) (*Subscription, error) {
	if b.server != nil {
		// Whoever consumed before is dead. A new consumer gets at once, and in order, what the old one was given and
		// did not acknowledge; the old one would wait for ackWait and let later messages overtake.
		err := b.stream.DeleteConsumer(ctx, name)
		if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil, fmt.Errorf("beginning to handle messages as %s: %w", name, err)
		}
	}
	c, err := b.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxDeliver: -1, MaxAckPending: inFlight,
		FilterSubjects: []string{prefix + "*." + kind + ".>", prefix + "*." + kind},
	})
	if err != nil {
		return nil, fmt.Errorf("beginning to handle messages as %s: %w", name, err)
	}
	iter, err := c.Messages(jetstream.PullMaxMessages(inFlight))
	if err != nil {
		return nil, fmt.Errorf("beginning to handle messages as %s: %w", name, err)
	}
	s := &Subscription{broker: b, name: name, handler: h, iter: iter, lanes: map[string][]jetstream.Msg{}}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.all.Go(s.receive)
	return s, nil
}

// Stop ends the subscription and waits until no handler runs. Messages under way are cancelled and handled again by
// the next subscription of the name.
func (s *Subscription) Stop() {
	s.cancel()
	s.iter.Stop()
	s.all.Wait()
}

func (s *Subscription) receive() {
	for {
		m, err := s.iter.Next()
		if s.ctx.Err() != nil || errors.Is(err, jetstream.ErrMsgIteratorClosed) {
			return
		}
		if err != nil {
			s.broker.cfg.Log.Warn("waiting for messages", "consumer", s.name, "error", err)
			continue
		}
		s.queue(m)
	}
}

// queue puts the message into the lane of its run, and starts the lane where none is under way.
func (s *Subscription) queue(m jetstream.Msg) {
	run, _ := split(m.Subject())
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, busy := s.lanes[run]
	s.lanes[run] = append(waiting, m)
	if !busy {
		s.all.Go(func() { s.work(run) })
	}
}

func (s *Subscription) work(run string) {
	for {
		s.mu.Lock()
		waiting := s.lanes[run]
		if len(waiting) == 0 || s.ctx.Err() != nil {
			delete(s.lanes, run)
			s.mu.Unlock()
			return
		}
		m := waiting[0]
		s.lanes[run] = waiting[1:]
		s.mu.Unlock()
		s.handle(run, m)
	}
}

// handle tries a message until it is handled, set aside, or the subscription ends.
func (s *Subscription) handle(run string, m jetstream.Msg) {
	defer s.keepAlive(run, m)()
	msg := received(m)
	for try := 1; ; try++ {
		err := s.handler(s.ctx, msg)
		if s.ctx.Err() != nil && err != nil {
			return
		}
		var again postponed
		if errors.As(err, &again) {
			try--
			continue
		}
		var ahead early
		delivered := deliveries(m)
		if errors.As(err, &ahead) && delivered < s.broker.cfg.Patience {
			if err := m.NakWithDelay(s.broker.pause(delivered)); err != nil { // it comes again after ackWait
				s.broker.cfg.Log.Warn("giving a message back", "consumer", s.name, "run", run, "error", err)
			}
			return
		}
		var p poison
		if err != nil && (try >= s.broker.cfg.Tries || errors.As(err, &p) || errors.As(err, &ahead)) {
			err = s.bury(m, try, err)
		}
		if err == nil {
			if err := m.Ack(); err != nil { // it will come again, and be dropped
				s.broker.cfg.Log.Warn("acknowledging a message", "consumer", s.name, "run", run, "error", err)
			}
			return
		}
		s.broker.cfg.Log.Debug("a message is tried again", "consumer", s.name, "run", run, "try", try, "error", err)
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(s.broker.pause(try)):
		}
	}
}

// pause is how long to wait after so many tries: twice as long after each, up to 64 times the first.
func (b *Broker) pause(tries int) time.Duration {
	p := b.cfg.Backoff << min(max(tries-1, 0), 6)
	return p + rand.N(p/4+1) //nolint:gosec // spreads retries, no secret
}

// deliveries is how often a message was handed out.
func deliveries(m jetstream.Msg) int {
	meta, err := m.Metadata()
	if err != nil { // it is no message of a stream, and that cannot be
		return 1
	}
	return int(min(meta.NumDelivered, math.MaxInt32))
}

// keepAlive tells the server, until the returned function is called, that the message and those behind it in the lane
// are being worked on, so that it does not hand them out a second time.
func (s *Subscription) keepAlive(run string, m jetstream.Msg) func() {
	done := make(chan struct{})
	s.all.Go(func() {
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			s.mu.Lock()
			held := append([]jetstream.Msg{m}, s.lanes[run]...)
			s.mu.Unlock()
			for _, x := range held {
				if err := x.InProgress(); err != nil {
					s.broker.cfg.Log.Debug("holding a message", "consumer", s.name, "run", run, "error", err)
				}
			}
		}
	})
	return func() { close(done) }
}

func split(subject string) (run, kind string) {
	run, kind, _ = strings.Cut(strings.TrimPrefix(subject, prefix), ".")
	return run, kind
}

func received(m jetstream.Msg) Message {
	run, kind := split(m.Subject())
	id, _, _ := strings.Cut(m.Headers().Get(nats.MsgIdHdr), replayMark)
	return Message{ID: id, Run: run, Kind: kind, Data: m.Data(), Trace: m.Headers().Get(traceHeader)}
}
