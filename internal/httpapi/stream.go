package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/discussion"
)

// A stream sends a comment now and then, so that both ends know that the other is there, and looks at the same time
// whether the caller still may.
const heartbeat = 15 * time.Second

// writeWithin is how long a client may take to receive an event.
const writeWithin = 10 * time.Second

// stream writes server-sent events.
type stream struct {
	ctx  huma.Context
	ctrl *http.ResponseController
}

// events is the text of one or more events, which are sent together.
type events []byte

// add writes an event behind the others; id is left out where it is 0.
func (e *events) add(id int64, event string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id > 0 {
		*e = append(strconv.AppendInt(append(*e, "id: "...), id, 10), '\n')
	}
	*e = append(append(append(append(append(*e, "event: "...), event...), "\ndata: "...), text...), "\n\n"...)
	return nil
}

// send sends one event.
func (s *stream) send(event string, data any) error {
	var e events
	if err := e.add(0, event, data); err != nil {
		return err
	}
	return s.write(e)
}

func (s *stream) write(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if s.ctrl != nil {
		if err := s.ctrl.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
			return err
		}
	}
	if _, err := s.ctx.BodyWriter().Write(text); err != nil {
		return err
	}
	if s.ctrl != nil {
		return s.ctrl.Flush()
	}
	return nil
}

// streaming is the answer that a stream is; follow runs until it returns or the client goes.
func (a *API) streaming(p access.Permission, follow func(ctx context.Context, s *stream, beat <-chan time.Time, still func() bool)) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "text/event-stream")
		ctx.SetHeader("X-Accel-Buffering", "no") // proxies that buffer would hold events back
		s := &stream{ctx: ctx}
		if w, ok := ctx.BodyWriter().(http.ResponseWriter); ok {
			s.ctrl = http.NewResponseController(w)
		}
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		scope, _ := p.Scope()
		open, closed := context.WithCancel(ctx.Context())
		defer closed()
		defer context.AfterFunc(a.ending, closed)()
		follow(open, s, tick.C, func() bool {
			id, err := a.identify(ctx)
			if err != nil || a.allowed(ctx, id, p, scope) != nil {
				return false
			}
			workspace := ctx.Param("workspace") // who may see more or less than before connects again
			return unmasked(ctx.Context(), workspace) == unmasked(context.WithValue(ctx.Context(), keyCaller, id), workspace)
		})
	}}
}

// streamResponses is made anew for each operation: registering one completes what it is given.
func streamResponses() map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "Server-sent events.", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Type: "string"}},
	}}}
}

func (a *API) streams() {
	register(a, need(access.RunsRead), huma.Operation{OperationID: "watch-run", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/runs/{run}/events", Summary: "How the run moves, live", Tags: []string{"runs"}, Responses: streamResponses(),
		Description: "Who follows is shown to the others as present. Events: `entry`, an entry of the run's audit, its id being its number: after a break none is lost, for the browser sends Last-Event-ID; " +
			"`run`, where the run stands; `progress`, how far a task is; `comment`, that a remark was made, edited or removed; `assignment`, that somebody is to see to an item, or nobody any more; `presence`, who looks at the run now; `discussion`, after each of the three. The stream ends when the session or token does: connect again."},
		a.watchRun)
	register(a, need(access.RunsRead), huma.Operation{OperationID: "watch-workspace", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/events", Summary: "How the runs of the workspace move, live", Tags: []string{"runs"}, Responses: streamResponses(),
		Description: "Events: `run`, where a run stands that has moved; `notices`, the caller has others than before."},
		func(ctx context.Context, in *WorkspacePath) (*huma.StreamResponse, error) {
			account := caller(ctx).Account
			return a.streaming( //nolint:contextcheck // a stream has its request's context, by way of huma
				access.RunsRead, func(ctx context.Context, s *stream, beat <-chan time.Time, still func() bool) {
					updates, told := a.App.WatchAll(ctx), a.App.Discussion().Watch(ctx, discussion.Signal{Account: account})
					for s.write([]byte(": connected\n\n")) == nil {
						if !a.passWorkspace(ctx, s, in.Workspace, updates, told, beat, still) {
							return
						}
					}
				}), nil
		})
}

// passWorkspace passes updates on until the next heartbeat; it returns false when the stream is to end.
func (a *API) passWorkspace(ctx context.Context, s *stream, workspace string, updates <-chan control.Update, told <-chan discussion.Signal, beat <-chan time.Time,
	still func() bool,
) bool {
	m := textual(ctx, workspace)
	for {
		select {
		case <-told:
			if s.send("notices", struct{}{}) != nil {
				return false
			}
		case u, more := <-updates:
			if !more {
				return false
			}
			if u.Workspace == workspace && passSummary(s, m, u) != nil {
				return false
			}
		case <-beat:
			return still()
		}
	}
}

func (a *API) watchRun(ctx context.Context, in *struct {
	RunPath
	LastEventID string `header:"Last-Event-ID" maxLength:"20" doc:"Number of the last entry that was received."`
},
) (*huma.StreamResponse, error) {
	_, state, err := a.state(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	erased := state.Status == control.Erased
	last, err := strconv.ParseInt(in.LastEventID, 10, 64)
	if in.LastEventID != "" && (err != nil || last < 0) {
		return nil, newProblem(http.StatusBadRequest, "last_event_id", "Last-Event-ID is not the number of an entry.")
	}
	who := caller(ctx)
	return a.streaming(access.RunsRead, func(ctx context.Context, s *stream, beat <-chan time.Time, still func() bool) { //nolint:contextcheck // as above
		updates, err := a.App.Watch(ctx, in.Run)
		if err != nil {
			return
		}
		if in.LastEventID == "" { // who has seen nothing begins with where the run stands
			if links, err := a.App.Audit(ctx, in.Run); err == nil {
				last = int64(len(links))
			}
		}
		room := a.enter(ctx, s, in.Run, who)
		defer room.leave()
		if room.tell(ctx) != nil {
			return
		}
		for {
			select {
			case u, more := <-updates:
				erased = erased || u.Status == control.Erased
				if !more || a.passRun(ctx, s, in.Workspace, u, erased, &last) != nil {
					return
				}
			case <-room.moved:
				if room.tell(ctx) != nil {
					return
				}
			case <-beat: // what other processes did is told with it
				if !still() || a.passBeat(ctx, s, in.RunPath, erased, &last) != nil {
					return
				}
			}
		}
	}), nil
}

// passSummary passes on where a run stands.
func passSummary(s *stream, m masks, u control.Update) error {
	text, err := control.Once(u.Shared, m.form("run"), func() (events, error) {
		var e events
		err := e.add(0, "run", m.update(u))
		return e, err
	})
	if err != nil {
		return err
	}
	return s.write(text)
}

// told is what a watcher is told of an update, and the number of the last entry that it has then.
type told struct {
	text events
	last int64
}

// passRun passes an update on, and the entries of the audit that came with it. All watchers who may see the same and have seen
// the same before get the same text, which is made once.
func (a *API) passRun(ctx context.Context, s *stream, workspace string, u control.Update, erased bool, last *int64) error {
	m := textual(ctx, workspace)
	form := m.form(fmt.Sprint(*last, erased))
	if u.Kind == control.Progress {
		form = m.form("progress")
	}
	t, err := control.Once(u.Shared, form, func() (told, error) {
		var t told
		if u.Kind == control.Progress {
			err := t.text.add(0, "progress", m.update(u))
			return t, err
		}
		t.last = *last
		if err := a.addEntries(ctx, &t.text, m, u.Run, u.Entries, erased, &t.last); err != nil || u.Kind == control.Noted {
			return t, err
		}
		err := t.text.add(0, "run", m.update(u))
		return t, err
	})
	if err != nil {
		return err
	}
	*last = max(*last, t.last)
	return s.write(t.text)
}

// passBeat says that the server is there, and passes on what was added to the audit by other processes.
func (a *API) passBeat(ctx context.Context, s *stream, p RunPath, erased bool, last *int64) error {
	e := events(": here\n\n")
	if err := a.addEntries(ctx, &e, textual(ctx, p.Workspace), p.Run, nil, erased, last); err != nil {
		return err
	}
	return s.write(e)
}

// addEntries writes entries of the audit: those that are given, or what was added since the last, where one is missing.
func (a *API) addEntries(ctx context.Context, e *events, m masks, run string, links []audit.Link, erased bool, last *int64) error {
	if len(links) == 0 || links[0].Seq > *last+1 {
		var err error
		if links, err = a.App.AuditSince(ctx, run, *last); err != nil {
			return err
		}
	}
	for _, l := range links {
		if l.Seq <= *last {
			continue
		}
		entry, err := m.entry(l, erased)
		if err != nil {
			return err
		}
		if err := e.add(l.Seq, "entry", entry); err != nil {
			return err
		}
		*last = l.Seq
		if err := passTalk(e, l.Body); err != nil {
			return err
		}
	}
	return nil
}
