package task

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
)

// topicInserted is the topic on which River hears of a queue that has something to fetch.
const topicInserted = "river_insert"

// wake tells River, within this process, of queues that have something to fetch: it takes the place of looking for it every
// few milliseconds. Missing a word costs a fallback poll, one too many a look at the queue.
type wake struct {
	mu     sync.Mutex
	queues map[string]bool // that are to be looked at
	timers map[string]*time.Timer
	due    map[string]time.Time // when the timer of a queue fires
	ended  bool
	signal chan struct{}
	heard  func(queue string) // is called before a queue is looked at for something that was not offered
}

func newWake(heard func(queue string)) *wake {
	return &wake{queues: map[string]bool{}, timers: map[string]*time.Timer{}, due: map[string]time.Time{}, signal: make(chan struct{}, 1), heard: heard}
}

// nudge has a queue looked at.
func (w *wake) nudge(queue string) {
	w.heard(queue)
	w.offered(queue)
}

// offered has a queue looked at for what was offered.
func (w *wake) offered(queue string) {
	w.mu.Lock()
	w.queues[queue] = true
	w.mu.Unlock()
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// in has a queue looked at after a while, or before where that was wanted already.
func (w *wake) in(queue string, pause time.Duration) {
	at := time.Now().Add(pause)
	w.mu.Lock()
	defer w.mu.Unlock()
	if due := w.due[queue]; w.ended || (!due.IsZero() && !at.Before(due)) {
		return
	}
	if t := w.timers[queue]; t != nil {
		t.Stop()
	}
	w.due[queue] = at
	w.timers[queue] = time.AfterFunc(pause, func() {
		w.mu.Lock()
		delete(w.due, queue)
		w.mu.Unlock()
		w.nudge(queue)
	})
}

// stop ends the timers.
func (w *wake) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	for _, t := range w.timers {
		t.Stop()
	}
}

// take gives one queue that is to be looked at.
func (w *wake) take() (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for q := range w.queues {
		delete(w.queues, q)
		if len(w.queues) > 0 {
			select {
			case w.signal <- struct{}{}:
			default:
			}
		}
		return q, true
	}
	return "", false
}

// listener is a wake as River's listener.
type listener struct{ *wake }

// WaitForNotification implements riverdriver.Listener.
func (l listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		if q, ok := l.take(); ok {
			payload, err := json.Marshal(map[string]string{"queue": q})
			if err != nil {
				return nil, fmt.Errorf("telling of tasks in queue %s: %w", q, err)
			}
			return &riverdriver.Notification{Topic: topicInserted, Payload: string(payload)}, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.signal:
		}
	}
}

// Close implements riverdriver.Listener; there is nothing to connect to.
func (listener) Close(context.Context) error { return nil }

// Connect implements riverdriver.Listener.
func (listener) Connect(context.Context) error { return nil }

// Listen implements riverdriver.Listener.
func (listener) Listen(context.Context, string) error { return nil }

// Ping implements riverdriver.Listener.
func (listener) Ping(context.Context) error { return nil }

// Schema implements riverdriver.Listener.
func (listener) Schema() string { return "" }

// SetAfterConnectExec implements riverdriver.Listener.
func (listener) SetAfterConnectExec(string) {}

// Unlisten implements riverdriver.Listener.
func (listener) Unlisten(context.Context, string) error { return nil }
