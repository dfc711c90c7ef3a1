package control

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/trace"
)

// carried is what a message of the outbox says beside its event or command: the step that it follows from. It is part of the
// body, so that processes of an older version, and messages of one, are understood.
type carried struct {
	Trace string `json:"trace,omitempty"`
}

// carrying adds the step of the context to the body of a message, which is an object.
func carrying(ctx context.Context, body []byte) []byte {
	step := trace.Carry(ctx)
	if step == "" || len(body) < 3 || body[0] != '{' {
		return body
	}
	head, err := json.Marshal(carried{step})
	if err != nil { // it is a text
		return body
	}
	head[len(head)-1] = ','
	return append(head, body[1:]...)
}

// carriedBy is the step that a message follows from.
func carriedBy(m *store.Message) string {
	var c carried
	if err := json.Unmarshal(m.Body, &c); err != nil {
		return "" // whoever handles the message says what is wrong with it
	}
	return c.Trace
}

// sending begins the span of a message on its way to the broker; what nobody traces has none.
func sending(ctx context.Context, m *store.Message) (context.Context, trace.Span) {
	step := carriedBy(m)
	if step == "" {
		return ctx, trace.Span{}
	}
	return trace.StartKind(trace.Continue(ctx, step, m.Run), "outbox.send", trace.Producer, trace.Text("channel", string(m.Channel)), trace.Text("kind", m.Kind))
}

// stepOf is what a message carries through the broker.
func stepOf(ctx context.Context, m *store.Message) string {
	if step := trace.Carry(ctx); step != "" {
		return step
	}
	return carriedBy(m) // this process does not record, the next one may
}

// handling begins the span of a message that came from the broker.
func handling(ctx context.Context, step string, m *store.Message) (context.Context, trace.Span) {
	if step == "" {
		step = carriedBy(m) // one that was set aside and sent again
	}
	ctx = trace.Continue(ctx, step, m.Run)
	if step == "" {
		return ctx, trace.Span{}
	}
	return trace.StartKind(ctx, "message.handle", trace.Consumer, trace.Text("channel", string(m.Channel)), trace.Text("kind", m.Kind))
}

// stepping begins the span of a step of the control point manager.
func (m *move) stepping(ctx context.Context, e Event) (context.Context, func(error)) {
	ctx = trace.Run(ctx, m.run.ID)
	ctx, span := trace.Start(ctx, "control.step", trace.Text("event", string(e.Kind)), trace.Text("stage", string(m.state.Stage)))
	return ctx, func(err error) {
		span.Set(trace.Text("status", string(m.state.Status)))
		span.End(err)
	}
}

// managed begins the span of what a manager does.
func managed(ctx context.Context, c Command) (context.Context, trace.Span) {
	return trace.Start(trace.Run(ctx, c.Run), "manager."+strings.TrimPrefix(string(c.Kind), "stage."), trace.Text("stage", string(c.Stage)), trace.Count("round", int64(c.Round)))
}
