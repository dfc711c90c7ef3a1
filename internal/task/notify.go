package task

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// Processes that share a PostgreSQL tell one another of what they have put into the queue by its notifications: the name of the
// queue, and the id of who tells. They are sent after the commit, many at a time: in its transaction each would have all others
// wait for its commit. A word that is lost costs a fallback poll.
const channel = "analytix_task"

// How often others are told, and how soon a lost connection is made anew.
const (
	tellEvery   = 2 * time.Millisecond
	listenAgain = time.Second
)

// telling gathers the names of the queues that others are to be told of.
type telling struct {
	mu       sync.Mutex
	queues   map[string]bool
	underway bool
}

// share has the other processes look at what this one has put in and cannot begin itself.
func (q *Queue) share(waits bool) {
	if q.untold.Swap(false) && waits {
		q.spread(shared)
	}
}

// spread has the other processes look at a queue.
func (q *Queue) spread(queue string) {
	if q.cfg.Store.Dialect() != store.Postgres {
		return
	}
	q.telling.mu.Lock()
	defer q.telling.mu.Unlock()
	if q.telling.queues == nil {
		q.telling.queues = map[string]bool{}
	}
	q.telling.queues[queue] = true
	if !q.telling.underway {
		q.telling.underway = true
		q.done.Go(q.tellOthers)
	}
}

// tellOthers tells of all queues that there is something to tell of.
func (q *Queue) tellOthers() {
	for {
		q.telling.mu.Lock()
		var words []string
		for queue := range q.telling.queues {
			words = append(words, queue+" "+q.id)
		}
		clear(q.telling.queues)
		q.telling.underway = len(words) > 0
		q.telling.mu.Unlock()
		if len(words) == 0 {
			return
		}
		q.notify(words)
		<-time.After(tellEvery)
	}
}

// notify sends words to the processes that listen.
func (q *Queue) notify(words []string) {
	ctx, cancel := context.WithTimeout(context.Background(), listenAgain)
	defer cancel()
	for _, w := range words {
		if _, err := q.cfg.Store.DB().ExecContext(ctx, "SELECT pg_notify('"+channel+"', $1)", w); err != nil {
			q.cfg.Log.Debug("telling other workers of tasks; they find them by themselves", "error", err)
		}
	}
}

// listen hears of what other processes put in, until ctx ends.
func (q *Queue) listen(ctx context.Context) {
	lost := false
	for ctx.Err() == nil {
		err := q.cfg.Store.Listen(ctx, channel, func(word string) {
			queue, from, _ := strings.Cut(word, " ")
			switch {
			case word == "": // what was told of meanwhile was not heard
				lost = false
				q.nudgeAll()
			case from != q.id:
				q.wake.nudge(queue)
			}
		})
		if ctx.Err() == nil && !lost {
			lost = true
			q.cfg.Log.Warn("hearing of tasks from other processes; until that is possible again they are looked for", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
			q.nudgeAll()
		}
	}
}
