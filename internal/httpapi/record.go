package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/accesslog"
)

// verdict is filled in on the way back. It is one request's.
type verdict struct {
	began time.Time
	op    string
	code  string
}

const keyVerdict key = 100

// track begins the account of a request.
func (a *API) track(operation string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		next(withValue(ctx, keyVerdict, &verdict{began: a.now(), op: operation}))
	}
}

func verdictOf(ctx context.Context) *verdict {
	if o, ok := ctx.Value(keyVerdict).(*verdict); ok {
		return o
	}
	return &verdict{}
}

// judged notes the problem that a handler's error became.
func judged(ctx context.Context, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		verdictOf(ctx).code = p.Code
	}
	return err
}

// record writes the access into the access log: a change before it is made, which it is not where it cannot be recorded, and
// everything with its outcome. What the handler notes by package accesslog becomes part of it.
func (a *API) record(op huma.Operation) func(huma.Context, func(huma.Context)) {
	change, stream := unsafe(op.Method), isStream(op)
	return func(ctx huma.Context, next func(huma.Context)) {
		x := a.access(ctx, op.OperationID, change)
		noted, note := accesslog.WithNote(ctx.Context())
		ctx = huma.WithContext(ctx, noted)
		if err := a.begin(noted, x, stream); err != nil {
			a.log.ErrorContext(noted, "an access cannot be recorded", "request", x.Request, "operation", op.OperationID, "error", err)
			a.answer(ctx, newProblem(http.StatusServiceUnavailable, "not_recorded", "The access cannot be recorded, so it was not made.").
				kept("nothing was changed").next("try again; tell whoever runs the server if it stays so"))
			return
		}
		next(ctx)
		note.Into(&x)
		a.ended(noted, x, ctx.Status())
	}
}

func (a *API) begin(ctx context.Context, x accesslog.Access, stream bool) error {
	switch {
	case x.Change:
		return a.Access.Begin(ctx, x)
	case stream: // its end may be hours away
		x.Note = "the stream begins"
		return a.Access.Record(ctx, x)
	default:
		return a.Access.Ready()
	}
}

// ended records the outcome of an access.
func (a *API) ended(ctx context.Context, x accesslog.Access, status int) {
	o := verdictOf(ctx)
	x.Status, x.Code = status, o.code
	took := a.now().Sub(o.began)
	if a.Answered != nil {
		a.Answered(ctx, x.Operation, strconv.Itoa(status), took)
	}
	a.log.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("request", x.Request), slog.String("operation", x.Operation),
		slog.String("account", x.Account), slog.String("object", x.Object), slog.Int("status", status), slog.Duration("took", took))
	x.At = time.Time{}
	if err := a.Access.Record(context.WithoutCancel(ctx), x); err != nil {
		a.log.ErrorContext(ctx, "the outcome of an access cannot be recorded", "request", x.Request, "operation", x.Operation, "error", err)
	}
}

// recordRefusal records an access that the guard refused: nothing was changed by it.
func (a *API) recordRefusal(ctx huma.Context, p *Problem) {
	o := verdictOf(ctx.Context())
	o.code = p.Code
	a.ended(ctx.Context(), a.access(ctx, o.op, false), p.Status)
}

func (a *API) access(ctx huma.Context, operation string, change bool) accesslog.Access {
	from := client(ctx.Context())
	x := accesslog.Access{Request: requestID(ctx.Context()), Operation: operation, Workspace: ctx.Param("workspace"), Object: object(ctx),
		Agent: from.Agent, Change: change}
	if from.Address.IsValid() {
		x.Address = from.Address.String()
	}
	if id := caller(ctx.Context()); id != nil {
		x.Account, x.Name, x.Kind, x.Session = id.Account, id.Name, id.Kind, id.Session
	}
	return x
}

// isStream says whether an operation answers with server-sent events.
func isStream(op huma.Operation) bool {
	r := op.Responses["200"]
	return r != nil && r.Content["text/event-stream"] != nil
}

// object is the most particular id of the path.
func object(ctx huma.Context) string {
	for _, name := range []string{"remark", "item", "recipe", "policy", "delivery", "webhook", "token", "session", "version", "dataset", "upload", "run", "account"} {
		if id := ctx.Param(name); id != "" {
			return name + ":" + id
		}
	}
	return ""
}
