package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
)

// Event is something that a stream of events tells.
type Event struct {
	// Kind is run (where the run stands now), progress (how far a task is), entry (an entry of the run's audit), or one of those
	// that the description of watch-run adds.
	Kind string
	// Seq is the number of an entry; 0 otherwise.
	Seq  int64
	Data json.RawMessage
}

// Moved is what an event of the kind run tells.
type Moved struct {
	Run    string `json:"run"`
	Status string `json:"status"`
	Stage  string `json:"stage"`
	Phase  string `json:"phase"`
	Round  int    `json:"round"`
}

// longestEvent bounds a line of a stream.
const longestEvent = 16 << 20

// Follow tells how a run moves, from where it stands, until it has ended, ctx ends, or the loop is left. Where the
// connection breaks, it connects again: no entry of the audit is lost. An error ends it.
func (c *Client) Follow(ctx context.Context, workspace, run string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		var last int64
		for quiet := 0; ; quiet++ {
			r := Request{Operation: OpWatchRun, Path: at(workspace, run), Header: http.Header{"Accept": {"text/event-stream"}}}
			if last > 0 {
				r.Header.Set("Last-Event-ID", entry(last))
			}
			got, more, err := c.pass(ctx, r, &last, yield)
			if got {
				quiet = 0
			}
			if !more {
				return
			}
			var p *Problem
			if err != nil && (errors.As(err, &p) || ctx.Err() != nil || quiet >= c.retries) {
				yield(Event{}, err)
				return
			}
			if err := sleep(ctx, pauseOf(quiet)); err != nil {
				yield(Event{}, err)
				return
			}
		}
	}
}

// pass passes the events of one connection on. more says whether to connect again.
func (c *Client) pass(ctx context.Context, r Request, last *int64, yield func(Event, error) bool) (got, more bool, err error) {
	resp, err := c.Open(ctx, r)
	if err != nil {
		return false, true, err
	}
	defer func() { _ = resp.Body.Close() }() // a stream has no end to be read
	err = events(resp.Body, func(e Event) bool {
		got = true
		if e.Seq > 0 {
			*last = e.Seq
		}
		more = yield(e, nil) && !ended(&e)
		return more
	})
	if errors.Is(err, errLeft) {
		return got, false, nil
	}
	return got, true, err
}

// ended says whether the run will not move again.
func ended(e *Event) bool {
	var m Moved
	if e.Kind != "run" || json.Unmarshal(e.Data, &m) != nil {
		return false
	}
	return m.Status == "done" || m.Status == "aborted" || m.Status == "erased"
}

var errLeft = errors.New("the loop was left")

// events reads a stream of events (the format of the HTML standard) until it ends or f returns false.
func events(r io.Reader, f func(Event) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestEvent)
	e := Event{}
	var data []string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			if len(data) > 0 {
				e.Data = json.RawMessage(strings.Join(data, "\n"))
				if !f(e) {
					return errLeft
				}
			}
			e, data = Event{}, nil
		case field == "event":
			e.Kind = value
		case field == "data":
			data = append(data, value)
		case field == "id":
			seq, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return fmt.Errorf("reading the events: %q is not the number of an entry", value)
			}
			e.Seq = seq
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	return nil
}

// Await follows a run until it needs somebody or has ended: it waits, expired, failed, or is done, aborted, erased.
func (c *Client) Await(ctx context.Context, workspace, run string) (*Run, error) {
	for e, err := range c.Follow(ctx, workspace, run) {
		if err != nil {
			return nil, err
		}
		var m Moved
		if e.Kind == "run" && json.Unmarshal(e.Data, &m) == nil && m.Status != "running" && m.Status != "" {
			break
		}
	}
	return c.Run(ctx, workspace, run)
}
