package task

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// Processes that share a PostgreSQL tell one another of what they have put into the queue by its notifications: the name of the
// queue, the id of who tells and, where that is all there is to tell of, the tasks, which then need not be looked for. They are sent
// after the commit, many at a time: in its transaction each would have all others wait for its commit. A word that is lost costs a
// fallback poll.
const channel = "analytix_task"

// How often others are told, and how soon a lost connection is made anew.
const (
	tellEvery   = 2 * time.Millisecond
	listenAgain = time.Second
)

// longest is how many bytes the tasks in a word may have: PostgreSQL takes 8,000 in all.
const longest = 7000

// offered is a task of the shared queue that whoever hears of it may take.
type offered struct {
	ID    int64           `json:"id"`
	Place int             `json:"place"`
	Args  json.RawMessage `json:"args"`
}

// telling gathers what others are to be told of.
type telling struct {
	mu       sync.Mutex
	queues   map[string]bool // that are to be looked at
	tasks    []offered       // that need not be looked for
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
	q.tellOf(func(t *telling) { t.queues[queue] = true })
}

// spreadTask offers a task to the other processes.
func (q *Queue) spreadTask(o offered) {
	q.tellOf(func(t *telling) { t.tasks = append(t.tasks, o) })
}

// tellOf adds something that others are soon told of.
func (q *Queue) tellOf(add func(*telling)) {
	if q.cfg.Store.Dialect() != store.Postgres {
		return
	}
	q.telling.mu.Lock()
	defer q.telling.mu.Unlock()
	if q.telling.queues == nil {
		q.telling.queues = map[string]bool{}
	}
	add(&q.telling)
	if !q.telling.underway {
		q.telling.underway = true
		q.done.Go(q.tellOthers)
	}
}

// tellOthers tells of all that there is to tell of.
func (q *Queue) tellOthers() {
	for {
		q.telling.mu.Lock()
		words := q.telling.words(q.id)
		q.telling.underway = len(words) > 0
		q.telling.mu.Unlock()
		if len(words) == 0 {
			return
		}
		q.notify(words)
		<-time.After(tellEvery)
	}
}

// words takes what there is to tell of. Tasks that are too many for a word are looked for.
func (t *telling) words(from string) (words []string) {
	tasks := ""
	if len(t.tasks) > 0 {
		if text, err := json.Marshal(t.tasks); err == nil && len(text) <= longest && !t.queues[shared] {
			tasks = " " + string(text)
		}
		t.queues[shared] = true
	}
	for queue := range t.queues {
		word := queue + " " + from
		if queue == shared {
			word += tasks
		}
		words = append(words, word)
	}
	clear(t.queues)
	t.tasks = nil
	return words
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
			if word == "" { // what was told of meanwhile was not heard
				lost = false
				q.nudgeAll()
				return
			}
			q.heard(word)
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

// heard takes a word of another process.
func (q *Queue) heard(word string) {
	queue, rest, _ := strings.Cut(word, " ")
	from, text, named := strings.Cut(rest, " ")
	if from == q.id {
		return
	}
	var tasks []offered
	if !named || queue != shared || json.Unmarshal([]byte(text), &tasks) != nil {
		q.wake.nudge(queue)
		return
	}
	for _, o := range tasks {
		q.offer(o)
	}
}
