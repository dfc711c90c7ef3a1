package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
)

// Kind names what happened. Kinds are a public contract: they are never renamed.
type Kind string

// The events.
const (
	RunStarted  Kind = "run.started"
	PointOpened Kind = "control_point.opened"
	PointClosed Kind = "control_point.closed"
	RunDone     Kind = "run.done"
	RunFailed   Kind = "run.failed"
	RunWaiting  Kind = "run.waiting" // a control point has been open for too long

	PersonMentioned Kind = "person.mentioned"      // somebody was named in a remark
	ItemAssigned    Kind = "item.assigned"         // somebody is to see to an item
	DeadlineNear    Kind = "deadline.near"         // a control point or an assignment is soon over its time
	PointExpired    Kind = "control_point.expired" // a control point was not closed in time

	Test Kind = "webhook.test" // sent when somebody asks for it, to that webhook alone
)

// Kinds lists the events that can be asked for.
func Kinds() []Kind {
	return []Kind{
		RunStarted, PointOpened, PointClosed, RunDone, RunFailed, RunWaiting, PersonMentioned, ItemAssigned, DeadlineNear, PointExpired,
	}
}

// Event is something that happened.
type Event struct {
	Kind      Kind
	Workspace string
	At        time.Time
	// About tells the event from others of its kind: a webhook is told each only once.
	About string
	Run   Run
	// Notice says whom and what the event is about, where it is about people or a time.
	Notice *Notice
}

// Notice is what is said of what concerns people: ids only, never what was said.
type Notice struct {
	Item   string     `json:"item,omitempty"`   // of the run; empty for the run as a whole
	Remark string     `json:"remark,omitempty"` // in which people are mentioned
	By     string     `json:"by,omitempty"`     // the account of who mentions or assigns
	People []string   `json:"people,omitempty"` // the accounts that it concerns
	Due    *time.Time `json:"due,omitempty"`    // when the time is over
}

// Run is what is said of a run.
type Run struct {
	ID     string `json:"id"`
	File   string `json:"file"` // base name as received
	Status string `json:"status"`
	Stage  string `json:"stage,omitempty"`
	Round  int    `json:"round,omitempty"`
	Items  int    `json:"items,omitempty"` // to decide on, at a control point that was opened
	Link   string `json:"link,omitempty"`  // where a person sees it, where the address of the server is known; Tell sets it
}

// payload is what is sent.
type payload struct {
	ID        string    `json:"id"` // the same whenever the event is sent again
	Event     Kind      `json:"event"`
	At        time.Time `json:"at"`
	Workspace string    `json:"workspace"`
	Run       *Run      `json:"run,omitempty"`
	Notice    *Notice   `json:"notice,omitempty"`
}

// The statuses of a delivery. They are stored: they are never renamed.
const (
	Pending   = "pending"   // an attempt is due, now or later
	Delivered = "delivered" // the receiver answered with 2xx
	GivenUp   = "given_up"  // every attempt failed
	Dropped   = "dropped"   // the webhook was switched off first
)

// Tell has the webhooks of the event's workspace told of it, in the transaction that brings it about.
func (s *Service) Tell(ctx context.Context, tx *store.Tx, e Event) error {
	if e.Workspace == "" {
		return nil
	}
	all, err := tx.Webhooks(ctx, e.Workspace)
	if err != nil {
		return err
	}
	var body []byte
	for i := range all {
		w := &all[i]
		if !w.Active || !slices.Contains(w.Events, string(e.Kind)) {
			continue
		}
		if body == nil {
			run := e.Run
			run.Link = s.link(&e)
			p := payload{ID: identifier.New("evt"), Event: e.Kind, At: e.At.UTC(), Workspace: e.Workspace, Run: &run, Notice: e.Notice}
			if body, err = json.Marshal(p); err != nil {
				return fmt.Errorf("writing event %s: %w", e.Kind, err)
			}
		}
		if _, err := s.enqueue(ctx, tx, w, string(e.Kind)+" "+e.About, e.Kind, body); err != nil {
			return err
		}
	}
	return nil
}

// link is the page of what an event is about.
func (s *Service) link(e *Event) string {
	if s.cfg.Origin == "" {
		return ""
	}
	page := s.cfg.Origin + "/w/" + url.PathEscape(e.Workspace) + "/runs/" + url.PathEscape(e.Run.ID)
	if e.Notice == nil || e.Notice.Item == "" || e.Run.Stage == "" {
		return page
	}
	return page + "?view=" + url.QueryEscape(e.Run.Stage) + "&item=" + url.QueryEscape(e.Notice.Item)
}

// enqueue records a delivery and its first task; nil where the webhook was told the same before.
func (s *Service) enqueue(ctx context.Context, tx *store.Tx, w *store.Webhook, about string, k Kind, body []byte) (*store.Delivery, error) {
	d := &store.Delivery{ID: identifier.New("dlv"), Webhook: w.ID, Workspace: w.Workspace, About: about, Event: string(k), Status: Pending, Next: s.now(), Body: body}
	fresh, err := tx.PutDelivery(ctx, *d)
	if err != nil || !fresh {
		return nil, err
	}
	return d, s.queue.Insert(ctx, tx, attemptTask(d.ID, 1), time.Time{})
}

// attemptTask is the task of an attempt. Every attempt is a task of its own, so that the queue's tries are left for what is not
// the receiver's fault.
func attemptTask(delivery string, attempt int64) task.Task {
	return task.Task{Run: delivery, Try: int(attempt), Kind: kindDeliver}
}
